using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="Dropout.Backward"/> returns.</summary>
/// <param name="dX">∂L/∂X.</param>
public sealed record DropoutGradients(Matrix<double> dX) : LayerGradients, IInputGradient
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() => [];
}
