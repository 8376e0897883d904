using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Layers;

/// <summary>Gradients among which is one for an input X.</summary>
public interface IInputGradient
{
    /// <summary>∂L/∂X, of the shape of X.</summary>
    Matrix<double> dX { get; }
}
