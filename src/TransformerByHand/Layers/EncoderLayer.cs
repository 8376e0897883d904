using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>An encoder layer: self-attention, then the feed-forward block, each with its residual connection and norm; or self-attention alone.</summary>
/// <remarks>
/// <para>Forward, post-LN and pre-LN; see <see cref="AddAndNorm"/> for the two:</para>
/// <code>
/// post:   H = LN₁(X + attention(X))              pre:   H = X + attention(LN₁(X))
///         Y = LN₂(H + feedForward(H))                   Y = H + feedForward(LN₂(H))
/// </code>
/// <para>Backward is the same two steps from the last to the first: dY → dH → dX. A layer of attention alone has the first step only, Y = H.</para>
/// <para>
/// Weights: 4·d² for attention and 2·d·d_ff for the feed-forward block, 12·d² in all where d_ff = 4·d. Biases (4d + d_ff + d) and
/// norms (4d) bring it to 12·d² + 13·d. Attention alone has 4·d² + 6·d: four matrices, their biases, and one norm.
/// </para>
/// <para>
/// With a causal mask this is also the layer of a decoder-only model such as GPT. Sources: Vaswani et al. 2017, §3.1; for attention alone
/// Elhage et al. 2021, 'A Mathematical Framework for Transformer Circuits'.
/// </para>
/// </remarks>
public sealed class EncoderLayer : ILayer<EncoderLayerTrace, EncoderLayerGradients>
{
    private readonly FeedForward? feedForward;
    private readonly AddAndNorm? addAndNorm2;

    /// <summary>Makes a layer of given parts.</summary>
    /// <param name="attention">The self-attention.</param>
    /// <param name="feedForward">The feed-forward block.</param>
    /// <param name="addAndNorm1">The residual connection around the attention.</param>
    /// <param name="addAndNorm2">The residual connection around the feed-forward block.</param>
    public EncoderLayer(MultiHeadAttention attention, FeedForward feedForward, AddAndNorm addAndNorm1, AddAndNorm addAndNorm2)
        : this(attention, addAndNorm1)
    {
        ArgumentNullException.ThrowIfNull(feedForward);
        ArgumentNullException.ThrowIfNull(addAndNorm2);
        (this.feedForward, this.addAndNorm2) = (feedForward, addAndNorm2);
    }

    /// <summary>Makes a layer of attention alone.</summary>
    /// <param name="attention">The self-attention.</param>
    /// <param name="addAndNorm1">The residual connection around it.</param>
    public EncoderLayer(MultiHeadAttention attention, AddAndNorm addAndNorm1)
    {
        ArgumentNullException.ThrowIfNull(attention);
        ArgumentNullException.ThrowIfNull(addAndNorm1);
        (Attention, AddAndNorm1) = (attention, addAndNorm1);
    }

    /// <summary>Makes a layer with random weights.</summary>
    /// <param name="random">The generator to draw from.</param>
    /// <param name="options">Sizes and choices.</param>
    /// <exception cref="ArgumentException">An option makes no sense, such as a number of heads that does not divide d_model.</exception>
    public static EncoderLayer Random(Random random, LayerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.HasFeedForward
            ? new(options.Attention(random), options.FeedForward(random), options.AddAndNorm(), options.AddAndNorm())
            : new(options.Attention(random), options.AddAndNorm());
    }

    /// <summary>The self-attention.</summary>
    public MultiHeadAttention Attention { get; }

    /// <summary>Whether there is a feed-forward block behind the attention.</summary>
    public bool HasFeedForward => feedForward is not null;

    /// <summary>The feed-forward block.</summary>
    /// <exception cref="InvalidOperationException">The layer is attention alone; see <see cref="HasFeedForward"/>.</exception>
    public FeedForward FeedForward => feedForward ?? throw AttentionAlone();

    /// <summary>The residual connection around the attention.</summary>
    public AddAndNorm AddAndNorm1 { get; }

    /// <summary>The residual connection around the feed-forward block.</summary>
    /// <exception cref="InvalidOperationException">The layer is attention alone; see <see cref="HasFeedForward"/>.</exception>
    public AddAndNorm AddAndNorm2 => addAndNorm2 ?? throw AttentionAlone();

    /// <inheritdoc/>
    public ParameterSet Parameters =>
    [
        .. Attention.Parameters.Under(PartName.Attention), .. AddAndNorm1.Parameters.Under(PartName.Norm(1)),
        .. feedForward?.Parameters.Under(PartName.FeedForward) ?? [], .. addAndNorm2?.Parameters.Under(PartName.Norm(2)) ?? [],
    ];

    /// <summary>Applies the layer without a mask, in evaluation.</summary>
    /// <param name="X">The stream (n × d_model).</param>
    /// <returns>The stream after the layer (n × d_model), and the trace.</returns>
    /// <exception cref="ArgumentException">X is empty, not finite, or of another width.</exception>
    public (Matrix<double> Y, EncoderLayerTrace Trace) Forward(Matrix<double> X) => Forward(X, mask: null);

    /// <summary>Applies the layer.</summary>
    /// <param name="X">The stream (n × d_model).</param>
    /// <param name="mask">Which token may attend to which (n × n), or null where every one may.</param>
    /// <param name="random">The generator for dropout, or null in evaluation.</param>
    /// <returns>The stream after the layer (n × d_model), and the trace.</returns>
    /// <exception cref="ArgumentException">X is empty, not finite, or of another width; or the mask has another size.</exception>
    public (Matrix<double> Y, EncoderLayerTrace Trace) Forward(Matrix<double> X, Mask? mask, Random? random = null)
    {
        var (H, attention) = AddAndNorm1.Forward(X, x => Attention.Forward(x, mask, random), random);   // (n × d_model)
        if (!HasFeedForward) return (H, new EncoderLayerTrace(attention, feedForward: null));

        var (Y, inner) = AddAndNorm2.Forward(H, FeedForward.Forward, random);                           // (n × d_model)
        return (Y, new EncoderLayerTrace(attention, inner));
    }

    /// <inheritdoc/>
    /// <param name="trace">What the forward pass kept.</param>
    /// <param name="dY">∂L/∂Y (n × d_model).</param>
    /// <exception cref="ArgumentException">dY has another shape than Y, or holds a NaN or an infinity.</exception>
    public EncoderLayerGradients Backward(EncoderLayerTrace trace, Matrix<double> dY)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var inner = HasFeedForward ? AddAndNorm2.Backward(trace.FeedForward, dY, FeedForward.Backward) : null;      // dH (n × d_model)
        var attention = AddAndNorm1.Backward(trace.Attention, inner?.dX ?? dY, Attention.Backward);                 // dX (n × d_model)
        return new EncoderLayerGradients(inner, attention);
    }

    internal static InvalidOperationException AttentionAlone() =>
        new("This layer is attention alone: it has no feed-forward block, and so no trace and no gradients of one. HasFeedForward says which layers have.");
}

/// <summary>What an encoder layer computed, residual connection by residual connection.</summary>
public sealed record EncoderLayerTrace : Trace
{
    private readonly AddAndNormTrace<FeedForwardTrace>? feedForward;

    internal EncoderLayerTrace(AddAndNormTrace<MultiHeadAttentionTrace> attention, AddAndNormTrace<FeedForwardTrace>? feedForward) =>
        (Attention, this.feedForward) = (attention, feedForward);

    /// <summary>The self-attention's: what it read, computed and wrote.</summary>
    public AddAndNormTrace<MultiHeadAttentionTrace> Attention { get; }

    /// <summary>The feed-forward block's.</summary>
    /// <exception cref="InvalidOperationException">The layer is attention alone.</exception>
    public AddAndNormTrace<FeedForwardTrace> FeedForward => feedForward ?? throw EncoderLayer.AttentionAlone();

    /// <summary>Whether the layer has a feed-forward block.</summary>
    internal bool HasFeedForward => feedForward is not null;

    /// <summary>The stream after the layer (n × d_model).</summary>
    internal Matrix<double> Y => feedForward?.Y ?? Attention.Y;

    private protected override bool Has(string property) => property != nameof(FeedForward) || HasFeedForward;
}

/// <summary>What <see cref="EncoderLayer.Backward"/> returns, in the order in which it is computed.</summary>
public sealed record EncoderLayerGradients : LayerGradients, IInputGradient
{
    private readonly AddAndNormGradients<FeedForwardGradients>? feedForward;

    internal EncoderLayerGradients(AddAndNormGradients<FeedForwardGradients>? feedForward, AddAndNormGradients<MultiHeadAttentionGradients> attention) =>
        (this.feedForward, Attention) = (feedForward, attention);

    /// <summary>The gradients around the feed-forward block.</summary>
    /// <exception cref="InvalidOperationException">The layer is attention alone.</exception>
    public AddAndNormGradients<FeedForwardGradients> FeedForward => feedForward ?? throw EncoderLayer.AttentionAlone();

    /// <summary>The gradients around the self-attention.</summary>
    public AddAndNormGradients<MultiHeadAttentionGradients> Attention { get; }

    /// <summary>∂L/∂X (n × d_model).</summary>
    public Matrix<double> dX => Attention.dX;

    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() =>
    [
        .. Attention.Block.OfParameters().Under(PartName.Attention), .. Attention.OfParameters().Under(PartName.Norm(1)),
        .. feedForward?.Block.OfParameters().Under(PartName.FeedForward) ?? [], .. feedForward?.OfParameters().Under(PartName.Norm(2)) ?? [],
    ];

    private protected override bool Has(string property) => property != nameof(FeedForward) || feedForward is not null;
}
