namespace TransformerByHand.Training.Kernels;

/// <summary>y = a·x, y = y + x and y = y + a·x, number by number.</summary>
internal static class Scaling
{
    /// <summary>Multiplies every number by <paramref name="factor"/>.</summary>
    public static void InPlace<V>(Span<float> numbers, float factor) where V : struct, ILanes<V>
    {
        V lanes = V.Broadcast(factor);
        int i = 0;
        for (; i <= numbers.Length - V.Count; i += V.Count)
            (lanes * V.Load(numbers[i..])).CopyTo(numbers[i..]);
        for (; i < numbers.Length; i++)
            numbers[i] *= factor;
    }

    /// <summary>Adds <paramref name="x"/> to <paramref name="y"/>.</summary>
    public static void Add<V>(ReadOnlySpan<float> x, Span<float> y) where V : struct, ILanes<V>
    {
        x = x[..y.Length];
        int i = 0;
        for (; i <= y.Length - V.Count; i += V.Count)
            (V.Load(y[i..]) + V.Load(x[i..])).CopyTo(y[i..]);
        for (; i < y.Length; i++)
            y[i] += x[i];
    }

    /// <summary>Adds <paramref name="factor"/> times <paramref name="x"/> to <paramref name="y"/>.</summary>
    public static void AddScaled<V>(float factor, ReadOnlySpan<float> x, Span<float> y) where V : struct, ILanes<V>
    {
        x = x[..y.Length];
        V lanes = V.Broadcast(factor);
        int i = 0;
        for (; i <= y.Length - V.Count; i += V.Count)
            V.MultiplyAdd(lanes, V.Load(x[i..]), V.Load(y[i..])).CopyTo(y[i..]);
        if (V.Count > 1 && i < y.Length) AddScaled<OneLane>(factor, x[i..], y[i..]);
    }

    /// <summary>sum = x + y; <paramref name="sum"/> may be one of them.</summary>
    public static void Sum<V>(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> sum) where V : struct, ILanes<V>
    {
        x = x[..sum.Length];
        y = y[..sum.Length];
        int i = 0;
        for (; i <= sum.Length - V.Count; i += V.Count)
            (V.Load(x[i..]) + V.Load(y[i..])).CopyTo(sum[i..]);
        for (; i < sum.Length; i++)
            sum[i] = x[i] + y[i];
    }
}
