using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>The way into a transformer: looks tokens up, and adds their positions; in BERT it also normalises the sum.</summary>
/// <remarks>
/// <code>
/// X = D(LN(positions(E[t])))      (n × d_model)     D is dropout; LN is left out where there is no norm
/// </code>
/// <para>Backward, the same steps from the last to the first; what arrives at the end is dE.</para>
/// <para>Source of the norm: Devlin et al. 2018, 'BERT', and its published code.</para>
/// </remarks>
public sealed class InputLayer : ILayer
{
    /// <summary>Makes an input layer of given parts.</summary>
    /// <param name="embedding">The embedding.</param>
    /// <param name="positions">The positions: learned, sinusoidal, or null for none.</param>
    /// <param name="dropout">Dropout on the result, or null for none.</param>
    /// <param name="norm">The norm of the sum, or null for none.</param>
    public InputLayer(Embedding embedding, ILayer<PositionsTrace, PositionsGradients>? positions, Dropout? dropout = null, LayerNorm? norm = null)
    {
        ArgumentNullException.ThrowIfNull(embedding);
        (Embedding, Positions, Dropout, Norm) = (embedding, positions, dropout ?? Dropout.None, norm);
    }

    /// <summary>The embedding.</summary>
    public Embedding Embedding { get; }

    /// <summary>The positions: learned, sinusoidal, or null for none.</summary>
    public ILayer<PositionsTrace, PositionsGradients>? Positions { get; }

    /// <summary>Dropout on the result.</summary>
    public Dropout Dropout { get; }

    /// <summary>The norm of the sum, or null where there is none.</summary>
    public LayerNorm? Norm { get; }

    /// <inheritdoc/>
    public ParameterSet Parameters => [.. Embedding.Parameters, .. Positions?.Parameters ?? [], .. Norm?.Parameters.Under(PartName.InputNorm) ?? []];

    /// <summary>Turns ids into tokens that know where they stand.</summary>
    /// <param name="ids">The token ids (n), each from 0 to V − 1; at least one.</param>
    /// <param name="random">The generator for dropout, or null in evaluation.</param>
    /// <returns>X (n × d_model), and the trace.</returns>
    /// <exception cref="ArgumentException">There are no ids, or more than there are positions.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public (Matrix<double> X, InputTrace Trace) Forward(IReadOnlyList<int> ids, Random? random = null)
    {
        var (X, embedding) = Embedding.Forward(ids);                        // (n × d_model)
        PositionsTrace? positions = null;
        if (Positions is not null)
            (X, positions) = Positions.Forward(X);
        LayerNormTrace? norm = null;
        if (Norm is not null)
            (X, norm) = Norm.Forward(X);
        (X, var dropped) = Dropout.Forward(X, random);
        return (X, new InputTrace(embedding, positions, dropped, X, norm));
    }

    /// <summary>Carries a gradient back to the embedding and the positions. Changes nothing.</summary>
    /// <param name="trace">What <see cref="Forward"/> kept.</param>
    /// <param name="dX">∂L/∂X (n × d_model).</param>
    /// <returns>dE, dP where the positions are learned, and dγ and dβ where there is a norm.</returns>
    /// <exception cref="ArgumentException">dX has another shape than X, or holds a NaN or an infinity.</exception>
    public InputGradients Backward(InputTrace trace, Matrix<double> dX)
    {
        ArgumentNullException.ThrowIfNull(trace);
        dX = Dropout.Backward(trace.Dropped, dX).dX;                        // (n × d_model)
        var norm = Norm?.Backward(trace.Norm!, dX);
        dX = norm?.dX ?? dX;                                                // (n × d_model)
        var positions = Positions?.Backward(trace.Positions!, dX);
        var embedding = Embedding.Backward(trace.Embedding, positions?.dX ?? dX);
        return new InputGradients(embedding.dE, positions?.dP, norm);
    }
}

/// <summary>What <see cref="InputLayer.Forward"/> computed on its way.</summary>
/// <param name="Embedding">The look-up.</param>
/// <param name="Positions">The tokens with their positions, or null where there are none.</param>
/// <param name="Dropped">What dropout made of them; null in evaluation.</param>
/// <param name="X">The stream as it enters the first layer (n × d_model).</param>
/// <param name="Norm">What the norm computed, or null where there is none.</param>
public sealed record InputTrace(
    EmbeddingTrace Embedding,
    PositionsTrace? Positions,
    DropoutTrace? Dropped,
    [property: Shape("tokens × d_model")] Matrix<double> X,
    LayerNormTrace? Norm = null) : Trace;

/// <summary>What <see cref="InputLayer.Backward"/> returns.</summary>
/// <param name="dE">∂L/∂E (V × d_model).</param>
/// <param name="dP">∂L/∂P (longest × d_model); null where the positions are not learned.</param>
/// <param name="Norm">The gradients of the norm; null where there is none.</param>
public sealed record InputGradients(
    [property: Shape("V × d_model")] Matrix<double> dE,
    [property: Shape("longest × d_model")] Matrix<double>? dP,
    LayerNormGradients? Norm = null) : LayerGradients
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() => [new(nameof(Layers.Embedding.E), dE), .. Parameter.Optional(nameof(LearnedPositions.P), dP), .. Norm?.OfParameters().Under(PartName.InputNorm) ?? []];
}
