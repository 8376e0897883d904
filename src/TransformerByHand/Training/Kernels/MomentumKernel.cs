namespace TransformerByHand.Training.Kernels;

/// <summary>One step of stochastic gradient descent with momentum: b ← μ·b + g + λ·w, w ← w − η·b.</summary>
internal static class MomentumKernel
{
    /// <summary>The constants of one step: the factor of clipping, μ, λ and η.</summary>
    public readonly record struct Constants(float GradientScale, float Momentum, float Decay, float LearningRate);

    /// <summary>Updates weights and velocities in place.</summary>
    public static void Step<V>(Span<float> w, ReadOnlySpan<float> g, Span<float> b, Constants k) where V : struct, ILanes<V>
    {
        g = g[..w.Length];
        b = b[..w.Length];
        V scale = V.Broadcast(k.GradientScale), momentum = V.Broadcast(k.Momentum), decay = V.Broadcast(k.Decay), rate = V.Broadcast(k.LearningRate);
        int i = 0;
        for (; i <= w.Length - V.Count; i += V.Count)
        {
            V wLanes = V.Load(w[i..]);
            V bLanes = momentum * V.Load(b[i..]) + scale * V.Load(g[i..]) + decay * wLanes;
            bLanes.CopyTo(b[i..]);
            (wLanes - rate * bLanes).CopyTo(w[i..]);
        }
        if (V.Count > 1 && i < w.Length) Step<OneLane>(w[i..], g[i..], b[i..], k);
    }
}
