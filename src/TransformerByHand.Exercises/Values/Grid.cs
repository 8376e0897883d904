using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace TransformerByHand.Exercises;

/// <summary>The numbers of an argument, whether it is an array or one of MathNet's: a vector is one row.</summary>
/// <param name="Rows">How many rows; 1 for a vector.</param>
/// <param name="Columns">How many columns; a vector's length.</param>
/// <param name="At">The number at a row and a column.</param>
internal readonly record struct Grid(int Rows, int Columns, Func<int, int, double> At)
{
    /// <summary>Reads an argument; null where it holds no vector or matrix of numbers.</summary>
    public static Grid? Of(object? value) => value switch
    {
        double[] vector => new Grid(1, vector.Length, (_, j) => vector[j]),
        double[,] matrix => new Grid(matrix.GetLength(0), matrix.GetLength(1), (i, j) => matrix[i, j]),
        Vector<double> vector => new Grid(1, vector.Count, (_, j) => vector[j]),
        Matrix<double> matrix => new Grid(matrix.RowCount, matrix.ColumnCount, (i, j) => matrix[i, j]),
        _ => null,
    };

    /// <summary>Whether the value is a matrix, which has rows.</summary>
    public static bool IsMatrix(object? value) => value is double[,] or Matrix<double>;

    /// <summary>Returns a new array or matrix of the same kind as <paramref name="like"/> with these numbers.</summary>
    public object As(object like)
    {
        (int rows, int columns, Func<int, int, double> at) = this;
        return like switch
        {
            double[] => Enumerable.Range(0, columns).Select(j => at(0, j)).ToArray(),
            double[,] => Arrays.Build(rows, columns, at),
            Vector<double> => DenseVector.Create(columns, j => at(0, j)),
            _ => DenseMatrix.Create(rows, columns, at),
        };
    }
}
