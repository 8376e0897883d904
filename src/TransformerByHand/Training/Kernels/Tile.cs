using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TransformerByHand.Training.Kernels;

/// <summary>The innermost loop of the matrix product.</summary>
/// <remarks>
/// This is the one file in which memory is addressed without a check: a bounds check an access would double the work of
/// the loop. The addresses are references, which the garbage collector follows, not pointers; every matrix was checked
/// whole by <see cref="MatrixSpan"/> and <see cref="MatrixProduct.Multiply"/> before a tile of it gets here. The sixteen
/// sums are sixteen local variables because the compiler keeps locals in registers, and an array not. The loops are compiled
/// with full optimisation at once: without that, a run's first second would go by in code that is fifty times slower.
/// </remarks>
internal static class Tile
{
    /// <summary>Computes C = A·B + D for one strip of B, one or two registers wide: eight rows at a time, then one by one.</summary>
    public static void Multiply<V>(
        ref float a, nint aRow, nint aColumn, int depth, ReadOnlySpan<float> strip, int width, int rows,
        ref float d, nint dRow, ref float c, nint cRow)
        where V : struct, ILanes<V>
    {
        ref float b = ref MemoryMarshal.GetReference(strip);
        bool two = width > V.Count;
        for (; rows >= 8; rows -= 8)
        {
            if (two) EightByTwo<V>(ref a, aRow, aColumn, depth, ref b, ref d, dRow, ref c, cRow);
            else EightByOne<V>(ref a, aRow, aColumn, depth, ref b, ref d, dRow, ref c, cRow);
            a = ref Unsafe.Add(ref a, 8 * aRow);
            d = ref Unsafe.Add(ref d, 8 * dRow);
            c = ref Unsafe.Add(ref c, 8 * cRow);
        }
        for (; rows > 0; rows--)
        {
            if (two) OneByTwo<V>(ref a, aColumn, depth, ref b, ref d, ref c);
            else OneByOne<V>(ref a, aColumn, depth, ref b, ref d, ref c);
            a = ref Unsafe.Add(ref a, aRow);
            d = ref Unsafe.Add(ref d, dRow);
            c = ref Unsafe.Add(ref c, cRow);
        }
    }

    /// <summary>Copies a strip, one or two registers wide, of a matrix that is stored row by row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CopyRows<V>(ref float source, nint rowStride, int rows, int width, Span<float> strip) where V : struct, ILanes<V>
    {
        ref float to = ref MemoryMarshal.GetReference(strip);
        bool two = width > V.Count;
        for (int i = 0; i < rows; i++)
        {
            V.LoadUnchecked(ref source).CopyToUnchecked(ref to);
            if (two) V.LoadUnchecked(ref Unsafe.Add(ref source, V.Count)).CopyToUnchecked(ref Unsafe.Add(ref to, V.Count));
            source = ref Unsafe.Add(ref source, rowStride);
            to = ref Unsafe.Add(ref to, width);
        }
    }

    /// <summary>
    /// Copies a strip of a matrix that is stored column by column (a transposed one) into rows of <paramref name="width"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void CopyTransposed(ref float source, nint rowStride, nint columnStride, int rows, int columns, Span<float> strip, nint width)
    {
        // Four columns at a time: each source is read in order, and what is written fills a part of one cache line.
        ref float to = ref MemoryMarshal.GetReference(strip);
        for (; columns >= 4; columns -= 4)
        {
            ref float from = ref source;
            ref float row = ref to;
            for (int i = 0; i < rows; i++)
            {
                row = from;
                Unsafe.Add(ref row, 1) = Unsafe.Add(ref from, columnStride);
                Unsafe.Add(ref row, 2) = Unsafe.Add(ref from, 2 * columnStride);
                Unsafe.Add(ref row, 3) = Unsafe.Add(ref from, 3 * columnStride);
                from = ref Unsafe.Add(ref from, rowStride);
                row = ref Unsafe.Add(ref row, width);
            }
            source = ref Unsafe.Add(ref source, 4 * columnStride);
            to = ref Unsafe.Add(ref to, 4);
        }
        for (; columns > 0; columns--)
        {
            for (int i = 0; i < rows; i++)
                Unsafe.Add(ref to, i * width) = Unsafe.Add(ref source, i * rowStride);
            source = ref Unsafe.Add(ref source, columnStride);
            to = ref Unsafe.Add(ref to, 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EightByTwo<V>(
        ref float a, nint aRow, nint aColumn, int depth, ref float b, ref float d, nint dRow, ref float c, nint cRow)
        where V : struct, ILanes<V>
    {
        V zero = V.Broadcast(0);
        V c00 = zero, c10 = zero, c20 = zero, c30 = zero, c40 = zero, c50 = zero, c60 = zero, c70 = zero;
        V c01 = zero, c11 = zero, c21 = zero, c31 = zero, c41 = zero, c51 = zero, c61 = zero, c71 = zero;
        nint threeRows = 3 * aRow;
        ref float a4 = ref Unsafe.Add(ref a, 4 * aRow);
        for (int k = 0; k < depth; k++)
        {
            V b0 = V.LoadUnchecked(ref b);
            V b1 = V.LoadUnchecked(ref Unsafe.Add(ref b, V.Count));
            V x = V.Broadcast(a);
            c00 = V.MultiplyAdd(x, b0, c00);
            c01 = V.MultiplyAdd(x, b1, c01);
            x = V.Broadcast(Unsafe.Add(ref a, aRow));
            c10 = V.MultiplyAdd(x, b0, c10);
            c11 = V.MultiplyAdd(x, b1, c11);
            x = V.Broadcast(Unsafe.Add(ref a, 2 * aRow));
            c20 = V.MultiplyAdd(x, b0, c20);
            c21 = V.MultiplyAdd(x, b1, c21);
            x = V.Broadcast(Unsafe.Add(ref a, threeRows));
            c30 = V.MultiplyAdd(x, b0, c30);
            c31 = V.MultiplyAdd(x, b1, c31);
            x = V.Broadcast(a4);
            c40 = V.MultiplyAdd(x, b0, c40);
            c41 = V.MultiplyAdd(x, b1, c41);
            x = V.Broadcast(Unsafe.Add(ref a4, aRow));
            c50 = V.MultiplyAdd(x, b0, c50);
            c51 = V.MultiplyAdd(x, b1, c51);
            x = V.Broadcast(Unsafe.Add(ref a4, 2 * aRow));
            c60 = V.MultiplyAdd(x, b0, c60);
            c61 = V.MultiplyAdd(x, b1, c61);
            x = V.Broadcast(Unsafe.Add(ref a4, threeRows));
            c70 = V.MultiplyAdd(x, b0, c70);
            c71 = V.MultiplyAdd(x, b1, c71);
            a = ref Unsafe.Add(ref a, aColumn);
            a4 = ref Unsafe.Add(ref a4, aColumn);
            b = ref Unsafe.Add(ref b, 2 * V.Count);
        }
        Store(c00, c01, ref d, ref c);
        Store(c10, c11, ref Unsafe.Add(ref d, dRow), ref Unsafe.Add(ref c, cRow));
        Store(c20, c21, ref Unsafe.Add(ref d, 2 * dRow), ref Unsafe.Add(ref c, 2 * cRow));
        Store(c30, c31, ref Unsafe.Add(ref d, 3 * dRow), ref Unsafe.Add(ref c, 3 * cRow));
        Store(c40, c41, ref Unsafe.Add(ref d, 4 * dRow), ref Unsafe.Add(ref c, 4 * cRow));
        Store(c50, c51, ref Unsafe.Add(ref d, 5 * dRow), ref Unsafe.Add(ref c, 5 * cRow));
        Store(c60, c61, ref Unsafe.Add(ref d, 6 * dRow), ref Unsafe.Add(ref c, 6 * cRow));
        Store(c70, c71, ref Unsafe.Add(ref d, 7 * dRow), ref Unsafe.Add(ref c, 7 * cRow));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EightByOne<V>(
        ref float a, nint aRow, nint aColumn, int depth, ref float b, ref float d, nint dRow, ref float c, nint cRow)
        where V : struct, ILanes<V>
    {
        V zero = V.Broadcast(0);
        V c0 = zero, c1 = zero, c2 = zero, c3 = zero, c4 = zero, c5 = zero, c6 = zero, c7 = zero;
        nint threeRows = 3 * aRow;
        ref float a4 = ref Unsafe.Add(ref a, 4 * aRow);
        for (int k = 0; k < depth; k++)
        {
            V b0 = V.LoadUnchecked(ref b);
            c0 = V.MultiplyAdd(V.Broadcast(a), b0, c0);
            c1 = V.MultiplyAdd(V.Broadcast(Unsafe.Add(ref a, aRow)), b0, c1);
            c2 = V.MultiplyAdd(V.Broadcast(Unsafe.Add(ref a, 2 * aRow)), b0, c2);
            c3 = V.MultiplyAdd(V.Broadcast(Unsafe.Add(ref a, threeRows)), b0, c3);
            c4 = V.MultiplyAdd(V.Broadcast(a4), b0, c4);
            c5 = V.MultiplyAdd(V.Broadcast(Unsafe.Add(ref a4, aRow)), b0, c5);
            c6 = V.MultiplyAdd(V.Broadcast(Unsafe.Add(ref a4, 2 * aRow)), b0, c6);
            c7 = V.MultiplyAdd(V.Broadcast(Unsafe.Add(ref a4, threeRows)), b0, c7);
            a = ref Unsafe.Add(ref a, aColumn);
            a4 = ref Unsafe.Add(ref a4, aColumn);
            b = ref Unsafe.Add(ref b, V.Count);
        }
        Store(c0, ref d, ref c);
        Store(c1, ref Unsafe.Add(ref d, dRow), ref Unsafe.Add(ref c, cRow));
        Store(c2, ref Unsafe.Add(ref d, 2 * dRow), ref Unsafe.Add(ref c, 2 * cRow));
        Store(c3, ref Unsafe.Add(ref d, 3 * dRow), ref Unsafe.Add(ref c, 3 * cRow));
        Store(c4, ref Unsafe.Add(ref d, 4 * dRow), ref Unsafe.Add(ref c, 4 * cRow));
        Store(c5, ref Unsafe.Add(ref d, 5 * dRow), ref Unsafe.Add(ref c, 5 * cRow));
        Store(c6, ref Unsafe.Add(ref d, 6 * dRow), ref Unsafe.Add(ref c, 6 * cRow));
        Store(c7, ref Unsafe.Add(ref d, 7 * dRow), ref Unsafe.Add(ref c, 7 * cRow));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneByTwo<V>(ref float a, nint aColumn, int depth, ref float b, ref float d, ref float c)
        where V : struct, ILanes<V>
    {
        V c0 = V.Broadcast(0), c1 = c0;
        for (int k = 0; k < depth; k++)
        {
            V x = V.Broadcast(a);
            c0 = V.MultiplyAdd(x, V.LoadUnchecked(ref b), c0);
            c1 = V.MultiplyAdd(x, V.LoadUnchecked(ref Unsafe.Add(ref b, V.Count)), c1);
            a = ref Unsafe.Add(ref a, aColumn);
            b = ref Unsafe.Add(ref b, 2 * V.Count);
        }
        Store(c0, c1, ref d, ref c);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneByOne<V>(ref float a, nint aColumn, int depth, ref float b, ref float d, ref float c)
        where V : struct, ILanes<V>
    {
        V c0 = V.Broadcast(0);
        for (int k = 0; k < depth; k++)
        {
            c0 = V.MultiplyAdd(V.Broadcast(a), V.LoadUnchecked(ref b), c0);
            a = ref Unsafe.Add(ref a, aColumn);
            b = ref Unsafe.Add(ref b, V.Count);
        }
        Store(c0, ref d, ref c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<V>(V sum, ref float d, ref float c) where V : struct, ILanes<V> =>
        (sum + V.LoadUnchecked(ref d)).CopyToUnchecked(ref c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<V>(V left, V right, ref float d, ref float c) where V : struct, ILanes<V>
    {
        Store(left, ref d, ref c);
        Store(right, ref Unsafe.Add(ref d, V.Count), ref Unsafe.Add(ref c, V.Count));
    }
}
