using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="ScaledDotProductAttention.Backward"/> returns, in the order in which it is computed.</summary>
/// <param name="dV">∂L/∂V (m × d_v).</param>
/// <param name="dA">∂L/∂A (n × m).</param>
/// <param name="dZ">∂L/∂Z (n × m).</param>
/// <param name="dS">∂L/∂S (n × m).</param>
/// <param name="dQ">∂L/∂Q (n × d_k).</param>
/// <param name="dK">∂L/∂K (m × d_k).</param>
public record AttentionGradients(
    [property: Shape("tokens × d_v")] Matrix<double> dV,
    [property: Shape("tokens × tokens")] Matrix<double> dA,
    [property: Shape("tokens × tokens")] Matrix<double> dZ,
    [property: Shape("tokens × tokens")] Matrix<double> dS,
    [property: Shape("tokens × d_k")] Matrix<double> dQ,
    [property: Shape("tokens × d_k")] Matrix<double> dK) : LayerGradients
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("Q", dQ), new("K", dK), new("V", dV)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() => [];
}
