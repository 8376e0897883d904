using System.Runtime.CompilerServices;

namespace TransformerByHand.Training.Kernels;

/// <summary>eˣ for a whole register, to within 2 units in the last place.</summary>
/// <remarks>
/// With n = round(x / ln 2) and r = x − n·ln 2, eˣ = 2ⁿ·eʳ and |r| ≤ ½ ln 2 ≈ 0.35, where the Taylor series to r⁷/7! is
/// off by less than 6e-9. n·ln 2 is taken off in two steps: the first constant has so few bits that its product with n is
/// exact, the second is what it lacks (W. Cody and W. Waite 1980).
/// </remarks>
internal static class Exponential
{
    /// <summary>Below this, eˣ is less than the smallest normal float, and the kernel gives 0.</summary>
    public const float Lowest = -87.33654f;

    /// <summary>Above this, the kernel gives the value here: nothing in the engine raises e to a positive power.</summary>
    public const float Highest = 88.37626f;

    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    /// <summary>eˣ in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V>(V x) where V : struct, ILanes<V>
    {
        V lowest = V.Broadcast(Lowest);
        V bounded = V.Min(V.Max(x, lowest), V.Broadcast(Highest));
        V n = V.Round(bounded * V.Broadcast(1.44269504f)); // 1 / ln 2
        V r = V.MultiplyAdd(n, V.Broadcast(-Ln2High), bounded);
        r = V.MultiplyAdd(n, V.Broadcast(-Ln2Low), r);

        V series = V.Broadcast(1f / 5040);
        series = V.MultiplyAdd(series, r, V.Broadcast(1f / 720));
        series = V.MultiplyAdd(series, r, V.Broadcast(1f / 120));
        series = V.MultiplyAdd(series, r, V.Broadcast(1f / 24));
        series = V.MultiplyAdd(series, r, V.Broadcast(1f / 6));
        series = V.MultiplyAdd(series, r, V.Broadcast(1f / 2));
        series = V.MultiplyAdd(series, r, V.Broadcast(1));
        series = V.MultiplyAdd(series, r, V.Broadcast(1));
        return V.WhereGreater(lowest, x, V.Broadcast(0), series * V.PowerOfTwo(n));
    }
}
