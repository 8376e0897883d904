namespace TransformerByHand.Exercises;

/// <summary>The colour of a card's edge. It repeats what the headline says in words and carries nothing of its own.</summary>
internal enum Tone
{
    Neutral,
    Good,
    Open,
    Bad,
}
