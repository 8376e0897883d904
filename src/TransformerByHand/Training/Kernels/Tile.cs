using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TransformerByHand.Training.Kernels;

/// <summary>The innermost loop of the matrix product.</summary>
/// <remarks>
/// This is the one file in which memory is addressed without a check: a bounds check an access would double the work of
/// the loop. The addresses are references, which the garbage collector follows, not pointers; every matrix was checked
/// whole by <see cref="MatrixSpan"/> and <see cref="MatrixProduct.Multiply"/> before a tile of it gets here. The sums are
/// local variables because the compiler keeps locals in registers, and an array not. The loops are compiled with full
/// optimisation at once: without that, a run's first second would go by in code that is fifty times slower.
/// <para>
/// <b>How tall a tile is.</b> A tile of r rows and two registers keeps 2r sums, and needs two registers more for B and one for
/// the number of A. With sixteen registers six rows fit (15 of 16); with eight, sums go to memory and back at every step, and
/// the product falls to half its speed. With thirty-two registers eight rows fit easily, and leave fewer rows over than
/// twelve do. Two units that multiply-add with a latency of four cycles need eight sums to be busy, so the rows that
/// are left over go four at a time.
/// </para>
/// </remarks>
internal static class Tile
{
    /// <summary>The largest <see cref="Height"/>.</summary>
    public const int Tallest = 8;

    /// <summary>How many rows the next tile takes when <paramref name="rows"/> are left: the one place that chooses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Height<V>(int rows) where V : struct, ILanes<V> =>
        V.Registers >= 32
            ? (rows >= 8 ? 8 : rows >= 4 ? 4 : 1)
            : (rows >= 10 || rows is 6 or 7 ? 6 : rows >= 4 ? 4 : 1); // 8 and 9 are twice four, where six would leave two and three over

    /// <summary>Computes C = A·B + D for one strip of B, one or two registers wide, a tile at a time.</summary>
    /// <param name="a">A's first number.</param>
    /// <param name="aRow">From a row of A to the next; 0 when A is packed (<see cref="PackRows"/>).</param>
    /// <param name="aColumn">From a column of A to the next; not used when A is packed.</param>
    /// <param name="depth">The columns of A and rows of B.</param>
    /// <param name="strip">B.</param>
    /// <param name="width">The width of the strip.</param>
    /// <param name="rows">The rows of A, C and D.</param>
    /// <param name="d">D's first number.</param>
    /// <param name="dRow">From a row of D to the next.</param>
    /// <param name="c">C's first number.</param>
    /// <param name="cRow">From a row of C to the next.</param>
    public static void Multiply<V>(
        ref float a, nint aRow, nint aColumn, int depth, ReadOnlySpan<float> strip, int width, int rows,
        ref float d, nint dRow, ref float c, nint cRow)
        where V : struct, ILanes<V>
    {
        ref float b = ref MemoryMarshal.GetReference(strip);
        bool two = width > V.Count, packed = aRow == 0;
        while (rows > 0)
        {
            int height = Height<V>(rows);
            if (packed) aColumn = height;
            nint row = packed ? 1 : aRow;
            switch (height)
            {
                case 8 when two: EightByTwo<V>(ref a, row, aColumn, depth, ref b, ref d, dRow, ref c, cRow); break;
                case 8: EightByOne<V>(ref a, row, aColumn, depth, ref b, ref d, dRow, ref c, cRow); break;
                case 6 when two: SixByTwo<V>(ref a, row, aColumn, depth, ref b, ref d, dRow, ref c, cRow); break;
                case 6: SixByOne<V>(ref a, row, aColumn, depth, ref b, ref d, dRow, ref c, cRow); break;
                case 4 when two: FourByTwo<V>(ref a, row, aColumn, depth, ref b, ref d, dRow, ref c, cRow); break;
                case 4: FourByOne<V>(ref a, row, aColumn, depth, ref b, ref d, dRow, ref c, cRow); break;
                default:
                    if (two) OneByTwo<V>(ref a, aColumn, depth, ref b, ref d, ref c);
                    else OneByOne<V>(ref a, aColumn, depth, ref b, ref d, ref c);
                    break;
            }
            a = ref Unsafe.Add(ref a, packed ? height * (nint)depth : height * aRow);
            d = ref Unsafe.Add(ref d, height * dRow);
            c = ref Unsafe.Add(ref c, height * cRow);
            rows -= height;
        }
    }

    /// <summary>Copies rows of a matrix that is stored column by column in the order in which the tiles read them: for each tile, column after column.</summary>
    /// <remarks>Each column is read in one go and dealt out to the tiles, so that memory is read in order and each cache line once.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackRows<V>(ref float source, nint columnStride, int rows, int columns, Span<float> panels)
        where V : struct, ILanes<V>
    {
        for (int k = 0; k < columns; k++)
        {
            ref float from = ref source;
            ref float panel = ref MemoryMarshal.GetReference(panels);
            for (int left = rows, height; left > 0; left -= height)
            {
                height = Height<V>(left);
                ref float to = ref Unsafe.Add(ref panel, k * height);
                switch (height)
                {
                    case 8: Copy(ref from, ref to, 32); break;
                    case 6: Copy(ref from, ref to, 24); break;
                    case 4: Copy(ref from, ref to, 16); break;
                    default: to = from; break;
                }
                from = ref Unsafe.Add(ref from, height);
                panel = ref Unsafe.Add(ref panel, height * columns);
            }
            source = ref Unsafe.Add(ref source, columnStride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(ref float from, ref float to, uint bytes) =>
        Unsafe.CopyBlockUnaligned(ref Unsafe.As<float, byte>(ref to), ref Unsafe.As<float, byte>(ref from), bytes);

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
    private static void SixByTwo<V>(
        ref float a, nint aRow, nint aColumn, int depth, ref float b, ref float d, nint dRow, ref float c, nint cRow)
        where V : struct, ILanes<V>
    {
        V zero = V.Broadcast(0);
        V c00 = zero, c10 = zero, c20 = zero, c30 = zero, c40 = zero, c50 = zero;
        V c01 = zero, c11 = zero, c21 = zero, c31 = zero, c41 = zero, c51 = zero;
        ref float a3 = ref Unsafe.Add(ref a, 3 * aRow);
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
            x = V.Broadcast(a3);
            c30 = V.MultiplyAdd(x, b0, c30);
            c31 = V.MultiplyAdd(x, b1, c31);
            x = V.Broadcast(Unsafe.Add(ref a3, aRow));
            c40 = V.MultiplyAdd(x, b0, c40);
            c41 = V.MultiplyAdd(x, b1, c41);
            x = V.Broadcast(Unsafe.Add(ref a3, 2 * aRow));
            c50 = V.MultiplyAdd(x, b0, c50);
            c51 = V.MultiplyAdd(x, b1, c51);
            a = ref Unsafe.Add(ref a, aColumn);
            a3 = ref Unsafe.Add(ref a3, aColumn);
            b = ref Unsafe.Add(ref b, 2 * V.Count);
        }
        Store(c00, c01, ref d, ref c);
        Store(c10, c11, ref Unsafe.Add(ref d, dRow), ref Unsafe.Add(ref c, cRow));
        Store(c20, c21, ref Unsafe.Add(ref d, 2 * dRow), ref Unsafe.Add(ref c, 2 * cRow));
        Store(c30, c31, ref Unsafe.Add(ref d, 3 * dRow), ref Unsafe.Add(ref c, 3 * cRow));
        Store(c40, c41, ref Unsafe.Add(ref d, 4 * dRow), ref Unsafe.Add(ref c, 4 * cRow));
        Store(c50, c51, ref Unsafe.Add(ref d, 5 * dRow), ref Unsafe.Add(ref c, 5 * cRow));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SixByOne<V>(
        ref float a, nint aRow, nint aColumn, int depth, ref float b, ref float d, nint dRow, ref float c, nint cRow)
        where V : struct, ILanes<V>
    {
        V zero = V.Broadcast(0);
        V c0 = zero, c1 = zero, c2 = zero, c3 = zero, c4 = zero, c5 = zero;
        ref float a3 = ref Unsafe.Add(ref a, 3 * aRow);
        for (int k = 0; k < depth; k++)
        {
            V b0 = V.LoadUnchecked(ref b);
            c0 = V.MultiplyAdd(V.Broadcast(a), b0, c0);
            c1 = V.MultiplyAdd(V.Broadcast(Unsafe.Add(ref a, aRow)), b0, c1);
            c2 = V.MultiplyAdd(V.Broadcast(Unsafe.Add(ref a, 2 * aRow)), b0, c2);
            c3 = V.MultiplyAdd(V.Broadcast(a3), b0, c3);
            c4 = V.MultiplyAdd(V.Broadcast(Unsafe.Add(ref a3, aRow)), b0, c4);
            c5 = V.MultiplyAdd(V.Broadcast(Unsafe.Add(ref a3, 2 * aRow)), b0, c5);
            a = ref Unsafe.Add(ref a, aColumn);
            a3 = ref Unsafe.Add(ref a3, aColumn);
            b = ref Unsafe.Add(ref b, V.Count);
        }
        Store(c0, ref d, ref c);
        Store(c1, ref Unsafe.Add(ref d, dRow), ref Unsafe.Add(ref c, cRow));
        Store(c2, ref Unsafe.Add(ref d, 2 * dRow), ref Unsafe.Add(ref c, 2 * cRow));
        Store(c3, ref Unsafe.Add(ref d, 3 * dRow), ref Unsafe.Add(ref c, 3 * cRow));
        Store(c4, ref Unsafe.Add(ref d, 4 * dRow), ref Unsafe.Add(ref c, 4 * cRow));
        Store(c5, ref Unsafe.Add(ref d, 5 * dRow), ref Unsafe.Add(ref c, 5 * cRow));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByTwo<V>(
        ref float a, nint aRow, nint aColumn, int depth, ref float b, ref float d, nint dRow, ref float c, nint cRow)
        where V : struct, ILanes<V>
    {
        V zero = V.Broadcast(0);
        V c00 = zero, c10 = zero, c20 = zero, c30 = zero;
        V c01 = zero, c11 = zero, c21 = zero, c31 = zero;
        nint threeRows = 3 * aRow;
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
            a = ref Unsafe.Add(ref a, aColumn);
            b = ref Unsafe.Add(ref b, 2 * V.Count);
        }
        Store(c00, c01, ref d, ref c);
        Store(c10, c11, ref Unsafe.Add(ref d, dRow), ref Unsafe.Add(ref c, cRow));
        Store(c20, c21, ref Unsafe.Add(ref d, 2 * dRow), ref Unsafe.Add(ref c, 2 * cRow));
        Store(c30, c31, ref Unsafe.Add(ref d, 3 * dRow), ref Unsafe.Add(ref c, 3 * cRow));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByOne<V>(
        ref float a, nint aRow, nint aColumn, int depth, ref float b, ref float d, nint dRow, ref float c, nint cRow)
        where V : struct, ILanes<V>
    {
        V zero = V.Broadcast(0);
        V c0 = zero, c1 = zero, c2 = zero, c3 = zero;
        nint threeRows = 3 * aRow;
        for (int k = 0; k < depth; k++)
        {
            V b0 = V.LoadUnchecked(ref b);
            c0 = V.MultiplyAdd(V.Broadcast(a), b0, c0);
            c1 = V.MultiplyAdd(V.Broadcast(Unsafe.Add(ref a, aRow)), b0, c1);
            c2 = V.MultiplyAdd(V.Broadcast(Unsafe.Add(ref a, 2 * aRow)), b0, c2);
            c3 = V.MultiplyAdd(V.Broadcast(Unsafe.Add(ref a, threeRows)), b0, c3);
            a = ref Unsafe.Add(ref a, aColumn);
            b = ref Unsafe.Add(ref b, V.Count);
        }
        Store(c0, ref d, ref c);
        Store(c1, ref Unsafe.Add(ref d, dRow), ref Unsafe.Add(ref c, cRow));
        Store(c2, ref Unsafe.Add(ref d, 2 * dRow), ref Unsafe.Add(ref c, 2 * cRow));
        Store(c3, ref Unsafe.Add(ref d, 3 * dRow), ref Unsafe.Add(ref c, 3 * cRow));
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
