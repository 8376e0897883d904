using TransformerByHand.Display;
using TransformerByHand.Text;
using TransformerByHand.Text.Corpora;

namespace TransformerByHand.Exercises;

public static partial class Lesson11
{
    /// <summary>The first tale of <c>data/tales.txt</c>.</summary>
    public static string FirstTale => Corpus.Tales.Generate().Split("\n\n")[0];

    /// <summary>The tales cut in three ways: the size of the vocabulary, the number of tokens, and what becomes of a word that no tale has.</summary>
    /// <param name="pairs">The byte pairs.</param>
    /// <param name="unknown">A word that is not in the tales.</param>
    public static Table Cuts(LearnedPairs pairs, string unknown)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentException.ThrowIfNullOrEmpty(unknown);
        string text = Corpus.Tales.Generate();
        int tales = text.Split("\n\n").Length;
        return new Table("a token is", "V", "tokens in all tales", "tokens a tale", $"'{unknown}' becomes") { Digits = 3 }
            .RowForEach(Ways(pairs, text), way => [way.Name, way.Tokeniser.Vocabulary.Count, way.Count, Math.Round((double)way.Count / tales), Cut(way.Tokeniser)]);

        string Cut(ITokeniser tokeniser)
        {
            try
            {
                return string.Join("|", tokeniser.Encode(unknown).Select(id => tokeniser.Vocabulary[id]));
            }
            catch (ArgumentException)
            {
                return "an exception: a character that no tale has";
            }
        }
    }

    /// <summary>The figures of claim T5.</summary>
    /// <param name="pairs">The byte pairs.</param>
    public static (string Name, double Value)[] CutFigures(LearnedPairs pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return [.. Ways(pairs, Corpus.Tales.Generate()).SelectMany(way => new (string, double)[] { ($"V, {way.Name}", way.Tokeniser.Vocabulary.Count), ($"tokens, {way.Name}", way.Count) })];
    }

    private static IEnumerable<(string Name, ITokeniser Tokeniser, int Count)> Ways(LearnedPairs pairs, string text)
    {
        foreach (var (name, tokeniser) in new (string, ITokeniser)[] { ("a character", new CharacterTokeniser(text)), ("a byte or joined bytes", pairs.Tokeniser), ("a word", new WordTokeniser(text)) })
            yield return (name, tokeniser, tokeniser.Encode(text).Length);
    }
}
