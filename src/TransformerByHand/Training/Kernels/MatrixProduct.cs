namespace TransformerByHand.Training.Kernels;

/// <summary>The matrix product C = A·B + D: nine tenths of a training step.</summary>
/// <remarks>
/// The definition is three loops. Two things make it fast, and both are about moving numbers, not about arithmetic.
/// <para>
/// <b>Registers.</b> A processor can do two multiply-adds on whole registers in the time of two loads, so each number that
/// is loaded must be used several times. <see cref="Tile"/> keeps a tile of C, 8 rows by 2 registers (6 where the processor has
/// sixteen registers only), in registers for the whole sum over the inner index: a step of that sum loads 2 registers of B and
/// 8 numbers of A, and does 16 multiply-adds.
/// </para>
/// <para>
/// <b>Packing.</b> A tile walks down a strip of B that is two registers wide. <see cref="PackedView"/> holds B as such
/// strips, one after the other, so that each walk reads memory in order, whichever way B was stored. The walk is cut into
/// stretches of <see cref="Depth"/> rows, so that the stretch of the strip stays in the first-level cache while every
/// row of A passes it. A is copied into the order of the tiles only where it is stored column by column and B is wide.
/// </para>
/// Each entry of C is one sum in the order of the inner index, cut only at multiples of <see cref="Depth"/>: the bits of a
/// row do not depend on how many other rows are computed with it, nor on which thread does it.
/// <para>After K. Goto and R. van de Geijn, "Anatomy of high-performance matrix multiplication" (2008).</para>
/// </remarks>
internal static class MatrixProduct
{
    /// <summary>How many steps of the inner index a tile takes before it is stored: 256 rows of a strip of 32 are 32 KB.</summary>
    public const int Depth = 256;

    /// <summary>How many rows of A are packed at once: with <see cref="Depth"/> columns they are 96 KB, at home in the second-level cache.</summary>
    private const int RowBlock = 96;

    /// <summary>C = A·B + D.</summary>
    /// <param name="a">A, in any layout.</param>
    /// <param name="b">B, packed for the same <typeparamref name="V"/>.</param>
    /// <param name="d">
    /// What is added: nothing (no rows), one row that every row of C gets (a bias), or a matrix of C's size, which may be C.
    /// </param>
    /// <param name="c">C, row by row; it must not overlap A.</param>
    /// <exception cref="ArgumentException">The sizes do not fit together.</exception>
    public static void Multiply<V>(MatrixSpan a, PackedView b, MatrixSpan d, MatrixSpan c) where V : struct, ILanes<V>
    {
        CheckSizes(a, b, d, c);
        Span<float> zeros = stackalloc float[32];
        zeros.Clear();

        for (int start = 0; start < b.Rows; start += Depth)
        {
            int depth = Math.Min(Depth, b.Rows - start);
            var aPart = a.ColumnRange(start, depth);
            bool packs = PaysToPack(aPart, b.Columns);
            int rowBlock = packs ? RowBlock : a.Rows;
            for (int row = 0; row < a.Rows; row += rowBlock)
            {
                int rows = Math.Min(rowBlock, a.Rows - row);
                var left = new LeftOperand(aPart.RowRange(row, rows));
                if (packs) left.Pack<V>();
                for (int column = 0; column < b.Columns; column += 2 * V.Count)
                {
                    int columns = Math.Min(2 * V.Count, b.Columns - column);
                    int width = PackedView.StripWidth<V>(columns);
                    var strip = b.Strip(column, width, start, depth);
                    var cPart = c.Block(row, rows, column, columns);
                    var dPart = start > 0 ? cPart
                        : d.Rows == 0 ? new MatrixSpan(zeros, 1, columns)
                        : d.Rows == 1 ? d.ColumnRange(column, columns)
                        : d.Block(row, rows, column, columns);
                    MultiplyStrip<V>(left, strip, dPart, cPart, width);
                }
            }
        }
    }

    /// <summary>Whether copying A first saves more than it costs.</summary>
    /// <remarks>
    /// Rows that lie in order are read in order, and copying them gains nothing (measured at 512 × 512 × 512: 85 % of the peak
    /// with and without, AVX2). In a matrix that is stored column by column each step of a tile jumps by a whole column, and columns
    /// a large power of two apart fight for the same places in the cache: there copying takes 512 × 512 × 512 from 70 % to over 80 %. It
    /// costs about one multiply-add a number, so it wants some hundred columns of B to be worth it (at 64 it loses a sixth), a long way
    /// down A (512 × 256 × 64: 78 % with, 83 % without) and columns far apart (256 × 256 × 1024: 82 and 95 GFLOP/s of 118).
    /// </remarks>
    private static bool PaysToPack(MatrixSpan a, int columns) => a.RowStride == 1 && a.ColumnStride >= 512 && a.Columns > 64 && columns >= 256;

    /// <summary>Some rows of A, as they lie or in the order in which tiles read them.</summary>
    private ref struct LeftOperand(MatrixSpan a)
    {
        [ThreadStatic]
        private static float[]? panels;

        private MatrixSpan matrix = a;

        public readonly int Depth => matrix.Columns;

        /// <summary>0 when packed: a tile then follows its own height.</summary>
        public nint RowStride { get; private set; } = a.RowStride;

        public readonly nint ColumnStride => matrix.ColumnStride;

        public void Pack<V>() where V : struct, ILanes<V>
        {
            Span<float> space = panels ??= new float[RowBlock * MatrixProduct.Depth];
            Tile.PackRows<V>(ref matrix.First, matrix.ColumnStride, matrix.Rows, matrix.Columns, space);
            matrix = new MatrixSpan(space, matrix.Rows, matrix.Columns);
            RowStride = 0;
        }

        /// <summary>The first number of a row that a tile begins with.</summary>
        public readonly ref float Row(int row) => ref matrix.RowRange(row, matrix.Rows - row).First;
    }

    /// <summary>All rows of C for one strip of B.</summary>
    private static void MultiplyStrip<V>(LeftOperand a, ReadOnlySpan<float> strip, MatrixSpan d, MatrixSpan c, int width)
        where V : struct, ILanes<V>
    {
        int addStride = d.Rows == 1 ? 0 : d.RowStride;
        if (c.Columns == width)
            Tile.Multiply<V>(ref a.Row(0), a.RowStride, a.ColumnStride, a.Depth, strip, width, c.Rows, ref d.First, addStride, ref c.First, c.RowStride);
        else
            MultiplyEdge<V>(a, strip, d, c, width);
    }

    /// <summary>A strip at the right edge is wider than what is left of C: its tiles go through a small buffer.</summary>
    private static void MultiplyEdge<V>(LeftOperand a, ReadOnlySpan<float> strip, MatrixSpan d, MatrixSpan c, int width)
        where V : struct, ILanes<V>
    {
        Span<float> buffer = stackalloc float[Tile.Tallest * 32];
        for (int row = 0, rows; row < c.Rows; row += rows)
        {
            rows = Tile.Height<V>(c.Rows - row);
            var edge = new MatrixSpan(buffer, rows, width);
            for (int i = 0; i < rows; i++)
                d.Numbers.Slice(d.Rows == 1 ? 0 : (row + i) * d.RowStride, c.Columns).CopyTo(buffer[(i * width)..]);
            Tile.Multiply<V>(ref a.Row(row), a.RowStride, a.ColumnStride, a.Depth, strip, width, rows, ref edge.First, width, ref edge.First, width);
            for (int i = 0; i < rows; i++)
                buffer.Slice(i * width, c.Columns).CopyTo(c.Numbers[((row + i) * c.RowStride)..]);
        }
    }

    private static void CheckSizes(MatrixSpan a, PackedView b, MatrixSpan d, MatrixSpan c)
    {
        if (b.Rows == 0 || a.Columns != b.Rows || a.Rows != c.Rows || b.Columns != c.Columns)
            throw new ArgumentException($"A ({a.Rows} × {a.Columns}) times B ({b.Rows} × {b.Columns}) does not give C ({c.Rows} × {c.Columns}).");
        if (d.Rows > 0 && (d.Columns != c.Columns || (d.Rows != 1 && d.Rows != c.Rows)))
            throw new ArgumentException($"D ({d.Rows} × {d.Columns}) must be empty, one row, or of C's size ({c.Rows} × {c.Columns}).");
        if (c.ColumnStride != 1 || (d.Rows > 0 && d.ColumnStride != 1))
            throw new ArgumentException("C and D must lie row by row.");
    }
}
