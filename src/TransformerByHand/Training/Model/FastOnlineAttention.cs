using TransformerByHand.Training.Kernels;

namespace TransformerByHand.Training.Model;

/// <summary>Attention of one head in memory that grows with n, not with n²: no row of weights is ever there as a whole.</summary>
/// <remarks>
/// <para>A block of queries passes over the keys block by block, and keeps for each query</para>
/// <code>
/// m′ = max(m, max_j s_j)                          the largest score so far
/// ℓ′ = ℓ·e^(m − m′) + Σ_j e^(s_j − m′)            the sum of exponentials, all measured from m′
/// o′ = o·e^(m − m′) + Σ_j e^(s_j − m′)·v_j        the weighted sum of values, likewise
/// </code>
/// <para>At the end o/ℓ is softmax(s)·V, exactly but for rounding: nothing is approximated.</para>
/// <para>Source: Milakov and Gimelshein 2018, 'Online normalizer calculation for softmax'; Dao et al. 2022, 'FlashAttention'.</para>
/// </remarks>
public sealed class FastOnlineAttention
{
    private const int QueryBlock = AttentionPattern.BlockSize;
    private const int KeyBlock = 4 * AttentionPattern.BlockSize;

    private readonly KernelSet kernels;
    private readonly AttentionPattern pattern;
    private readonly int width;
    private readonly float[] keys;
    private readonly float[] values;
    private readonly float[] scores = new float[QueryBlock * KeyBlock];
    private readonly float[] largest = new float[QueryBlock];
    private readonly float[] sums = new float[QueryBlock];

    /// <summary>Makes room for sequences of up to <paramref name="longest"/> tokens.</summary>
    /// <param name="longest">The longest sequence.</param>
    /// <param name="width">d_k.</param>
    /// <param name="causal">Whether a token sees only itself and those before it.</param>
    /// <param name="window">How many tokens a token sees, itself included; 0 for all.</param>
    /// <param name="kernels">The kernels; the widest this machine has when not given.</param>
    public FastOnlineAttention(int longest, int width, bool causal, int window = 0, KernelSet? kernels = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(longest, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(window);
        this.kernels = kernels ?? KernelSet.Fastest;
        (pattern, this.width) = (new AttentionPattern(causal, window), width);
        keys = new float[this.kernels.PackedSize(width, longest)];
        values = new float[this.kernels.PackedSize(longest, width)];
    }

    /// <summary>O = softmax(QKᵀ/√d_k)V.</summary>
    /// <param name="q">Q (tokens × d_k), row by row.</param>
    /// <param name="k">K (tokens × d_k).</param>
    /// <param name="v">V (tokens × d_k).</param>
    /// <param name="o">Where O (tokens × d_k) is written.</param>
    /// <param name="tokens">How many tokens there are.</param>
    /// <exception cref="ArgumentException">A matrix is too short, or there are more tokens than there is room for.</exception>
    public void Forward(float[] q, float[] k, float[] v, float[] o, int tokens)
    {
        MatrixSpan Q = new(q, tokens, width), K = new(k, tokens, width), V = new(v, tokens, width), O = new(o, tokens, width);
        if (kernels.PackedSize(tokens, width) > values.Length || kernels.PackedSize(width, tokens) > keys.Length)
            throw new ArgumentException($"{tokens} tokens are more than there is room for.", nameof(tokens));
        var keysPacked = kernels.Pack(K.Transposed, keys);
        var valuesPacked = kernels.Pack(V, values);
        for (int first = 0; first < tokens; first += QueryBlock)
        {
            int rows = Math.Min(QueryBlock, tokens - first);
            var output = O.RowRange(first, rows);
            output.Numbers[..(rows * width)].Clear();
            largest.AsSpan().Fill(float.NegativeInfinity);
            sums.AsSpan().Clear();
            var (low, high) = pattern.BlockKeys(first, first + rows - 1, tokens);
            for (int key = low; key < high; key += KeyBlock)
            {
                int count = Math.Min(KeyBlock, high - key);
                var block = new MatrixSpan(scores, rows, count);
                kernels.Multiply(Q.RowRange(first, rows), keysPacked.ColumnRange(key, count), default, block);
                for (int i = 0; i < rows; i++)
                    TakeIn(i, first + i, scores.AsSpan(i * count, count), key, tokens, output.Numbers.Slice(i * width, width));
                kernels.Multiply(block, valuesPacked.RowRange(key, count), output, output);
            }
            for (int i = 0; i < rows; i++)
                kernels.Scale(output.Numbers.Slice(i * width, width), 1 / sums[i]);
        }
    }

    /// <summary>Turns a query's scores into exponentials measured from the new maximum, and brings what was there into line.</summary>
    private void TakeIn(int row, int query, Span<float> block, int firstKey, int tokens, Span<float> output)
    {
        var (from, to) = pattern.Visible(query, tokens);
        (from, to) = (Math.Clamp(from - firstKey, 0, block.Length), Math.Clamp(to - firstKey, 0, block.Length));
        block[..from].Clear();
        block[Math.Max(from, to)..].Clear();
        if (from >= to) return;

        var seen = block[from..to];
        float scale = 1 / MathF.Sqrt(width), maximum = MathF.Max(largest[row], kernels.Largest(seen));
        float correction = MathF.Exp(scale * (largest[row] - maximum));
        sums[row] = sums[row] * correction + kernels.Exponentials(seen, scale, maximum);
        if (correction != 1) kernels.Scale(output, correction);
        largest[row] = maximum;
    }
}
