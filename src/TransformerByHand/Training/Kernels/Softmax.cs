namespace TransformerByHand.Training.Kernels;

/// <summary>Softmax of one row of scaled scores, in place: p_i = e^{a·x_i} / Σ_j e^{a·x_j}, and its gradient.</summary>
/// <remarks>
/// The largest score is taken off first, which changes nothing in the quotient and keeps e from overflowing.
/// Backward: dx = a · p ⊙ (dp − ⟨dp, p⟩), the product with the Jacobian p_i(δ_ij − p_j) without building it.
/// </remarks>
internal static class Softmax
{
    /// <summary>Replaces the scores in <paramref name="row"/> by their probabilities.</summary>
    public static void Forward<V>(Span<float> row, float scale) where V : struct, ILanes<V>
    {
        float largest = Largest<V>(row);
        float sum = Exponentials<V>(row, scale, largest);
        Scaling.InPlace<V>(row, 1 / sum);
    }

    /// <summary>Replaces <paramref name="dp"/>, the gradient at the probabilities, by the gradient at the scores.</summary>
    public static void Backward<V>(ReadOnlySpan<float> p, Span<float> dp, float scale) where V : struct, ILanes<V>
    {
        float inner = Sums.Dot<V>(p, dp);
        V innerLanes = V.Broadcast(inner), scaleLanes = V.Broadcast(scale);
        int i = 0;
        for (; i <= dp.Length - V.Count; i += V.Count)
            (scaleLanes * V.Load(p[i..]) * (V.Load(dp[i..]) - innerLanes)).CopyTo(dp[i..]);
        for (; i < dp.Length; i++)
            dp[i] = scale * p[i] * (dp[i] - inner);
    }

    /// <summary>The largest number of a row, −∞ for an empty one.</summary>
    public static float Largest<V>(ReadOnlySpan<float> row) where V : struct, ILanes<V>
    {
        V lanes = V.Broadcast(float.NegativeInfinity);
        int i = 0;
        for (; i <= row.Length - V.Count; i += V.Count)
            lanes = V.Max(lanes, V.Load(row[i..]));
        float largest = lanes.Largest();
        for (; i < row.Length; i++)
            largest = MathF.Max(largest, row[i]);
        return largest;
    }

    /// <summary>Replaces each x by e^{scale·(x − shift)} and returns the sum.</summary>
    public static float Exponentials<V>(Span<float> row, float scale, float shift) where V : struct, ILanes<V>
    {
        V scaleLanes = V.Broadcast(scale), shiftLanes = V.Broadcast(shift), sum = V.Broadcast(0);
        int i = 0;
        for (; i <= row.Length - V.Count; i += V.Count)
        {
            V e = Exponential.Of(scaleLanes * (V.Load(row[i..]) - shiftLanes));
            e.CopyTo(row[i..]);
            sum += e;
        }
        float total = sum.Sum();
        if (V.Count > 1 && i < row.Length) total += Exponentials<OneLane>(row[i..], scale, shift);
        return total;
    }
}
