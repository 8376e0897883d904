namespace TransformerByHand.Training.Kernels;

/// <summary>Layer normalisation of one token: y = γ ⊙ x̂ + β with x̂ = (x − μ)·rstd and rstd = 1/√(σ² + ε).</summary>
/// <remarks>
/// μ and σ² are the token's own mean and population variance. Backward, with g = dy ⊙ γ:
/// dx = rstd · (g − mean(g) − x̂ · mean(g ⊙ x̂)), dγ = Σ dy ⊙ x̂, dβ = Σ dy (Ba, Kiros and Hinton 2016).
/// μ and rstd are kept from the forward pass; x̂ is computed again from x, which costs less than storing it.
/// </remarks>
internal static class LayerNormKernel
{
    /// <summary>Normalises one token.</summary>
    /// <returns>μ and rstd, which <see cref="Backward"/> needs.</returns>
    public static (float Mean, float InverseDeviation) Forward<V>(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, float epsilon, Span<float> y)
        where V : struct, ILanes<V>
    {
        float mean = Sums.Of<V>(x) / x.Length;
        float variance = SquaredDistance<V>(x, mean) / x.Length;
        float rstd = 1 / MathF.Sqrt(variance + epsilon);

        gamma = gamma[..x.Length];
        beta = beta[..x.Length];
        y = y[..x.Length];
        V meanLanes = V.Broadcast(mean), rstdLanes = V.Broadcast(rstd);
        int i = 0;
        for (; i <= x.Length - V.Count; i += V.Count)
        {
            V normalised = (V.Load(x[i..]) - meanLanes) * rstdLanes;
            V.MultiplyAdd(normalised, V.Load(gamma[i..]), V.Load(beta[i..])).CopyTo(y[i..]);
        }
        for (; i < x.Length; i++)
            y[i] = float.MultiplyAddEstimate((x[i] - mean) * rstd, gamma[i], beta[i]);
        return (mean, rstd);
    }

    /// <summary>One token's gradients. dx is overwritten; the token's share is added to dγ and dβ.</summary>
    public static void Backward<V>(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, float mean, float rstd, ReadOnlySpan<float> dy,
        Span<float> dx, Span<float> dGamma, Span<float> dBeta)
        where V : struct, ILanes<V>
    {
        gamma = gamma[..x.Length];
        dy = dy[..x.Length];
        dx = dx[..x.Length];
        dGamma = dGamma[..x.Length];
        dBeta = dBeta[..x.Length];
        V meanLanes = V.Broadcast(mean), rstdLanes = V.Broadcast(rstd);
        V gSum = V.Broadcast(0), gxSum = gSum;
        int i = 0;
        for (; i <= x.Length - V.Count; i += V.Count)
        {
            V normalised = (V.Load(x[i..]) - meanLanes) * rstdLanes;
            V dyLanes = V.Load(dy[i..]);
            V g = dyLanes * V.Load(gamma[i..]);
            gSum += g;
            gxSum = V.MultiplyAdd(g, normalised, gxSum);
            V.MultiplyAdd(dyLanes, normalised, V.Load(dGamma[i..])).CopyTo(dGamma[i..]);
            (dyLanes + V.Load(dBeta[i..])).CopyTo(dBeta[i..]);
        }
        float gMean = gSum.Sum(), gxMean = gxSum.Sum();
        for (int j = i; j < x.Length; j++)
        {
            float normalised = (x[j] - mean) * rstd, g = dy[j] * gamma[j];
            gMean += g;
            gxMean += g * normalised;
            dGamma[j] += dy[j] * normalised;
            dBeta[j] += dy[j];
        }
        gMean /= x.Length;
        gxMean /= x.Length;

        V gMeanLanes = V.Broadcast(gMean), gxMeanLanes = V.Broadcast(gxMean);
        for (i = 0; i <= x.Length - V.Count; i += V.Count)
        {
            V normalised = (V.Load(x[i..]) - meanLanes) * rstdLanes;
            V g = V.Load(dy[i..]) * V.Load(gamma[i..]);
            (rstdLanes * (g - gMeanLanes - normalised * gxMeanLanes)).CopyTo(dx[i..]);
        }
        for (; i < x.Length; i++)
            dx[i] = rstd * (dy[i] * gamma[i] - gMean - (x[i] - mean) * rstd * gxMean);
    }

    private static float SquaredDistance<V>(ReadOnlySpan<float> x, float from) where V : struct, ILanes<V>
    {
        V fromLanes = V.Broadcast(from), lanes = V.Broadcast(0);
        int i = 0;
        for (; i <= x.Length - V.Count; i += V.Count)
        {
            V distance = V.Load(x[i..]) - fromLanes;
            lanes = V.MultiplyAdd(distance, distance, lanes);
        }
        float sum = lanes.Sum();
        for (; i < x.Length; i++)
            sum += (x[i] - from) * (x[i] - from);
        return sum;
    }
}
