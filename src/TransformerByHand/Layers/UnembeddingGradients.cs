using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="Unembedding.Backward"/> returns.</summary>
/// <param name="dX">∂L/∂X (n × d_model).</param>
/// <param name="dW_U">∂L/∂W_U (d_model × V); null where the table is tied.</param>
/// <param name="dE">This end's part of ∂L/∂E (V × d_model); null where the table is not tied.</param>
public sealed record UnembeddingGradients(
    [property: Shape("tokens × d_model")] Matrix<double> dX,
    [property: Shape("d_model × V")] Matrix<double>? dW_U,
    [property: Shape("V × d_model")] Matrix<double>? dE) : LayerGradients, IInputGradient
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() => [.. Parameter.Optional("W_U", dW_U), .. Parameter.Optional("E", dE)];
}
