namespace TransformerByHand.Layers;

/// <summary>A masked language model, as BERT is: every token sees every other, and some, hidden in the input, are to be guessed.</summary>
/// <remarks>
/// 'Masked' is about the input, in which some words are replaced by a special one; the attention has no mask.
/// Source: Devlin et al. 2019, 'BERT'. See <see cref="LanguageModel"/> for the formulas.
/// </remarks>
/// <param name="input">Embedding and positions.</param>
/// <param name="encoder">The stack of layers.</param>
/// <param name="unembedding">The unembedding, tied to the embedding or not.</param>
public sealed class MaskedLanguageModel(InputLayer input, Encoder encoder, Unembedding unembedding) : LanguageModel(input, encoder, unembedding)
{
    /// <inheritdoc cref="CausalLanguageModel.Random"/>
    public static MaskedLanguageModel Random(Random random, int vocabulary, int longest, int layers, LayerOptions options, bool tied = true)
    {
        var (input, encoder, unembedding) = RandomParts(random, vocabulary, longest, layers, options, tied);
        return new(input, encoder, unembedding);
    }

    /// <summary>Every token may attend to every one.</summary>
    /// <param name="n">Number of tokens.</param>
    public override Mask? AttentionMask(int n) => null;
}
