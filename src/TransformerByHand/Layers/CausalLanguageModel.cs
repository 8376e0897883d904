namespace TransformerByHand.Layers;

/// <summary>A causal language model, as GPT is: a token sees itself and what came before, and predicts what comes next.</summary>
/// <remarks>Source: Radford et al. 2018, 'Improving Language Understanding by Generative Pre-Training'. See <see cref="LanguageModel"/> for the formulas.</remarks>
/// <param name="input">Embedding and positions.</param>
/// <param name="encoder">The stack of layers.</param>
/// <param name="unembedding">The unembedding, tied to the embedding or not.</param>
public sealed class CausalLanguageModel(InputLayer input, Encoder encoder, Unembedding unembedding) : LanguageModel(input, encoder, unembedding)
{
    /// <summary>Makes a model with random weights and learned positions.</summary>
    /// <param name="random">The generator to draw from.</param>
    /// <param name="vocabulary">The number of words V.</param>
    /// <param name="longest">The length of the longest sequence.</param>
    /// <param name="layers">The number of layers.</param>
    /// <param name="options">Sizes and choices of every layer.</param>
    /// <param name="tied">Whether the output shares the embedding's table.</param>
    /// <exception cref="ArgumentException">A size is below 1, or an option makes no sense.</exception>
    public static CausalLanguageModel Random(Random random, int vocabulary, int longest, int layers, LayerOptions options, bool tied = true)
    {
        var (input, encoder, unembedding) = RandomParts(random, vocabulary, longest, layers, options, tied);
        return new(input, encoder, unembedding);
    }

    /// <summary>A token may attend to itself and to those before it.</summary>
    /// <param name="n">Number of tokens.</param>
    public override Mask AttentionMask(int n) => Mask.Causal(n);
}
