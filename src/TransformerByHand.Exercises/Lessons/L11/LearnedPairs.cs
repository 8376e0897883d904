using System.Text;
using TransformerByHand.Display;
using TransformerByHand.Text;
using TransformerByHand.Text.Corpora;

namespace TransformerByHand.Exercises;

public static partial class Lesson11
{
    /// <summary>How many tales the pairs are learned from.</summary>
    private const int TalesForPairs = 40;

    /// <summary>Learns byte pairs from the first forty tales with a joining of yours.</summary>
    /// <param name="join">11.1; the solution joins where it is null or not written yet.</param>
    /// <param name="joinings">How often a pair is joined, 1 or more.</param>
    public static LearnedPairs LearnPairs(JoinMostFrequentFunction? join, int joinings = 240)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(joinings, 1);
        var (own, function) = Own(join, JoinMostFrequent.ReferenceSolution, f => f([[1, 1]], 2));
        string text = string.Join("\n\n", Corpus.Tales.Generate().Split("\n\n").Take(TalesForPairs));
        int[][] words = [.. BytePairTokeniser.Words(text).Select(word => Encoding.UTF8.GetBytes(word).Select(b => (int)b).ToArray())];
        List<(int, int)> pairs = [];
        List<int> tokens = [words.Sum(word => word.Length)];
        for (int k = 0; k < joinings; k++)
        {
            var (pair, joined) = function(words, 256 + k);
            (words, pairs) = (joined, [.. pairs, pair]);
            tokens.Add(words.Sum(word => word.Length));
        }
        return new(BytePairTokeniser.FromMerges(pairs), tokens, own, BytePairTokeniser.Learn(text, 256 + joinings).Merges.SequenceEqual(pairs));
    }

    /// <summary>A function of yours, or the solution where calling yours shows that it is not written yet.</summary>
    internal static (bool IsOwn, TFunction Function) Own<TFunction>(TFunction? own, TFunction solution, Action<TFunction> call) where TFunction : Delegate
    {
        return own is not null && Stub.IsWritten(own, call) ? (true, own) : (false, solution);
    }
}

/// <summary>Byte pairs that were learned from tales.</summary>
/// <param name="Tokeniser">What cuts text with them.</param>
/// <param name="Tokens">How many tokens the tales had, before the first joining and after each.</param>
/// <param name="IsOwn">Whether the reader's joining found them; if not, the solution did.</param>
/// <param name="AreTheLibrarys">Whether the library's tokeniser learns the same pairs from the same tales.</param>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public sealed record LearnedPairs(BytePairTokeniser Tokeniser, IReadOnlyList<int> Tokens, bool IsOwn, bool AreTheLibrarys) : IShown
{
    /// <summary>Some of the joinings: the two tokens, what they make, and how many tokens are left.</summary>
    public Table Joinings()
    {
        int[] shown = [0, 1, 2, 3, 4, 9, 29, 99, Tokeniser.Merges.Count - 1];
        string note = (IsOwn ? "Found by your JoinMostFrequent" : "11.1 is not written yet: found by its solution") + (AreTheLibrarys ? "; the library finds the same pairs." : "; the library finds other pairs.");
        return new Table("joining", "left", "right", "makes", "tokens left") { Caption = note }
            .Row("none yet", "", "", "", Tokens[0])
            .RowForEach(shown.Where(k => k < Tokeniser.Merges.Count).Distinct(), k =>
            [
                $"{k + 1}", Quoted(Tokeniser.Merges[k].Left), Quoted(Tokeniser.Merges[k].Right), Quoted(256 + k), Tokens[k + 1],
            ]);
    }

    /// <inheritdoc/>
    public string ToHtml() => Joinings().ToHtml();

    /// <inheritdoc/>
    public string ToText() => Joinings().ToText();

    /// <summary>Shows a text cut into tokens, a bar between them.</summary>
    /// <param name="text">The text.</param>
    public string Cut(string text) => string.Join("|", Tokeniser.Encode(text).Select(id => Tokeniser.Vocabulary[id]));

    private string Quoted(int id) => $"'{Tokeniser.Vocabulary[id]}'";
}
