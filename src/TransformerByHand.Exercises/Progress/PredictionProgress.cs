using System.Text.Json.Serialization;

namespace TransformerByHand.Exercises;

/// <summary>A guess and what it was measured against.</summary>
/// <param name="Guess">The guess that counts, or null if there was none.</param>
/// <param name="Outcome">What was revealed, or null if nothing has been yet.</param>
/// <param name="MadeAfterReveal">Whether the outcome had been shown before the guess was made.</param>
public sealed record PredictionProgress(Guess? Guess = null, Guess? Outcome = null, bool MadeAfterReveal = false)
{
    /// <summary>Whether the outcome has been shown.</summary>
    [JsonIgnore]
    public bool Revealed => Outcome is not null;
}
