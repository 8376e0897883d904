using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Display;

/// <summary>Shows matrices and vectors as tables: <c>Q.View("Q", rows: tokens)</c>.</summary>
public static class Views
{
    /// <summary>Shows a matrix as a table.</summary>
    /// <param name="matrix">The matrix (rows × columns); copied.</param>
    /// <param name="name">The name in the caption.</param>
    /// <param name="rows">One label a row, which may repeat.</param>
    /// <param name="columns">One label a column, which may repeat.</param>
    /// <param name="shape">The sides in words, such as <c>tokens × d_model</c>.</param>
    /// <param name="heat">Whether the cells are coloured by their numbers.</param>
    /// <param name="digits">Significant digits of the largest number.</param>
    public static MatrixView View(this Matrix<double> matrix, string? name = null, IReadOnlyList<string>? rows = null,
        IReadOnlyList<string>? columns = null, string? shape = null, bool heat = false, int digits = 4) =>
        new(matrix) { Name = name, Rows = rows, Columns = columns, Shape = shape, Heat = heat, Digits = digits };

    /// <inheritdoc cref="View(Matrix{double}, string?, IReadOnlyList{string}?, IReadOnlyList{string}?, string?, bool, int)"/>
    public static MatrixView View(this double[,] matrix, string? name = null, IReadOnlyList<string>? rows = null,
        IReadOnlyList<string>? columns = null, string? shape = null, bool heat = false, int digits = 4) =>
        new(matrix) { Name = name, Rows = rows, Columns = columns, Shape = shape, Heat = heat, Digits = digits };

    /// <inheritdoc cref="View(Matrix{double}, string?, IReadOnlyList{string}?, IReadOnlyList{string}?, string?, bool, int)"/>
    /// <exception cref="ArgumentException">The rows are not all of the same length.</exception>
    public static MatrixView View(this double[][] matrix, string? name = null, IReadOnlyList<string>? rows = null,
        IReadOnlyList<string>? columns = null, string? shape = null, bool heat = false, int digits = 4) =>
        Rectangle(matrix).View(name, rows, columns, shape, heat, digits);

    /// <summary>Shows a vector as a table of one row.</summary>
    /// <param name="vector">The vector; copied.</param>
    /// <param name="name">The name in the caption.</param>
    /// <param name="columns">One label a number, which may repeat.</param>
    /// <param name="shape">The side in a word, such as <c>d_model</c>.</param>
    /// <param name="heat">Whether the cells are coloured by their numbers.</param>
    /// <param name="digits">Significant digits of the largest number.</param>
    public static MatrixView View(this Vector<double> vector, string? name = null, IReadOnlyList<string>? columns = null,
        string? shape = null, bool heat = false, int digits = 4)
    {
        ArgumentNullException.ThrowIfNull(vector);
        return vector.ToArray().View(name, columns, shape, heat, digits);
    }

    /// <inheritdoc cref="View(Vector{double}, string?, IReadOnlyList{string}?, string?, bool, int)"/>
    public static MatrixView View(this double[] vector, string? name = null, IReadOnlyList<string>? columns = null,
        string? shape = null, bool heat = false, int digits = 4) =>
        new(vector) { Name = name, Columns = columns, Shape = shape, Heat = heat, Digits = digits };

    private static double[,] Rectangle(double[][] rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        int width = rows.Length == 0 ? 0 : rows[0].Length;
        var values = new double[rows.Length, width];
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i].Length != width)
                throw new ArgumentException($"Row {i} of the matrix has {rows[i].Length} numbers and row 0 has {width}; all rows must have the same length.", nameof(rows));
            for (int j = 0; j < width; j++) values[i, j] = rows[i][j];
        }
        return values;
    }
}
