using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>A stack of decoder layers, all of which read the same encoder output M, and the norm that pre-LN needs at its end.</summary>
/// <remarks>
/// <code>
/// X_0 = X        X_(l+1) = layer_l(X_l, M)     Y = LN(X_L) in pre-LN, X_L otherwise
/// </code>
/// <para>Backward runs from the last layer to the first. M was read by every layer, so dM is the sum of what they send back.</para>
/// </remarks>
public sealed class Decoder : ILayer
{
    /// <summary>Makes a stack of given layers.</summary>
    /// <param name="layers">The layers, from the first to the last; at least one.</param>
    /// <param name="norm">The norm at the end, or null for none.</param>
    /// <exception cref="ArgumentException">There are no layers.</exception>
    public Decoder(IReadOnlyList<DecoderLayer> layers, LayerNorm? norm)
    {
        ArgumentNullException.ThrowIfNull(layers);
        if (layers.Count == 0) throw new ArgumentException("layers is empty, but should have at least one layer.", nameof(layers));
        (Layers, Norm) = ([.. layers], norm);
    }

    /// <summary>Makes a stack with random weights; in pre-LN with a norm at its end (and where the norm stands on the write).</summary>
    /// <param name="random">The generator to draw from.</param>
    /// <param name="layers">The number of layers, at least 1.</param>
    /// <param name="options">Sizes and choices of every layer.</param>
    /// <exception cref="ArgumentException">An option makes no sense, such as a number of heads that does not divide d_model.</exception>
    public static Decoder Random(Random random, int layers, LayerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Require.Positive(layers);
        return new(
            [.. Enumerable.Range(0, layers).Select(_ => DecoderLayer.Random(random, options))],
            options.FinalNorm());
    }

    /// <summary>The layers, from the first to the last.</summary>
    public IReadOnlyList<DecoderLayer> Layers { get; }

    /// <summary>The norm at the end, or null.</summary>
    public LayerNorm? Norm { get; }

    /// <inheritdoc/>
    public ParameterSet Parameters => [.. Layers.SelectMany((layer, l) => layer.Parameters.Under(PartName.Layer(l))), .. Norm?.Parameters.Under(PartName.FinalNorm) ?? []];

    /// <summary>Applies every layer.</summary>
    /// <param name="X">The decoder's stream (n × d_model).</param>
    /// <param name="M">The encoder's output (m × d_model).</param>
    /// <param name="selfMask">Which of X may attend to which of X (n × n), or null where every one may.</param>
    /// <param name="crossMask">Which of X may attend to which of M (n × m), or null where every one may.</param>
    /// <param name="random">The generator for dropout, or null in evaluation.</param>
    /// <returns>Y (n × d_model), and the trace.</returns>
    /// <exception cref="ArgumentException">X or M is empty, not finite, or of another width; or a mask has another size.</exception>
    public (Matrix<double> Y, DecoderTrace Trace) Forward(Matrix<double> X, Matrix<double> M, Mask? selfMask, Mask? crossMask = null, Random? random = null)
    {
        var Y = X;                                              // (n × d_model)
        var layers = new DecoderLayerTrace[Layers.Count];
        for (int l = 0; l < Layers.Count; l++)
            (Y, layers[l]) = Layers[l].Forward(Y, M, selfMask, crossMask, random);

        LayerNormTrace? norm = null;
        if (Norm is not null)
            (Y, norm) = Norm.Forward(Y);
        return (Y, new DecoderTrace(layers, norm));
    }

    /// <summary>Carries a gradient back to the stream, to the encoder's output, and to every parameter. Changes nothing.</summary>
    /// <param name="trace">What <see cref="Forward"/> kept.</param>
    /// <param name="dY">∂L/∂Y (n × d_model).</param>
    /// <returns>dX, dM, and ∂L/∂θ for every parameter θ.</returns>
    /// <exception cref="ArgumentException">dY has another shape than Y, or holds a NaN or an infinity.</exception>
    public DecoderGradients Backward(DecoderTrace trace, Matrix<double> dY)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var norm = Norm?.Backward(trace.Norm!, dY);

        var dX = norm?.dX ?? dY;                                // (n × d_model)
        Matrix<double>? dM = null;                              // (m × d_model)
        var layers = new DecoderLayerGradients[Layers.Count];
        for (int l = Layers.Count - 1; l >= 0; l--)
        {
            layers[l] = Layers[l].Backward(trace.Layers[l], dX);
            dX = layers[l].dX;
            dM = dM is null ? layers[l].dM : dM + layers[l].dM;
        }
        return new DecoderGradients(dX, dM!, layers, norm);
    }
}

/// <summary>What a stack of decoder layers computed.</summary>
/// <param name="Layers">What each layer computed.</param>
/// <param name="Norm">What the norm at the end computed, or null where there is none.</param>
public sealed record DecoderTrace(IReadOnlyList<DecoderLayerTrace> Layers, LayerNormTrace? Norm) : Trace;

/// <summary>What <see cref="Decoder.Backward"/> returns.</summary>
/// <param name="dX">∂L/∂X (n × d_model).</param>
/// <param name="dM">∂L/∂M (m × d_model), summed over the layers.</param>
/// <param name="Layers">The gradients of each layer.</param>
/// <param name="Norm">The gradients of the norm at the end, or null where there is none.</param>
public sealed record DecoderGradients(
    [property: Shape("tokens × d_model")] Matrix<double> dX,
    [property: Shape("tokens × d_model")] Matrix<double> dM,
    IReadOnlyList<DecoderLayerGradients> Layers,
    LayerNormGradients? Norm) : LayerGradients, IInputGradient
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX), new("M", dM)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() =>
        [.. Layers.SelectMany((layer, l) => layer.OfParameters().Under(PartName.Layer(l))), .. Norm?.OfParameters().Under(PartName.FinalNorm) ?? []];
}
