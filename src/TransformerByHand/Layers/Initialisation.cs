using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Layers;

/// <summary>The random weights that layers start with.</summary>
public static class Initialisation
{
    /// <summary>Draws weights from a normal distribution with variance 2 / (d_in + d_out).</summary>
    /// <remarks>
    /// A compromise: 1/d_in would keep the variance of the tokens on the way forward, 1/d_out that of the gradients on the way
    /// back. Source: Glorot and Bengio 2010, 'Understanding the difficulty of training deep feedforward neural networks'.
    /// </remarks>
    /// <param name="random">The generator to draw from.</param>
    /// <param name="dIn">The width of an input token, at least 1.</param>
    /// <param name="dOut">The width of an output token, at least 1.</param>
    /// <returns>A new matrix (d_in × d_out).</returns>
    /// <exception cref="ArgumentOutOfRangeException">A width is below 1.</exception>
    public static Matrix<double> Glorot(this Random random, int dIn, int dOut)
    {
        Require.Positive(dIn);
        Require.Positive(dOut);
        return random.NormalMatrix(dIn, dOut, Math.Sqrt(2.0 / (dIn + dOut)));
    }
}
