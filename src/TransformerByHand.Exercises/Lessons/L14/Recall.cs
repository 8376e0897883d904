using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Statistics;
using TransformerByHand.Display;

namespace TransformerByHand.Exercises;

/// <summary>How many of some pairs of a key and a value an attention finds again, without any training.</summary>
/// <param name="Pairs">How many pairs there were.</param>
/// <param name="Softmax">The share that softmax finds, at the best of five sharpnesses.</param>
/// <param name="Linear">The share that linear attention with φ = elu + 1 finds, at the best of five sharpnesses.</param>
/// <param name="Product">The share that linear attention without φ finds, whose weights may be negative.</param>
public sealed record RecallResult(int Pairs, double Softmax, double Linear, double Product);

public static partial class Lesson14
{
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
