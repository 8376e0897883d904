namespace TransformerByHand.Layers;

/// <summary>How an attention turns queries and keys into weights.</summary>
public enum AttentionKind
{
    /// <summary>By the softmax of scaled products; see <see cref="ScaledDotProductAttention"/>.</summary>
    Softmax,

    /// <summary>By products of positive features, which running sums can stand for; causal only. See <see cref="LinearAttention"/>.</summary>
    Linear,
}
