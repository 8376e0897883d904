using System.Text;

namespace TransformerByHand.Text;

/// <summary>Byte pairs: tokens are bytes, and pieces of words that were joined because they often stand together.</summary>
/// <remarks>
/// Learning starts from the 256 bytes and joins, again and again, the pair of neighbouring tokens that occurs most often
/// (Gage 1994; Sennrich, Haddow and Birch 2016). Text is first cut into words that keep the blank before them, and no token
/// reaches over a cut. Encoding joins the same pairs in the order in which they were learned. Since every byte is a token,
/// every text can be encoded.
/// </remarks>
public sealed class BytePairTokeniser : ITokeniser
{
    private readonly byte[][] bytes;
    private readonly Dictionary<(int Left, int Right), int> merged = [];
    private readonly Dictionary<string, int[]> encoded = new(StringComparer.Ordinal);

    private BytePairTokeniser(IReadOnlyList<(int Left, int Right)> merges)
    {
        bytes = new byte[256 + merges.Count][];
        for (int b = 0; b < 256; b++) bytes[b] = [(byte)b];
        for (int i = 0; i < merges.Count; i++)
        {
            bytes[256 + i] = [.. bytes[merges[i].Left], .. bytes[merges[i].Right]];
            merged[merges[i]] = 256 + i;
        }
        Merges = merges;
        Vocabulary = new(bytes.Select(Name));
    }

    /// <summary>The tokens: 256 bytes, then the joined ones. A byte that is no printable character is written <c>\x0A</c>.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>The joined pairs, in the order in which they were learned; the first makes token 256.</summary>
    public IReadOnlyList<(int Left, int Right)> Merges { get; }

    /// <summary>Learns from a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="vocabulary">How many tokens there should be, at least 256; fewer if no pair occurs twice any more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 256.</exception>
    public static BytePairTokeniser Learn(string text, int vocabulary)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, 256);
        // Each different word once, with how often it occurs.
        var words = Words(text).CountBy(word => word).OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => (Tokens: Encoding.UTF8.GetBytes(pair.Key).Select(b => (int)b).ToList(), Count: pair.Value)).ToList();
        List<(int, int)> merges = [];
        while (256 + merges.Count < vocabulary)
        {
            Dictionary<(int Left, int Right), int> pairs = [];
            foreach (var (tokens, count) in words)
                for (int i = 1; i < tokens.Count; i++)
                    pairs[(tokens[i - 1], tokens[i])] = pairs.GetValueOrDefault((tokens[i - 1], tokens[i])) + count;
            if (pairs.Count == 0) break;
            // The lower ids win a tie, so that the result does not depend on the order of a hash table.
            var best = pairs.MinBy(pair => (-pair.Value, pair.Key.Left, pair.Key.Right));
            if (best.Value < 2) break;
            foreach (var (tokens, _) in words) Join(tokens, best.Key, 256 + merges.Count);
            merges.Add(best.Key);
        }
        return new(merges);
    }

    /// <summary>Makes a tokeniser from the pairs that another one learned.</summary>
    /// <param name="merges">The pairs, in order.</param>
    /// <exception cref="ArgumentException">A pair names a token that does not exist yet.</exception>
    public static BytePairTokeniser FromMerges(IReadOnlyList<(int Left, int Right)> merges)
    {
        ArgumentNullException.ThrowIfNull(merges);
        for (int i = 0; i < merges.Count; i++)
            if (merges[i].Left < 0 || merges[i].Right < 0 || Math.Max(merges[i].Left, merges[i].Right) >= 256 + i)
                throw new ArgumentException($"Pair {i} joins {merges[i].Left} and {merges[i].Right}, but only tokens 0 to {255 + i} exist by then.", nameof(merges));
        return new([.. merges]);
    }

    /// <inheritdoc/>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. Words(text).SelectMany(EncodeWord)];
    }

    /// <inheritdoc/>
    public string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return Encoding.UTF8.GetString([.. ids.SelectMany(id => (uint)id < (uint)bytes.Length ? bytes[id]
            : throw new ArgumentOutOfRangeException(nameof(ids), id, $"The vocabulary has ids 0 to {bytes.Length - 1}."))]);
    }

    private int[] EncodeWord(string word)
    {
        if (encoded.TryGetValue(word, out var known)) return known;
        List<int> tokens = [.. Encoding.UTF8.GetBytes(word).Select(b => (int)b)];
        while (true)
        {
            // The pair that was learned first is joined first.
            (int Left, int Right) best = default;
            int id = int.MaxValue;
            for (int i = 1; i < tokens.Count; i++)
                if (merged.TryGetValue((tokens[i - 1], tokens[i]), out int candidate) && candidate < id)
                    (best, id) = ((tokens[i - 1], tokens[i]), candidate);
            if (id == int.MaxValue) break;
            Join(tokens, best, id);
        }
        return encoded[word] = [.. tokens];
    }

    private static void Join(List<int> tokens, (int Left, int Right) pair, int id)
    {
        int to = 0;
        for (int from = 0; from < tokens.Count; from++)
        {
            bool match = from + 1 < tokens.Count && tokens[from] == pair.Left && tokens[from + 1] == pair.Right;
            tokens[to++] = match ? id : tokens[from];
            if (match) from++;
        }
        tokens.RemoveRange(to, tokens.Count - to);
    }

    /// <summary>Cuts before every blank or line break that follows something else: no token reaches over such a cut.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>The words, each with the blanks before it; one after the other they are the text.</returns>
    public static IEnumerable<string> Words(string text)
    {
        int start = 0;
        for (int i = 1; i < text.Length; i++)
            if (char.IsWhiteSpace(text[i]) && !char.IsWhiteSpace(text[i - 1]))
            {
                yield return text[start..i];
                start = i;
            }
        if (text.Length > 0) yield return text[start..];
    }

    private static string Name(byte[] token) => string.Concat(
        token.Select(b => b is >= 0x20 and < 0x7F and not (byte)'\\' ? ((char)b).ToString() : $"\\x{b:X2}"));
}
