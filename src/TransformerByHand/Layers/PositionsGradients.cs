using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What the backward pass of a layer of positions returns.</summary>
/// <param name="dX">∂L/∂X (n × d_model), equal to ∂L/∂Y.</param>
/// <param name="dP">∂L/∂P (longest × d_model); null where the positions are not learned.</param>
public sealed record PositionsGradients(
    [property: Shape("tokens × d_model")] Matrix<double> dX,
    [property: Shape("longest × d_model")] Matrix<double>? dP) : LayerGradients, IInputGradient
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() => [.. Parameter.Optional("P", dP)];
}
