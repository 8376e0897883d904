using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="Decoder.Backward"/> returns.</summary>
/// <param name="dX">∂L/∂X (n × d_model).</param>
/// <param name="dM">∂L/∂M (m × d_model), summed over the layers.</param>
/// <param name="Layers">The gradients of each layer.</param>
/// <param name="Norm">The gradients of the norm at the end, or null where there is none.</param>
public sealed record DecoderGradients(
    [property: Shape("tokens × d_model")] Matrix<double> dX,
    [property: Shape("tokens × d_model")] Matrix<double> dM,
    IReadOnlyList<DecoderLayerGradients> Layers,
    LayerNormGradients? Norm) : LayerGradients, IInputGradient
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX), new("M", dM)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() =>
        [.. Layers.SelectMany((layer, l) => layer.OfParameters().Under($"layers.{l}")), .. Norm?.OfParameters().Under("norm") ?? []];
}
