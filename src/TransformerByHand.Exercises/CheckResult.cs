namespace TransformerByHand.Exercises;

/// <summary>What <c>Check</c> shows.</summary>
public sealed class CheckResult : Card
{
    internal CheckResult(CheckOutcome outcome, Exercise exercise, IEnumerable<CardPart> parts, KnownMistake? mistake, string? explanation = null)
        : base(ToneOf(outcome), HeadlineOf(outcome), exercise.Subject, parts)
    {
        Outcome = outcome;
        Explanation = mistake?.Sentence ?? explanation;
        ExerciseId = exercise.Id;
        Mistake = mistake;
    }

    /// <summary>How the check ended.</summary>
    public CheckOutcome Outcome { get; }

    /// <summary>The exercise's id, such as "00.1".</summary>
    public string ExerciseId { get; }

    /// <summary>The known mistake that the answer behaves like, or null.</summary>
    public KnownMistake? Mistake { get; }

    /// <summary>The sentence that says what was done wrong, from a known mistake or from the numbers alone; null where none fits.</summary>
    public string? Explanation { get; }

    private static string HeadlineOf(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Passed => "Passed",
        CheckOutcome.NotAttempted => "Not attempted",
        CheckOutcome.Wrong => "Wrong",
        CheckOutcome.Crashed => "Crashed",
        _ => "Timed out",
    };

    private static Tone ToneOf(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Passed => Tone.Good,
        CheckOutcome.NotAttempted => Tone.Neutral,
        CheckOutcome.Wrong => Tone.Open,
        _ => Tone.Bad,
    };
}
