using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Layers;

/// <summary>Attention that meets the keys one by one, and never holds a matrix of n × n numbers. The same result as <see cref="ScaledDotProductAttention"/>, up to rounding.</summary>
/// <remarks>
/// <para>
/// The softmax needs the largest score and the sum of all exponentials, and both seem to need all scores first. They do not:
/// for one query, keep the largest score so far m, the sum so far ℓ, and the weighted sum of values so far o. When the score x
/// of the next key arrives with its value v, what was summed under the old maximum is brought to the new one:
/// </para>
/// <code>
/// m′ = max(m, x)
/// ℓ′ = ℓ·e^(m − m′) + e^(x − m′)
/// o′ = o·e^(m − m′) + e^(x − m′)·v
/// </code>
/// <para>and after the last key the output is o / ℓ. Begin with m = −∞, ℓ = 0, o = 0.</para>
/// <para>
/// The keys outside a window are not masked: they are not visited. That is where a window saves work, n·w pairs instead of n².
/// </para>
/// <para>
/// Source: Milakov and Gimelshein 2018, 'Online normalizer calculation for softmax'; Rabe and Staats 2021, 'Self-attention Does
/// Not Need O(n²) Memory'; Dao et al. 2022, 'FlashAttention'.
/// </para>
/// </remarks>
public static class OnlineAttention
{
    /// <summary>Computes self-attention, over all tokens or a window of them.</summary>
    /// <param name="Q">Queries (n × d_k).</param>
    /// <param name="K">Keys (n × d_k).</param>
    /// <param name="V">Values (n × d_v).</param>
    /// <param name="causal">Whether a token sees only itself and those before it.</param>
    /// <param name="w">Tokens in the window, as in <see cref="Mask.SlidingWindow"/>; null for all.</param>
    /// <returns>O (n × d_v), and what was counted.</returns>
    /// <exception cref="ArgumentException">A matrix is empty or not finite, or the shapes do not fit each other.</exception>
    /// <exception cref="ArgumentOutOfRangeException">w is below 1, or even in a two-sided window.</exception>
    public static (Matrix<double> O, AttentionCost Cost) Forward(Matrix<double> Q, Matrix<double> K, Matrix<double> V, bool causal = false, int? w = null)
    {
        Require.NotEmpty(Q);
        Require.NotEmpty(V);
        Require.Finite(Q);
        Require.Finite(V);
        Require.Shape(K, Q.RowCount, Q.ColumnCount);
        Require.Finite(K);
        Require.Shape(V, Q.RowCount, V.ColumnCount);
        if (w is { } window) Mask.RequireWindow(window, causal, nameof(w));

        (int n, int dK, int dV) = (Q.RowCount, Q.ColumnCount, V.ColumnCount);
        double[][] q = Q.ToRowArrays(), k = K.ToRowArrays(), v = V.ToRowArrays();
        double scale = 1 / Math.Sqrt(dK);
        var O = Matrix<double>.Build.Dense(n, dV);
        var o = new double[dV];
        long pairs = 0;

        for (int i = 0; i < n; i++)
        {
            var (first, last) = Keys(i, n, causal, w);
            double m = double.NegativeInfinity, ℓ = 0;
            Array.Clear(o);
            for (int j = first; j <= last; j++)
            {
                pairs++;
                double x = Dot(q[i], k[j]) * scale;
                double highest = Math.Max(m, x);
                double shrink = Math.Exp(m - highest), e = Math.Exp(x - highest);
                ℓ = ℓ * shrink + e;
                for (int c = 0; c < dV; c++) o[c] = o[c] * shrink + e * v[j][c];
                m = highest;
            }
            for (int c = 0; c < dV; c++) O[i, c] = o[c] / ℓ;
        }
        return (O, new AttentionCost(pairs, pairs * (2L * dK + 2L * dV), dV + 2L));
    }

    /// <summary>The first and the last key that query i sees.</summary>
    private static (int First, int Last) Keys(int i, int n, bool causal, int? w) => (causal, w) switch
    {
        (true, null) => (0, i),
        (true, { } window) => (Math.Max(0, i - window + 1), i),
        (false, null) => (0, n - 1),
        (false, { } window) => (Math.Max(0, i - (window - 1) / 2), Math.Min(n - 1, i + (window - 1) / 2)),
    };

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int c = 0; c < a.Length; c++) sum += a[c] * b[c];
        return sum;
    }
}

/// <summary>What an attention was seen to cost, counted while it ran.</summary>
/// <param name="Pairs">Pairs of a query and a key that were compared.</param>
/// <param name="Flops">Multiplications and additions of the scores and of the weighted sums: 2·d_k + 2·d_v a pair. The softmax is not counted.</param>
/// <param name="NumbersHeld">Numbers kept at any one time, beside Q, K, V and O.</param>
public sealed record AttentionCost(long Pairs, long Flops, long NumbersHeld);
