using System.Globalization;
using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;
using TransformerByHand.Text;
using TransformerByHand.Text.Corpora;
using TransformerByHand.Training.Kernels;
using TransformerByHand.Training.Model;
using TransformerByHand.Training.Optimisers;
using TransformerByHand.Training.Runs;

namespace TransformerByHand.Exercises;

/// <summary>
/// Three models of nearly one size, trained on the same sentences about two kinds of bank for as many steps: one says each next word,
/// one fills hidden words, one reads a sentence with a hole and writes what was in it.
/// </summary>
/// <remarks>
/// A sentence is a name, what its bearer did (ten ways, five of them by the water, five with money), how they came to the bank
/// (three ways), and where they sat down: on the grass, or on a chair. A fifth of the combinations are held out.
/// </remarks>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public sealed class ThreeModels : IShown
{
    private const int Sequences = 32;

    private readonly WordTokeniser tokeniser;
    private readonly HashSet<string> possible;
    private readonly string[] heldOut;
    private readonly FastTransformer causal, masked, sequence;
    private readonly double[] asked;
    private readonly int steps;

    private ThreeModels(int seed, int steps, int? threads, KernelSet? kernels)
    {
        this.steps = steps;
        string[] sentences = [.. StoryGenerator.FromFile(Corpus.Stories.Generate()).Where(story => story.Kind == StoryKind.Bank).Select(story => story.Text).Distinct()];
        tokeniser = new(string.Join('\n', sentences));
        possible = [.. sentences.Select(Written)];
        heldOut = [.. sentences.Order(StringComparer.Ordinal).Where((_, i) => i % 5 == 3)];
        int[][] training = [.. sentences.Except(heldOut).Select(Encode)];
        int longest = sentences.Max(sentence => Encode(sentence).Length);

        causal = Make(Architecture.DecoderOnly, layers: 2);
        masked = Make(Architecture.EncoderOnly, layers: 2);
        sequence = Make(Architecture.EncoderDecoder, layers: 1);

        var holes = Holes(training, seed);
        Train(causal, new([.. training.Select(Example.NextToken)], Sequences, seed) { PaddingId = WordTokeniser.Padding });
        Train(masked, new([.. training.Select(ids => new Example(ids, ids))], Sequences, seed) { HideProbability = 0.15, MaskId = WordTokeniser.Mask, PaddingId = WordTokeniser.Padding });
        Train(sequence, new(holes, Sequences, seed) { PaddingId = WordTokeniser.Padding });
        double words = training.Average(ids => ids.Length);
        asked = [words - 1, 0.15 * words, holes.Average(hole => hole.Targets.Length)];

        FastTransformer Make(Architecture architecture, int layers)
        {
            var model = new FastTransformer(new ModelShape
            {
                Architecture = architecture, Vocabulary = tokeniser.Vocabulary.Count, DModel = 32, Heads = 2, Layers = layers, Context = longest, TiedOutput = true,
            }, Sequences, threads, kernels);
            model.Initialise(seed, InitialisationScheme.Xavier);
            return model;
        }

        void Train(FastTransformer model, ExampleBatches batches) =>
            new TrainingRun(model, new AdamW(model), Schedule.Cosine(5e-3, 50, steps, 1e-4), batches).Run(steps);
    }

    /// <summary>Trains the three.</summary>
    /// <param name="seed">Where weights and draws begin.</param>
    /// <param name="steps">How many steps each takes, with 32 sentences a step.</param>
    /// <param name="threads">How many threads; one a core when not given. Results do not depend on it.</param>
    /// <param name="kernels">The width of the registers; the widest when not given. The same width gives the same bits on every machine.</param>
    public static ThreeModels Train(int seed = 1, int steps = 1000, int? threads = null, KernelSet? kernels = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return new(seed, steps, threads, kernels);
    }

    /// <summary>The sentences that none of the three has seen.</summary>
    public IReadOnlyList<string> HeldOut => heldOut;

    /// <summary>The causal model.</summary>
    public FastTransformer Causal => causal;

    /// <summary>Sizes, and how many words of a sentence each objective asks for in a step.</summary>
    public Table Sizes() => new Table("model", "reads", "weights", "words asked for, of a sentence") { Digits = 3, Caption = $"Trained for {steps} steps of {Sequences} sentences" }
        .Row("causal", "what came before", causal.Weights.Count, asked[0])
        .Row("masked", "everything, with holes", masked.Weights.Count, asked[1])
        .Row("sequence to sequence", "everything, with one hole, and what it has written", sequence.Weights.Count, asked[2]);

    /// <inheritdoc/>
    public string ToText() => Sizes().ToText();

    /// <inheritdoc/>
    public string ToHtml() => Sizes().ToHtml();

    /// <summary>How often each model answers rightly, in per cent of the held-out sentences.</summary>
    public Table Abilities() => new Table("what is asked", "what tells", "causal", "masked", "sequence to sequence") { Digits = 3, Caption = $"Right answers of {heldOut.Length}" }
        .RowForEach(Measured(), row => [row.Question, row.Clue, PerCent(row.Causal), PerCent(row.Masked), PerCent(row.Sequence)]);

    /// <summary>The same as numbers.</summary>
    public IReadOnlyList<(string Question, string Clue, double Causal, double Masked, double Sequence)> Measured() =>
    [
        ("the last word", "words before it", Share(s => Last(s), CausalWord), Share(s => Last(s), MaskedWord), Share(s => Last(s), SequenceWord)),
        ("the verb", "words after it", Share(s => 1, CausalWord), Share(s => 1, MaskedWord), Share(s => 1, SequenceWord)),
        ($"came, or went (of {OpenSentences.Length})", "nothing", Open(CausalWord), Open(MaskedWord), Open(SequenceWord)),
        ("what they did, several words", "words on both sides", Fits(CausalHole), Fits(MaskedHole), Fits(SequenceHole)),
        ("all that follows the name", "the name", Writes(CausalRest), Writes(MaskedRest), Writes(SequenceRest)),
    ];

    /// <summary>
    /// The causal model asked for the verb by a detour: each of the ten verbs is put in, and the sentence that it finds likeliest is taken.
    /// </summary>
    /// <returns>Right answers in per cent, and how many passes through the model one answer takes.</returns>
    public (double Right, int Passes) CausalByDetour()
    {
        string[] verbs = [.. possible.Select(sentence => sentence.Split(' ')[1]).Distinct().Order(StringComparer.Ordinal)];
        return (Percent(sentence =>
        {
            int[] ids = Encode(sentence);
            return verbs.MaxBy(verb => LogProbability([.. ids[..2], tokeniser.Vocabulary.IdOf(verb), .. ids[3..]])) == tokeniser.Vocabulary[ids[2]];
        }), verbs.Length);
    }

    /// <summary>What the models make of a sentence of your own with holes: <c>___</c> for each word that is hidden.</summary>
    /// <param name="sentence">A sentence of the words that the models know, and <c>___</c> in one place or in several that follow each other.</param>
    /// <exception cref="ArgumentException">There is no hole, there are several apart, a word is unknown, or the sentence is too long.</exception>
    public Table Fill(string sentence)
    {
        ArgumentNullException.ThrowIfNull(sentence);
        int[] ids = Encode(sentence.Replace("___", "<mask>", StringComparison.Ordinal));
        if (Array.IndexOf(ids, WordTokeniser.Unknown) is >= 0 and var unknown)
            throw new ArgumentException($"Word {unknown} of the sentence is none that the models know; they know {string.Join(", ", Enumerable.Range(5, tokeniser.Vocabulary.Count - 5).Select(id => tokeniser.Vocabulary[id]).Order(StringComparer.Ordinal))}.", nameof(sentence));
        if (ids.Length > causal.Shape.Context) throw new ArgumentException($"The sentence has {ids.Length - 2} words; the models read {causal.Shape.Context - 2}.", nameof(sentence));
        int first = Array.IndexOf(ids, WordTokeniser.Mask), count = ids.Count(id => id == WordTokeniser.Mask);
        if (first < 0 || ids[first..(first + count)].Any(id => id != WordTokeniser.Mask))
            throw new ArgumentException("The sentence should have one hole, ___, or several that follow each other.", nameof(sentence));
        return new Table("model", "puts in")
            .Row("causal", tokeniser.Decode(CausalFill(ids, first, count)))
            .Row("masked", tokeniser.Decode(MaskedFill(ids, first, count)))
            .Row("sequence to sequence", tokeniser.Decode(SequenceFill(ids, first, count)));
    }

    /// <summary>What the causal model writes after a name at several temperatures: how many of the sentences can be, and how many differ.</summary>
    /// <param name="temperatures">The temperatures.</param>
    /// <param name="topK">How many of the likeliest words are considered, beside each temperature; 0 for all.</param>
    /// <param name="count">How many sentences each writes.</param>
    public Table Temperatures(double[] temperatures, int[] topK, int count = 100)
    {
        ArgumentNullException.ThrowIfNull(temperatures);
        ArgumentNullException.ThrowIfNull(topK);
        if (topK.Length != temperatures.Length) throw new ArgumentException($"topK has {topK.Length} entries, and temperatures {temperatures.Length}; they should have as many.", nameof(topK));
        return new Table("temperature", "words considered", "sentences that can be", "different ones of them", "for example") { Caption = $"{count} sentences each, from 'anna'" }
            .RowForEach(temperatures.Zip(topK), row =>
            {
                (double temperature, int considered) = row;
                string[] written = [.. Enumerable.Range(0, count).Select(i => Decoded([WordTokeniser.Begin, .. tokeniser.Encode("anna")],
                    new Sampler(causal, seed: i) { Temperature = temperature, TopK = considered }.Continue([WordTokeniser.Begin, .. tokeniser.Encode("anna")], causal.Shape.Context - 2, end: WordTokeniser.End)))];
                return [temperature, considered == 0 ? "all" : considered, written.Count(possible.Contains), written.Where(possible.Contains).Distinct().Count(), written[0]];
            });
    }

    /// <summary>What each objective gives to its model, and what it asks, for one sentence.</summary>
    /// <param name="sentence">A sentence.</param>
    public Table Asked(string sentence)
    {
        ArgumentNullException.ThrowIfNull(sentence);
        string[] words = [.. WordTokeniser.Split(sentence)];
        int hidden = words.Length / 2;
        return new Table("objective", "reads", "is to say")
            .Row("causal", string.Join(' ', ["<begin>", .. words]), string.Join(' ', [.. words, "<end>"]))
            .Row("masked", string.Join(' ', words.Select((word, i) => i == hidden ? "<mask>" : word)), string.Join(' ', words.Select((word, i) => i == hidden ? word : "·")))
            .Row("sequence to sequence", string.Join(' ', [.. words[..hidden], "<mask>", .. words[(hidden + 3)..]]) + " → <begin>", string.Join(' ', [.. words[hidden..(hidden + 3)], "<end>"]));
    }

    /// <summary>Who sees whom in the three, for a few words.</summary>
    /// <param name="words">The words of a sentence.</param>
    /// <param name="written">The words that the third model writes.</param>
    public static SmallMultiples Masks(IReadOnlyList<string> words, IReadOnlyList<string> written)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(written);
        int n = words.Count, m = written.Count;
        string[] both = [.. words, .. written];
        return new()
        {
            Title = "Who sees whom: a row looks at the blue columns", Columns = 3,
            Figures =
            [
                Seen("causal", words, (i, j) => j <= i, n),
                Seen("masked", words, (_, _) => true, n),
                Seen("sequence to sequence", both, (i, j) => j < n || (i >= n && j <= i), n + m),
            ],
        };

        static Heatmap Seen(string title, IReadOnlyList<string> labels, Func<int, int, bool> sees, int size) => new(
            MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(size, size, (i, j) => sees(i, j) ? 1 : 0))
        { Title = title, RowLabels = labels, ColumnLabels = labels, ShowNumbers = false, ShowLegend = false, Min = 0, Max = 1 };
    }

    // A sentence as ids: <begin>, the words, <end>. Word k of it stands at place k + 1.
    private int[] Encode(string sentence) => [WordTokeniser.Begin, .. tokeniser.Encode(sentence), WordTokeniser.End];

    private string Written(string sentence) => tokeniser.Decode(tokeniser.Encode(sentence));

    private string Decoded(int[] beginning, IEnumerable<int> rest) => tokeniser.Decode([.. beginning[1..], .. rest]);

    private static string PerCent(double share) => $"{Numbers.Format(share, 3)} %";

    private double Percent(Func<string, bool> right) => 100.0 * heldOut.Count(right) / heldOut.Length;

    /// <summary>Holes of one to five words, each place and length as likely.</summary>
    private static Example[] Holes(int[][] training, int seed)
    {
        var random = SeededRandom.Create(seed);
        return [.. training.SelectMany(ids => Enumerable.Range(0, 12).Select(_ =>
        {
            int length = random.Next(1, 6), first = random.Next(1, ids.Length - length);
            return Example.Translation([.. ids[..first], WordTokeniser.Mask, .. ids[(first + length)..]], [WordTokeniser.Begin, .. ids[first..(first + length)], WordTokeniser.End]);
        }))];
    }

    private static int Last(string sentence) => WordTokeniser.Split(sentence).Count() - 2;

    private double Share(Func<string, int> word, Func<int[], int, int> answer) => Percent(sentence =>
    {
        int[] ids = Encode(sentence);
        int place = word(sentence) + 1;
        return answer(ids, place) == ids[place];
    });

    private string[] OpenSentences => [.. heldOut.Where(sentence => sentence.Contains(" to the bank", StringComparison.Ordinal))];

    /// <summary>'came to' or 'went to': of the sentences in which it is one of these, how often the right one.</summary>
    private double Open(Func<int[], int, int> answer)
    {
        string[] open = OpenSentences;
        return 100.0 * open.Count(sentence =>
        {
            int[] ids = Encode(sentence);
            int place = Array.FindIndex(ids, id => tokeniser.Vocabulary[id] is "came" or "went");
            return answer(ids, place) == ids[place];
        }) / open.Length;
    }

    /// <summary>What was done, from the verb to before the 'and' of 'and came', is hidden; right is whatever makes a possible sentence.</summary>
    private double Fits(Func<int[], int, int, IEnumerable<int>> fill) => Percent(sentence =>
    {
        int[] ids = Encode(sentence);
        int end = Array.FindIndex(ids, id => tokeniser.Vocabulary[id] == "and"), count = end - 2;
        return possible.Contains(tokeniser.Decode([.. ids[1..2], .. fill(ids, 2, count), .. ids[end..^1]]));
    });

    private double Writes(Func<int[], IEnumerable<int>> rest) => Percent(sentence =>
    {
        int[] ids = Encode(sentence);
        return possible.Contains(Decoded(ids[..2], rest(ids)));
    });

    private int CausalWord(int[] ids, int place) => CausalFill(ids, place, 1).Single();

    private int MaskedWord(int[] ids, int place) => MaskedFill(ids, place, 1).Single();

    private int SequenceWord(int[] ids, int place) => SequenceFill(ids, place, 1).FirstOrDefault();

    private IEnumerable<int> CausalHole(int[] ids, int first, int count) => CausalFill(ids, first, count);

    private IEnumerable<int> MaskedHole(int[] ids, int first, int count) => MaskedFill(ids, first, count);

    private IEnumerable<int> SequenceHole(int[] ids, int first, int count) => SequenceFill(ids, first, count);

    private IEnumerable<int> CausalRest(int[] ids) =>
        new Sampler(causal) { Temperature = 0 }.Continue(ids[..2], causal.Shape.Context - 2, end: WordTokeniser.End);

    private IEnumerable<int> MaskedRest(int[] ids) => MaskedFill(ids, 2, ids.Length - 3);

    private IEnumerable<int> SequenceRest(int[] ids) => SequenceFill(ids, 2, ids.Length - 3, longest: causal.Shape.Context);

    private IEnumerable<int> CausalFill(int[] ids, int first, int count) => new Sampler(causal) { Temperature = 0 }.Continue(ids[..first], count);

    private List<int> MaskedFill(int[] ids, int first, int count)
    {
        int[] hidden = [.. ids];
        hidden.AsSpan(first, count).Fill(WordTokeniser.Mask);
        ReadOnlySpan<float> logits = masked.Logits(BatchOf(hidden));
        List<int> words = [];
        for (int place = first; place < first + count; place++) words.Add(Sampler.Likeliest(logits.Slice(place * tokeniser.Vocabulary.Count, tokeniser.Vocabulary.Count)));
        return words;
    }

    private IEnumerable<int> SequenceFill(int[] ids, int first, int count, int longest = 8) =>
        new Sampler(sequence) { Temperature = 0 }.Continue([WordTokeniser.Begin], Math.Min(longest, sequence.Shape.Context - 1), [.. ids[..first], WordTokeniser.Mask, .. ids[(first + count)..]], WordTokeniser.End);

    private double LogProbability(int[] ids)
    {
        Batch batch = BatchOf(ids[..^1]);
        ids[1..].CopyTo(batch.Targets, 0);
        return -causal.Loss(batch);     // the mean over as many words for every candidate
    }

    private static Batch BatchOf(int[] ids)
    {
        var batch = new Batch(1, ids.Length);
        ids.CopyTo(batch.Inputs, 0);
        return batch;
    }
}
