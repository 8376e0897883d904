namespace TransformerByHand.Text;

/// <summary>Cuts text into tokens, and turns each into the number that a model sees.</summary>
public interface ITokeniser
{
    /// <summary>The tokens there are.</summary>
    Vocabulary Vocabulary { get; }

    /// <summary>Turns text into ids.</summary>
    /// <param name="text">Any text.</param>
    /// <exception cref="ArgumentException">The text holds something that no token stands for.</exception>
    int[] Encode(string text);

    /// <summary>Turns ids back into text.</summary>
    /// <param name="ids">Ids of the vocabulary.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no token with that id.</exception>
    string Decode(IEnumerable<int> ids);
}
