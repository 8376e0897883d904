using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Layers;

/// <summary>What formulas about tokens need beside MathNet's own operations: the same thing done to every row. All return new matrices.</summary>
public static class RowOperations
{
    /// <summary>Returns the mean of each row.</summary>
    /// <param name="M">A matrix (rows × columns).</param>
    /// <returns>A vector with one mean a row.</returns>
    public static Vector<double> RowMeans(this Matrix<double> M) => M.RowSums() / M.ColumnCount;

    /// <summary>Adds a row vector to every row: M + 1·bᵀ.</summary>
    /// <param name="M">A matrix (rows × columns).</param>
    /// <param name="b">One number a column.</param>
    public static Matrix<double> AddRow(this Matrix<double> M, Vector<double> b) => M.MapIndexed((_, j, m) => m + b[j], Zeros.Include);

    /// <summary>Multiplies every row by W and adds b, where there is one: X·W + 1·bᵀ.</summary>
    /// <param name="X">Tokens (n × d_in).</param>
    /// <param name="W">Weights (d_in × d_out).</param>
    /// <param name="b">The bias (d_out), or null for none.</param>
    /// <returns>A new matrix (n × d_out).</returns>
    public static Matrix<double> Project(this Matrix<double> X, Matrix<double> W, Vector<double>? b) => b is null ? X * W : (X * W).AddRow(b);

    /// <summary>Subtracts from every row a number of its own: M − v·1ᵀ.</summary>
    /// <param name="M">A matrix (rows × columns).</param>
    /// <param name="v">One number a row.</param>
    public static Matrix<double> SubtractColumn(this Matrix<double> M, Vector<double> v) => M.MapIndexed((i, _, m) => m - v[i], Zeros.Include);

    /// <summary>Multiplies every row by a number of its own: diag(v)·M.</summary>
    /// <param name="M">A matrix (rows × columns).</param>
    /// <param name="v">One number a row.</param>
    public static Matrix<double> ScaleRows(this Matrix<double> M, Vector<double> v) => M.MapIndexed((i, _, m) => m * v[i], Zeros.Include);

    /// <summary>Multiplies every column by a number of its own: M·diag(γ).</summary>
    /// <param name="M">A matrix (rows × columns).</param>
    /// <param name="γ">One number a column.</param>
    public static Matrix<double> ScaleColumns(this Matrix<double> M, Vector<double> γ) => M.MapIndexed((_, j, m) => m * γ[j], Zeros.Include);
}
