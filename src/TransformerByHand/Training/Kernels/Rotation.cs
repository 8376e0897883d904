namespace TransformerByHand.Training.Kernels;

/// <summary>Turns pairs of numbers, (a, b) → (a cos − b sin, a sin + b cos): a from the first half of a row, b from the second.</summary>
internal static class Rotation
{
    /// <summary>Turns the pairs of <paramref name="x"/> by their angles, or, with <paramref name="back"/>, by the negative ones.</summary>
    public static void InPlace<V>(Span<float> x, ReadOnlySpan<float> cosines, ReadOnlySpan<float> sines, bool back) where V : struct, ILanes<V>
    {
        Turn<V>(x[..(x.Length / 2)], x[(x.Length / 2)..], cosines, sines, back ? -1 : 1);
    }

    private static void Turn<V>(Span<float> a, Span<float> b, ReadOnlySpan<float> cosines, ReadOnlySpan<float> sines, float sign) where V : struct, ILanes<V>
    {
        V signLanes = V.Broadcast(sign);
        int i = 0;
        for (; i <= a.Length - V.Count; i += V.Count)
        {
            V x = V.Load(a[i..]), y = V.Load(b[i..]), cos = V.Load(cosines[i..]), sin = signLanes * V.Load(sines[i..]);
            (x * cos - y * sin).CopyTo(a[i..]);
            (x * sin + y * cos).CopyTo(b[i..]);
        }
        if (V.Count > 1 && i < a.Length) Turn<OneLane>(a[i..], b[i..], cosines[i..], sines[i..], sign);
    }
}
