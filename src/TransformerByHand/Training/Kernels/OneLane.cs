using System.Runtime.CompilerServices;

namespace TransformerByHand.Training.Kernels;

/// <summary>One float: what a kernel does on a machine without vector registers, and to the last few numbers of a span.</summary>
internal readonly struct OneLane(float value) : ILanes<OneLane>
{
    private readonly float content = value;

    public static int Count => 1;

    public static int Registers => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneLane Broadcast(float value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneLane Load(ReadOnlySpan<float> source) => new(source[0]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneLane LoadUnchecked(ref float source) => new(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CopyTo(Span<float> destination) => destination[0] = content;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CopyToUnchecked(ref float destination) => destination = content;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneLane operator +(OneLane left, OneLane right) => new(left.content + right.content);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneLane operator -(OneLane left, OneLane right) => new(left.content - right.content);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneLane operator *(OneLane left, OneLane right) => new(left.content * right.content);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneLane operator /(OneLane left, OneLane right) => new(left.content / right.content);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneLane MultiplyAdd(OneLane a, OneLane b, OneLane c) => new(float.MultiplyAddEstimate(a.content, b.content, c.content));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneLane Max(OneLane left, OneLane right) => new(float.MaxNative(left.content, right.content));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneLane Min(OneLane left, OneLane right) => new(float.MinNative(left.content, right.content));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneLane Sqrt(OneLane value) => new(MathF.Sqrt(value.content));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneLane Round(OneLane value) => new(MathF.Round(value.content));

    // A float's exponent field holds n + 127, above 23 bits of fraction.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneLane PowerOfTwo(OneLane n) => new(BitConverter.Int32BitsToSingle(((int)n.content + 127) << 23));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static OneLane WhereGreater(OneLane left, OneLane right, OneLane then, OneLane otherwise) =>
        left.content > right.content ? then : otherwise;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Sum() => content;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Largest() => content;
}
