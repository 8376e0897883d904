using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>A decoder layer: masked self-attention, cross-attention to the encoder's output M, and the feed-forward block.</summary>
/// <remarks>
/// <para>Forward, post-LN and pre-LN; see <see cref="AddAndNorm"/> for the two:</para>
/// <code>
/// post:   H = LN₁(X + selfAttention(X))          pre:   H = X + selfAttention(LN₁(X))
///         C = LN₂(H + crossAttention(H, M))             C = H + crossAttention(LN₂(H), M)
///         Y = LN₃(C + feedForward(C))                   Y = C + feedForward(LN₃(C))
/// </code>
/// <para>
/// In cross-attention the queries come from the decoder's stream and the keys and values from M, which is not normalised again.
/// Backward is the same three steps from the last to the first; dM comes from the keys and values of cross-attention.
/// </para>
/// <para>Source: Vaswani et al. 2017, 'Attention Is All You Need', §3.1.</para>
/// </remarks>
public sealed class DecoderLayer : ILayer
{
    /// <summary>Makes a layer of given parts.</summary>
    /// <param name="selfAttention">The self-attention.</param>
    /// <param name="crossAttention">The attention to M.</param>
    /// <param name="feedForward">The feed-forward block.</param>
    /// <param name="addAndNorm1">The residual connection around the self-attention.</param>
    /// <param name="addAndNorm2">The residual connection around the cross-attention.</param>
    /// <param name="addAndNorm3">The residual connection around the feed-forward block.</param>
    public DecoderLayer(
        MultiHeadAttention selfAttention,
        MultiHeadAttention crossAttention,
        FeedForward feedForward,
        AddAndNorm addAndNorm1,
        AddAndNorm addAndNorm2,
        AddAndNorm addAndNorm3)
    {
        ArgumentNullException.ThrowIfNull(selfAttention);
        ArgumentNullException.ThrowIfNull(crossAttention);
        ArgumentNullException.ThrowIfNull(feedForward);
        ArgumentNullException.ThrowIfNull(addAndNorm1);
        ArgumentNullException.ThrowIfNull(addAndNorm2);
        ArgumentNullException.ThrowIfNull(addAndNorm3);
        (SelfAttention, CrossAttention, FeedForward) = (selfAttention, crossAttention, feedForward);
        (AddAndNorm1, AddAndNorm2, AddAndNorm3) = (addAndNorm1, addAndNorm2, addAndNorm3);
    }

    /// <summary>Makes a layer with random weights.</summary>
    /// <param name="random">The generator to draw from.</param>
    /// <param name="options">Sizes and choices.</param>
    /// <exception cref="ArgumentException">An option makes no sense, such as a number of heads that does not divide d_model.</exception>
    public static DecoderLayer Random(Random random, LayerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.HasFeedForward) throw new ArgumentException("HasFeedForward is false, but should be true: a decoder layer has a feed-forward block.", nameof(options));
        return new(
            options.Attention(random), options.Attention(random), options.FeedForward(random),
            options.AddAndNorm(), options.AddAndNorm(), options.AddAndNorm());
    }

    /// <summary>The self-attention.</summary>
    public MultiHeadAttention SelfAttention { get; }

    /// <summary>The attention to M.</summary>
    public MultiHeadAttention CrossAttention { get; }

    /// <summary>The feed-forward block.</summary>
    public FeedForward FeedForward { get; }

    /// <summary>The residual connection around the self-attention.</summary>
    public AddAndNorm AddAndNorm1 { get; }

    /// <summary>The residual connection around the cross-attention.</summary>
    public AddAndNorm AddAndNorm2 { get; }

    /// <summary>The residual connection around the feed-forward block.</summary>
    public AddAndNorm AddAndNorm3 { get; }

    /// <inheritdoc/>
    public ParameterSet Parameters =>
    [
        .. SelfAttention.Parameters.Under(PartName.SelfAttention), .. AddAndNorm1.Parameters.Under(PartName.Norm(1)),
        .. CrossAttention.Parameters.Under(PartName.CrossAttention), .. AddAndNorm2.Parameters.Under(PartName.Norm(2)),
        .. FeedForward.Parameters.Under(PartName.FeedForward), .. AddAndNorm3.Parameters.Under(PartName.Norm(3)),
    ];

    /// <summary>Applies the layer.</summary>
    /// <param name="X">The decoder's stream (n × d_model).</param>
    /// <param name="M">The encoder's output (m × d_model).</param>
    /// <param name="selfMask">Which of X may attend to which of X (n × n): causal in a decoder; null where every one may.</param>
    /// <param name="crossMask">Which of X may attend to which of M (n × m), or null where every one may.</param>
    /// <param name="random">The generator for dropout, or null in evaluation.</param>
    /// <returns>The stream after the layer (n × d_model), and the trace.</returns>
    /// <exception cref="ArgumentException">X or M is empty, not finite, or of another width; or a mask has another size.</exception>
    public (Matrix<double> Y, DecoderLayerTrace Trace) Forward(Matrix<double> X, Matrix<double> M, Mask? selfMask, Mask? crossMask = null, Random? random = null)
    {
        var (H, self) = AddAndNorm1.Forward(X, x => SelfAttention.Forward(x, selfMask, random), random);            // (n × d_model)
        var (C, cross) = AddAndNorm2.Forward(H, h => CrossAttention.Forward(h, M, crossMask, random), random);      // (n × d_model)
        var (Y, feedForward) = AddAndNorm3.Forward(C, FeedForward.Forward, random);                                 // (n × d_model)
        return (Y, new DecoderLayerTrace(self, cross, feedForward));
    }

    /// <summary>Carries a gradient back to the stream, to the encoder's output, and to every parameter. Changes nothing.</summary>
    /// <param name="trace">What <see cref="Forward"/> kept.</param>
    /// <param name="dY">∂L/∂Y (n × d_model).</param>
    /// <returns>dX, dM, and ∂L/∂θ for every parameter θ.</returns>
    /// <exception cref="ArgumentException">dY has another shape than Y, or holds a NaN or an infinity.</exception>
    public DecoderLayerGradients Backward(DecoderLayerTrace trace, Matrix<double> dY)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var feedForward = AddAndNorm3.Backward(trace.FeedForward, dY, FeedForward.Backward);                        // dC (n × d_model)
        var cross = AddAndNorm2.Backward(trace.CrossAttention, feedForward.dX, CrossAttention.Backward);            // dH (n × d_model), dM (m × d_model)
        var self = AddAndNorm1.Backward(trace.SelfAttention, cross.dX, SelfAttention.Backward);                     // dX (n × d_model)
        return new DecoderLayerGradients(feedForward, cross, self);
    }
}

/// <summary>What a decoder layer computed, residual connection by residual connection.</summary>
/// <param name="SelfAttention">The self-attention's: what it read, computed and wrote.</param>
/// <param name="CrossAttention">The cross-attention's.</param>
/// <param name="FeedForward">The feed-forward block's.</param>
public sealed record DecoderLayerTrace(
    AddAndNormTrace<MultiHeadAttentionTrace> SelfAttention,
    AddAndNormTrace<MultiHeadAttentionTrace> CrossAttention,
    AddAndNormTrace<FeedForwardTrace> FeedForward) : Trace;

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
        .. SelfAttention.Block.OfParameters().Under(PartName.SelfAttention), .. SelfAttention.OfParameters().Under(PartName.Norm(1)),
        .. CrossAttention.Block.OfParameters().Under(PartName.CrossAttention), .. CrossAttention.OfParameters().Under(PartName.Norm(2)),
        .. FeedForward.Block.OfParameters().Under(PartName.FeedForward), .. FeedForward.OfParameters().Under(PartName.Norm(3)),
    ];
}
