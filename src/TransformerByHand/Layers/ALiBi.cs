using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Layers;

/// <summary>ALiBi, attention with linear biases: the farther back a key stands, the more is taken off its score, and there are no positions anywhere else.</summary>
/// <remarks>
/// <para>Forward, for the query at place i and a key at place j ≤ i, in head t of h, counted from 0:</para>
/// <code>
/// m_t  = 2^(−8(t + 1) / h)                        of 8 heads: 1/2, 1/4, …, 1/256
/// z_ij = ⟨q_i, k_j⟩ / √d_k − m_t·(i − j)          added after the division; later keys are masked
/// </code>
/// <para>
/// The softmax turns what is taken off into a factor, e^(−m_t·(i − j)): a head with a steep slope hardly sees beyond its neighbours, one
/// with a gentle slope sees far. Nothing is learned, and nothing depends on how long the sequence is. Backward, the bias is a
/// constant: the gradients of Q, K and V are those of <see cref="ScaledDotProductAttention"/>.
/// </para>
/// <para>Source: Press, Smith and Lewis 2021, 'Train Short, Test Long', §3. There the slopes of a number of heads that is no power of two follow another rule.</para>
/// </remarks>
public static class ALiBi
{
    /// <summary>Returns the slope of each head.</summary>
    /// <param name="h">The number of heads, at least 1.</param>
    /// <returns>m_0 … m_(h − 1).</returns>
    /// <exception cref="ArgumentOutOfRangeException">h is below 1.</exception>
    public static IReadOnlyList<double> Slopes(int h)
    {
        Require.Positive(h);
        return [.. Enumerable.Range(0, h).Select(t => Math.Pow(2, -8.0 * (t + 1) / h))];
    }

    /// <summary>Returns what is added to the scaled scores of one head: −m·(i − j).</summary>
    /// <param name="queries">Number of queries n. Where there are more keys, the queries are the last ones, as in generation.</param>
    /// <param name="keys">Number of keys m.</param>
    /// <param name="slope">The head's slope.</param>
    /// <returns>The bias (n × m). For keys after the query it means nothing: they are to be masked.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public static Matrix<double> Bias(int queries, int keys, double slope)
    {
        Require.Positive(queries);
        Require.Positive(keys);
        return Matrix<double>.Build.Dense(queries, keys, (i, j) => -slope * (keys - queries + i - j));
    }
}
