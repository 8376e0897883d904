using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="Encoder.Backward"/> returns.</summary>
/// <param name="dX">∂L/∂X (n × d_model).</param>
/// <param name="Layers">The gradients of each layer.</param>
/// <param name="Norm">The gradients of the norm at the end, or null where there is none.</param>
public sealed record EncoderGradients(
    [property: Shape("tokens × d_model")] Matrix<double> dX,
    IReadOnlyList<EncoderLayerGradients> Layers,
    LayerNormGradients? Norm) : LayerGradients, IInputGradient
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() =>
        [.. Layers.SelectMany((layer, l) => layer.OfParameters().Under($"layers.{l}")), .. Norm?.OfParameters().Under("norm") ?? []];
}
