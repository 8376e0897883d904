namespace TransformerByHand.Exercises;

/// <summary>What judging an answer came to, before it is put on a card.</summary>
/// <param name="Outcome">How the check ended.</param>
/// <param name="Parts">What the card says.</param>
/// <param name="Mistake">The known mistake that the answer makes, or null.</param>
/// <param name="Pattern">What the numbers alone say of it where it makes none, or null.</param>
internal sealed record Verdict(CheckOutcome Outcome, IReadOnlyList<CardPart> Parts, KnownMistake? Mistake = null, string? Pattern = null)
{
    /// <summary>An answer that throws <see cref="NotImplementedException"/> is a stub, in whole or in part.</summary>
    public static Verdict Stub(bool always) => new(CheckOutcome.NotAttempted,
    [
        new CardPart.Paragraph(always
            ? "The stub is still in place. Replace `throw new NotImplementedException();` with your own code and run the cell again. (If you have: one of your other functions that it calls may still be a stub.)"
            : "Your code still reaches a `throw new NotImplementedException();` for some inputs. Replace it and run the cell again."),
    ]);

    /// <summary>What to say of an answer that did not come back.</summary>
    public static Verdict TimedOut(Watchdog.End end, TimeSpan limit, IEnumerable<CardPart> where) => new(CheckOutcome.TimedOut,
    [
        new CardPart.Paragraph($"It had not come back after {ValueText.Number(limit.TotalSeconds)} seconds."),
        .. where,
        new CardPart.Paragraph("Look for a loop whose condition never becomes false, or for code that waits."),
        new CardPart.Note(end == Watchdog.End.Stopped
            ? "It was stopped. The kernel and your variables are as they were."
            : "It goes on in the background and keeps one processor core busy. You can work on, your variables are as they were; restart the kernel when it suits you."),
    ]);

    /// <summary>Names an exception as a learner meets it: type and message.</summary>
    public static string Describe(Exception e) => $"`{e.GetType().Name}`: {e.Message.ReplaceLineEndings(" ").Replace('`', '\'')}";
}
