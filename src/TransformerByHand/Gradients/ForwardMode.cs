using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Gradients;

/// <summary>Gradients by dual numbers: a function is run once for each number it is differentiated by.</summary>
/// <remarks>
/// <code>
/// for each entry x_k:   give x_k the slope 1 and all others 0;   ∂L/∂x_k is the slope of L
/// </code>
/// </remarks>
public static class ForwardMode
{
    /// <summary>Makes a matrix of constants: numbers that the result is not differentiated by.</summary>
    /// <param name="M">The numbers (rows × columns); copied.</param>
    /// <returns>The same numbers with slope 0.</returns>
    public static Dual[,] Constant(Matrix<double> M)
    {
        ArgumentNullException.ThrowIfNull(M);
        var constant = new Dual[M.RowCount, M.ColumnCount];
        for (int i = 0; i < M.RowCount; i++)
            for (int j = 0; j < M.ColumnCount; j++)
                constant[i, j] = M[i, j];
        return constant;
    }

    /// <summary>Returns the gradient of a loss of one matrix, by one run of the loss for each entry.</summary>
    /// <param name="L">The loss, written for dual numbers. It is given a matrix of its own each time.</param>
    /// <param name="X">Where the gradient is taken (rows × columns).</param>
    /// <returns>∂L/∂X (rows × columns).</returns>
    public static Matrix<double> Gradient(Func<Dual[,], Dual> L, Matrix<double> X)
    {
        ArgumentNullException.ThrowIfNull(L);
        ArgumentNullException.ThrowIfNull(X);
        return Matrix<double>.Build.Dense(X.RowCount, X.ColumnCount, (i, j) =>
        {
            Dual[,] x = Constant(X);
            x[i, j] = Dual.Variable(X[i, j]);
            return L(x).Slope;
        });
    }
}
