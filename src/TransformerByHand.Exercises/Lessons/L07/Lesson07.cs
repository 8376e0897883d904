using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace TransformerByHand.Exercises;

/// <summary>The exercises of lesson 07, one training step, and its experiments.</summary>
public static partial class Lesson07
{
    private static Matrix<double> Of(double[,] numbers) => DenseMatrix.OfArray(numbers);

    private static Vector<double> Of(params double[] numbers) => DenseVector.OfArray(numbers);
}
