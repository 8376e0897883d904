using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="Linear.Backward"/> returns.</summary>
/// <param name="dX">∂L/∂X (n × d_in).</param>
/// <param name="dW">∂L/∂W (d_in × d_out), summed over tokens.</param>
/// <param name="db">∂L/∂b (d_out), summed over tokens; null where the layer has no bias.</param>
public sealed record LinearGradients(
    [property: Shape("tokens × d_in")] Matrix<double> dX,
    [property: Shape("d_in × d_out")] Matrix<double> dW,
    [property: Shape("d_out")] Vector<double>? db) : LayerGradients, IInputGradient
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() => [new("W", dW), .. Parameter.Optional("b", db)];
}
