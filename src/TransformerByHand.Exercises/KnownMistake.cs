namespace TransformerByHand.Exercises;

/// <summary>A wrong answer that learners are known to give.</summary>
/// <param name="Name">What is done wrong, in a few words: "divides by N − 1".</param>
/// <param name="Sentence">What the learner reads when an answer behaves like this one.</param>
/// <param name="Code">A short answer that makes the mistake.</param>
public abstract record KnownMistake(string Name, string Sentence, Delegate Code)
{
    /// <summary>The answers that make the mistake: <see cref="Code"/>, then its variants.</summary>
    public abstract IReadOnlyList<Delegate> Codes { get; }

    /// <summary>
    /// Whether the sentence is true of every answer that throws where this one does and otherwise returns zeros or what is
    /// right. Such an answer shows no numbers of its own and fits many mistakes: without this it is not taken for any of them.
    /// </summary>
    public bool HoldsWithoutNumbers { get; init; }
}

/// <inheritdoc cref="KnownMistake"/>
/// <typeparam name="TAnswer">The exercise's signature.</typeparam>
public sealed record KnownMistake<TAnswer>(string Name, string Sentence, TAnswer Answer) : KnownMistake(Name, Sentence, Answer)
    where TAnswer : Delegate
{
    /// <summary>Other answers that make the same mistake with other numbers: with another constant, say, or without a guard.</summary>
    public IReadOnlyList<TAnswer> Variants { get; init; } = [];

    /// <inheritdoc/>
    public override IReadOnlyList<Delegate> Codes => [.. Answers];

    internal IReadOnlyList<TAnswer> Answers => [Answer, .. Variants];
}
