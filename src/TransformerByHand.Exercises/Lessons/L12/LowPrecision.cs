using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Text;
using TransformerByHand.Text.Corpora;
using TransformerByHand.Training.Kernels;
using TransformerByHand.Training.Model;
using TransformerByHand.Training.Optimisers;
using TransformerByHand.Training.Runs;

namespace TransformerByHand.Exercises;

public static partial class Lesson12
{
    /// <summary>The function itself, or the solution where it is not written yet.</summary>
    /// <param name="round">12.4.</param>
    public static RoundToBf16Function OrTheSolution(RoundToBf16Function round)
    {
        ArgumentNullException.ThrowIfNull(round);
        return Stub.IsWritten(round, f => f(1)) ? round : RoundToBf16.ReferenceSolution;
    }

    /// <summary>Adds 1 again and again, the sum rounded after each addition.</summary>
    /// <param name="round">How the sum is kept.</param>
    /// <param name="count">How often.</param>
    /// <returns>The sum after 0, 1, … additions (count + 1 numbers).</returns>
    public static double[] AddOnes(RoundToBf16Function round, int count)
    {
        RoundToBf16Function kept = OrTheSolution(round);
        var sums = new double[count + 1];
        float sum = 0;
        for (int i = 1; i <= count; i++) sums[i] = sum = kept(sum + 1);
        return sums;
    }

    /// <summary>The sums as a figure: in float32 and in bfloat16.</summary>
    /// <param name="round">12.4.</param>
    /// <param name="count">How many ones are added.</param>
    public static LineChart SumFigure(RoundToBf16Function round, int count = 600)
    {
        double[] steps = [.. Enumerable.Range(0, count + 1).Select(i => (double)i)];
        return new()
        {
            Title = "Adding 1, again and again", X = Axis.Linear("ones added"), Y = Axis.Linear("sum"),
            Series = [new("float32", steps, AddOnes(x => x, count)), new("bfloat16", steps, AddOnes(round, count))],
        };
    }

    /// <summary>How weights are kept in a training run.</summary>
    public enum Keeping
    {
        /// <summary>In float32.</summary>
        Float32,

        /// <summary>In bfloat16: what a step leaves is rounded.</summary>
        Bfloat16,

        /// <summary>In float32, and computed with in bfloat16: the gradient is that of the rounded weights.</summary>
        Both,
    }

    /// <summary>Trains the causal model of <see cref="ThreeModels"/> with weights kept in one of three ways.</summary>
    /// <param name="keeping">How the weights are kept.</param>
    /// <param name="seed">Where weights and draws begin.</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="round">Rounds to bfloat16; the solution of 12.4 when not given.</param>
    /// <returns>The mean loss of the last 30 steps, in nats a word, and the share of weights that the last step moved.</returns>
    public static (double Loss, double Moved) TrainKept(Keeping keeping, int seed = 1, int steps = 300, RoundToBf16Function? round = null)
    {
        var (model, batches) = Bank(seed);
        var optimiser = new AdamW(model);
        var schedule = Schedule.Cosine(3e-3, 20, steps, 1e-5);
        RoundToBf16Function kept = round ?? RoundToBf16.ReferenceSolution;
        Batch batch = batches.MakeBatch();
        Weight[] weights = [.. model.Weights.All];
        float[][] master = Values(weights);
        double recent = 0, moved = 0;
        for (int step = 1; step <= steps; step++)
        {
            if (keeping != Keeping.Float32) Round(weights, kept);
            batches.Fill(batch, step - 1);
            model.Weights.ClearGradients();
            double loss = model.Backpropagate(batch);
            if (step > steps - 30) recent += loss / 30;
            float[][] before = keeping == Keeping.Both ? master : Values(weights);
            if (keeping == Keeping.Both) Set(weights, master);
            optimiser.Step(schedule.At(step), clipNorm: 1);
            if (keeping == Keeping.Both) master = Values(weights);
            if (keeping == Keeping.Bfloat16) Round(weights, kept);
            if (step < steps) continue;
            int all = before.Sum(part => part.Length), changed = 0;
            for (int p = 0; p < weights.Length; p++)
                for (int i = 0; i < before[p].Length; i++)
                    changed += weights[p].Values[i] != before[p][i] ? 1 : 0;
            moved = (double)changed / all;
        }
        return (recent, moved);
    }

    /// <summary>The three ways of <see cref="Keeping"/> beside each other.</summary>
    /// <param name="seed">Where weights and draws begin.</param>
    public static PrecisionRuns Precisions(int seed = 1)
    {
        var (alone, moved) = TrainKept(Keeping.Bfloat16, seed);
        return new(TrainKept(Keeping.Float32, seed).Loss, alone, TrainKept(Keeping.Both, seed).Loss, moved);
    }

    /// <summary>What three ways of keeping the weights lead to.</summary>
    /// <param name="Float32">The loss at the end, in nats a word, with weights in float32.</param>
    /// <param name="Bfloat16">The same in bfloat16 alone.</param>
    /// <param name="Both">The same with a copy in float32 that the steps change, and bfloat16 to compute with.</param>
    /// <param name="Moved">The share of weights that the last step in bfloat16 alone changed.</param>
    [TypeFormatterSource(typeof(ShownFormatterSource))]
    public sealed record PrecisionRuns(double Float32, double Bfloat16, double Both, double Moved) : IShown
    {
        /// <summary>As a table.</summary>
        public Table Table() => new Table("weights kept in", "computed with in", "loss at the end") { Digits = 2, Caption = $"Of the weights kept in bfloat16 alone, the last step moves {Numbers.Format(100 * Moved, 1)} %" }
            .Row("float32", "float32", Float32)
            .Row("bfloat16", "bfloat16", Bfloat16)
            .Row("float32", "bfloat16", Both);

        /// <inheritdoc/>
        public string ToText() => Table().ToText();

        /// <inheritdoc/>
        public string ToHtml() => Table().ToHtml();
    }

    /// <summary>What becomes 0 of a gradient, in per cent of its numbers.</summary>
    /// <param name="seed">Where weights and draws begin.</param>
    public static Table VanishingTable(int seed = 1)
    {
        var (half, scaled, bfloat) = Vanishing(seed);
        return new Table("gradient kept in", "numbers that become 0")
            .Row("half precision", PerCent(half)).Row("half precision, the loss times 1024", PerCent(scaled)).Row("bfloat16", PerCent(bfloat));

        static string PerCent(double share) => $"{Numbers.Format(100 * share, 2)} %";
    }

    /// <summary>What is left of a gradient in IEEE's half precision, multiplied by a scale first, and in bfloat16.</summary>
    /// <param name="seed">Where weights and draws begin.</param>
    /// <returns>The share of numbers, not 0 in float32, that become 0: in half precision, in half precision times 1024, in bfloat16.</returns>
    public static (double Half, double Scaled, double Bfloat16) Vanishing(int seed = 1)
    {
        float[] gradient = GradientInTheMiddle(seed);
        return (gradient.Count(g => (Half)g == (Half)0) / (double)gradient.Length,
            gradient.Count(g => (Half)(1024 * g) == (Half)0) / (double)gradient.Length,
            gradient.Count(g => RoundToBf16.ReferenceSolution(g) == 0) / (double)gradient.Length);
    }

    /// <summary>The numbers of the causal model's gradient after 200 steps, those that are 0 in float32 left out.</summary>
    private static float[] GradientInTheMiddle(int seed, KernelSet? kernels = null)
    {
        var (model, batches) = Bank(seed, kernels);
        var optimiser = new AdamW(model);
        Batch batch = batches.MakeBatch();
        for (int step = 0; step < 200; step++)
        {
            batches.Fill(batch, step);
            model.Weights.ClearGradients();
            model.Backpropagate(batch);
            if (step < 199) optimiser.Step(3e-3, clipNorm: 1);
        }
        return [.. model.Weights.All.SelectMany(weight => weight.Gradient.ToArray()).Where(g => g != 0)];
    }

    private static (FastTransformer Model, ExampleBatches Batches) Bank(int seed, KernelSet? kernels = null)
    {
        string[] sentences = [.. StoryGenerator.FromFile(Corpus.Stories.Generate()).Where(story => story.Kind == StoryKind.Bank).Select(story => story.Text).Distinct()];
        var tokeniser = new WordTokeniser(string.Join('\n', sentences));
        Example[] examples = [.. sentences.Select(sentence => Example.NextToken([WordTokeniser.Begin, .. tokeniser.Encode(sentence), WordTokeniser.End]))];
        var model = new FastTransformer(new ModelShape
        {
            Vocabulary = tokeniser.Vocabulary.Count, DModel = 32, Heads = 2, Layers = 2, Context = examples.Max(example => example.Inputs.Length), TiedOutput = true,
        }, 32, kernels: kernels);
        model.Initialise(seed);
        return (model, new(examples, 32, seed) { PaddingId = WordTokeniser.Padding });
    }

    private static float[][] Values(Weight[] weights) => [.. weights.Select(weight => weight.Values.ToArray())];

    private static void Set(Weight[] weights, float[][] values)
    {
        for (int p = 0; p < weights.Length; p++) values[p].CopyTo(weights[p].Values);
    }

    private static void Round(Weight[] weights, RoundToBf16Function round)
    {
        foreach (Weight weight in weights)
        {
            Span<float> values = weight.Values;
            for (int i = 0; i < values.Length; i++) values[i] = round(values[i]);
        }
    }
}
