using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

/// <summary>The exercises of lesson 01, LayerNorm, and its experiments.</summary>
public static partial class Lesson01
{
    /// <summary>Whether two matrices have the same shape and, to rounding, the same numbers: what a test of a LayerNorm may compare with.</summary>
    /// <param name="A">A matrix; <see langword="null"/> is like none.</param>
    /// <param name="B">The matrix that it should be.</param>
    /// <returns><see langword="true"/> if no number is off by 1e-9 or more, and none is NaN.</returns>
    public static bool Alike(double[,]? A, double[,] B) =>
        A is not null && A.GetLength(0) == B.GetLength(0) && A.GetLength(1) == B.GetLength(1)
        && A.Cast<double>().Zip(B.Cast<double>()).All(pair => Math.Abs(pair.First - pair.Second) < 1e-9);

    internal static double[] Numbers(params double[] values) => values;

    internal static double[][] Rows(double[,] X) =>
        [.. Enumerable.Range(0, X.GetLength(0)).Select(t => Enumerable.Range(0, X.GetLength(1)).Select(i => X[t, i]).ToArray())];

    internal static double[][] Columns(double[,] X) => Rows(Transposed(X));

    /// <summary>The population variance.</summary>
    internal static double Spread(double[] x)
    {
        double mean = x.Average();
        return x.Average(v => (v - mean) * (v - mean));
    }

    internal static double[] Normalised(double[] x, double epsilon)
    {
        (double mean, double rstd) = (x.Average(), 1 / Math.Sqrt(Spread(x) + epsilon));
        return [.. x.Select(v => (v - mean) * rstd)];
    }

    internal static double[,] NormalisedRows(double[,] X, double epsilon)
    {
        double[][] rows = [.. Rows(X).Select(row => Normalised(row, epsilon))];
        return Build(X.GetLength(0), X.GetLength(1), (t, i) => rows[t][i]);
    }

    internal static double[,] Affine(double[,] X, double[] gamma, double[] beta) =>
        Build(X.GetLength(0), X.GetLength(1), (t, i) => gamma[i] * X[t, i] + beta[i]);
}
