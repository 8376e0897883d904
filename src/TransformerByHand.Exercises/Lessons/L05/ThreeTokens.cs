using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

/// <summary>The three tokens of lessons 05 and 06: numbers small enough for a pencil. Every call makes new matrices.</summary>
public static class ThreeTokens
{
    /// <summary>What the tokens are.</summary>
    public static string[] Words => ["the", "cat", "sat"];

    /// <summary>The tokens (3 × 2). The third is the sum of the first two.</summary>
    public static Matrix<double> X => DenseMatrix.OfArray(new double[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } });

    /// <summary>Makes queries (2 × 2).</summary>
    public static Matrix<double> W_Q => DenseMatrix.OfArray(new double[,] { { 2, 1 }, { -2, -1 } });

    /// <summary>Makes keys (2 × 2).</summary>
    public static Matrix<double> W_K => DenseMatrix.OfArray(new double[,] { { 0, 1 }, { 1, 0 } });

    /// <summary>Makes values (2 × 2).</summary>
    public static Matrix<double> W_V => DenseMatrix.OfArray(new double[,] { { 4, 0 }, { 1, 3 } });

    /// <summary>The three matrices as a head.</summary>
    public static AttentionHead Head => new(W_Q, W_K, W_V);

    /// <summary>The gradient that arrives at the output in lesson 06 (3 × 2).</summary>
    public static Matrix<double> dO => DenseMatrix.OfArray(new double[,] { { 1, 0 }, { 0, 1 }, { 1, -1 } });
}
