namespace TransformerByHand.Training.Kernels;

/// <summary>A matrix cut into vertical strips, each two registers wide and stored row after row, as a tile reads it.</summary>
/// <remarks>
/// The last strip is filled up with zeros, to one register where that holds what is left and to two where not. With
/// registers of 2 floats, a 2 × 5 matrix a..e / f..j is stored as <c>a b c d f g h i</c> and <c>e 0 j 0</c>.
/// </remarks>
internal readonly ref struct PackedView(ReadOnlySpan<float> numbers, int rows, int columns)
{
    public ReadOnlySpan<float> Numbers { get; } = numbers;

    public int Rows { get; } = rows;

    public int Columns { get; } = columns;

    /// <summary>How wide the strip is that holds <paramref name="columns"/> (at most two registers) of a matrix.</summary>
    public static int StripWidth<V>(int columns) where V : struct, ILanes<V> => columns > V.Count ? 2 * V.Count : V.Count;

    /// <summary>How many floats a packed matrix takes.</summary>
    public static int Size<V>(int rows, int columns) where V : struct, ILanes<V> =>
        rows * ((columns + V.Count - 1) / V.Count * V.Count);

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
            if (source.ColumnStride == 1)
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
