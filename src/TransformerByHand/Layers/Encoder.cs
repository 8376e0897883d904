using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>A stack of encoder layers, and the norm that pre-LN needs at its end.</summary>
/// <remarks>
/// <code>
/// X_0 = X        X_(l+1) = layer_l(X_l)        Y = LN(X_L) in pre-LN, X_L otherwise
/// </code>
/// <para>
/// Backward runs from the last layer to the first. In pre-LN nothing has normalised the stream when it leaves the last layer,
/// which is why there is one norm more (Xiong et al. 2020, §3.2).
/// </para>
/// </remarks>
public sealed class Encoder : ILayer<EncoderTrace, EncoderGradients>
{
    /// <summary>Makes a stack of given layers.</summary>
    /// <param name="layers">The layers, from the first to the last; at least one.</param>
    /// <param name="norm">The norm at the end, or null for none.</param>
    /// <exception cref="ArgumentException">There are no layers.</exception>
    public Encoder(IReadOnlyList<EncoderLayer> layers, LayerNorm? norm)
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
    public static Encoder Random(Random random, int layers, LayerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Require.Positive(layers);
        return new(
            [.. Enumerable.Range(0, layers).Select(_ => EncoderLayer.Random(random, options))],
            options.FinalNorm());
    }

    /// <summary>The layers, from the first to the last.</summary>
    public IReadOnlyList<EncoderLayer> Layers { get; }

    /// <summary>The norm at the end, or null.</summary>
    public LayerNorm? Norm { get; }

    /// <inheritdoc/>
    public ParameterSet Parameters => [.. Layers.SelectMany((layer, l) => layer.Parameters.Under(PartName.Layer(l))), .. Norm?.Parameters.Under(PartName.FinalNorm) ?? []];

    /// <summary>Applies every layer without a mask, in evaluation.</summary>
    /// <param name="X">The stream (n × d_model).</param>
    /// <returns>Y (n × d_model), and the trace.</returns>
    /// <exception cref="ArgumentException">X is empty, not finite, or of another width.</exception>
    public (Matrix<double> Y, EncoderTrace Trace) Forward(Matrix<double> X) => Forward(X, mask: null);

    /// <summary>Applies every layer.</summary>
    /// <param name="X">The stream (n × d_model).</param>
    /// <param name="mask">Which token may attend to which (n × n), or null where every one may.</param>
    /// <param name="random">The generator for dropout, or null in evaluation.</param>
    /// <returns>Y (n × d_model), and the trace.</returns>
    /// <exception cref="ArgumentException">X is empty, not finite, or of another width; or the mask has another size.</exception>
    public (Matrix<double> Y, EncoderTrace Trace) Forward(Matrix<double> X, Mask? mask, Random? random = null)
    {
        var Y = X;                                              // (n × d_model)
        var layers = new EncoderLayerTrace[Layers.Count];
        for (int l = 0; l < Layers.Count; l++)
            (Y, layers[l]) = Layers[l].Forward(Y, mask, random);

        LayerNormTrace? norm = null;
        if (Norm is not null)
            (Y, norm) = Norm.Forward(Y);
        return (Y, new EncoderTrace(layers, norm));
    }

    /// <inheritdoc/>
    /// <param name="trace">What the forward pass kept.</param>
    /// <param name="dY">∂L/∂Y (n × d_model).</param>
    /// <exception cref="ArgumentException">dY has another shape than Y, or holds a NaN or an infinity.</exception>
    public EncoderGradients Backward(EncoderTrace trace, Matrix<double> dY)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var norm = Norm?.Backward(trace.Norm!, dY);

        var dX = norm?.dX ?? dY;                                // (n × d_model)
        var layers = new EncoderLayerGradients[Layers.Count];
        for (int l = Layers.Count - 1; l >= 0; l--)
        {
            layers[l] = Layers[l].Backward(trace.Layers[l], dX);
            dX = layers[l].dX;
        }
        return new EncoderGradients(dX, layers, norm);
    }
}

/// <summary>What a stack of encoder layers computed.</summary>
/// <param name="Layers">What each layer computed.</param>
/// <param name="Norm">What the norm at the end computed, or null where there is none.</param>
public sealed record EncoderTrace(IReadOnlyList<EncoderLayerTrace> Layers, LayerNormTrace? Norm) : Trace
{
    /// <summary>Returns the residual stream between two layers. The norm at the end reads it and does not change it.</summary>
    /// <param name="layers">How many layers it has passed: 0 for the embedding.</param>
    /// <returns>The stream (n × d_model).</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many layers, or the number is negative.</exception>
    public Matrix<double> StreamAfter(int layers)
    {
        if (layers < 0 || layers > Layers.Count)
            throw new ArgumentOutOfRangeException(nameof(layers), layers, $"layers is {layers}, but should be from 0 to {Layers.Count}.");
        return layers == 0 ? Layers[0].Attention.X : Layers[layers - 1].Y;
    }
}

/// <summary>What <see cref="Encoder.Backward"/> returns.</summary>
/// <param name="dX">∂L/∂X (n × d_model).</param>
/// <param name="Layers">The gradients of each layer.</param>
/// <param name="Norm">The gradients of the norm at the end, or null where there is none.</param>
public sealed record EncoderGradients(
    [property: Shape("tokens × d_model")] Matrix<double> dX,
    IReadOnlyList<EncoderLayerGradients> Layers,
    LayerNormGradients? Norm) : LayerGradients, IInputGradient
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() =>
        [.. Layers.SelectMany((layer, l) => layer.OfParameters().Under(PartName.Layer(l))), .. Norm?.OfParameters().Under(PartName.FinalNorm) ?? []];
}
