using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace TransformerByHand.Exercises;

/// <summary>The exercises of lesson 10, the whole layer and the model, and its experiments.</summary>
public static partial class Lesson10
{
    private static Matrix<double> Of(double[,] numbers) => DenseMatrix.OfArray(numbers);

    /// <summary>The largest number of a matrix, without its sign.</summary>
    /// <param name="M">A matrix.</param>
    internal static double Largest(Matrix<double> M) => M.Enumerate().Max(Math.Abs);
}
