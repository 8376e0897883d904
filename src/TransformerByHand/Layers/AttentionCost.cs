namespace TransformerByHand.Layers;

/// <summary>What an attention was seen to cost, counted while it ran.</summary>
/// <param name="Pairs">Pairs of a query and a key that were compared.</param>
/// <param name="Flops">Multiplications and additions of the scores and of the weighted sums: 2·d_k + 2·d_v a pair. The softmax is not counted.</param>
/// <param name="NumbersHeld">Numbers kept at any one time, beside Q, K, V and O.</param>
public sealed record AttentionCost(long Pairs, long Flops, long NumbersHeld);
