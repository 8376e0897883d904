using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>The encoder–decoder transformer: reads a source sequence whole, and writes a target sequence from left to right.</summary>
/// <remarks>
/// <para>Forward, for source ids s_1 … s_m and the target so far, t_1 … t_n:</para>
/// <code>
/// M      = encoder(positions(E_source[s]))         (m × d_model)     may look everywhere but at padding
/// Y      = decoder(positions(E_target[t]), M)      (n × d_model)     causal on itself, free on M
/// logits = Y·W_U                                   (n × V_target)    or Y·E_targetᵀ where the output is tied
/// </code>
/// <para>
/// Backward, from the logits: through the decoder to the target's embedding and to M, then through the encoder to the source's.
/// The keys and values of every decoder layer's cross-attention come from the same M.
/// </para>
/// <para>Source: Vaswani et al. 2017, 'Attention Is All You Need', §3. There E_source, E_target and W_U share one table, and the look-up is scaled by √d_model.</para>
/// </remarks>
public sealed class Transformer : ILayer
{
    /// <summary>Makes a transformer of given parts.</summary>
    /// <param name="source">Embeds the source.</param>
    /// <param name="target">Embeds the target, with a table of its own.</param>
    /// <param name="encoder">Reads the source.</param>
    /// <param name="decoder">Writes the target.</param>
    /// <param name="unembedding">The unembedding, tied to the target's embedding or not.</param>
    /// <exception cref="ArgumentException">Source and target share a table, or the unembedding is tied to another one than the target's.</exception>
    public Transformer(InputLayer source, InputLayer target, Encoder encoder, Decoder decoder, Unembedding unembedding)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(decoder);
        ArgumentNullException.ThrowIfNull(unembedding);
        if (ReferenceEquals(source.Embedding.E, target.Embedding.E))
            throw new ArgumentException("source and target share one table; each should have its own.", nameof(target));
        unembedding.RequireTiedTo(target.Embedding);
        (Source, Target, Encoder, Decoder, Unembedding) = (source, target, encoder, decoder, unembedding);
    }

    /// <summary>Makes a transformer with random weights and sinusoidal positions; the look-ups are scaled by √d_model.</summary>
    /// <param name="random">The generator to draw from.</param>
    /// <param name="sourceVocabulary">The number of words of the source.</param>
    /// <param name="targetVocabulary">The number of words of the target.</param>
    /// <param name="layers">The number of layers of the encoder, and of the decoder.</param>
    /// <param name="options">Sizes and choices of every layer.</param>
    /// <param name="tied">Whether the output shares the target's table.</param>
    /// <exception cref="ArgumentException">A size is below 1, or an option makes no sense.</exception>
    public static Transformer Random(Random random, int sourceVocabulary, int targetVocabulary, int layers, LayerOptions options, bool tied = true)
    {
        ArgumentNullException.ThrowIfNull(options);
        InputLayer Input(int vocabulary) => new(
            Embedding.Random(random, vocabulary, options.DModel, scale: Math.Sqrt(options.DModel)),
            new SinusoidalPositions(),
            new Dropout(options.Dropout));

        var (source, target) = (Input(sourceVocabulary), Input(targetVocabulary));
        return new(
            source,
            target,
            Encoder.Random(random, layers, options),
            Decoder.Random(random, layers, options),
            tied ? Unembedding.TiedTo(target.Embedding) : Unembedding.Untied(random.Glorot(options.DModel, targetVocabulary)));
    }

    /// <summary>Embeds the source.</summary>
    public InputLayer Source { get; }

    /// <summary>Embeds the target.</summary>
    public InputLayer Target { get; }

    /// <summary>Reads the source.</summary>
    public Encoder Encoder { get; }

    /// <summary>Writes the target.</summary>
    public Decoder Decoder { get; }

    /// <summary>The unembedding, tied to the target's embedding or not.</summary>
    public Unembedding Unembedding { get; }

    /// <inheritdoc/>
    public ParameterSet Parameters =>
    [
        .. Source.Parameters.Under(PartName.Source), .. Target.Parameters.Under(PartName.Target),
        .. Encoder.Parameters.Under(PartName.Encoder), .. Decoder.Parameters.Under(PartName.Decoder),
        .. Unembedding.IsTied ? [] : Unembedding.Parameters,
    ];

    /// <summary>Computes the score of every target word at every position of the target.</summary>
    /// <param name="source">The source ids (m); at least one.</param>
    /// <param name="target">The target ids so far (n); at least one.</param>
    /// <param name="sourceIsPadding">For each source token, whether it is padding, which nothing attends to; null where none is.</param>
    /// <param name="random">The generator for dropout, or null in evaluation.</param>
    /// <returns>The logits (n × V_target), and the trace.</returns>
    /// <exception cref="ArgumentException">There are no ids, more than there are positions, or the padding has another length than the source.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public (Matrix<double> Logits, TransformerTrace Trace) Forward(IReadOnlyList<int> source, IReadOnlyList<int> target, IReadOnlyList<bool>? sourceIsPadding = null, Random? random = null)
    {
        Require.Ids(source, Source.Embedding.Vocabulary);
        Require.Ids(target, Target.Embedding.Vocabulary);
        if (sourceIsPadding is not null && sourceIsPadding.Count != source.Count)
            throw new ArgumentException($"sourceIsPadding has {sourceIsPadding.Count} entries, but should have one for each of the {source.Count} source tokens.", nameof(sourceIsPadding));
        Mask? NotPadding(int queries) => sourceIsPadding is null ? null : Mask.Padding(queries, sourceIsPadding);

        var (X, sourceTrace) = Source.Forward(source, random);                                          // (m × d_model)
        var (M, encoder) = Encoder.Forward(X, NotPadding(source.Count), random);                        // (m × d_model)

        var (T, targetTrace) = Target.Forward(target, random);                                          // (n × d_model)
        var (Y, decoder) = Decoder.Forward(T, M, Mask.Causal(target.Count), NotPadding(target.Count), random);   // (n × d_model)

        var (logits, unembedding) = Unembedding.Forward(Y);                                             // (n × V_target)
        return (logits, new TransformerTrace(sourceTrace, encoder, targetTrace, decoder, unembedding));
    }

    /// <summary>Carries a gradient back from the logits to every parameter. Changes nothing.</summary>
    /// <param name="trace">What <see cref="Forward"/> kept.</param>
    /// <param name="dLogits">∂L/∂logits (n × V_target).</param>
    /// <returns>∂L/∂θ for every parameter θ.</returns>
    /// <exception cref="ArgumentException">dLogits has another shape than the logits, or holds a NaN or an infinity.</exception>
    public TransformerGradients Backward(TransformerTrace trace, Matrix<double> dLogits)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var unembedding = Unembedding.Backward(trace.Unembedding, dLogits);             // dY (n × d_model)
        var decoder = Decoder.Backward(trace.Decoder, unembedding.dX);                  // dT (n × d_model), dM (m × d_model)
        var encoder = Encoder.Backward(trace.Encoder, decoder.dM);                      // dX (m × d_model)

        var source = Source.Backward(trace.Source, encoder.dX);                         // dE_source (V_source × d_model)
        var target = Target.Backward(trace.Target, decoder.dX);                         // dE_target (V_target × d_model)

        if (unembedding.dE is not null) target = target with { dE = target.dE + unembedding.dE };
        return new TransformerGradients(source, target, encoder, decoder, unembedding);
    }
}

/// <summary>What an encoder–decoder transformer computed.</summary>
/// <param name="Source">The source's embedding and positions.</param>
/// <param name="Encoder">What the encoder computed.</param>
/// <param name="Target">The target's embedding and positions.</param>
/// <param name="Decoder">What the decoder computed.</param>
/// <param name="Unembedding">What the decoder's output was turned into.</param>
public sealed record TransformerTrace(InputTrace Source, EncoderTrace Encoder, InputTrace Target, DecoderTrace Decoder, UnembeddingTrace Unembedding) : Trace;

/// <summary>What <see cref="Transformer.Backward"/> returns.</summary>
/// <param name="Source">The gradients of the source's embedding and positions.</param>
/// <param name="Target">Those of the target's; its dE holds the unembedding's part too, where that is tied.</param>
/// <param name="Encoder">The gradients of the encoder.</param>
/// <param name="Decoder">The gradients of the decoder; its dM is what the encoder was given.</param>
/// <param name="Unembedding">The gradients of the unembedding.</param>
public sealed record TransformerGradients(
    InputGradients Source,
    InputGradients Target,
    EncoderGradients Encoder,
    DecoderGradients Decoder,
    UnembeddingGradients Unembedding) : LayerGradients
{
    /// <summary>Empty: ids have no gradient.</summary>
    public override ParameterSet OfInputs() => [];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() =>
    [
        .. Source.OfParameters().Under(PartName.Source), .. Target.OfParameters().Under(PartName.Target),
        .. Encoder.OfParameters().Under(PartName.Encoder), .. Decoder.OfParameters().Under(PartName.Decoder),
        .. Parameter.Optional(nameof(Layers.Unembedding.W_U), Unembedding.dW_U),
    ];
}
