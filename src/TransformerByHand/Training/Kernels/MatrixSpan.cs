using System.Runtime.InteropServices;

namespace TransformerByHand.Training.Kernels;

/// <summary>A matrix that lies somewhere in a span of floats: entry (i, j) is number i·RowStride + j·ColumnStride.</summary>
/// <remarks>
/// A row-major matrix has ColumnStride 1. Its transpose is the same numbers with the strides exchanged, and a head's
/// columns of a wider matrix are the same rows, shorter: neither copies anything.
/// </remarks>
internal readonly ref struct MatrixSpan
{
    /// <summary>A matrix over the start of <paramref name="numbers"/>.</summary>
    /// <exception cref="ArgumentException">The last entry would lie outside the span.</exception>
    public MatrixSpan(Span<float> numbers, int rows, int columns, int rowStride, int columnStride = 1)
    {
        long last = (rows - 1L) * rowStride + (columns - 1L) * columnStride;
        if (rows < 0 || columns < 0 || rowStride < 0 || columnStride < 0 || (rows > 0 && columns > 0 && last >= numbers.Length))
            throw new ArgumentException($"A {rows} × {columns} matrix with strides {rowStride} and {columnStride} does not fit in {numbers.Length} numbers.", nameof(numbers));
        Numbers = numbers;
        Rows = rows;
        Columns = columns;
        RowStride = rowStride;
        ColumnStride = columnStride;
    }

    /// <summary>A row-major matrix without gaps.</summary>
    public MatrixSpan(Span<float> numbers, int rows, int columns) : this(numbers, rows, columns, columns) { }

    /// <summary>The numbers, from entry (0, 0) on.</summary>
    public Span<float> Numbers { get; }

    public int Rows { get; }

    public int Columns { get; }

    public int RowStride { get; }

    public int ColumnStride { get; }

    /// <summary>The same numbers, rows and columns exchanged.</summary>
    public MatrixSpan Transposed => new(Numbers, Columns, Rows, ColumnStride, RowStride);

    /// <summary>The first entry, without a check; kernels step from here after this type has checked the whole matrix.</summary>
    internal ref float First => ref MemoryMarshal.GetReference(Numbers);

    public ref float this[int row, int column] => ref Numbers[row * RowStride + column * ColumnStride];

    /// <summary>Some of the rows and columns.</summary>
    public MatrixSpan Block(int firstRow, int rows, int firstColumn, int columns) =>
        new(Numbers[(firstRow * RowStride + firstColumn * ColumnStride)..], rows, columns, RowStride, ColumnStride);

    /// <summary>Some of the rows.</summary>
    public MatrixSpan RowRange(int first, int count) => Block(first, count, 0, Columns);

    /// <summary>Some of the columns.</summary>
    public MatrixSpan ColumnRange(int first, int count) => Block(0, Rows, first, count);
}
