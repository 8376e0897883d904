namespace TransformerByHand.Text;

/// <summary>Every character is a token.</summary>
public sealed class CharacterTokeniser : ITokeniser
{
    /// <summary>Makes a tokeniser for the characters that a text holds, in the order of their code points.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    public CharacterTokeniser(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        Vocabulary = new(text.Distinct().Order().Select(c => c.ToString()));
    }

    /// <inheritdoc/>
    public Vocabulary Vocabulary { get; }

    /// <inheritdoc/>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. text.Select(c => Vocabulary.IdOf(c.ToString()))];
    }

    /// <inheritdoc/>
    public string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return string.Concat(ids.Select(id => Vocabulary[id]));
    }
}
