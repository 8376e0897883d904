namespace TransformerByHand.Training.Kernels;

/// <summary>A vector register of floats: the few operations from which every fast kernel of the engine is written.</summary>
/// <remarks>
/// Each kernel is written once, over a type parameter that implements this interface, and compiled for every register
/// width: <see cref="Lanes512"/>, <see cref="Lanes256"/>, <see cref="Lanes128"/> and <see cref="OneLane"/>, which is plain
/// scalar code. The implementations are structs around one register, so the compiler removes them: a kernel over
/// <see cref="Lanes512"/> is the same machine code as one written with <c>Vector512&lt;float&gt;</c>.
/// <para>
/// Operations that work lane by lane give the same bits at every width. Only <see cref="Sum"/> and the kernels that keep
/// one partial sum a lane add in another order at another width.
/// </para>
/// </remarks>
/// <typeparam name="TSelf">The implementing type.</typeparam>
internal interface ILanes<TSelf> where TSelf : struct, ILanes<TSelf>
{
    /// <summary>How many floats a register holds.</summary>
    static abstract int Count { get; }

    /// <summary>How many registers of this width the processor has, at least: what a tile of the matrix product is cut to.</summary>
    static abstract int Registers { get; }

    /// <summary>A register with the same number in every lane.</summary>
    static abstract TSelf Broadcast(float value);

    /// <summary>The first <see cref="Count"/> numbers of a span, which must be at least as long.</summary>
    static abstract TSelf Load(ReadOnlySpan<float> source);

    /// <summary><see cref="Count"/> numbers in memory, from <paramref name="source"/> on. Nothing is checked.</summary>
    static abstract TSelf LoadUnchecked(ref float source);

    /// <summary>Writes the lanes to the start of a span, which must be at least <see cref="Count"/> long.</summary>
    void CopyTo(Span<float> destination);

    /// <summary>Writes the lanes to memory, from <paramref name="destination"/> on. Nothing is checked.</summary>
    void CopyToUnchecked(ref float destination);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>a·b + c, with one rounding where the processor has a fused multiply-add and two where it has not.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    static abstract TSelf Max(TSelf left, TSelf right);

    static abstract TSelf Min(TSelf left, TSelf right);

    static abstract TSelf Sqrt(TSelf value);

    /// <summary>The nearest whole number; halves go to the even one.</summary>
    static abstract TSelf Round(TSelf value);

    /// <summary>2ⁿ for whole n between −126 and 127.</summary>
    static abstract TSelf PowerOfTwo(TSelf n);

    /// <summary>Lane by lane: <paramref name="then"/> where left &gt; right, otherwise <paramref name="otherwise"/>.</summary>
    static abstract TSelf WhereGreater(TSelf left, TSelf right, TSelf then, TSelf otherwise);

    /// <summary>The sum of the lanes.</summary>
    float Sum();

    /// <summary>The largest lane.</summary>
    float Largest();
}
