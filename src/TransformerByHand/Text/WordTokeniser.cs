using System.Text;
using System.Text.RegularExpressions;

namespace TransformerByHand.Text;

/// <summary>Every word is a token, and every punctuation mark; letters are made small.</summary>
/// <remarks>
/// The first ids are special tokens: <c>&lt;pad&gt;</c> fills up short sequences, <c>&lt;unknown&gt;</c> stands for a word that
/// is not in the vocabulary, <c>&lt;begin&gt;</c> and <c>&lt;end&gt;</c> stand around a sequence, <c>&lt;mask&gt;</c> hides a word.
/// </remarks>
public sealed partial class WordTokeniser : ITokeniser
{
    /// <summary>Fills up short sequences.</summary>
    public const int Padding = 0;

    /// <summary>Stands for a word that is not in the vocabulary.</summary>
    public const int Unknown = 1;

    /// <summary>Stands before a sequence.</summary>
    public const int Begin = 2;

    /// <summary>Stands after a sequence.</summary>
    public const int End = 3;

    /// <summary>Hides a word.</summary>
    public const int Mask = 4;

    private static readonly string[] Special = ["<pad>", "<unknown>", "<begin>", "<end>", "<mask>"];

    /// <summary>Makes a tokeniser for the words of a text, the most frequent first and equals in alphabetical order.</summary>
    /// <param name="text">The text.</param>
    /// <param name="leastOccurrences">A word that occurs less often is unknown.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public WordTokeniser(string text, int leastOccurrences = 1)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(leastOccurrences, 1);
        var words = Split(text).CountBy(word => word).Where(pair => pair.Value >= leastOccurrences)
            .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key);
        Vocabulary = new([.. Special, .. words]);
    }

    /// <inheritdoc/>
    public Vocabulary Vocabulary { get; }

    /// <summary>Cuts text into small-letter words and punctuation marks; line breaks and blanks only separate.</summary>
    /// <param name="text">Any text.</param>
    public static IEnumerable<string> Split(string text) => WordOrMark().Matches(text.ToLowerInvariant()).Select(match => match.Value);

    /// <inheritdoc/>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. Split(text).Select(word => Vocabulary.Find(word) ?? Unknown)];
    }

    /// <summary>Turns ids back into words with blanks between them, none before a punctuation mark; padding is left out.</summary>
    /// <inheritdoc/>
    public string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var text = new StringBuilder();
        foreach (int id in ids)
        {
            if (id == Padding) continue;
            string word = Vocabulary[id];
            bool mark = word.Length == 1 && char.IsPunctuation(word[0]);
            if (text.Length > 0 && !mark) text.Append(' ');
            text.Append(word);
        }
        return text.ToString();
    }

    [GeneratedRegex(@"<\w+>|[\p{L}\p{N}']+|[^\s\p{L}\p{N}']")]
    private static partial Regex WordOrMark();
}
