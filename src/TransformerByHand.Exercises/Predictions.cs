using System.Globalization;

namespace TransformerByHand.Exercises;

/// <summary>Predict first, then look: a learner's guesses and what became of them.</summary>
/// <remarks>Notebooks import this class with <c>using static</c>. Nothing here throws into a lesson.</remarks>
public static class Predictions
{
    /// <summary>Records a guess. A later guess replaces it, until the outcome has been revealed.</summary>
    /// <param name="id">The prediction's id, such as "00.1".</param>
    /// <param name="guess">A number, or a choice such as "a"; null while it is not filled in, which records nothing.</param>
    /// <param name="choices">
    /// The letters that there are to choose from, such as "abc"; null where none are named. A guess of another kind is
    /// answered with a warning and not recorded. Where no letters are named its kind shows only in the outcome.
    /// </param>
    public static Card Predict(string id, object? guess, string? choices = null)
    {
        if (guess is null && choices is not null)
            return Show(Tone.Neutral, "Not predicted yet", id, [new CardPart.Paragraph($"Write {Letters(choices)} in place of `null`, such as `Predict(\"{id}\", \"{choices[0]}\", choices: \"{choices}\")`, and run the cell. A guess costs nothing, and being wrong is where the lesson begins.")]);
        if (guess is null)
            return Show(Tone.Neutral, "Not predicted yet", id, [new CardPart.Paragraph($"Write your guess in place of `null`, a number such as `Predict(\"{id}\", 0.5)` or, where there are choices, a letter such as `Predict(\"{id}\", \"a\")`, and run the cell. A guess costs nothing, and being wrong is where the lesson begins.")]);
        if (AsGuess(guess) is not { } read)
            return Show(Tone.Neutral, "Not recorded", id, [new CardPart.Paragraph($"A guess is a finite number or a letter in quotation marks, but this is {Described(guess)}.")]);

        if (choices is not null && !choices.Any(letter => SameChoice(read.Choice ?? "", letter.ToString())))
            return Show(Tone.Open, "Not recorded", id, [new CardPart.Paragraph($"{read} is none of the choices. Answer {Letters(choices)}, in quotation marks.")]);

        PredictionProgress before = new();
        (Progress progress, string? message) = ProgressStore.Current.Change(current =>
        {
            before = current.Prediction(id);
            if (before is { Revealed: true, Guess: not null } || IsOfAnotherKind(read, before.Outcome)) return current;
            return current.With(id, before with { Guess = read, MadeAfterReveal = before.Revealed });
        });
        PredictionProgress kept = progress.Prediction(id);

        if (IsOfAnotherKind(read, kept.Outcome))
            return Show(Tone.Open, "Not recorded", id, [new CardPart.Paragraph($"{OfAnotherKind(read)} It is not recorded.")], message);
        if (kept.Guess != read)
            return Show(Tone.Neutral, "Kept as it was", id, [new CardPart.Paragraph($"You predicted {kept.Guess} before the answer was revealed, and that is the prediction that counts. {read} is not recorded.")], message);
        return Show(Tone.Neutral, $"Predicted {read}", id,
            [new CardPart.Paragraph(kept.MadeAfterReveal ? "Recorded, and marked as made after the answer was shown." : "Recorded. Now find out.")], message);
    }

    /// <summary>Reveals a number beside the guess.</summary>
    /// <param name="id">The prediction's id.</param>
    /// <param name="measured">The number.</param>
    /// <param name="calculated">Whether it comes from a formula and was not measured.</param>
    public static Card Reveal(string id, double measured, bool calculated = false) => Reveal(id, new Guess(measured, null), calculated);

    /// <summary>Reveals the right choice beside the guess, and says of the guessed letter why it is wrong, or right.</summary>
    /// <param name="id">The prediction's id.</param>
    /// <param name="answer">The right letter.</param>
    /// <param name="why">
    /// For each wrong letter, and for the right one if there is something to say, a sentence that answers who chose it:
    /// <c>why: [("a", "The sum is over tokens, not features."), ("c", "…")]</c>. Without a guess the right letter's is shown.
    /// </param>
    public static Card Reveal(string id, string answer, params (string Choice, string Sentence)[] why) => Reveal(id, new Guess(null, answer), calculated: false, why ?? []);

    private static Card Reveal(string id, Guess outcome, bool calculated, params (string Choice, string Sentence)[] why)
    {
        CardPart[] Because(string choice) =>
            [.. why.Where(reason => SameChoice(reason.Choice, choice)).Take(1).Select(reason => new CardPart.Advice(reason.Sentence))];

        string? message = null;
        Guess? misfit = null;
        Progress progress;
        // A measurement that failed is shown, but has nothing to say about a guess.
        if (outcome.Number is double number && !double.IsFinite(number)) (progress, message) = ProgressStore.Current.Load();
        else
        {
            (progress, message) = ProgressStore.Current.Change(current =>
            {
                PredictionProgress before = current.Prediction(id);
                if (IsOfAnotherKind(before.Guess, outcome)) (misfit, before) = (before.Guess, before with { Guess = null, MadeAfterReveal = false });
                return current.With(id, before with { Outcome = outcome });
            });
        }

        if (misfit is not null)
            return Show(Tone.Open, $"Answer: {outcome}", id, [new CardPart.Paragraph($"You predicted {misfit}. {OfAnotherKind(misfit)} It is not counted as a guess.")], message);

        PredictionProgress prediction = progress.Prediction(id);
        if (prediction.Guess is not { } guess)
        {
            return Show(Tone.Neutral, $"Answer: {outcome}", id,
                [new CardPart.Paragraph($"There is no prediction to hold against it. Next time run `Predict(\"{id}\", …)` with a guess of yours first."), .. Because(outcome.Choice ?? "")], message);
        }

        string made = prediction.MadeAfterReveal ? " (after the answer had been shown)" : "";
        CardPart[] parts = (guess, outcome) switch
        {
            ({ Number: double g }, { Number: double m }) => [new CardPart.Paragraph($"You predicted {guess}{made}; {(calculated ? "it" : "measured")} is {outcome}."), new CardPart.Paragraph(Gap(g, m, calculated ? "the answer" : "what was measured"))],
            ({ Choice: string g }, { Choice: string m }) => [new CardPart.Paragraph($"You chose {guess}{made}; the answer is {outcome}. {(SameChoice(g, m) ? "That is right." : "That is not the one.")}"), .. Because(g)],
            _ => [new CardPart.Paragraph($"You predicted {guess}{made}; the answer is {outcome}. There is no gap to state.")],
        };
        return Show(Tone.Neutral, $"Answer: {outcome}", id, parts, message);
    }

    private static bool IsOfAnotherKind(Guess? guess, Guess? outcome) =>
        guess is not null && outcome is not null && guess.Number is null != outcome.Number is null;

    private static string OfAnotherKind(Guess guess) => guess.Number is null
        ? "The answer is a number, and your guess is not."
        : "The answer is one of the choices, and your guess is a number.";

    private static string Letters(string choices) =>
        string.Join(", ", choices[..^1].Select(letter => $"`\"{letter}\"`")) + $" or `\"{choices[^1]}\"`";

    private static string Gap(double guess, double measured, string right)
    {
        if (!double.IsFinite(measured)) return "There is no gap to state.";
        double gap = guess - measured;
        if (gap == 0) return "The gap is 0: exactly right.";
        string absolute = $"The gap is {ValueText.Number(Math.Abs(gap), 4)}: your guess is too {(gap > 0 ? "high" : "low")}";
        // How many percent one is of nine says less than that it is one.
        bool counted = double.IsInteger(guess) && double.IsInteger(measured) && Math.Abs(measured) < 100;
        return measured == 0 ? $"{absolute}."
            : Math.Abs(gap / measured) > 10 ? $"{absolute}, {Display.Numbers.Format(Math.Abs(guess / measured), 2)} times {right}."
            : counted ? $"{absolute}."
            : $"{absolute} by {ValueText.Number(Math.Abs(gap / measured) * 100, 3)} % of {right}.";
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
