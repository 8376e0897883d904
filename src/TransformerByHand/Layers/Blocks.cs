using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Layers;

/// <summary>Cuts a matrix into equal blocks of columns or rows, and puts blocks side by side: how heads share wide matrices.</summary>
public static class Blocks
{
    /// <summary>Returns a copy of one of several equal blocks of columns.</summary>
    /// <param name="M">A matrix (n × count·w).</param>
    /// <param name="index">Which block, from 0.</param>
    /// <param name="count">How many blocks there are; it divides the number of columns.</param>
    /// <returns>The block (n × w).</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such block.</exception>
    /// <exception cref="ArgumentException">The columns cannot be shared out evenly.</exception>
    public static Matrix<double> ColumnBlock(this Matrix<double> M, int index, int count)
    {
        RequireBlock(index, count);
        Require.MultipleOf(count, M.ColumnCount, nameof(M));
        int w = M.ColumnCount / count;
        return M.SubMatrix(0, M.RowCount, index * w, w);
    }

    /// <summary>Returns a copy of one of several equal blocks of rows.</summary>
    /// <param name="M">A matrix (count·w × d).</param>
    /// <param name="index">Which block, from 0.</param>
    /// <param name="count">How many blocks there are; it divides the number of rows.</param>
    /// <returns>The block (w × d).</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such block.</exception>
    /// <exception cref="ArgumentException">The rows cannot be shared out evenly.</exception>
    public static Matrix<double> RowBlock(this Matrix<double> M, int index, int count)
    {
        RequireBlock(index, count);
        if (M.RowCount % count != 0)
            throw new ArgumentException($"M has {M.RowCount} rows, which {count} blocks cannot share evenly.", nameof(M));
        int w = M.RowCount / count;
        return M.SubMatrix(index * w, w, 0, M.ColumnCount);
    }

    /// <summary>Puts matrices of the same height side by side.</summary>
    /// <param name="blocks">The blocks, from left to right; at least one.</param>
    /// <returns>A new matrix with all their columns.</returns>
    public static Matrix<double> SideBySide(this IEnumerable<Matrix<double>> blocks) =>
        Matrix<double>.Build.DenseOfMatrixArray(AsRow([.. blocks]));

    private static void RequireBlock(int index, int count)
    {
        if (index < 0 || index >= count)
            throw new ArgumentOutOfRangeException(nameof(index), $"There is no block {index} of {count}: which block comes first, counted from 0, and then how many there are.");
    }

    private static Matrix<double>[,] AsRow(Matrix<double>[] blocks)
    {
        var row = new Matrix<double>[1, blocks.Length];
        for (int i = 0; i < blocks.Length; i++)
            row[0, i] = blocks[i];
        return row;
    }
}
