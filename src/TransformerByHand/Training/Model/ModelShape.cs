using System.Globalization;
using TransformerByHand.Layers;

namespace TransformerByHand.Training.Model;

/// <summary>Which of the three kinds of transformer a model is.</summary>
public enum Architecture
{
    /// <summary>One causal stack: each token is predicted from those before it (GPT).</summary>
    DecoderOnly,

    /// <summary>One stack in which every token sees every other: hidden tokens are filled in (BERT).</summary>
    EncoderOnly,

    /// <summary>A stack that reads a source and a causal one that writes a target while looking at it (Vaswani et al. 2017, T5).</summary>
    EncoderDecoder,
}

/// <summary>How a model knows where a token stands.</summary>
public enum Positions
{
    /// <summary>A learned vector for each position.</summary>
    Learned,

    /// <summary>Fixed sines and cosines (Vaswani et al. 2017).</summary>
    Sinusoidal,

    /// <summary>It does not. A causal model can still tell places apart by how much each token sees.</summary>
    None,

    /// <summary>Attention turns queries and keys by their places (RoPE, Su et al. 2021); see <see cref="RotaryPositions"/>.</summary>
    Rotary,

    /// <summary>Attention takes more off a score the farther back its key stands (Press et al. 2021); see <see cref="TransformerByHand.Layers.ALiBi"/>.</summary>
    ALiBi,
}

/// <summary>
/// The sizes and choices that make up a model: those of its layers, and what is around them. The clear model
/// (<see cref="ToLanguageModel"/>, <see cref="ToTransformer"/>) and the fast one (<see cref="FastTransformer"/>) are both built from it.
/// </summary>
public sealed record ModelShape : LayerOptions
{
    /// <summary>Makes the shape of a model whose feed-forward has a GELU, as GPT-2's has, where nothing else is said.</summary>
    public ModelShape() => Activation = Activation.GELU;

    /// <summary>Which kind of transformer.</summary>
    public Architecture Architecture { get; init; } = Architecture.DecoderOnly;

    /// <summary>V: how many different tokens there are. The source and the target of an encoder–decoder share them.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>The number of layers of each stack.</summary>
    public required int Layers { get; init; }

    /// <summary>The longest sequence.</summary>
    public required int Context { get; init; }

    /// <summary>What an embedded token is multiplied by: 1, or √d_model in Vaswani et al. 2017, §3.4.</summary>
    public double EmbeddingScale { get; init; } = 1;

    /// <summary>How a model knows where a token stands.</summary>
    public Positions Positions { get; init; } = Positions.Learned;

    /// <summary>Whether the embedded tokens, positions included, are normalised before the first layer, as in BERT.</summary>
    public bool InputNorm { get; init; }

    /// <summary>
    /// How many tokens a token sees in self-attention, itself included: the ones before it where attention is causal, half
    /// to each side where not. 0 means all. Of the clear layers it is no part: hand <see cref="Mask.SlidingWindow"/> to their forward pass.
    /// </summary>
    public int Window { get; init; }

    /// <summary>Whether the output matrix is the embedding, transposed, or a matrix of its own.</summary>
    public bool TiedOutput { get; init; }

    internal override bool UseRotary => Positions == Positions.Rotary;

    internal override bool UseALiBi => Positions == Positions.ALiBi;

    /// <summary>d_k: the width of a head.</summary>
    public int HeadWidth => DModel / Heads;

    /// <summary>g·d_k: how many numbers a layer's keys have for a token, and its values as many.</summary>
    internal int KeyValueWidth => KeyValueHeads * HeadWidth;

    /// <summary>Makes a clear language model of this shape, one stack, with random weights.</summary>
    /// <exception cref="InvalidOperationException">It is an encoder–decoder.</exception>
    public LanguageModel ToLanguageModel(Random random)
    {
        Check();
        if (Architecture == Architecture.EncoderDecoder)
            throw new InvalidOperationException("This is the shape of an encoder–decoder: call ToTransformer.");
        var input = Input(random);
        var encoder = Encoder.Random(random, Layers, this);
        return Architecture == Architecture.DecoderOnly
            ? new CausalLanguageModel(input, encoder, Output(random, input))
            : new MaskedLanguageModel(input, encoder, Output(random, input));
    }

    /// <summary>Makes a clear encoder–decoder of this shape with random weights.</summary>
    /// <exception cref="InvalidOperationException">It has one stack only.</exception>
    public Transformer ToTransformer(Random random)
    {
        Check();
        if (Architecture != Architecture.EncoderDecoder)
            throw new InvalidOperationException("This is the shape of a model with one stack: call ToLanguageModel.");
        var (source, target) = (Input(random), Input(random));
        return new(source, target, Encoder.Random(random, Layers, this), Decoder.Random(random, Layers, this), Output(random, target));
    }

    private InputLayer Input(Random random)
    {
        var embedding = TransformerByHand.Layers.Embedding.Random(random, Vocabulary, DModel, EmbeddingScale);
        ILayer<PositionsTrace, PositionsGradients>? positions = Positions switch
        {
            Positions.Learned => LearnedPositions.Random(random, Context, DModel),
            Positions.Sinusoidal => new SinusoidalPositions(),
            _ => null,
        };
        return new(embedding, positions, new Dropout(Dropout), InputNorm ? new LayerNorm(DModel, ε) : null);
    }

    private Unembedding Output(Random random, InputLayer input) =>
        TiedOutput ? Unembedding.TiedTo(input.Embedding) : Unembedding.Untied(random.Glorot(DModel, Vocabulary));

    /// <summary>Every size and choice, by its name: what a checkpoint keeps, to know its own model again.</summary>
    public override string ToString() => string.Join(", ", typeof(ModelShape).GetProperties()
        .Where(property => property.CanWrite)
        .OrderBy(property => property.Name, StringComparer.Ordinal)
        .Select(property => string.Create(CultureInfo.InvariantCulture, $"{property.Name} {property.GetValue(this)}")));

    /// <summary>Throws where the sizes do not make a model.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the dropout is not at least 0 and below 1.</exception>
    /// <exception cref="ArgumentException">The heads do not divide the width, those of keys and values do not divide the heads, or the positions do not go with the rest.</exception>
    /// <remarks>What only the clear layers can be, <see cref="CheckFast"/> turns away.</remarks>
    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Vocabulary, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(DModel, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Heads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Layers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Context, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Window);
        if (DModel % Heads != 0)
            throw new ArgumentException($"{Heads} heads cannot share a width of {DModel}: the width must be a multiple of the number of heads.", nameof(Heads));
        ArgumentOutOfRangeException.ThrowIfLessThan(KeyValueHeads, 1);
        if (Heads % KeyValueHeads != 0)
            throw new ArgumentException($"KeyValueHeads is {KeyValueHeads}, but should divide Heads, which is {Heads}: as many query heads share each head of keys and values.", nameof(KeyValueHeads));
        if (!(Dropout >= 0 && Dropout < 1))
            throw new ArgumentOutOfRangeException(nameof(Dropout), Dropout, "The dropout must be at least 0 and below 1.");
        if (Architecture == Architecture.EncoderOnly || Architecture == Architecture.EncoderDecoder)
            if (Window > 0 && Window % 2 == 0)
                throw new ArgumentOutOfRangeException(nameof(Window), Window, "A window with as much on the left as on the right has an odd number of tokens.");
        if (!(ε > 0) || double.IsInfinity(ε))
            throw new ArgumentOutOfRangeException(nameof(ε), ε, "The ε of the layer norms must be a finite number above 0.");
        if (!HasFeedForward && Architecture == Architecture.EncoderDecoder)
            throw new ArgumentException("HasFeedForward is false and Architecture is EncoderDecoder, but should be one of a single stack: a decoder layer has a feed-forward block.", nameof(HasFeedForward));
        if (AttentionKind == AttentionKind.Linear)
        {
            void RequireOf(bool right, string choice, object value, string wanted)
            {
                if (!right) throw new ArgumentException($"AttentionKind is Linear and {choice} is {value}, but should be {wanted}: all earlier tokens are one running sum a head.", choice);
            }

            RequireOf(Architecture == Architecture.DecoderOnly, nameof(Architecture), Architecture, "DecoderOnly");
            RequireOf(!UseRotary && !UseALiBi, nameof(Positions), Positions, "Learned, Sinusoidal or None");
            RequireOf(Window == 0, nameof(Window), Window, "0");
            RequireOf(KeyValueHeads == Heads, nameof(KeyValueHeads), KeyValueHeads, $"{Heads}, as many as Heads");
        }
        if (UseRotary && HeadWidth % 2 != 0)
            throw new ArgumentException($"d_k is {HeadWidth}, DModel {DModel} shared by {Heads} heads, but should be even: rotary positions turn numbers in pairs.", nameof(Heads));
        if (UseRotary && Architecture == Architecture.EncoderDecoder)
            throw new ArgumentException("Positions is Rotary and Architecture is EncoderDecoder, but should be one of a single stack: cross-attention has no places in common.", nameof(Architecture));
        if (UseALiBi && Architecture != Architecture.DecoderOnly)
            throw new ArgumentException($"Positions is ALiBi and Architecture is {Architecture}, but should be DecoderOnly: its bias counts how far back a key stands.", nameof(Architecture));
    }

    /// <summary>Throws where the model is one that the fast engine cannot be: it has every option of <see cref="LayerOptions"/> that training needs, and not the others.</summary>
    /// <exception cref="ArgumentException">An option is one that only the clear layers have; or the sizes make no model.</exception>
    internal void CheckFast()
    {
        Check();
        if (Activation != Activation.ReLU && Activation != Activation.GELU && Activation != Activation.GELUTanh)
            throw new ArgumentException($"There is no fast {Activation}: the activation should be ReLU, GELU or GELUTanh.", nameof(Activation));
        if (Placement is not (NormPlacement.Pre or NormPlacement.Post or NormPlacement.None))
            throw new ArgumentException($"There is no fast norm at {Placement}: the placement should be Pre, Post or None.", nameof(Placement));
        if (!Skip) throw new ArgumentException("The fast engine has no layers without a skip: Skip should be true.", nameof(Skip));
        if (!Bias && HasFeedForward) throw new ArgumentException("The fast engine's feed-forward has biases: Bias should be true.", nameof(Bias));
    }
}
