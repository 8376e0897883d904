using System.Globalization;
using System.Text;

namespace TransformerByHand.Text;

/// <summary>WordPiece, as BERT has it: words in small letters without accents, each cut into the longest pieces that the vocabulary knows.</summary>
/// <remarks>
/// <para>
/// First the text becomes words: characters that nobody sees are dropped, blanks of any kind separate, accents are taken off, letters are
/// made small, and every punctuation mark and every Chinese character is a word of its own. Then each word is cut, from its beginning: the longest
/// piece that is in the vocabulary, then the longest of the rest, and so on; a piece that does not begin its word is written with
/// <c>##</c> in front. Where some rest has no such piece, the whole word is <c>[UNK]</c>.
/// </para>
/// <para>Source: Schuster and Nakajima 2012; Wu et al. 2016, §4.1; Devlin et al. 2018, 'BERT', with its published code.</para>
/// </remarks>
public sealed class WordPieceTokeniser : ITokeniser
{
    /// <summary>Stands in front of a piece that does not begin its word.</summary>
    public const string Continuation = "##";

    /// <summary>A word with more characters than this is not cut, but unknown.</summary>
    public const int LongestWord = 100;

    private const string UnknownPiece = "[UNK]", BeginPiece = "[CLS]", EndPiece = "[SEP]", PaddingPiece = "[PAD]";

    private readonly int longestPiece;

    /// <summary>Makes a tokeniser with a given vocabulary.</summary>
    /// <param name="vocabulary">The pieces, each at the place of its id; among them [PAD], [UNK], [CLS] and [SEP].</param>
    /// <exception cref="ArgumentException">A piece occurs twice, or one of the four is missing.</exception>
    public WordPieceTokeniser(IEnumerable<string> vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        Vocabulary = new(vocabulary);
        (Unknown, Begin, End, Padding) = (Special(UnknownPiece), Special(BeginPiece), Special(EndPiece), Special(PaddingPiece));
        longestPiece = Vocabulary.Max(piece => piece.Length);

        int Special(string piece) => Vocabulary.Find(piece)
            ?? throw new ArgumentException($"vocabulary has {Vocabulary.Count} pieces, but no {piece}; a WordPiece vocabulary should have {PaddingPiece}, {UnknownPiece}, {BeginPiece} and {EndPiece}.", nameof(vocabulary));
    }

    /// <summary>The pieces there are.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>The id of [UNK], which stands for a word that cannot be cut.</summary>
    public int Unknown { get; }

    /// <summary>The id of [CLS], which a model wants in front.</summary>
    public int Begin { get; }

    /// <summary>The id of [SEP], which a model wants at the end.</summary>
    public int End { get; }

    /// <summary>The id of [PAD], which fills up short sequences.</summary>
    public int Padding { get; }

    /// <summary>Turns text into the words that are then cut.</summary>
    /// <param name="text">Any text.</param>
    public static IReadOnlyList<string> Words(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (Rune rune in WithoutAccents(text).EnumerateRunes())
        {
            if (IsBlank(rune)) Cut();
            else if (IsPunctuation(rune) || IsChinese(rune))
            {
                Cut();
                words.Add(rune.ToString());
            }
            else
            {
                word.Append(Rune.ToLowerInvariant(rune).ToString());
            }
        }
        Cut();
        return words;

        void Cut()
        {
            if (word.Length > 0) words.Add(word.ToString());
            word.Clear();
        }
    }

    /// <summary>Cuts one word.</summary>
    /// <param name="word">A word, as <see cref="Words"/> gives it.</param>
    /// <returns>Its pieces, in order; [UNK] alone where it cannot be cut.</returns>
    public IReadOnlyList<string> Pieces(string word)
    {
        ArgumentException.ThrowIfNullOrEmpty(word);
        if (IsTooLong(word)) return [UnknownPiece];
        var pieces = new List<string>();
        for (int start = 0; start < word.Length;)
        {
            string prefix = start == 0 ? "" : Continuation;
            int end = Math.Min(word.Length, start + longestPiece);
            while (end > start && Vocabulary.Find(prefix + word[start..end]) is null) end--;
            if (end == start) return [UnknownPiece];
            pieces.Add(prefix + word[start..end]);
            start = end;
        }
        return pieces;
    }

    /// <summary>Turns text into the ids of its pieces, without [CLS] and [SEP].</summary>
    /// <inheritdoc/>
    public int[] Encode(string text) => [.. Words(text).SelectMany(Pieces).Select(Vocabulary.IdOf)];

    /// <summary>Turns ids back into words with blanks between them; pieces are joined, and [CLS], [SEP] and [PAD] left out.</summary>
    /// <inheritdoc/>
    public string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var text = new StringBuilder();
        foreach (int id in ids)
        {
            string piece = Vocabulary[id];
            if (id == Begin || id == End || id == Padding) continue;
            bool continues = piece.StartsWith(Continuation, StringComparison.Ordinal) && piece.Length > Continuation.Length;
            if (text.Length > 0 && !continues) text.Append(' ');
            text.Append(continues ? piece[Continuation.Length..] : piece);
        }
        return text.ToString();
    }

    internal static bool IsTooLong(string word) => word.Length > LongestWord && word.EnumerateRunes().Count() > LongestWord;

    // What nobody sees goes first: lone halves of surrogate pairs, which come as the replacement character, and code points that are no characters cannot be normalised.
    private static string WithoutAccents(string text)
    {
        var seen = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
            if (IsBlank(rune) || !IsUnseen(rune)) seen.Append(rune.ToString());
        var bare = new StringBuilder(text.Length);
        foreach (Rune rune in seen.ToString().Normalize(NormalizationForm.FormD).EnumerateRunes())
            if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark) bare.Append(rune.ToString());
        return bare.ToString();
    }

    private static bool IsBlank(Rune rune) =>
        rune.Value is '\t' or '\n' or '\r' || Rune.GetUnicodeCategory(rune) is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static bool IsUnseen(Rune rune) => rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned;

    // All signs of ASCII that are neither letter nor digit count, such as ^ and $, which Unicode does not call punctuation.
    private static bool IsPunctuation(Rune rune) =>
        rune.Value is >= 33 and <= 47 or >= 58 and <= 64 or >= 91 and <= 96 or >= 123 and <= 126 || Rune.IsPunctuation(rune);

    // The blocks that BERT's published code takes for Chinese characters.
    private static bool IsChinese(Rune rune) => rune.Value
        is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0x20000 and <= 0x2A6DF or >= 0x2A700 and <= 0x2B73F
        or >= 0x2B740 and <= 0x2B81F or >= 0x2B820 and <= 0x2CEAF or >= 0xF900 and <= 0xFAFF or >= 0x2F800 and <= 0x2FA1F;
}
