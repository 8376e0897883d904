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

    /// <summary>It does not.</summary>
    None,
}

/// <summary>The sizes and choices that make up a model.</summary>
public sealed record ModelShape
{
    /// <summary>Which kind of transformer.</summary>
    public Architecture Architecture { get; init; } = Architecture.DecoderOnly;

    /// <summary>V: how many different tokens there are. The source and the target of an encoder–decoder share them.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>d_model: the width of a token.</summary>
    public required int Width { get; init; }

    /// <summary>h: the number of heads; it divides <see cref="Width"/>.</summary>
    public required int Heads { get; init; }

    /// <summary>The number of layers of each stack.</summary>
    public required int Layers { get; init; }

    /// <summary>The longest sequence.</summary>
    public required int Context { get; init; }

    /// <summary>The inner width of the feed-forward; 4·d_model when it is not set.</summary>
    public int FeedForwardWidth { get => field > 0 ? field : 4 * Width; init; }

    /// <summary>Where the layer norms stand; a pre-LN model has one more after its last layer.</summary>
    public NormPlacement Norm { get; init; } = NormPlacement.Pre;

    /// <summary>Whether the embedded tokens, positions included, are normalised before the first layer, as in BERT.</summary>
    public bool InputNorm { get; init; }

    /// <summary>The ε of the layer norms.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>The feed-forward's activation: <see cref="Activation.ReLU"/>, <see cref="Activation.GELU"/> or <see cref="Activation.GELUTanh"/>.</summary>
    public Activation Activation { get; init; } = Activation.GELU;

    /// <summary>Whether the projections of attention have biases. Those of the feed-forward always have.</summary>
    public bool AttentionBias { get; init; } = true;

    /// <summary>What an embedded token is multiplied by: 1, or √d_model in Vaswani et al. 2017, §3.4.</summary>
    public float EmbeddingScale { get; init; } = 1;

    /// <summary>How a model knows where a token stands.</summary>
    public Positions Positions { get; init; } = Positions.Learned;

    /// <summary>
    /// How many tokens a token sees in self-attention, itself included: the ones before it where attention is causal, half
    /// to each side where not. 0 means all.
    /// </summary>
    public int Window { get; init; }

    /// <summary>The probability of dropout: on the embeddings, the attention weights and what each sublayer adds.</summary>
    public float Dropout { get; init; }

    /// <summary>Whether the output matrix is the embedding, transposed, or a matrix of its own.</summary>
    public bool TiedOutput { get; init; }

    /// <summary>d_k: the width of a head.</summary>
    public int HeadWidth => Width / Heads;

    /// <summary>Throws where the sizes do not make a model.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the dropout is not at least 0 and below 1.</exception>
    /// <exception cref="ArgumentException">The heads do not divide the width.</exception>
    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Vocabulary, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Heads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Layers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Context, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Window);
        if (Width % Heads != 0)
            throw new ArgumentException($"{Heads} heads cannot share a width of {Width}: the width must be a multiple of the number of heads.", nameof(Heads));
        if (!(Dropout >= 0 && Dropout < 1))
            throw new ArgumentOutOfRangeException(nameof(Dropout), Dropout, "The dropout must be at least 0 and below 1.");
        if (Activation != Activation.ReLU && Activation != Activation.GELU && Activation != Activation.GELUTanh)
            throw new ArgumentException($"There is no fast {Activation}: the activation should be ReLU, GELU or GELUTanh.", nameof(Activation));
        if (Architecture == Architecture.EncoderOnly || Architecture == Architecture.EncoderDecoder)
            if (Window > 0 && Window % 2 == 0)
                throw new ArgumentOutOfRangeException(nameof(Window), Window, "A window with as much on the left as on the right has an odd number of tokens.");
        if (!(Epsilon > 0) || float.IsInfinity(Epsilon))
            throw new ArgumentOutOfRangeException(nameof(Epsilon), Epsilon, "The ε of the layer norms must be a finite number above 0.");
    }
}
