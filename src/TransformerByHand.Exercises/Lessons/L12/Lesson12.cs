using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace TransformerByHand.Exercises;

/// <summary>The exercises of lesson 12, three objectives and size, and its experiments.</summary>
public static partial class Lesson12
{
    /// <summary>The target that means 'this place is not counted'.</summary>
    private const int Ignored = Training.CrossEntropy.Ignored;

    private static Matrix<double> Of(double[,] numbers) => DenseMatrix.OfArray(numbers);

    private static Vector<double> Of(params double[] numbers) => DenseVector.OfArray(numbers);
}
