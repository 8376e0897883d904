using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="DecoderLayer.Backward"/> returns, in the order in which it is computed.</summary>
/// <param name="FeedForward">The gradients around the feed-forward block.</param>
/// <param name="CrossAttention">The gradients around the cross-attention.</param>
/// <param name="SelfAttention">The gradients around the self-attention.</param>
public sealed record DecoderLayerGradients(
    AddAndNormGradients<FeedForwardGradients> FeedForward,
    AddAndNormGradients<MultiHeadAttentionGradients> CrossAttention,
    AddAndNormGradients<MultiHeadAttentionGradients> SelfAttention) : LayerGradients, IInputGradient
{
    /// <summary>∂L/∂X (n × d_model).</summary>
    public Matrix<double> dX => SelfAttention.dX;

    /// <summary>∂L/∂M (m × d_model), through the keys and values of the cross-attention.</summary>
    public Matrix<double> dM => CrossAttention.Block.dM!;

    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX), new("M", dM)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() =>
    [
        .. SelfAttention.Block.OfParameters().Under("selfAttention"), .. SelfAttention.OfParameters().Under("norm1"),
        .. CrossAttention.Block.OfParameters().Under("crossAttention"), .. CrossAttention.OfParameters().Under("norm2"),
        .. FeedForward.Block.OfParameters().Under("feedForward"), .. FeedForward.OfParameters().Under("norm3"),
    ];
}
