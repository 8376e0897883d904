using TransformerByHand.Display;
using TransformerByHand.Text;
using TransformerByHand.Text.Corpora;
using TransformerByHand.Training.Kernels;
using TransformerByHand.Training.Model;
using TransformerByHand.Training.Optimisers;
using TransformerByHand.Training.Runs;

namespace TransformerByHand.Exercises;

/// <summary>The experiments of laboratory 12.</summary>
public static partial class Lesson12
{
    /// <summary>What the three can do, on several seeds: the share in the middle, and from the lowest to the highest.</summary>
    /// <param name="seeds">How many seeds, from 1.</param>
    /// <param name="steps">How many steps each model takes.</param>
    public static Table AbilitiesOverSeeds(int seeds = 5, int steps = 1000)
    {
        // A seed a core; the same registers everywhere, so that the table is the same on every machine.
        var measured = Enumerable.Range(1, seeds).AsParallel().AsOrdered().Select(seed => ThreeModels.Train(seed, steps, threads: 1, KernelSet.Vector256).Measured()).ToArray();
        return new Table("what is asked", "what tells", "causal", "masked", "sequence to sequence") { Caption = $"Right answers in %: the median of {seeds} seeds (lowest to highest)" }
            .RowForEach(Enumerable.Range(0, measured[0].Count), k =>
            [
                measured[0][k].Question, measured[0][k].Clue, Spread(measured.Select(one => one[k].Causal)), Spread(measured.Select(one => one[k].Masked)), Spread(measured.Select(one => one[k].Sequence)),
            ]);

        static string Spread(IEnumerable<double> shares)
        {
            double[] sorted = [.. shares.Order()];
            return FormattableString.Invariant($"{sorted[sorted.Length / 2]:F0} ({sorted[0]:F0} to {sorted[^1]:F0})");
        }
    }

    /// <summary>What becomes of a gradient in half precision when the loss is multiplied first: how much is lost at the small end, and how much at the large one.</summary>
    /// <param name="exponents">The powers of 2 by which the loss is multiplied.</param>
    public static Table LossScales(params int[] exponents)
    {
        ArgumentNullException.ThrowIfNull(exponents);
        float[] gradient = GradientInTheMiddle(seed: 1, KernelSet.Vector256);
        return new Table("the loss times", "numbers that become 0, %", "that lose digits, %", "infinite, %") { Caption = "One gradient in half precision" }
            .RowForEach(exponents, e =>
            [
                $"2^{e}",
                Share(g => (Half)(g * MathF.ScaleB(1, e)) == (Half)0),
                Share(g => (Half)(g * MathF.ScaleB(1, e)) is var h && Half.IsSubnormal(h)),
                Share(g => Half.IsInfinity((Half)(g * MathF.ScaleB(1, e)))),
            ]);

        string Share(Func<float, bool> of) => FormattableString.Invariant($"{100.0 * gradient.Count(of) / gradient.Length:F2}");
    }

    /// <summary>Trains the causal model with and without label smoothing, and asks it about sentences that it has not seen.</summary>
    /// <param name="seeds">How many seeds, from 1.</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="smoothings">How much of the wanted probability is spread over all words.</param>
    public static Table LabelSmoothing(float[] smoothings, int seeds = 5, int steps = 300)
    {
        ArgumentNullException.ThrowIfNull(smoothings);
        return new Table("smoothing", "perplexity", "", "words right, %", "") { Digits = 3, Caption = $"Held-out sentences, {seeds} seeds" }
            .RowForEach(smoothings, smoothing =>
            {
                var runs = Enumerable.Range(1, seeds).AsParallel().AsOrdered().Select(seed => Smoothed(smoothing, seed, steps)).ToArray();
                double[] perplexities = [.. runs.Select(run => run.Perplexity).Order()], right = [.. runs.Select(run => 100 * run.Right).Order()];
                return
                [
                    smoothing, perplexities[seeds / 2], FormattableString.Invariant($"{perplexities[0]:F3} to {perplexities[^1]:F3}"),
                    right[seeds / 2], FormattableString.Invariant($"{right[0]:F1} to {right[^1]:F1}"),
                ];
            });
    }

    /// <summary>One run with label smoothing: e to the mean loss, and the share of words that are the likeliest, both on sentences held out and without smoothing.</summary>
    /// <param name="smoothing">How much of the wanted probability is spread over all words.</param>
    /// <param name="seed">Where weights and draws begin.</param>
    /// <param name="steps">How many steps.</param>
    public static (double Perplexity, double Right) Smoothed(float smoothing, int seed, int steps)
    {
        string[] sentences = [.. StoryGenerator.FromFile(Corpus.Stories.Generate()).Where(story => story.Kind == StoryKind.Bank).Select(story => story.Text).Distinct().Order(StringComparer.Ordinal)];
        var tokeniser = new WordTokeniser(string.Join('\n', sentences));
        Example[] examples = [.. sentences.Select(sentence => Example.NextToken([WordTokeniser.Begin, .. tokeniser.Encode(sentence), WordTokeniser.End]))];
        int words = tokeniser.Vocabulary.Count;
        var model = new FastTransformer(new ModelShape
        {
            Vocabulary = words, DModel = 32, Heads = 2, Layers = 2, Context = examples.Max(example => example.Inputs.Length), TiedOutput = true,
        }, 32, threads: 1, KernelSet.Vector256);
        model.Initialise(seed);
        ExampleBatches learned = new([.. examples.Where((_, i) => i % 5 != 3)], 32, seed) { PaddingId = WordTokeniser.Padding };
        new TrainingRun(model, new AdamW(model), Schedule.Cosine(3e-3, 20, steps, 1e-5), learned) { LabelSmoothing = smoothing }.Run(steps);

        double loss = 0;
        int right = 0, counted = 0;
        foreach (Example example in examples.Where((_, i) => i % 5 == 3))
        {
            var one = new Batch(1, example.Inputs.Length);
            example.Inputs.CopyTo(one.Inputs, 0);
            example.Targets.CopyTo(one.Targets, 0);
            loss += model.Loss(one) * example.Targets.Length;
            ReadOnlySpan<float> logits = model.Logits(one);
            for (int i = 0; i < example.Targets.Length; i++)
                right += Sampler.Likeliest(logits.Slice(i * words, words)) == example.Targets[i] ? 1 : 0;
            counted += example.Targets.Length;
        }
        return (Math.Exp(loss / counted), (double)right / counted);
    }
}
