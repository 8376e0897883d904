namespace TransformerByHand.Exercises;

/// <summary>An implementation that a learner's test is tried on.</summary>
/// <typeparam name="TImplementation">The signature of what is tested.</typeparam>
/// <param name="Name">How it works, or what it gets wrong, in a few words: "divides by the largest".</param>
/// <param name="Sentence">What the learner reads when the test judges it wrongly.</param>
/// <param name="Code">The implementation.</param>
public sealed record Implementation<TImplementation>(string Name, string Sentence, TImplementation Code)
    where TImplementation : Delegate;
