namespace TransformerByHand.Training.Kernels;

/// <summary>Cross-entropy of one row of logits against a target, and its gradient.</summary>
/// <remarks>
/// With p = softmax(z), label smoothing s and V classes, the wanted distribution q is 1 − s + s/V at the target and s/V
/// elsewhere (Szegedy et al. 2016). The loss is −Σ q ln p = ln Σ eᶻ − (1 − s)·z_target − (s/V)·Σ z; its gradient p − q.
/// </remarks>
internal static class CrossEntropyKernel
{
    /// <summary>Replaces the logits by scale·(p − q), the gradient of scale·loss, and returns the loss, not scaled.</summary>
    public static float InPlace<V>(Span<float> logits, int target, float smoothing, float scale) where V : struct, ILanes<V>
    {
        float largest = Softmax.Largest<V>(logits);
        float wanted = logits[target];
        float mean = smoothing == 0 ? 0 : Sums.Of<V>(logits) / logits.Length;
        float sum = Softmax.Exponentials<V>(logits, 1, largest);
        Scaling.InPlace<V>(logits, scale / sum);
        if (smoothing != 0)
            for (int i = 0; i < logits.Length; i++)
                logits[i] -= scale * smoothing / logits.Length;
        logits[target] -= scale * (1 - smoothing);
        return MathF.Log(sum) + largest - (1 - smoothing) * wanted - smoothing * mean;
    }
}
