using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>A language model: input, a stack of layers, unembedding. Who may attend to whom is what its two kinds differ in.</summary>
/// <remarks>
/// <para>Forward, for token ids t_1 … t_n:</para>
/// <code>
/// X      = input(t)                    (n × d_model)     embedding and positions
/// Y      = encoder(X)                  (n × d_model)     under the model's mask
/// logits = Y·W_U                       (n × V)           or Y·Eᵀ where the output is tied
/// </code>
/// <para>
/// Backward, from the logits to the table E. Tied, dE is the sum of two gradients: E was used at both ends.
/// </para>
/// </remarks>
public abstract class LanguageModel : ILayer
{
    private protected LanguageModel(InputLayer input, Encoder encoder, Unembedding unembedding)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(unembedding);
        unembedding.RequireTiedTo(input.Embedding);
        (Input, Encoder, Unembedding) = (input, encoder, unembedding);
    }

    /// <summary>Embedding and positions.</summary>
    public InputLayer Input { get; }

    /// <summary>The stack of layers.</summary>
    public Encoder Encoder { get; }

    /// <summary>The unembedding, tied to the embedding or not.</summary>
    public Unembedding Unembedding { get; }

    /// <inheritdoc/>
    public ParameterSet Parameters => [.. Input.Parameters, .. Encoder.Parameters, .. Unembedding.IsTied ? [] : Unembedding.Parameters];

    /// <summary>Which of n tokens may attend to which in this kind of model, padding aside.</summary>
    /// <param name="n">Number of tokens.</param>
    /// <returns>The mask (n × n), or null where every token may attend to every one.</returns>
    public abstract Mask? AttentionMask(int n);

    /// <summary>Computes the score of every word at every position.</summary>
    /// <param name="ids">The token ids (n), each from 0 to V − 1; at least one.</param>
    /// <param name="mask">What else is not allowed (n × n), such as padding, or null for nothing.</param>
    /// <param name="random">The generator for dropout, or null in evaluation.</param>
    /// <returns>The logits (n × V), and the trace.</returns>
    /// <exception cref="ArgumentException">There are no ids, more than there are positions, or the mask has another size.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public (Matrix<double> Logits, LanguageModelTrace Trace) Forward(IReadOnlyList<int> ids, Mask? mask = null, Random? random = null)
    {
        var (X, input) = Input.Forward(ids, random);                                // (n × d_model)
        var (Y, encoder) = Encoder.Forward(X, Allowed(ids.Count, mask), random);    // (n × d_model)
        var (logits, unembedding) = Unembedding.Forward(Y);                         // (n × V)
        return (logits, new LanguageModelTrace(input, encoder, unembedding));
    }

    /// <summary>Carries a gradient back from the logits to every parameter. Changes nothing.</summary>
    /// <param name="trace">What <see cref="Forward"/> kept.</param>
    /// <param name="dLogits">∂L/∂logits (n × V).</param>
    /// <returns>∂L/∂θ for every parameter θ.</returns>
    /// <exception cref="ArgumentException">dLogits has another shape than the logits, or holds a NaN or an infinity.</exception>
    public LanguageModelGradients Backward(LanguageModelTrace trace, Matrix<double> dLogits)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var unembedding = Unembedding.Backward(trace.Unembedding, dLogits);         // dY (n × d_model)
        var encoder = Encoder.Backward(trace.Encoder, unembedding.dX);              // dX (n × d_model)
        var input = Input.Backward(trace.Input, encoder.dX);                        // dE (V × d_model)

        if (unembedding.dE is not null) input = input with { dE = input.dE + unembedding.dE };
        return new LanguageModelGradients(input, encoder, unembedding);
    }

    /// <summary>Reads a stream from the middle of the model as if it were its end: the last norm, where there is one, and the unembedding.</summary>
    /// <remarks>Source: nostalgebraist 2020, 'interpreting GPT: the logit lens'.</remarks>
    /// <param name="stream">A stream (n × d_model).</param>
    /// <returns>Logits (n × V).</returns>
    /// <exception cref="ArgumentException">The stream is empty, not finite, or of another width.</exception>
    public Matrix<double> ReadOut(Matrix<double> stream) =>
        Unembedding.Forward(Encoder.Norm is null ? stream : Encoder.Norm.Forward(stream).Y).Y;

    private protected static (InputLayer Input, Encoder Encoder, Unembedding Unembedding) RandomParts(Random random, int vocabulary, int longest, int layers, LayerOptions options, bool tied)
    {
        ArgumentNullException.ThrowIfNull(options);
        Require.Positive(longest);
        var embedding = Embedding.Random(random, vocabulary, options.DModel);
        var positions = LearnedPositions.Random(random, longest, options.DModel);
        return (
            new InputLayer(embedding, positions, new Dropout(options.Dropout)),
            Encoder.Random(random, layers, options),
            tied ? Unembedding.TiedTo(embedding) : Unembedding.Untied(random.Glorot(options.DModel, vocabulary)));
    }

    private Mask? Allowed(int n, Mask? mask) => (AttentionMask(n), mask) switch
    {
        (null, var other) => other,
        (var own, null) => own,
        var (own, other) => own & other,
    };
}

/// <summary>What a language model computed.</summary>
/// <param name="Input">Embedding and positions; its X is the stream as it enters the first layer.</param>
/// <param name="Encoder">What the layers computed.</param>
/// <param name="Unembedding">What the layers' output was turned into.</param>
public sealed record LanguageModelTrace(InputTrace Input, EncoderTrace Encoder, UnembeddingTrace Unembedding) : Trace;

/// <summary>What <see cref="LanguageModel.Backward"/> returns.</summary>
/// <param name="Input">The gradients of embedding and positions; its dE holds the unembedding's part too, where that is tied.</param>
/// <param name="Encoder">The gradients of the layers; its dX belongs to the stream as it enters the first.</param>
/// <param name="Unembedding">The gradients of the unembedding.</param>
public sealed record LanguageModelGradients(InputGradients Input, EncoderGradients Encoder, UnembeddingGradients Unembedding) : LayerGradients
{
    /// <summary>Empty: ids have no gradient.</summary>
    public override ParameterSet OfInputs() => [];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() => [.. Input.OfParameters(), .. Encoder.OfParameters(), .. Parameter.Optional(nameof(Layers.Unembedding.W_U), Unembedding.dW_U)];
}
