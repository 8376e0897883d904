using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace TransformerByHand.Exercises;

/// <summary>The exercises of lesson 11, training, and its experiments.</summary>
public static partial class Lesson11
{
    private static Matrix<double> Of(double[,] numbers) => DenseMatrix.OfArray(numbers);
}
