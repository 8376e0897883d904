using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Tests.Support;

internal static class Shuffle
{
    /// <summary>Row i of the result is row order[i] of X.</summary>
    public static Matrix<double> Rows(Matrix<double> X, int[] order) => Matrix<double>.Build.DenseOfRowVectors(order.Select(i => X.Row(i)));
}
