using System.Runtime.CompilerServices;

namespace TransformerByHand.Training.Kernels;

/// <summary>GELU's approximation with tanh, which GPT-2 uses (Hendrycks and Gimpel 2016, §2).</summary>
/// <remarks>
/// <code>
/// y = ½ x (1 + tanh u) = x·σ(t)       t = 2u = 2√(2/π) (x + 0.044715 x³)       σ(t) = 1 / (1 + e^(−t))
/// dy/dx = σ(t) + x·σ′(t)·t′           σ′ = e^(−t)·σ²                           t′ = 2√(2/π) (1 + 3 · 0.044715 x²)
/// </code>
/// </remarks>
internal static class GeluTanh
{
    private const float Scale = 1.5957691f, Cube = 0.044715f;     // 2√(2/π)

    /// <summary>y = x·σ(t).</summary>
    public static void Forward<V>(ReadOnlySpan<float> x, Span<float> y) where V : struct, ILanes<V>
    {
        y = y[..x.Length];
        int i = 0;
        for (; i <= x.Length - V.Count; i += V.Count)
        {
            V lanes = V.Load(x[i..]);
            (lanes * Sigmoid(lanes, out _)).CopyTo(y[i..]);
        }
        if (V.Count > 1 && i < x.Length) Forward<OneLane>(x[i..], y[i..]);
    }

    /// <summary>Replaces <paramref name="x"/> by the gradient there: dy ⊙ (σ + x·σ′·t′).</summary>
    public static void Backward<V>(Span<float> x, ReadOnlySpan<float> dy) where V : struct, ILanes<V>
    {
        dy = dy[..x.Length];
        int i = 0;
        for (; i <= x.Length - V.Count; i += V.Count)
        {
            V lanes = V.Load(x[i..]);
            V sigmoid = Sigmoid(lanes, out V exponential);
            V slope = V.Broadcast(Scale) * V.MultiplyAdd(V.Broadcast(3 * Cube) * lanes, lanes, V.Broadcast(1));
            // In this order nothing overflows where e^(−t) is large and σ small.
            (V.Load(dy[i..]) * V.MultiplyAdd(lanes * slope, exponential * sigmoid * sigmoid, sigmoid)).CopyTo(x[i..]);
        }
        if (V.Count > 1 && i < x.Length) Backward<OneLane>(x[i..], dy[i..]);
    }

    /// <summary>σ(t), and on the way e^(−t). A method of its own for the reason that <see cref="Gelu"/> gives.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static V Sigmoid<V>(V x, out V exponential) where V : struct, ILanes<V>
    {
        V one = V.Broadcast(1);
        V cubic = V.MultiplyAdd(V.Broadcast(Cube) * x, x, one);
        exponential = Exponential.Of(V.Broadcast(-Scale) * x * cubic);
        return one / (one + exponential);
    }
}
