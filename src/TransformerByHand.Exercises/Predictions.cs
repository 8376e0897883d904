using System.Globalization;

namespace TransformerByHand.Exercises;

/// <summary>Predict first, then look: a learner's guesses and what became of them.</summary>
/// <remarks>Notebooks import this class with <c>using static</c>. Nothing here throws into a lesson.</remarks>
public static class Predictions
{
    /// <summary>Records a guess. A later guess replaces it, until the outcome has been revealed.</summary>
    /// <param name="id">The prediction's id, such as "00.1".</param>
    /// <param name="guess">A number, or a choice such as "a"; null while it is not filled in, which records nothing.</param>
    public static Card Predict(string id, object? guess)
    {
        if (guess is null)
            return Show(Tone.Neutral, "Not predicted yet", id, [new CardPart.Paragraph($"Write your guess in place of `null`, a number such as `Predict(\"{id}\", 0.5)` or, where there are choices, a letter such as `Predict(\"{id}\", \"a\")`, and run the cell. A guess costs nothing, and being wrong is where the lesson begins.")]);
        if (AsGuess(guess) is not { } read)
            return Show(Tone.Neutral, "Not recorded", id, [new CardPart.Paragraph($"A guess is a finite number or a letter in quotation marks, but this is {Described(guess)}.")]);

        PredictionProgress before = new();
        (Progress progress, string? message) = ProgressStore.Current.Change(current =>
        {
            before = current.Prediction(id);
            if (before is { Revealed: true, Guess: not null }) return current;
            return current.With(id, before with { Guess = read, MadeAfterReveal = before.Revealed });
        });
        PredictionProgress kept = progress.Prediction(id);

        if (kept.Guess != read)
            return Show(Tone.Neutral, "Kept as it was", id, [new CardPart.Paragraph($"You predicted {kept.Guess} before the answer was revealed, and that is the prediction that counts. {read} is not recorded.")], message);
        return Show(Tone.Neutral, $"Predicted {read}", id,
            [new CardPart.Paragraph(kept.MadeAfterReveal ? "Recorded, and marked as made after the answer was shown." : "Recorded. Now find out.")], message);
    }

    /// <summary>Reveals a measured number beside the guess.</summary>
    public static Card Reveal(string id, double measured) => Reveal(id, new Guess(measured, null));

    /// <summary>Reveals the right choice beside the guess.</summary>
    public static Card Reveal(string id, string answer) => Reveal(id, new Guess(null, answer));

    private static Card Reveal(string id, Guess outcome)
    {
        string? message = null;
        Progress progress;
        // A measurement that failed is shown, but has nothing to say about a guess.
        if (outcome.Number is double number && !double.IsFinite(number)) (progress, message) = ProgressStore.Current.Load();
        else (progress, message) = ProgressStore.Current.Change(current => current.With(id, current.Prediction(id) with { Outcome = outcome }));

        PredictionProgress prediction = progress.Prediction(id);
        if (prediction.Guess is not { } guess)
        {
            return Show(Tone.Neutral, $"Answer: {outcome}", id,
                [new CardPart.Paragraph($"There is no prediction to hold against it. Next time run `Predict(\"{id}\", …)` with a guess of yours first.")], message);
        }

        string made = prediction.MadeAfterReveal ? " (after the answer had been shown)" : "";
        CardPart[] parts = (guess, outcome) switch
        {
            ({ Number: double g }, { Number: double m }) => [new CardPart.Paragraph($"You predicted {guess}{made}; measured is {outcome}."), new CardPart.Paragraph(Gap(g, m))],
            ({ Choice: string g }, { Choice: string m }) => [new CardPart.Paragraph($"You chose {guess}{made}; the answer is {outcome}. {(SameChoice(g, m) ? "That is right." : "That is not the one.")}")],
            _ => [new CardPart.Paragraph($"You predicted {guess}{made}; the answer is {outcome}. One is a number and the other is not, so there is no gap to state.")],
        };
        return Show(Tone.Neutral, $"Answer: {outcome}", id, parts, message);
    }

    private static string Gap(double guess, double measured)
    {
        if (!double.IsFinite(measured)) return "There is no gap to state.";
        double gap = guess - measured;
        if (gap == 0) return "The gap is 0: exactly right.";
        string absolute = $"The gap is {ValueText.Number(Math.Abs(gap), 4)}: your guess is too {(gap > 0 ? "high" : "low")}";
        return measured == 0
            ? $"{absolute}."
            : Math.Abs(gap / measured) > 10 ? $"{absolute}, {Display.Numbers.Format(Math.Abs(guess / measured), 2)} times what was measured."
            : $"{absolute} by {ValueText.Number(Math.Abs(gap / measured) * 100, 3)} % of what was measured.";
    }

    private static bool SameChoice(string guess, string answer) => string.Equals(guess.Trim(), answer.Trim(), StringComparison.OrdinalIgnoreCase);

    private static Guess? AsGuess(object guess) => guess switch
    {
        string number when double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) => new Guess(value, null),
        string choice when !string.IsNullOrWhiteSpace(choice) => new Guess(null, choice.Trim()),
        char choice => new Guess(null, choice.ToString()),
        bool choice => new Guess(null, choice ? "true" : "false"),
        double or float or decimal or int or long or short or byte when Convert.ToDouble(guess, CultureInfo.InvariantCulture) is var number && double.IsFinite(number) => new Guess(number, null),
        _ => null,
    };

    private static string Described(object guess) => guess switch
    {
        double or float => ValueText.Number(Convert.ToDouble(guess, CultureInfo.InvariantCulture)),
        string => "an empty string",
        _ => $"a `{guess.GetType().Name}`",
    };

    private static Card Show(Tone tone, string headline, string id, IEnumerable<CardPart> parts, string? message = null) =>
        new(tone, headline, $"Prediction {id}", [.. parts, .. message is null ? Array.Empty<CardPart>() : [new CardPart.Note(message)]]);
}
