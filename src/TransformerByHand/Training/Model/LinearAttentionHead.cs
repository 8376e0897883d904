using TransformerByHand.Layers;
using TransformerByHand.Training.Kernels;

namespace TransformerByHand.Training.Model;

/// <summary>One head of linear attention over one sequence, token by token; the formulas are those of <see cref="LinearAttention"/>.</summary>
/// <remarks>The running sums are S, a row for each of the d_k features, and z behind it: <see cref="StateSize"/> numbers, whatever the length.</remarks>
internal readonly ref struct LinearAttentionHead
{
    public required KernelSet Kernels { get; init; }

    public required Scratch Scratch { get; init; }

    /// <summary>How many of the keys are tokens; the rest is padding.</summary>
    public required int VisibleKeys { get; init; }

    /// <summary>S and z of a head.</summary>
    public static int StateSize(int headWidth) => headWidth * headWidth + headWidth;

    /// <summary>Computes O for the tokens from place <paramref name="from"/> on.</summary>
    /// <param name="q">Q (places × d_k), the first row at place <paramref name="from"/>, and so are the others.</param>
    /// <param name="k">K (places × d_k).</param>
    /// <param name="v">V (places × d_k).</param>
    /// <param name="o">O (places × d_k).</param>
    /// <param name="from">The place of the first row.</param>
    /// <param name="state">S and z after the places before <paramref name="from"/>; after all places when this returns.</param>
    public void Forward(MatrixSpan q, MatrixSpan k, MatrixSpan v, MatrixSpan o, int from, Span<float> state)
    {
        int d = q.Columns;
        Span<float> features = Scratch.PackedA.AsSpan(0, d), z = state.Slice(d * d, d);
        if (from == 0) state.Clear();
        for (int i = 0; i < q.Rows; i++)
        {
            if (from + i < VisibleKeys) TakeIn(Row(k, i), Row(v, i), features, state);
            var output = Row(o, i);
            Kernels.PositiveFeatures(Row(q, i), features);
            float divisor = Kernels.Dot(features, z);
            output.Clear();
            if (!(divisor > 0)) continue;
            for (int r = 0; r < d; r++) Kernels.AddScaled(features[r], state.Slice(r * d, d), output);
            Kernels.Scale(output, 1 / divisor);
        }
    }

    /// <summary>Replaces Q, K and V by their gradients, and the gradient at O by something of no use.</summary>
    /// <param name="q">Q, which becomes dQ.</param>
    /// <param name="k">K, which becomes dK.</param>
    /// <param name="v">V, which becomes dV.</param>
    /// <param name="o">O, as the forward pass left it.</param>
    /// <param name="dO">The gradient at O.</param>
    /// <param name="state">Room for the running sums.</param>
    public void Backward(MatrixSpan q, MatrixSpan k, MatrixSpan v, MatrixSpan o, MatrixSpan dO, Span<float> state)
    {
        int d = q.Columns, n = q.Rows;
        Span<float> queryFeatures = Scratch.PackedA.AsSpan(0, n * d), keyFeatures = Scratch.PackedB.AsSpan(0, n * d), e = Scratch.Scores.AsSpan(0, n);
        var z = state.Slice(d * d, d);

        // From the first token to the last: dφ(q), while u = dO / d takes the place of dO.
        state.Clear();
        for (int i = 0; i < n; i++)
        {
            Span<float> query = Row(q, i), φq = queryFeatures.Slice(i * d, d), u = Row(dO, i);
            if (i < VisibleKeys) TakeIn(Row(k, i), Row(v, i), keyFeatures.Slice(i * d, d), state);
            Kernels.PositiveFeatures(query, φq);
            float divisor = Kernels.Dot(φq, z);
            e[i] = 0;
            if (!(divisor > 0))
            {
                u.Clear();
                query.Clear();
                continue;
            }
            e[i] = -Kernels.Dot(u, Row(o, i)) / divisor;
            Kernels.Scale(u, 1 / divisor);
            for (int r = 0; r < d; r++) query[r] = Kernels.Dot(state.Slice(r * d, d), u) + e[i] * z[r];
            Kernels.PositiveFeaturesBackward(φq, query);
        }

        // From the last to the first: G and g, what all later queries send to S and z.
        state.Clear();
        for (int i = n - 1; i >= 0; i--)
        {
            Span<float> φq = queryFeatures.Slice(i * d, d), φk = keyFeatures.Slice(i * d, d), key = Row(k, i), value = Row(v, i);
            for (int r = 0; r < d; r++) Kernels.AddScaled(φq[r], Row(dO, i), state.Slice(r * d, d));
            Kernels.AddScaled(e[i], φq, z);
            if (i >= VisibleKeys)
            {
                key.Clear();
                value.Clear();
                continue;
            }
            for (int r = 0; r < d; r++) key[r] = Kernels.Dot(state.Slice(r * d, d), value) + z[r];
            Kernels.PositiveFeaturesBackward(φk, key);
            value.Clear();
            for (int r = 0; r < d; r++) Kernels.AddScaled(φk[r], state.Slice(r * d, d), value);
        }
    }

    /// <summary>S += φ(k)ᵀ·v and z += φ(k).</summary>
    private void TakeIn(ReadOnlySpan<float> key, ReadOnlySpan<float> value, Span<float> features, Span<float> state)
    {
        int d = key.Length;
        Kernels.PositiveFeatures(key, features);
        for (int r = 0; r < d; r++) Kernels.AddScaled(features[r], value, state.Slice(r * d, d));
        Kernels.Add(features, state.Slice(d * d, d));
    }

    private static Span<float> Row(MatrixSpan matrix, int i) => matrix.Numbers.Slice(i * matrix.RowStride, matrix.Columns);
}
