using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What a decoder layer computed, residual connection by residual connection.</summary>
/// <param name="SelfAttention">The self-attention's: what it read, computed and wrote.</param>
/// <param name="CrossAttention">The cross-attention's.</param>
/// <param name="FeedForward">The feed-forward block's.</param>
public sealed record DecoderLayerTrace(
    AddAndNormTrace<MultiHeadAttentionTrace> SelfAttention,
    AddAndNormTrace<MultiHeadAttentionTrace> CrossAttention,
    AddAndNormTrace<FeedForwardTrace> FeedForward) : Trace;
