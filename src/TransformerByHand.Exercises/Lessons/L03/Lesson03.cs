using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

/// <summary>The exercises of lesson 03, the residual stream.</summary>
/// <remarks>The block f of most of them is the smallest one there is: f(x) = xW.</remarks>
public static partial class Lesson03
{
    /// <summary>A token times a matrix, xW.</summary>
    /// <param name="x">A token (d).</param>
    /// <param name="W">A matrix (d × k).</param>
    /// <returns>A new token (k).</returns>
    public static double[] Multiply(double[] x, double[,] W) =>
        [.. Enumerable.Range(0, W.GetLength(1)).Select(j => Enumerable.Range(0, W.GetLength(0)).Sum(i => x[i] * W[i, j]))];

    /// <summary>LayerNorm of one token with γ = 1 and β = 0: (x − μ) / √(σ² + ε).</summary>
    /// <param name="x">A token.</param>
    /// <param name="epsilon">Added to the variance inside the root.</param>
    /// <returns>A new token of the same length.</returns>
    public static double[] Normalise(double[] x, double epsilon)
    {
        double mean = x.Average();
        double rstd = 1 / Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + epsilon);
        return [.. x.Select(v => (v - mean) * rstd)];
    }

    /// <summary>One step of pre-LN by the library, x + f(LN(x)) at ε = 0, with a block that writes the same number everywhere.</summary>
    /// <param name="x">A token (d).</param>
    /// <param name="write">What the block writes into each place, whatever it reads.</param>
    /// <returns>The token behind the step (d).</returns>
    public static double[] PreStep(double[] x, double write)
    {
        ArgumentNullException.ThrowIfNull(x);
        var step = new AddAndNorm(NormPlacement.Pre, LayerNorm.WithoutEpsilon(x.Length));
        return step.Forward(Matrix<double>.Build.DenseOfRowArrays(x), read => (read * 0 + write, read)).Y.Row(0).ToArray();
    }

    /// <summary>The gradient that <see cref="Normalise"/> sends back to its input (lesson 01).</summary>
    /// <param name="x">What was normalised.</param>
    /// <param name="dy">The gradient at the output, as long as <paramref name="x"/>.</param>
    /// <param name="epsilon">The ε of the forward pass.</param>
    /// <returns>The gradient at x.</returns>
    public static double[] NormaliseGradient(double[] x, double[] dy, double epsilon)
    {
        double mean = x.Average();
        double rstd = 1 / Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + epsilon);
        double[] xHat = Normalise(x, epsilon);
        double alongOnes = dy.Average(), alongXHat = dy.Zip(xHat, (g, v) => g * v).Average();
        return [.. dy.Zip(xHat, (g, v) => rstd * (g - alongOnes - v * alongXHat))];
    }

    /// <summary>A token for tests of blocks, which is not normalised.</summary>
    private static double[] Some => [1, 2, 4];

    /// <summary>A matrix for tests of blocks, which is not symmetric.</summary>
    private static double[,] Uneven => Square(3, 0, 1, 0.5, 0, 0, 1, 2, 0, 0);

    private static double[,] Identity => Build(3, 3, (i, j) => i == j ? 1 : 0);

    private static double[] Row(params double[] values) => values;

    private static double[,] Square(int d, params double[] entries) => Build(d, d, (i, j) => entries[i * d + j]);

    private static Matrix<double> Columns(params double[][] columns) => Matrix<double>.Build.DenseOfColumnArrays(columns);

    private static object[] TokenAndBlock(Random random)
    {
        int d = random.Next(3, 6);
        return [(random.NormalVector(d, 2) + 1).ToArray(), random.NormalMatrix(d, d).ToArray(), 0.5];
    }

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (p, q) => p + q)];

    private static double Deviation(double[] x) => Math.Sqrt(x.Average(v => Math.Pow(v - x.Average(), 2)));

    private static double[] Negated(double[] a) => [.. a.Select(v => -v)];

    private static double[] Divided(double[] s, double mean, double deviation) => [.. s.Select(v => (v - mean) / deviation)];

    /// <summary>A norm that forgets to take the mean away: s / √(σ² + ε).</summary>
    private static double[] Unshifted(double[] s, double epsilon) => Divided(s, 0, Math.Sqrt(Math.Pow(Deviation(s), 2) + epsilon));

    private static bool Near(double[] a, double[] b, double room = 1e-9) => a.Zip(b, (p, q) => Math.Abs(p - q)).Max() < room;

    private static double[] PostNorm(double[] x, double[,] W, double epsilon) => Normalise(Sum(x, Multiply(x, W)), epsilon);

    private static double[] PreNorm(double[] x, double[,] W, double epsilon) => Sum(x, Multiply(Normalise(x, epsilon), W));

    internal static double[,] Stream(double[] start, double[,] writes) =>
        Build(writes.GetLength(0) + 1, start.Length, (l, i) => start[i] + Enumerable.Range(0, l).Sum(k => writes[k, i]));

    private static (double post, double pre) Share(int blocks, double a) => (Math.Pow(1 + a, -blocks / 2.0), 1 / Math.Sqrt(1 + a * blocks));

    /// <summary>dy where the ReLU of xW lets it through.</summary>
    private static double[] Masked(double[] x, double[,] W, double[] dy) => Gated(dy, Multiply(x, W));

    /// <summary>The gradient g where h is above 0, and 0 elsewhere.</summary>
    private static double[] Gated(double[] g, double[] h) => [.. g.Zip(h, (v, open) => open > 0 ? v : 0)];

    /// <summary>R² on the rows from … to − 1 of a fit to the first rows.</summary>
    private static double RSquared(Matrix<double> X, Matrix<double> T, int train, int from, int to, bool aboutMean = true)
    {
        var W = Fitted(X, T, train);
        var truth = T.SubMatrix(from, to - from, 0, T.ColumnCount);
        var missed = truth - X.SubMatrix(from, to - from, 0, X.ColumnCount) * W;
        double spread = truth.EnumerateColumns().Sum(column => column.Sum(v => Math.Pow(v - (aboutMean ? column.Average() : 0), 2)));
        return 1 - missed.PointwisePower(2).Enumerate().Sum() / spread;
    }

    /// <summary>The least-squares fit to the first rows.</summary>
    private static Matrix<double> Fitted(Matrix<double> X, Matrix<double> T, int train) =>
        X.SubMatrix(0, train, 0, X.ColumnCount).QR().Solve(T.SubMatrix(0, train, 0, T.ColumnCount));

    /// <summary>Judges a fit to the first rows by what it missed on the others, truth minus prediction, and the truth there.</summary>
    private static double HeldOut(Matrix<double> X, Matrix<double> T, int train, Func<Matrix<double>, Matrix<double>, double> judge)
    {
        int test = X.RowCount - train;
        var truth = T.SubMatrix(train, test, 0, T.ColumnCount);
        return judge(truth - X.SubMatrix(train, test, 0, X.ColumnCount) * Fitted(X, T, train), truth);
    }

    private static Matrix<double> Centred(Matrix<double> M) => M.AddRow(-M.ColumnSums() / M.RowCount);

    private static double Squares(Matrix<double> M) => M.PointwisePower(2).Enumerate().Sum();
}
