using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="EncoderLayer.Backward"/> returns, in the order in which it is computed.</summary>
/// <param name="FeedForward">The gradients around the feed-forward block.</param>
/// <param name="Attention">The gradients around the self-attention.</param>
public sealed record EncoderLayerGradients(
    AddAndNormGradients<FeedForwardGradients> FeedForward,
    AddAndNormGradients<MultiHeadAttentionGradients> Attention) : LayerGradients, IInputGradient
{
    /// <summary>∂L/∂X (n × d_model).</summary>
    public Matrix<double> dX => Attention.dX;

    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() =>
    [
        .. Attention.Block.OfParameters().Under("attention"), .. Attention.OfParameters().Under("norm1"),
        .. FeedForward.Block.OfParameters().Under("feedForward"), .. FeedForward.OfParameters().Under("norm2"),
    ];
}
