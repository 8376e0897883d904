namespace TransformerByHand.Training.Kernels;

/// <summary>One step of AdamW for some of the weights (Loshchilov and Hutter 2019).</summary>
/// <remarks>
/// m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − η·λ·w − η·(m/c₁) / (√(v/c₂) + ε), with the corrections
/// c₁ = 1 − β₁ᵗ and c₂ = 1 − β₂ᵗ that make up for m and v having started at 0.
/// </remarks>
internal static class AdamWKernel
{
    /// <summary>The constants of one step.</summary>
    /// <param name="GradientScale">What every gradient is multiplied by first: the factor of clipping.</param>
    /// <param name="Beta1">β₁.</param>
    /// <param name="Beta2">β₂.</param>
    /// <param name="Decay">1 − η·λ.</param>
    /// <param name="StepSize">η/c₁.</param>
    /// <param name="InverseRootCorrection">1/√c₂.</param>
    /// <param name="Epsilon">ε.</param>
    public readonly record struct Constants(
        float GradientScale, float Beta1, float Beta2, float Decay, float StepSize, float InverseRootCorrection, float Epsilon);

    /// <summary>Updates weights and moments in place.</summary>
    public static void Step<V>(Span<float> w, ReadOnlySpan<float> g, Span<float> m, Span<float> v, Constants k)
        where V : struct, ILanes<V>
    {
        g = g[..w.Length];
        m = m[..w.Length];
        v = v[..w.Length];
        V scale = V.Broadcast(k.GradientScale), decay = V.Broadcast(k.Decay), stepSize = V.Broadcast(k.StepSize);
        V beta1 = V.Broadcast(k.Beta1), rest1 = V.Broadcast(1 - k.Beta1), beta2 = V.Broadcast(k.Beta2), rest2 = V.Broadcast(1 - k.Beta2);
        V correction = V.Broadcast(k.InverseRootCorrection), epsilon = V.Broadcast(k.Epsilon);
        int i = 0;
        for (; i <= w.Length - V.Count; i += V.Count)
        {
            V gLanes = scale * V.Load(g[i..]);
            V mLanes = beta1 * V.Load(m[i..]) + rest1 * gLanes;
            V vLanes = beta2 * V.Load(v[i..]) + rest2 * gLanes * gLanes;
            mLanes.CopyTo(m[i..]);
            vLanes.CopyTo(v[i..]);
            (decay * V.Load(w[i..]) - stepSize * mLanes / (V.Sqrt(vLanes) * correction + epsilon)).CopyTo(w[i..]);
        }
        if (V.Count > 1 && i < w.Length) Step<OneLane>(w[i..], g[i..], m[i..], v[i..], k);
    }
}
