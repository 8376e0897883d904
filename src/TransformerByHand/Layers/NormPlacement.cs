namespace TransformerByHand.Layers;

/// <summary>Where a block's normalisation stands.</summary>
public enum NormPlacement
{
    /// <summary>After the sum: y = LN(x + f(x)), as in Vaswani et al. 2017.</summary>
    Post,

    /// <summary>Before the block, off the residual stream: y = x + f(LN(x)), as in GPT-2 and most models since.</summary>
    Pre,

    /// <summary>Nowhere: y = x + f(x). For experiments.</summary>
    None,

    /// <summary>After the block and before the sum, on what is written: y = x + LN(f(x)), as in Swin Transformer V2.</summary>
    OnWrite,
}
