namespace TransformerByHand.Text.Corpora;

/// <summary>What a story asks of a model.</summary>
public enum StoryKind
{
    /// <summary>The verb agrees with a noun that is not the nearest: 'the dogs near the house | are'.</summary>
    Agreement,

    /// <summary>'It' is one of two nouns, and the last adjective says which: 'because it was too tired. what was too tired? the | animal'.</summary>
    Coreference,

    /// <summary>'Bank' is where the river ends or where the money is: only the sentence before it says which.</summary>
    Bank,
}

/// <summary>A short text with one place at which the right word is known.</summary>
/// <param name="Kind">What it asks.</param>
/// <param name="Beginning">The text up to that place.</param>
/// <param name="Answer">The right word.</param>
/// <param name="End">The rest of the text.</param>
public sealed record Story(StoryKind Kind, string Beginning, string Answer, string End)
{
    /// <summary>The whole text.</summary>
    public string Text => $"{Beginning} {Answer}{End}";
}
