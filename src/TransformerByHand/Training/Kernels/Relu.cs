namespace TransformerByHand.Training.Kernels;

/// <summary>ReLU: y = max(0, x); its derivative is 1 where x &gt; 0 and 0 elsewhere.</summary>
internal static class Relu
{
    /// <summary>y = max(0, x).</summary>
    public static void Forward<V>(ReadOnlySpan<float> x, Span<float> y) where V : struct, ILanes<V>
    {
        y = y[..x.Length];
        int i = 0;
        for (; i <= x.Length - V.Count; i += V.Count)
            V.Max(V.Load(x[i..]), V.Broadcast(0)).CopyTo(y[i..]);
        if (V.Count > 1 && i < x.Length) Forward<OneLane>(x[i..], y[i..]);
    }

    /// <summary>Replaces <paramref name="x"/> by the gradient there: dy where x &gt; 0, otherwise 0.</summary>
    public static void Backward<V>(Span<float> x, ReadOnlySpan<float> dy) where V : struct, ILanes<V>
    {
        dy = dy[..x.Length];
        V zero = V.Broadcast(0);
        int i = 0;
        for (; i <= x.Length - V.Count; i += V.Count)
            V.WhereGreater(V.Load(x[i..]), zero, V.Load(dy[i..]), zero).CopyTo(x[i..]);
        if (V.Count > 1 && i < x.Length) Backward<OneLane>(x[i..], dy[i..]);
    }
}
