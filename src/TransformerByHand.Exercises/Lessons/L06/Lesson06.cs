using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

/// <summary>The exercises of lesson 06, attention backward.</summary>
/// <remarks>
/// The first input of each exercise is square where a forgotten transpose would otherwise not fit: there it gives a matrix of the right shape,
/// and the numbers tell. Later inputs have as many queries as keys, widths and tokens as no two of them share.
/// </remarks>
public static partial class Lesson06
{
    /// <summary>Attention weights, correct: what a test of a backward pass may measure slopes with.</summary>
    /// <param name="Q">Queries (n × d_k).</param>
    /// <param name="K">Keys (n × d_k).</param>
    /// <returns>A = softmax(Q·Kᵀ / √d_k) (n × n).</returns>
    public static Matrix<double> AttentionWeights(Matrix<double> Q, Matrix<double> K)
    {
        ArgumentNullException.ThrowIfNull(Q);
        ArgumentNullException.ThrowIfNull(K);
        return Softmax.Forward(Q * K.Transpose() / Math.Sqrt(Q.ColumnCount));
    }

    /// <summary>Attention's way forward, and what it has made that the way back needs.</summary>
    /// <param name="X">The tokens (n × d_model).</param>
    /// <param name="W_Q">Makes queries (d_model × d_k).</param>
    /// <param name="W_K">Makes keys (d_model × d_k).</param>
    /// <param name="W_V">Makes values (d_model × d_v).</param>
    /// <param name="causal">Whether no token sees a later one.</param>
    /// <returns>Queries (n × d_k), keys (n × d_k), values (n × d_v), and the weights, 0 where nothing was allowed (n × n).</returns>
    public static (Matrix<double> Q, Matrix<double> K, Matrix<double> V, Matrix<double> A) Forward(
        Matrix<double> X, Matrix<double> W_Q, Matrix<double> W_K, Matrix<double> W_V, bool causal)
    {
        ArgumentNullException.ThrowIfNull(X);
        var trace = new AttentionHead(W_Q, W_K, W_V).Forward(X, causal ? Mask.Causal(X.RowCount) : null).Trace;
        return (trace.Q, trace.K, trace.V, trace.A);
    }

    /// <summary>The slopes of a loss, measured by central differences.</summary>
    /// <param name="M">The numbers to nudge, each by 1e-5 up and down. Afterwards they are as before.</param>
    /// <param name="loss">Computes the loss from <paramref name="M"/> as it then is.</param>
    /// <returns>∂L/∂M, in the shape of M, right to about ten digits.</returns>
    public static Matrix<double> Slopes(Matrix<double> M, Func<double> loss)
    {
        ArgumentNullException.ThrowIfNull(M);
        ArgumentNullException.ThrowIfNull(loss);
        const double h = 1e-5;
        return DenseMatrix.Create(M.RowCount, M.ColumnCount, (i, c) =>
        {
            double here = M[i, c];
            M[i, c] = here + h;
            double up = loss();
            M[i, c] = here - h;
            double down = loss();
            M[i, c] = here;
            return (up - down) / (2 * h);
        });
    }

    private static Matrix<double> FixedProjection => SeededRandom.Create(3).NormalMatrix(4, 4);

    private static Matrix<double> Of(double[,] numbers) => DenseMatrix.OfArray(numbers);

    private static Vector<double> Of(params double[] numbers) => DenseVector.OfArray(numbers);

    private static Matrix<double> Fixed(int seed, int width = 3) => SeededRandom.Create(seed).NormalMatrix(4, width);

    /// <summary>The first three rows.</summary>
    private static Matrix<double> Fewer(Matrix<double> M) => M.SubMatrix(0, 3, 0, M.ColumnCount);

    private static bool Near(Matrix<double> a, Matrix<double> b, double room = 1e-9) =>
        a.RowCount == b.RowCount && a.ColumnCount == b.ColumnCount && (a - b).Enumerate().All(v => Math.Abs(v) < room);

    /// <summary>The first rows, or with rows of zeros added.</summary>
    private static Matrix<double> Widened(Matrix<double> M, int rows) => DenseMatrix.Create(rows, M.ColumnCount, (i, c) => i < M.RowCount ? M[i, c] : 0);

    private static bool BothNear(
        Func<Matrix<double>, Matrix<double>, Matrix<double>, (Matrix<double> dQ, Matrix<double> dK)> backward, Matrix<double> Q, Matrix<double> K,
        Func<Matrix<double>, Matrix<double>, Matrix<double>, (Matrix<double> dQ, Matrix<double> dK)>? formula = null, double room = 1e-9)
    {
        var dA = SeededRandom.Create(3).NormalMatrix(Q.RowCount, K.RowCount);
        var (tried, right) = (backward(Q, K, dA), formula?.Invoke(Q, K, dA) ?? FromWeights(Q, K, dA));
        return Near(tried.dQ, right.dQ, room) && Near(tried.dK, right.dK, room);
    }

    /// <summary>From the weights back to queries and keys, with a mistake on request. Where shapes do not fit, what is missing counts as 0.</summary>
    private static (Matrix<double> dQ, Matrix<double> dK) FromWeights(
        Matrix<double> Q, Matrix<double> K, Matrix<double> dA,
        Func<Matrix<double>, Matrix<double>, Matrix<double>>? softmax = null, double? scaleBack = null, bool turnKeys = true, bool turnForQueries = false,
        (Matrix<double> Q, Matrix<double> K)? weightsOf = null)
    {
        var A = weightsOf is { } of ? AttentionWeights(of.Q, of.K) : AttentionWeights(Q, K);
        var dS = (softmax ?? Softmax.Backward)(A, dA) * (scaleBack ?? 1 / Math.Sqrt(Q.ColumnCount));
        double At(int i, int j) => i < dS.RowCount && j < dS.ColumnCount ? dS[i, j] : 0;
        var unturned = DenseMatrix.Create(K.RowCount, Q.RowCount, At);
        var turned = DenseMatrix.Create(Q.RowCount, K.RowCount, (i, j) => At(j, i));
        return ((turnForQueries ? turned : dS) * K, (turnKeys ? dS.Transpose() : unturned) * Q);
    }

    /// <summary>The whole backward pass, with a mistake on request.</summary>
    private static (Matrix<double> dX, Matrix<double> dW_Q, Matrix<double> dW_K, Matrix<double> dW_V) Backward(
        Matrix<double> X, Matrix<double> W_Q, Matrix<double> W_K, Matrix<double> W_V, bool causal, Matrix<double> dO,
        Func<Matrix<double>, Matrix<double>, Matrix<double>>? softmax = null, double? scaleBack = null, bool turnKeys = true, bool turnValues = true,
        double throughQ = 1, double throughK = 1, double throughV = 1, double? scale = null, bool scaleValues = false, bool throughA = true,
        Func<Matrix<double>, Matrix<double>>? weights = null,
        Func<Matrix<double>, Matrix<double>, Matrix<double>, (Matrix<double> dQ, Matrix<double> dK)>? ends = null,
        Func<Matrix<double>, Matrix<double>, Matrix<double>, Matrix<double>>? input = null)
    {
        var (Q, K, V) = (X * W_Q, X * W_K, X * W_V);
        double usual = 1 / Math.Sqrt(Q.ColumnCount);
        var Z = Q * K.Transpose() * (scale ?? usual);
        var A = weights?.Invoke(Z) ?? Masked(Z, (i, j) => !causal || j <= i);
        var dV = !throughA ? dO : (turnValues ? A.Transpose() : A) * dO * (scaleValues ? usual : 1);
        var dS = (softmax ?? Softmax.Backward)(A, dO * V.Transpose()) * (scaleBack ?? usual);
        var (dQ, dK) = ends?.Invoke(dS, Q, K) ?? (dS * K, (turnKeys ? dS.Transpose() : dS) * Q);
        return (
            input?.Invoke(dQ, dK, dV) ?? dQ * W_Q.Transpose() * throughQ + dK * W_K.Transpose() * throughK + dV * W_V.Transpose() * throughV,
            X.Transpose() * dQ, X.Transpose() * dK, X.Transpose() * dV);
    }

    /// <summary>The weights of scaled scores, where <paramref name="seen"/> says which key a query sees; down the columns on request.</summary>
    private static Matrix<double> Masked(Matrix<double> Z, Func<int, int, bool> seen, bool turned = false)
    {
        var masked = Z.MapIndexed((i, j, z) => seen(i, j) ? z : double.NegativeInfinity, Zeros.Include);
        return turned ? Softmax.Forward(masked.Transpose()).Transpose() : Softmax.Forward(masked);
    }

    /// <summary>LayerNorm's backward, with a mistake on request.</summary>
    private static Matrix<double> Norm(
        Matrix<double> dN, Matrix<double> XHat, Vector<double> rstd, Vector<double> gamma, double mean = 1, double along = 1,
        Matrix<double>? inMean = null, Matrix<double>? inAlong = null)
    {
        var g = dN.ScaleColumns(gamma);
        var alongXHat = (inAlong ?? g).PointwiseMultiply(XHat).RowMeans() * along;
        return (g.SubtractColumn((inMean ?? g).RowMeans() * mean) - XHat.ScaleRows(alongXHat)).ScaleRows(rstd);
    }
}
