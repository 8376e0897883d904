namespace TransformerByHand.Training.Kernels;

/// <summary>φ(x) = elu(x) + 1, the features of linear attention: x + 1 where x is positive and e^x elsewhere.</summary>
/// <remarks>φ is above 1 exactly where x is above 0, so that φ′(x), 1 there and e^x elsewhere, is the smaller of φ and 1.</remarks>
internal static class PositiveFeatures
{
    /// <summary>y = φ(x).</summary>
    public static void Forward<V>(ReadOnlySpan<float> x, Span<float> y) where V : struct, ILanes<V>
    {
        y = y[..x.Length];
        V zero = V.Broadcast(0), one = V.Broadcast(1);
        int i = 0;
        for (; i <= x.Length - V.Count; i += V.Count)
        {
            V value = V.Load(x[i..]);
            V.WhereGreater(value, zero, value + one, Exponential.Of(V.Min(value, zero))).CopyTo(y[i..]);
        }
        if (V.Count > 1 && i < x.Length) Forward<OneLane>(x[i..], y[i..]);
    }

    /// <summary>Multiplies the gradient <paramref name="dy"/> by φ′, given φ.</summary>
    public static void Backward<V>(ReadOnlySpan<float> features, Span<float> dy) where V : struct, ILanes<V>
    {
        features = features[..dy.Length];
        V one = V.Broadcast(1);
        int i = 0;
        for (; i <= dy.Length - V.Count; i += V.Count)
            (V.Load(dy[i..]) * V.Min(V.Load(features[i..]), one)).CopyTo(dy[i..]);
        if (V.Count > 1 && i < dy.Length) Backward<OneLane>(features[i..], dy[i..]);
    }
}
