using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Display;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

/// <summary>A job for one half of a layer: sequences of tokens, and what their tokens should answer.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="X">All tokens of all sequences, one below the other (sequences · length × width).</param>
/// <param name="Length">How many tokens a sequence has.</param>
/// <param name="Targets">What each token should answer; NaN for a token that is not asked.</param>
public sealed record Job(string Name, Matrix<double> X, int Length, IReadOnlyList<double> Targets)
{
    /// <summary>Keeps the sequences apart: a token sees those of its own sequence.</summary>
    public Mask Apart { get; } = Mask.Where(X.RowCount, X.RowCount, (i, j) => i / Length == j / Length);

    /// <summary>The mean squared error of some answers.</summary>
    /// <param name="Y">An answer in each row (sequences · length × 1).</param>
    public double Loss(Matrix<double> Y)
    {
        ArgumentNullException.ThrowIfNull(Y);
        return Asked.Average(i => (Y[i, 0] - Targets[i]) * (Y[i, 0] - Targets[i]));
    }

    /// <summary>The gradient of <see cref="Loss"/> with respect to the answers.</summary>
    internal Matrix<double> Gradient(Matrix<double> Y) => Y.MapIndexed((i, _, y) => double.IsNaN(Targets[i]) ? 0 : 2 * (y - Targets[i]) / Asked.Length, Zeros.Include);

    private int[] Asked { get; } = [.. Enumerable.Range(0, Targets.Count).Where(i => !double.IsNaN(Targets[i]))];
}

// What each half of a layer can and cannot do: two jobs, their floors, and the halves trained on them.
public static partial class Lesson09
{
    /// <summary>Tokens, each (1, 0) for a one or (0, 1) for a nought; every token should say how many of its sequence are ones. All 2ⁿ sequences.</summary>
    /// <param name="n">How many tokens a sequence has.</param>
    public static Job Count(int n = 5)
    {
        int[] tokens = CountTokens(n);
        return new("count", DenseMatrix.Build.Dense(tokens.Length, 2, (i, j) => tokens[i] == 1 - j ? 1 : 0), n, CountTargets(n));
    }

    /// <summary>The tokens of <see cref="Count"/>, 1 or 0, sequence after sequence (n · 2ⁿ).</summary>
    /// <param name="n">How many tokens a sequence has.</param>
    public static int[] CountTokens(int n = 5) => [.. Enumerable.Range(0, n << n).Select(i => i / n >> i % n & 1)];

    /// <summary>How many of its sequence are ones, for each token of <see cref="CountTokens"/> (n · 2ⁿ).</summary>
    /// <param name="n">How many tokens a sequence has.</param>
    public static double[] CountTargets(int n = 5) => [.. Enumerable.Range(0, n << n).Select(i => (double)int.PopCount(i / n))];

    /// <summary>Single tokens of some numbers ±1, all that there are; each should say 1 where an odd number of them is −1, and −1 where an even number is. Of two numbers it is XOR.</summary>
    /// <param name="bits">How many numbers a token has.</param>
    public static Job Parity(int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        return new(
            "parity", DenseMatrix.Build.Dense(1 << bits, bits, (i, j) => (i >> j & 1) == 0 ? 1 : -1), 1,
            [.. Enumerable.Range(0, 1 << bits).Select(i => int.PopCount(i) % 2 == 1 ? 1.0 : -1.0)]);
    }

    /// <summary>What doors are good for: feed-forward blocks trained on a parity, by the number of their doors.</summary>
    /// <param name="bits">How many numbers a token has.</param>
    /// <param name="trainings">How many are trained (seeds from 1).</param>
    /// <param name="doors">The numbers of doors.</param>
    public static Table DoorsTable(int bits, int trainings, params int[] doors) =>
        new Table("d_ff", $"of {trainings} trainings: below 0.01", "lowest loss", "median loss") { Digits = 2 }.RowForEach(doors, count =>
        {
            double[] losses = [.. Enumerable.Range(1, trainings).Select(seed => TrainFeedForward(Parity(bits), seed, count)).Order()];
            return [count, losses.Count(loss => loss < 0.01), NearZero(losses[0]), NearZero(losses[trainings / 2])];
        });

    /// <summary>
    /// Tokens of two numbers ±1; each should say 1 where its own two differ and −1 where they are the same. All sequences. A third number,
    /// which is 0 in them, is 1 in the token <c>&lt;begin&gt;</c> that stands before them where asked; it has nothing to answer.
    /// </summary>
    /// <param name="tokens">How many tokens a sequence has, besides <c>&lt;begin&gt;</c>: 1 to 4.</param>
    /// <param name="begin">Whether <c>&lt;begin&gt;</c> stands before them.</param>
    public static Job Xor(int tokens = 2, bool begin = false)
    {
        if (tokens is < 1 or > 4) throw new ArgumentOutOfRangeException(nameof(tokens), tokens, $"tokens is {tokens}, but should be from 1 to 4.");
        List<double[]> rows = [];
        List<double> targets = [];
        for (int sequence = 0; sequence < 1 << 2 * tokens; sequence++)
        {
            if (begin)
            {
                rows.Add([0, 0, 1]);
                targets.Add(double.NaN);
            }
            for (int token = 0; token < tokens; token++)
            {
                (double a, double b) = ((sequence >> 2 * token & 1) == 0 ? 1 : -1, (sequence >> 2 * token & 2) == 0 ? 1 : -1);
                rows.Add([a, b, 0]);
                targets.Add(-a * b);
            }
        }
        return new(begin ? "XOR beside <begin>" : "XOR", DenseMatrix.OfRowArrays(rows), begin ? tokens + 1 : tokens, targets);
    }

    /// <summary>Attention alone, two heads of width 4 without biases but b_O, trained on a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="seed">Draws the first weights.</param>
    /// <param name="steps">Steps of Adam on all sequences.</param>
    /// <returns>The loss it ends with.</returns>
    public static double TrainAttention(Job job, int seed, int steps = 400)
    {
        ArgumentNullException.ThrowIfNull(job);
        var random = SeededRandom.Create(seed);
        int width = job.X.ColumnCount;
        var attention = new MultiHeadAttention(
            2, random.NormalMatrix(width, 8), random.NormalMatrix(width, 8), random.NormalMatrix(width, 8), random.NormalMatrix(8, 1, 0.5), b_O: DenseVector.Create(1, 0));
        return Train(job, attention.Parameters, steps, X =>
        {
            var (Y, trace) = attention.Forward(X, job.Apart);
            return (Y, dY => attention.Backward(trace, dY).OfParameters());
        });
    }

    /// <summary>A feed-forward block alone, trained on a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="seed">Draws the first weights.</param>
    /// <param name="doors">d_ff.</param>
    /// <param name="steps">Steps of Adam on all sequences.</param>
    /// <returns>The loss it ends with.</returns>
    public static double TrainFeedForward(Job job, int seed, int doors = 8, int steps = 400)
    {
        ArgumentNullException.ThrowIfNull(job);
        var random = SeededRandom.Create(seed);
        var block = new FeedForward(random.NormalMatrix(job.X.ColumnCount, doors), random.NormalVector(doors), random.NormalMatrix(doors, 1), DenseVector.Create(1, 0));
        return Train(job, block.Parameters, steps, X =>
        {
            var (Y, trace) = block.Forward(X);
            return (Y, dY => block.Backward(trace, dY).OfParameters());
        });
    }

    /// <summary>Attention with weights by hand that counts the ones of five tokens: equal weights, and a value of 5 for a one.</summary>
    public static MultiHeadAttention CountsByHand() => new(
        1, W_Q: new DenseMatrix(2, 1), W_K: new DenseMatrix(2, 1), W_V: M(new double[,] { { 5 }, { 0 } }), W_O: M(new double[,] { { 1 } }));

    /// <summary>
    /// Attention with weights by hand that says XOR, for a token alone with <c>&lt;begin&gt;</c>: the token asks with (a, b) and offers (b, a), so its score
    /// with itself is 2c·ab, and with <c>&lt;begin&gt;</c> 0. Where a and b differ it looks at <c>&lt;begin&gt;</c>, whose value is 2; b_O takes 1 away.
    /// </summary>
    /// <param name="c">How firmly it looks.</param>
    public static MultiHeadAttention XorBesideBeginByHand(double c = 30) => new(
        1, W_Q: M(new double[,] { { c, 0 }, { 0, c }, { 0, 0 } }), W_K: M(new double[,] { { 0, 1 }, { 1, 0 }, { 0, 0 } }), W_V: M(new double[,] { { 0 }, { 0 }, { 2 } }),
        W_O: M(new double[,] { { 1 } }), b_O: DenseVector.Create(1, -1));

    // Adam (Kingma and Ba 2015) with β₁ = 0.9, β₂ = 0.999 and a rate that falls to 0 along a cosine.
    private static double Train(Job job, ParameterSet parameters, int steps, Func<Matrix<double>, (Matrix<double> Y, Func<Matrix<double>, ParameterSet> Back)> model)
    {
        double[] weights = Vectors.Of(parameters), mean = new double[weights.Length], square = new double[weights.Length];
        for (int step = 1; step <= steps; step++)
        {
            var (Y, back) = model(job.X);
            ParameterSet gradients = back(job.Gradient(Y));
            double[] gradient = [.. parameters.SelectMany(parameter => gradients[parameter.Name].ToArray())];
            double rate = 0.05 * (1 + Math.Cos(Math.PI * step / steps));
            for (int i = 0; i < weights.Length; i++)
            {
                mean[i] = 0.9 * mean[i] + 0.1 * gradient[i];
                square[i] = 0.999 * square[i] + 0.001 * gradient[i] * gradient[i];
                weights[i] -= rate * (mean[i] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(square[i] / (1 - Math.Pow(0.999, step))) + 1e-8);
            }
            Vectors.Set(parameters, weights);
        }
        return job.Loss(model(job.X).Y);
    }
}
