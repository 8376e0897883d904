using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What an encoder layer computed, residual connection by residual connection.</summary>
/// <param name="Attention">The self-attention's: what it read, computed and wrote.</param>
/// <param name="FeedForward">The feed-forward block's.</param>
public sealed record EncoderLayerTrace(
    AddAndNormTrace<MultiHeadAttentionTrace> Attention,
    AddAndNormTrace<FeedForwardTrace> FeedForward) : Trace;
