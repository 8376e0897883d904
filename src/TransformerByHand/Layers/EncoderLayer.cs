using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>An encoder layer: self-attention, then the feed-forward block, each with its residual connection and norm.</summary>
/// <remarks>
/// <para>Forward, post-LN and pre-LN; see <see cref="AddAndNorm"/> for the two:</para>
/// <code>
/// post:   H = LN₁(X + attention(X))              pre:   H = X + attention(LN₁(X))
///         Y = LN₂(H + feedForward(H))                   Y = H + feedForward(LN₂(H))
/// </code>
/// <para>Backward is the same two steps from the last to the first: dY → dH → dX.</para>
/// <para>
/// Weights: 4·d² for attention and 2·d·d_ff for the feed-forward block, 12·d² in all where d_ff = 4·d. Biases (4d + d_ff + d) and
/// norms (4d) bring it to 12·d² + 13·d.
/// </para>
/// <para>With a causal mask this is also the layer of a decoder-only model such as GPT. Source: Vaswani et al. 2017, §3.1.</para>
/// </remarks>
public sealed class EncoderLayer : ILayer<EncoderLayerTrace, EncoderLayerGradients>
{
    /// <summary>Makes a layer of given parts.</summary>
    /// <param name="attention">The self-attention.</param>
    /// <param name="feedForward">The feed-forward block.</param>
    /// <param name="addAndNorm1">The residual connection around the attention.</param>
    /// <param name="addAndNorm2">The residual connection around the feed-forward block.</param>
    public EncoderLayer(MultiHeadAttention attention, FeedForward feedForward, AddAndNorm addAndNorm1, AddAndNorm addAndNorm2)
    {
        ArgumentNullException.ThrowIfNull(attention);
        ArgumentNullException.ThrowIfNull(feedForward);
        ArgumentNullException.ThrowIfNull(addAndNorm1);
        ArgumentNullException.ThrowIfNull(addAndNorm2);
        (Attention, FeedForward, AddAndNorm1, AddAndNorm2) = (attention, feedForward, addAndNorm1, addAndNorm2);
    }

    /// <summary>Makes a layer with random weights.</summary>
    /// <param name="random">The generator to draw from.</param>
    /// <param name="options">Sizes and choices.</param>
    /// <exception cref="ArgumentException">An option makes no sense, such as a number of heads that does not divide d_model.</exception>
    public static EncoderLayer Random(Random random, LayerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(options.Attention(random), options.FeedForward(random), options.AddAndNorm(), options.AddAndNorm());
    }

    /// <summary>The self-attention.</summary>
    public MultiHeadAttention Attention { get; }

    /// <summary>The feed-forward block.</summary>
    public FeedForward FeedForward { get; }

    /// <summary>The residual connection around the attention.</summary>
    public AddAndNorm AddAndNorm1 { get; }

    /// <summary>The residual connection around the feed-forward block.</summary>
    public AddAndNorm AddAndNorm2 { get; }

    /// <inheritdoc/>
    public ParameterSet Parameters =>
    [
        .. Attention.Parameters.Under(PartName.Attention), .. AddAndNorm1.Parameters.Under(PartName.Norm(1)),
        .. FeedForward.Parameters.Under(PartName.FeedForward), .. AddAndNorm2.Parameters.Under(PartName.Norm(2)),
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
        var (Y, feedForward) = AddAndNorm2.Forward(H, FeedForward.Forward, random);                     // (n × d_model)
        return (Y, new EncoderLayerTrace(attention, feedForward));
    }

    /// <inheritdoc/>
    /// <param name="trace">What the forward pass kept.</param>
    /// <param name="dY">∂L/∂Y (n × d_model).</param>
    /// <exception cref="ArgumentException">dY has another shape than Y, or holds a NaN or an infinity.</exception>
    public EncoderLayerGradients Backward(EncoderLayerTrace trace, Matrix<double> dY)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var feedForward = AddAndNorm2.Backward(trace.FeedForward, dY, FeedForward.Backward);            // dH (n × d_model)
        var attention = AddAndNorm1.Backward(trace.Attention, feedForward.dX, Attention.Backward);      // dX (n × d_model)
        return new EncoderLayerGradients(feedForward, attention);
    }
}

/// <summary>What an encoder layer computed, residual connection by residual connection.</summary>
/// <param name="Attention">The self-attention's: what it read, computed and wrote.</param>
/// <param name="FeedForward">The feed-forward block's.</param>
public sealed record EncoderLayerTrace(
    AddAndNormTrace<MultiHeadAttentionTrace> Attention,
    AddAndNormTrace<FeedForwardTrace> FeedForward) : Trace;

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
        .. Attention.Block.OfParameters().Under(PartName.Attention), .. Attention.OfParameters().Under(PartName.Norm(1)),
        .. FeedForward.Block.OfParameters().Under(PartName.FeedForward), .. FeedForward.OfParameters().Under(PartName.Norm(2)),
    ];
}
