using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Statistics;
using TransformerByHand.Display;
using TransformerByHand.Layers;
using TransformerByHand.Training.Kernels;
using TransformerByHand.Training.Model;
using TransformerByHand.Training.Optimisers;
using TransformerByHand.Training.Runs;

namespace TransformerByHand.Exercises;

/// <summary>How many of some pairs of a key and a value an attention finds again, without any training.</summary>
/// <param name="Pairs">How many pairs there were.</param>
/// <param name="Softmax">The share that softmax finds, at the best of five sharpnesses.</param>
/// <param name="Linear">The share that linear attention with φ = elu + 1 finds, at the best of five sharpnesses.</param>
/// <param name="Product">The share that linear attention without φ finds, whose weights may be negative.</param>
public sealed record RecallResult(int Pairs, double Softmax, double Linear, double Product);

/// <summary>How many pairs trained models of one kind find again.</summary>
/// <param name="Kind">Softmax or linear.</param>
/// <param name="Width">d_model, which is also d_k and d_v: there is one head.</param>
/// <param name="Rate">The learning rate, of four, with which the first model learned best.</param>
/// <param name="Found">The share of right answers for each number of <see cref="Lesson14.RecallPairs"/>, the median of the models.</param>
public sealed record TrainedRecallResult(AttentionKind Kind, int Width, double Rate, IReadOnlyList<double> Found);

public static partial class Lesson14
{
    /// <summary>How many pairs the rows tell that models are trained to answer.</summary>
    public static IReadOnlyList<int> RecallPairs { get; } = [2, 4, 8, 16, 32];

    /// <summary>
    /// Trains models of one layer and one head, without positions, on rows that tell 2 to 32 pairs and then ask (32 keys, 8 values, 64 tokens a row), and counts their right
    /// answers on rows that they have not seen: softmax of width 16, linear attention of width 8, 16 and 32.
    /// </summary>
    /// <remarks>
    /// Each kind has the learning rate of four with which its first model answers best on rows kept for that; then further models are trained with it, and all are judged on
    /// other rows. They compute with registers of eight floats on every machine, as many at once as there are cores.
    /// </remarks>
    /// <param name="seeds">How many models of each kind, 1 or more.</param>
    public static IReadOnlyList<TrainedRecallResult> TrainedRecall(int seeds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seeds, 1);
        double[] rates = [1e-3, 3e-3, 1e-2, 3e-2];
        (AttentionKind Kind, int Width)[] kinds = [(AttentionKind.Softmax, 16), (AttentionKind.Linear, 8), (AttentionKind.Linear, 16), (AttentionKind.Linear, 32)];

        var firsts = new FastTransformer[kinds.Length * rates.Length];
        Parallel.For(0, firsts.Length, i => firsts[i] = Trained(kinds[i / rates.Length].Kind, kinds[i / rates.Length].Width, rates[i % rates.Length], seed: 1));
        int[] best = [.. kinds.Select((_, kind) => Enumerable.Range(kind * rates.Length, rates.Length).MaxBy(i => RecallPairs.Average(pairs => Answered(firsts[i], pairs, rows: 4))))];

        var others = new FastTransformer[kinds.Length * (seeds - 1)];
        Parallel.For(0, others.Length, i => others[i] = Trained(kinds[i % kinds.Length].Kind, kinds[i % kinds.Length].Width, rates[best[i % kinds.Length] % rates.Length], seed: 2 + i / kinds.Length));
        return [.. kinds.Select((kind, k) =>
        {
            FastTransformer[] models = [firsts[best[k]], .. others.Where((_, i) => i % kinds.Length == k)];
            return new TrainedRecallResult(kind.Kind, kind.Width, rates[best[k] % rates.Length], [.. RecallPairs.Select(pairs => models.Select(model => Answered(model, pairs, rows: 5)).Median())]);
        })];
    }

    /// <summary>The shares as a table.</summary>
    /// <param name="results">As <see cref="TrainedRecall"/> returns them.</param>
    public static Table TrainedRecallTable(IReadOnlyList<TrainedRecallResult> results) =>
        new Table(["attention", "width", "rate", .. RecallPairs.Select(pairs => $"{pairs} pairs")]) { Digits = 2 }
            .RowForEach(results, one => [one.Kind == AttentionKind.Softmax ? "softmax" : "linear", one.Width, one.Rate, .. one.Found]);

    private static RecallBatches RecallRows(IReadOnlyList<int> pairs, int sequences, int seed) => new(keys: 32, values: 8, pairs, sequences, length: 64, seed);

    private const int RecallTested = 64;

    private static FastTransformer Trained(AttentionKind kind, int width, double rate, int seed)
    {
        const int steps = 600;
        RecallBatches rows = RecallRows(RecallPairs, sequences: 16, seed: 100 + seed);
        var shape = new ModelShape
        {
            Vocabulary = rows.Vocabulary, DModel = width, Heads = 1, Layers = 1, DFF = 2 * width, Context = 64, Activation = Activation.ReLU, AttentionBias = false,
            AttentionKind = kind, Positions = Positions.None, EmbeddingScale = Math.Sqrt(width),
        };
        var model = new FastTransformer(shape, RecallTested, threads: 1, KernelSet.Vector256);
        model.Initialise(seed, InitialisationScheme.Xavier);
        new TrainingRun(model, new AdamW(model, beta2: 0.99, weightDecay: 0.01), Schedule.Cosine(rate, 20, steps, rate / 50), rows).Run(steps);
        return model;
    }

    /// <summary>The share of right answers on rows with so many pairs.</summary>
    private static double Answered(FastTransformer model, int pairs, int rows)
    {
        RecallBatches test = RecallRows([pairs], RecallTested, seed: rows);
        Batch batch = test.MakeBatch();
        test.Fill(batch, 0);
        ReadOnlySpan<float> logits = model.Logits(batch);
        int asked = 0, right = 0;
        for (int place = 0; place < batch.Targets.Length; place++)
        {
            if (batch.Targets[place] == Batch.Ignored) continue;
            asked++;
            if (Sampler.Likeliest(logits.Slice(place * test.Vocabulary, test.Vocabulary)) == batch.Targets[place]) right++;
        }
        return right / (double)asked;
    }

    /// <summary>
    /// Random keys of length 1 and random values, both of width 16. Each key asks once for its value; found is it where the output lies
    /// nearer to its value than to any other, by the angle. Every attention has the sharpness β that suits it best: its queries and keys are
    /// multiplied by the root of 1, 4, 16, 64 or 256.
    /// </summary>
    /// <param name="seeds">How many draws; the median is returned.</param>
    public static IReadOnlyList<RecallResult> Recall(int seeds)
    {
        const int d = 16;
        double[] sharpness = [1, 4, 16, 64, 256];
        return [.. new[] { 4, 8, 16, 32, 64, 128 }.Select(pairs =>
        {
            var draws = Enumerable.Range(1, seeds).Select(seed =>
            {
                var random = SeededRandom.Create(14000 + seed);
                Matrix<double> K = random.NormalMatrix(pairs, d).NormalizeRows(2), V = random.NormalMatrix(pairs, d);
                double Best(Func<double, Matrix<double>> output) => sharpness.Max(β => Found(output(β), V));
                return (
                    Softmax: Best(β => Layers.Softmax.Forward(K * K.Transpose() * β) * V),
                    Linear: Best(β => Shares(K.Map(x => Elu(x * Math.Sqrt(β)), Zeros.Include)) * V),
                    Product: Found(K * (K.Transpose() * V), V));
            }).ToList();
            return new RecallResult(pairs, draws.Select(one => one.Softmax).Median(), draws.Select(one => one.Linear).Median(), draws.Select(one => one.Product).Median());
        })];

        static Matrix<double> Shares(Matrix<double> φ) => (φ * φ.Transpose()).NormalizeRows(1);
    }

    /// <summary>The shares as a table.</summary>
    /// <param name="results">As <see cref="Recall"/> returns them.</param>
    public static Table RecallTable(IReadOnlyList<RecallResult> results) =>
        new Table("pairs, d = 16", "softmax", "linear, φ = elu + 1", "linear, no φ") { Digits = 2 }.RowForEach(results, one => [one.Pairs, one.Softmax, one.Linear, one.Product]);

    private static double Found(Matrix<double> O, Matrix<double> V)
    {
        Matrix<double> cosines = O.NormalizeRows(2) * V.NormalizeRows(2).Transpose();
        return Enumerable.Range(0, V.RowCount).Count(i => cosines.Row(i).MaximumIndex() == i) / (double)V.RowCount;
    }
}
