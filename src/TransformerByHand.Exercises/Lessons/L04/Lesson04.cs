using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

/// <summary>The exercises of lesson 04, tokens to queries, keys and values.</summary>
public static partial class Lesson04
{
    /// <summary>Rows in another order.</summary>
    /// <param name="rows">Tokens or outputs, one a row.</param>
    /// <param name="order">New row i is old row <c>order[i]</c>.</param>
    /// <returns>A new array with a row for each number of <paramref name="order"/>.</returns>
    public static double[,] Shuffle(double[,] rows, int[] order) => Build(order.Length, rows.GetLength(1), (i, j) => rows[order[i], j]);

    private static readonly AttentionHead Head = AttentionHead.Random(SeededRandom.Create(33), dModel: 4, dK: 4);

    private static readonly EncoderLayer WholeLayer = EncoderLayer.Random(SeededRandom.Create(34), new() { DModel = 4, Heads = 2 });

    /// <summary>Rows with a 1 where the id leads, which may be beyond the ends.</summary>
    private static double[,] Marked(int[] ids, int words, Func<int, int> column)
    {
        var H = new double[ids.Length, words];
        for (int i = 0; i < ids.Length; i++) H[i, column(ids[i])] = 1;
        return H;
    }

    private static double[,] Tokens => SeededRandom.Create(35).NormalMatrix(6, 4).ToArray();

    /// <summary>An order of six tokens without a pattern; not its own inverse.</summary>
    private static int[] NoPattern => [2, 5, 1, 0, 3, 4];

    private static double[,] TestQ => new double[,] { { 2, 1 }, { -1, 3 }, { 0.5, -2 } };

    private static double[,] TestK => new double[,] { { 1, -1 }, { 2, 0.5 }, { -1, 4 } };

    private static double[,] TestDS => new double[,] { { 1, 2, -1 }, { 0.5, -2, 3 }, { 4, 1, 0.25 } };

    private static double[,] RoundQ => SeededRandom.Create(37).NormalMatrix(6, 3).ToArray();

    private static double[,] RoundK => SeededRandom.Create(38).NormalMatrix(6, 3).ToArray();

    private static double[,] RoundDS => SeededRandom.Create(39).NormalMatrix(6, 6).ToArray();

    private static int[] Ids(params int[] ids) => ids;

    /// <summary>Ids in which one occurs twice, and no two neighbours are in the table's order by chance.</summary>
    private static int[] Sentence(Random random, int words)
    {
        int[] ids = [.. Enumerable.Range(0, random.Next(4, 6)).Select(_ => random.Next(1, words))];
        ids[^1] = ids[0];
        return ids;
    }

    private static Matrix<double> M(double[,] array) => DenseMatrix.OfArray(array);

    private static double[,] ScatteredBack(int[] ids, double[,] dX, int words) =>
        Build(words, dX.GetLength(1), (k, j) => Enumerable.Range(0, ids.Length).Where(i => ids[i] == k).Sum(i => dX[i, j]));

    private static double Speed(int k, int d) => Math.Pow(10000, -2.0 * k / d);

    private static double[,] Encoded(int n, int d, Func<int, int, double> angle, Func<int, bool> isSine) =>
        Build(n, d, (i, j) => isSine(j) ? Math.Sin(angle(i, j)) : Math.Cos(angle(i, j)));

    /// <summary>The encoding of position i, which may be negative.</summary>
    private static double[] Encoding(int i, int d) => Turned([.. Enumerable.Range(0, d).Select(j => j % 2.0)], k => i * Speed(k, d));

    private static double[] Turned(double[] pe, Func<int, double> angle) => [.. pe.Select((v, j) => j % 2 == 0
        ? v * Math.Cos(angle(j / 2)) + pe[j + 1] * Math.Sin(angle(j / 2))
        : v * Math.Cos(angle(j / 2)) - pe[j - 1] * Math.Sin(angle(j / 2)))];

    private static double[,] Attend(double[,] X) => Head.Forward(M(X)).Y.ToArray();

    /// <summary>Attention with something added to every score.</summary>
    private static double[,] WithBias(double[,] X, Func<int, int, double> bias)
    {
        var trace = Head.Forward(M(X)).Trace;
        return (Softmax.Forward(trace.Z.MapIndexed((i, j, z) => z + bias(i, j), Zeros.Include)) * trace.V).ToArray();
    }

    private static bool Near(Matrix<double> a, Matrix<double> b, double tolerance = 1e-9) => (a - b).Enumerate().All(miss => Math.Abs(miss) < tolerance);

    /// <summary>Shuffles as many tokens as the order has.</summary>
    private static bool Equivariant(Func<double[,], double[,]> layer, int[] order, double tolerance = 1e-9)
    {
        double[,] tokens = SeededRandom.Create(35).NormalMatrix(order.Length, 4).ToArray();
        return Near(M(Shuffle(layer(tokens), order)), M(layer(Shuffle(tokens, order))), tolerance);
    }

    /// <summary>By how much each output differs after a shuffle, row by row; without an order, one that has no pattern.</summary>
    private static double[] AfterShuffle(Func<double[,], double[,]> layer, params int[] order)
    {
        if (order.Length == 0) order = NoPattern;
        double[,] tokens = SeededRandom.Create(35).NormalMatrix(order.Length, 4).ToArray();
        return (M(Shuffle(layer(tokens), order)) - M(layer(Shuffle(tokens, order)))).ToRowMajorArray();
    }

    /// <summary>Whether no difference is too large, asked as most people ask it: NaN is never too large.</summary>
    private static bool NoneFar(IEnumerable<double> misses, double tolerance = 1e-9) => !misses.Any(miss => Math.Abs(miss) > tolerance);

    private static bool IsSmall(double miss) => Math.Abs(miss) < 1e-9;

    private static IEnumerable<double> SortedColumns(double[,] A) => M(A).EnumerateColumns().SelectMany(column => column.Order());

    /// <summary>Attention, with something added to every output.</summary>
    private static double[,] WithAdded(double[,] X, Func<int, int, double> added) =>
        M(Attend(X)).MapIndexed((i, j, v) => v + added(i, j), Zeros.Include).ToArray();

    private static double LaterCountsMore(double[,] X) => Enumerable.Range(0, X.GetLength(0)).Sum(i => i * X[i, 0]);

    /// <summary>Makes of each pair (sin α, cos α) and of the turn's sine and cosine a new pair.</summary>
    private static double[] Mixed(double[] pe, int delta, Func<double, double, double, double, (double, double)> mix) =>
        [.. Enumerable.Range(0, pe.Length / 2).SelectMany(k =>
        {
            var (sin, cos) = Math.SinCos(delta * Speed(k, pe.Length));
            var (first, second) = mix(pe[2 * k], pe[2 * k + 1], sin, cos);
            return new[] { first, second };
        })];

    private static double[,] WithRowsOf(double[,] X, double[,] W) =>
        Build(X.GetLength(0), W.GetLength(1), (i, j) => Enumerable.Range(0, X.GetLength(1)).Sum(c => X[i, c] * W[j, c]));

    /// <summary>X·W, with a width that is not asked of W.</summary>
    private static double[,] Wide(double[,] X, double[,] W, int width) =>
        Build(X.GetLength(0), width, (i, j) => Enumerable.Range(0, X.GetLength(1)).Sum(c => X[i, c] * W[c, j]));

    /// <summary>X·W, with as many products to each entry as are asked for.</summary>
    private static double[,] SummedOver(double[,] X, double[,] W, int terms) =>
        Build(X.GetLength(0), W.GetLength(1), (i, j) => Enumerable.Range(0, terms).Sum(c => X[i, c] * W[c, j]));

    private static double[,] LastProduct(double[,] X, double[,] W) =>
        Build(X.GetLength(0), W.GetLength(1), (i, j) => X[i, X.GetLength(1) - 1] * W[W.GetLength(0) - 1, j]);

    private static double[,] Scaled(double[,] A, double factor) => (M(A) * factor).ToArray();

    private static double[,] OnlyDiagonal(double[,] A) => Build(A.GetLength(0), A.GetLength(1), (i, j) => i == j ? A[i, j] : 0);

    /// <summary>A·B, added up from the last to the first.</summary>
    private static double[,] Backwards(double[,] A, double[,] B) =>
        Build(A.GetLength(0), B.GetLength(1), (i, j) => Enumerable.Range(0, B.GetLength(0)).Reverse().Sum(c => A[i, c] * B[c, j]));

    private static double[,] Past(double[,] A) => Build(A.GetLength(0), A.GetLength(1), (i, j) => j <= i ? A[i, j] : 0);

    private static double[,] Clipped(double[,] A, double from, double to) => M(A).Map(v => Math.Clamp(v, from, to), Zeros.Include).ToArray();

    private static int[] Reversed(double[,] A) => [.. Enumerable.Range(0, A.GetLength(0)).Reverse()];

    /// <summary>For each row another one at right angles to it (a 1, where a row is a single number).</summary>
    private static Matrix<double> RightAngles(double[,] A) => DenseMatrix.Create(A.GetLength(0), A.GetLength(1), (i, c) =>
        A.GetLength(1) == 1 ? 1 : c switch { 0 => A[i, 1], 1 => -A[i, 0], _ => 0 });

    private static double[,] MoreQ(int n) => SeededRandom.Create(40 + n).NormalMatrix(n, 2).ToArray();

    private static double[,] MoreDS(int n, int m) => SeededRandom.Create(50).NormalMatrix(n, m).ToArray();

    private static Matrix<double> One => DenseMatrix.Create(3, 2, 1);

    /// <summary>One weighted sum over dQ and one over dK.</summary>
    private static Matrix<double> Sums((double[,] dQ, double[,] dK) gradient, Matrix<double> atQ, Matrix<double> atK) =>
        DenseMatrix.OfArray(new[,] { { M(gradient.dQ).PointwiseMultiply(atQ).Enumerate().Sum(), M(gradient.dK).PointwiseMultiply(atK).Enumerate().Sum() } });

    private static bool SameAs(Func<double[,], double[,], double[,], (double[,] dQ, double[,] dK)> backward, (double[,] dQ, double[,] dK) expected)
    {
        var (dQ, dK) = backward(TestQ, TestK, TestDS);
        return Near(M(dQ), M(expected.dQ)) && Near(M(dK), M(expected.dK));
    }

    /// <summary>By how much each number of dQ and dK differs from the right one.</summary>
    private static double[] Misses(Func<double[,], double[,], double[,], (double[,] dQ, double[,] dK)> backward)
    {
        var (dQ, dK) = backward(TestQ, TestK, TestDS);
        return [.. (M(dQ) - M(Product(TestDS, TestK))).Enumerate(), .. (M(dK) - M(Product(Transposed(TestDS), TestQ))).Enumerate()];
    }

    private static bool Same(double[,] a, double[,] b) => a.Cast<double>().SequenceEqual(b.Cast<double>());

    private static bool SameGradient(Func<double[,], double[,], double[,], (double[,] dQ, double[,] dK)> backward, double[,] Q, double[,] K, double[,] dS)
    {
        var (dQ, dK) = backward(Q, K, dS);
        return Near(M(dQ), M(Product(dS, K))) && Near(M(dK), M(Product(Transposed(dS), Q)));
    }
}
