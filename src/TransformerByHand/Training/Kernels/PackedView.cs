namespace TransformerByHand.Training.Kernels;

/// <summary>A matrix cut into vertical strips, each two registers wide and stored row after row, as a tile reads it.</summary>
/// <remarks>
/// The last strip is filled up with zeros, to one register where that holds what is left and to two where not. With
/// registers of 2 floats, a 2 × 5 matrix a..e / f..j is stored as <c>a b c d f g h i</c> and <c>e 0 j 0</c>.
/// </remarks>
internal readonly ref struct PackedView
{
    private readonly ReadOnlySpan<float> numbers;
    private readonly int packedRows;
    private readonly int firstRow;

    private PackedView(ReadOnlySpan<float> numbers, int packedRows, int firstRow, int rows, int columns)
    {
        this.numbers = numbers;
        this.packedRows = packedRows;
        this.firstRow = firstRow;
        (Rows, Columns) = (rows, columns);
    }

    /// <summary>A matrix that <see cref="Pack"/> has written to the start of <paramref name="numbers"/>.</summary>
    public PackedView(ReadOnlySpan<float> numbers, int rows, int columns) : this(numbers, rows, 0, rows, columns) { }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>How wide the strip is that holds <paramref name="columns"/> (at most two registers) of a matrix.</summary>
    public static int StripWidth<V>(int columns) where V : struct, ILanes<V> => columns > V.Count ? 2 * V.Count : V.Count;

    /// <summary>How many floats a packed matrix takes.</summary>
    public static int Size<V>(int rows, int columns) where V : struct, ILanes<V> =>
        rows * ((columns + V.Count - 1) / V.Count * V.Count);

    /// <summary>Some rows of the strip that begins at <paramref name="column"/> and is <paramref name="width"/> wide.</summary>
    public ReadOnlySpan<float> Strip(int column, int width, int start, int count) =>
        numbers.Slice(column * packedRows + (firstRow + start) * width, count * width);

    /// <summary>Some of the rows.</summary>
    public PackedView RowRange(int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + count, Rows);
        return new(numbers, packedRows, firstRow + first, count, Columns);
    }

    /// <summary>Some of the columns: they must begin where a strip begins, and end where one ends or where the matrix does.</summary>
    public PackedView ColumnRange(int first, int count) => new(numbers[(first * packedRows)..], packedRows, firstRow, Rows, count);

    /// <summary>Packs <paramref name="source"/>, in any layout, into the start of <paramref name="destination"/>.</summary>
    public static PackedView Pack<V>(MatrixSpan source, Span<float> destination) where V : struct, ILanes<V>
    {
        destination = destination[..Size<V>(source.Rows, source.Columns)];
        for (int column = 0; column < source.Columns; column += 2 * V.Count)
        {
            int columns = Math.Min(2 * V.Count, source.Columns - column);
            int width = StripWidth<V>(columns);
            var strip = destination.Slice(column * source.Rows, source.Rows * width);
            if (columns < width) strip.Clear();
            if (source.ColumnStride == 1 && columns == width)
            {
                Tile.CopyRows<V>(ref source.ColumnRange(column, columns).First, source.RowStride, source.Rows, width, strip);
            }
            else if (source.ColumnStride == 1)
            {
                for (int i = 0; i < source.Rows; i++)
                    source.Numbers.Slice(i * source.RowStride + column, columns).CopyTo(strip[(i * width)..]);
            }
            else
            {
                Tile.CopyTransposed(ref source.ColumnRange(column, columns).First, source.RowStride, source.ColumnStride, source.Rows, columns, strip, width);
            }
        }
        return new PackedView(destination, source.Rows, source.Columns);
    }
}
