using System.Collections;

namespace TransformerByHand.Text;

/// <summary>A list of different tokens; the id of a token is its place.</summary>
public sealed class Vocabulary : IReadOnlyList<string>
{
    private readonly string[] tokens;
    private readonly Dictionary<string, int> ids;

    /// <summary>Numbers tokens in the order given.</summary>
    /// <param name="tokens">The tokens; all different.</param>
    /// <exception cref="ArgumentException">A token occurs twice.</exception>
    public Vocabulary(IEnumerable<string> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        this.tokens = [.. tokens];
        ids = new(StringComparer.Ordinal);
        for (int id = 0; id < this.tokens.Length; id++)
            if (!ids.TryAdd(this.tokens[id], id))
                throw new ArgumentException($"The token '{this.tokens[id]}' occurs twice, at {ids[this.tokens[id]]} and {id}.", nameof(tokens));
    }

    /// <summary>How many tokens there are.</summary>
    public int Count => tokens.Length;

    /// <summary>The token with an id.</summary>
    /// <param name="id">The id, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such id.</exception>
    public string this[int id] => (uint)id < (uint)tokens.Length ? tokens[id]
        : throw new ArgumentOutOfRangeException(nameof(id), id, $"The vocabulary has ids 0 to {tokens.Length - 1}.");

    /// <summary>The id of a token, or null if it is not in the vocabulary.</summary>
    /// <param name="token">The token.</param>
    public int? Find(string token) => ids.TryGetValue(token, out int id) ? id : null;

    /// <summary>The id of a token.</summary>
    /// <param name="token">The token.</param>
    /// <exception cref="ArgumentException">It is not in the vocabulary.</exception>
    public int IdOf(string token) => Find(token) ?? throw new ArgumentException($"'{token}' is not one of the {Count} tokens of the vocabulary.", nameof(token));

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)tokens).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
