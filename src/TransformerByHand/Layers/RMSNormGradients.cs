using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="RMSNorm.Backward"/> returns.</summary>
/// <param name="dX">∂L/∂X (n × d).</param>
/// <param name="dγ">∂L/∂γ (d), summed over tokens.</param>
/// <param name="dXHat">∂L/∂x̂ = dY ⊙ γ (n × d), where the way back to X begins.</param>
public sealed record RMSNormGradients(
    [property: Shape("tokens × d")] Matrix<double> dX,
    [property: Shape("d")] Vector<double> dγ,
    [property: Shape("tokens × d")] Matrix<double> dXHat) : LayerGradients, IInputGradient
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() => [new("γ", dγ)];
}
