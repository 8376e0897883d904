using System.Runtime.CompilerServices;

namespace TransformerByHand.Training.Kernels;

/// <summary>GELU: y = x·Φ(x), with Φ the normal distribution function (Hendrycks and Gimpel 2016).</summary>
/// <remarks>
/// dy/dx = Φ(x) + x·φ(x), with φ the normal density. Φ(x) = ½(1 + erf(x/√2)), and erf is Abramowitz and Stegun's
/// formula 7.1.26, e^{−z²} times a polynomial in 1/(1 + 0.3275911·z) for z ≥ 0, off by less than 1.5e-7: so Φ here is off
/// by less than 1e-7, about one rounding of a float near 1, and y by less than 1e-7·|x|.
/// </remarks>
internal static class Gelu
{
    /// <summary>y = x·Φ(x).</summary>
    public static void Forward<V>(ReadOnlySpan<float> x, Span<float> y) where V : struct, ILanes<V>
    {
        y = y[..x.Length];
        int i = 0;
        for (; i <= x.Length - V.Count; i += V.Count)
        {
            V lanes = V.Load(x[i..]);
            (lanes * Distribution(lanes, out _)).CopyTo(y[i..]);
        }
        if (V.Count > 1 && i < x.Length) Forward<OneLane>(x[i..], y[i..]);
    }

    /// <summary>Replaces <paramref name="x"/> by the gradient there: dy ⊙ (Φ(x) + x·φ(x)).</summary>
    public static void Backward<V>(Span<float> x, ReadOnlySpan<float> dy) where V : struct, ILanes<V>
    {
        dy = dy[..x.Length];
        V density = V.Broadcast(0.39894228f); // 1 / √(2π)
        int i = 0;
        for (; i <= x.Length - V.Count; i += V.Count)
        {
            V lanes = V.Load(x[i..]);
            V distribution = Distribution(lanes, out V bell);
            (V.Load(dy[i..]) * V.MultiplyAdd(lanes * density, bell, distribution)).CopyTo(x[i..]);
        }
        if (V.Count > 1 && i < x.Length) Backward<OneLane>(x[i..], dy[i..]);
    }

    /// <summary>Φ(x), and on the way e^{−x²/2}.</summary>
    /// <remarks>
    /// A method of its own: with all of this inside the loops, the compiler's allowance for inlining runs out half-way through,
    /// and each operation that is left becomes a call, thirty times slower.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static V Distribution<V>(V x, out V bell) where V : struct, ILanes<V>
    {
        V zero = V.Broadcast(0), one = V.Broadcast(1);
        V size = V.Max(x, zero - x);
        V t = one / V.MultiplyAdd(size, V.Broadcast(0.3275911f * 0.70710678f), one);
        bell = Exponential.Of(V.Broadcast(-0.5f) * x * x);

        // Half of 7.1.26's coefficients: this gives Φ(−|x|), the smaller tail.
        V polynomial = V.Broadcast(0.5f * 1.061405429f);
        polynomial = V.MultiplyAdd(polynomial, t, V.Broadcast(0.5f * -1.453152027f));
        polynomial = V.MultiplyAdd(polynomial, t, V.Broadcast(0.5f * 1.421413741f));
        polynomial = V.MultiplyAdd(polynomial, t, V.Broadcast(0.5f * -0.284496736f));
        polynomial = V.MultiplyAdd(polynomial, t, V.Broadcast(0.5f * 0.254829592f));
        V tail = polynomial * t * bell;
        return V.WhereGreater(x, zero, one - tail, tail);
    }
}
