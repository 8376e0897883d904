using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

/// <summary>The exercises of lesson 05, attention forward.</summary>
public static partial class Lesson05
{
    /// <summary>Causal attention, correct: what a test of an implementation may compare with.</summary>
    /// <param name="Q">Queries (n × d_k).</param>
    /// <param name="K">Keys (n × d_k).</param>
    /// <param name="V">Values (n × d_v).</param>
    /// <returns>O (n × d_v).</returns>
    public static Matrix<double> CausalAttention(Matrix<double> Q, Matrix<double> K, Matrix<double> V)
    {
        ArgumentNullException.ThrowIfNull(Q);
        ArgumentNullException.ThrowIfNull(K);
        ArgumentNullException.ThrowIfNull(V);
        return Of(Attend(Q.ToArray(), K.ToArray(), V.ToArray()));
    }

    /// <summary>Whether two matrices have the same shape and, to rounding, the same numbers: what a test of an implementation may compare by.</summary>
    /// <param name="A">A matrix; <see langword="null"/> is like none.</param>
    /// <param name="B">The matrix that it should be.</param>
    /// <returns><see langword="true"/> if no number is off by 1e-9 or more, and none is NaN.</returns>
    public static bool Alike(Matrix<double>? A, Matrix<double> B)
    {
        ArgumentNullException.ThrowIfNull(B);
        return A is not null && A.RowCount == B.RowCount && A.ColumnCount == B.ColumnCount && (A - B).Enumerate().All(v => Math.Abs(v) < 1e-9);
    }

    private static Matrix<double> Of(double[,] numbers) => DenseMatrix.OfArray(numbers);

    private static double[,] Tokens => new double[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } };

    private static double[,] Asks => new double[,] { { 2, 1 }, { -2, -1 } };

    private static double[,] Offers => new double[,] { { 0, 1 }, { 1, 0 } };

    private static double[,] Carries => new double[,] { { 4, 0 }, { 1, 3 } };

    // Four tokens, d_k = 2, d_v = 3.
    private static double[,] TestQ => new double[,] { { 2, 1 }, { -1, 3 }, { 0.5, -2 }, { 1, 1 } };

    private static double[,] TestK => new double[,] { { 1, -1 }, { 2, 0.5 }, { -1, 1 }, { 0.5, 2 } };

    private static double[,] TestV => new double[,] { { 4, 0, 1 }, { 1, 3, -2 }, { 5, -2, 2 }, { -3, 1, 4 } };

    // As many tokens as d_k.
    private static double[,] SquareQ => new double[,] { { 2, 1, 0 }, { -1, 3, 1 }, { 0.5, -2, 1 } };

    private static double[,] SquareK => new double[,] { { 1, -1, 2 }, { 2, 0.5, -1 }, { -1, 1, 1 } };

    private static double[,] SquareV => new double[,] { { 4, 0 }, { 1, 3 }, { 5, -2 } };

    /// <summary>What stands in for −∞ in code that people write.</summary>
    private static double[] Fillers =>
        [double.MinValue, float.MinValue, -65504, int.MinValue, -1e30, -1e20, -1e18, -1e15, -1e12, -1e10, -1e8, -1e7, -1e6, -1e5, -1e4, -1e3, -1e2, -999, -9999, -99999, -999999, -1];

    /// <summary>The same, where it is added to the score.</summary>
    private static double[] AddedFillers => [-1e9, -1e10, -1e8, -1e7, -1e6, -1e5, -1e4, -1e3, -1e2];

    private static double[] Listed(params double[] values) => values;

    /// <summary>A softmax that subtracts something before it takes the exponentials.</summary>
    private static SoftmaxFunction Exponentials(Func<double[], double> subtracted, double most = double.PositiveInfinity) => s =>
    {
        double m = subtracted(s);
        double[] e = [.. s.Select(v => Math.Exp(Math.Min(v - m, most)))];
        return [.. e.Select(v => v / e.Sum())];
    };

    /// <summary>With zeros where all scores are −∞.</summary>
    private static SoftmaxFunction Guarded(SoftmaxFunction softmax) =>
        s => double.IsNegativeInfinity(s.Max()) ? new double[s.Length] : softmax(s);

    /// <summary>With zeros where every plain exponential vanishes.</summary>
    private static SoftmaxFunction ZerosIfNothingIsLeft(SoftmaxFunction softmax) =>
        s => s.Sum(v => Math.Exp(v)) == 0 ? new double[s.Length] : softmax(s);

    /// <summary>Exponentials, each divided by the sum of the numbers as they are by then: those before it are weights already.</summary>
    private static double[] DividedInTurn(double[] e)
    {
        double[] weights = [.. e];
        for (int i = 0; i < weights.Length; i++) weights[i] /= weights.Sum();
        return weights;
    }

    private static double[,] Ones(int n) => Build(n, n, (_, _) => 1);

    private static double[] Row(double[,] M, int i) => [.. Enumerable.Range(0, M.GetLength(1)).Select(j => M[i, j])];

    private static double[,] Times(double[,] M, double factor) => Build(M.GetLength(0), M.GetLength(1), (i, j) => M[i, j] * factor);

    private static double[,] With(double[,] M, int row, double value) => Build(M.GetLength(0), M.GetLength(1), (i, j) => i == row ? value : M[i, j]);

    private static double Dot(double[,] A, int i, double[,] B, int j) => Row(A, i).Zip(Row(B, j), (a, b) => a * b).Sum();

    private static double[,] Scored(double[,] Q, double[,] K) => Build(Q.GetLength(0), K.GetLength(0), (i, j) => Dot(Q, i, K, j));

    private static double[,] Averaged(double[,] A, double[,] V) => Product(A, V);

    private static double[,] Masked(double[,] S, Func<int, int, bool> allowed, double filler = double.NegativeInfinity) =>
        Build(S.GetLength(0), S.GetLength(1), (i, j) => allowed(i, j) ? S[i, j] : filler);

    private static double[,] Plus(double[,] S, Func<int, int, bool> allowed, double filler) =>
        Build(S.GetLength(0), S.GetLength(1), (i, j) => allowed(i, j) ? S[i, j] : S[i, j] + filler);

    /// <summary>The softmax of one row, zeros where all is −∞.</summary>
    private static double[] Weights(double[] s) => Softmax.Of(DenseVector.OfArray(s)).ToArray();

    private static double[,] RowWeights(double[,] Z)
    {
        double[][] rows = [.. Enumerable.Range(0, Z.GetLength(0)).Select(i => Weights(Row(Z, i)))];
        return Build(Z.GetLength(0), Z.GetLength(1), (i, j) => rows[i][j]);
    }

    /// <summary>Softmax without the maximum subtracted.</summary>
    private static double[,] PlainRowWeights(double[,] Z) =>
        Build(Z.GetLength(0), Z.GetLength(1), (i, j) => Math.Exp(Z[i, j]) / Row(Z, i).Sum(z => Math.Exp(z)));

    private static double[,] Attend(double[,] Q, double[,] K, double[,] V, bool causal = true, double? scale = null)
    {
        double[,] Z = Times(Scored(Q, K), scale ?? 1 / Math.Sqrt(Q.GetLength(1)));
        return Averaged(RowWeights(causal ? Masked(Z, (i, j) => j <= i) : Z), V);
    }

    /// <summary>The scaled scores of a head.</summary>
    private static double[,] HeadScores(double[,] X, double[,] W_Q, double[,] W_K) =>
        Times(Scored(Product(X, W_Q), Product(X, W_K)), 1 / Math.Sqrt(W_Q.GetLength(1)));

    private static double[,] Head(double[,] X, double[,] W_Q, double[,] W_K, double[,] W_V, bool causal, double? scale = null) =>
        Attend(Product(X, W_Q), Product(X, W_K), Product(X, W_V), causal, scale);
}
