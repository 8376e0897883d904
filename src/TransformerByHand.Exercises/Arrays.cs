namespace TransformerByHand.Exercises;

/// <summary>What the lessons' known mistakes and cases are made with: matrices as arrays, without a library's layout or checks.</summary>
internal static class Arrays
{
    /// <summary>A matrix (rows × columns) whose entry (i, j) is <paramref name="entry"/>(i, j).</summary>
    public static double[,] Build(int rows, int columns, Func<int, int, double> entry)
    {
        var matrix = new double[rows, columns];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                matrix[i, j] = entry(i, j);
        return matrix;
    }

    /// <summary>Mᵀ, a new array.</summary>
    public static double[,] Transposed(double[,] M) => Build(M.GetLength(1), M.GetLength(0), (i, j) => M[j, i]);

    /// <summary>A·B, with the inner size taken from B's rows.</summary>
    public static double[,] Product(double[,] A, double[,] B) =>
        Build(A.GetLength(0), B.GetLength(1), (i, j) => Enumerable.Range(0, B.GetLength(0)).Sum(c => A[i, c] * B[c, j]));
}
