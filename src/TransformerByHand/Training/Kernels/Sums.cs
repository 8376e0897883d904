namespace TransformerByHand.Training.Kernels;

/// <summary>Sums over a span: Σ x_i·y_i, Σ x_i² and the sum of the rows of a matrix.</summary>
internal static class Sums
{
    /// <summary>Σ x_i·y_i, one partial sum a lane.</summary>
    public static float Dot<V>(ReadOnlySpan<float> x, ReadOnlySpan<float> y) where V : struct, ILanes<V>
    {
        y = y[..x.Length];
        V lanes = V.Broadcast(0);
        int i = 0;
        for (; i <= x.Length - V.Count; i += V.Count)
            lanes = V.MultiplyAdd(V.Load(x[i..]), V.Load(y[i..]), lanes);
        float sum = lanes.Sum();
        for (; i < x.Length; i++)
            sum += x[i] * y[i];
        return sum;
    }

    /// <summary>Σ x_i, one partial sum a lane.</summary>
    public static float Of<V>(ReadOnlySpan<float> x) where V : struct, ILanes<V>
    {
        V lanes = V.Broadcast(0);
        int i = 0;
        for (; i <= x.Length - V.Count; i += V.Count)
            lanes += V.Load(x[i..]);
        float sum = lanes.Sum();
        for (; i < x.Length; i++)
            sum += x[i];
        return sum;
    }

    /// <summary>Adds every row of a matrix, from the first to the last, to <paramref name="sum"/>.</summary>
    public static void AddRows<V>(MatrixSpan rows, Span<float> sum) where V : struct, ILanes<V>
    {
        for (int i = 0; i < rows.Rows; i++)
            Scaling.Add<V>(rows.Numbers.Slice(i * rows.RowStride, rows.Columns), sum);
    }
}
