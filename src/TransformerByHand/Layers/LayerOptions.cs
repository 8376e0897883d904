namespace TransformerByHand.Layers;

/// <summary>The sizes and choices that make up an encoder or decoder layer; a whole model's, <see cref="Training.Model.ModelShape"/>, begin with them.</summary>
public record LayerOptions
{
    /// <summary>d_model: the width of a token.</summary>
    public required int DModel { get; init; }

    /// <summary>h: the number of heads, which divides <see cref="DModel"/>.</summary>
    public int Heads { get; init; } = 1;

    /// <summary>
    /// g: the number of heads of keys and values, which divides <see cref="Heads"/>; as many where it is not set. With fewer, neighbouring
    /// query heads share (grouped-query attention); with 1, all do (multi-query attention).
    /// </summary>
    public int KeyValueHeads { get => field == 0 ? Heads : field; init; }

    /// <summary>
    /// Whether a layer has a feed-forward block behind its attention. Without it an encoder layer is one residual step, attention and its norm,
    /// as in the attention-only models of Elhage et al. 2021. A decoder layer always has one.
    /// </summary>
    public bool HasFeedForward { get; init; } = true;

    /// <summary>The inner width of the feed-forward block; 4·d_model where it is not set.</summary>
    public int DFF { get => field > 0 ? field : 4 * DModel; init; }

    /// <summary>Where the layer norms stand; a pre-LN stack has one more after its last layer.</summary>
    public NormPlacement Placement { get; init; } = NormPlacement.Pre;

    /// <summary>Whether there are residual connections. Without them: for experiments.</summary>
    public bool Skip { get; init; } = true;

    /// <summary>The function inside the feed-forward block.</summary>
    public Activation Activation { get; init; } = Activation.ReLU;

    /// <summary>How attention makes its weights. Linear attention is causal, and has no weights that dropout could drop.</summary>
    public AttentionKind AttentionKind { get; init; }

    /// <summary>Whether projections have biases.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>Whether the projections of attention have biases too; only where <see cref="Bias"/> says that there are any.</summary>
    public bool AttentionBias { get => field && Bias; init; } = true;

    /// <summary>The probability of dropout on attention weights and on what each block writes, while training.</summary>
    public double Dropout { get; init; }

    /// <summary>The ε of the norms.</summary>
    public double ε { get; init; } = 1e-5;

    internal AddAndNorm AddAndNorm() => new(Placement, Norm(), new Dropout(Dropout)) { Skip = Skip };

    internal LayerNorm? Norm() => Placement is NormPlacement.None ? null : new LayerNorm(DModel, ε);

    /// <summary>The norm at the end of a stack: where no block's own norm has the last word on the stream.</summary>
    internal LayerNorm? FinalNorm() => Placement is NormPlacement.Pre or NormPlacement.OnWrite ? Norm() : null;

    /// <summary>Whether self-attention turns queries and keys by their places: for a whole model to say.</summary>
    internal virtual bool UseRotary => false;

    /// <summary>Whether scores of self-attention fall with the distance: for a whole model to say.</summary>
    internal virtual bool UseALiBi => false;

    internal MultiHeadAttention Attention(Random random) =>
        MultiHeadAttention.Random(random, DModel, Heads, AttentionBias, new Dropout(Dropout), UseRotary, UseALiBi, KeyValueHeads, AttentionKind);

    internal FeedForward FeedForward(Random random) => Layers.FeedForward.Random(random, DModel, DFF, Activation, Bias);
}
