namespace TransformerByHand.Exercises;

/// <summary>What is wrong with one call, in the order in which a learner should mend it.</summary>
internal static class Findings
{
    private const int MostPlaces = 4;

    /// <summary>Returns what is wrong, or nothing. A misdeed that the reference solution commits too is part of the exercise.</summary>
    /// <param name="expected">What the reference solution did.</param>
    /// <param name="actual">What the answer did.</param>
    /// <param name="tolerance">How far a number may be off.</param>
    /// <param name="explained">Whether a known mistake says why: then nothing is guessed about a NaN or an infinity.</param>
    public static IReadOnlyList<CardPart> Of(Call expected, Call actual, Tolerance tolerance, bool explained = false)
    {
        var findings = new List<CardPart>();
        if (!expected.Result!.Agrees(actual.Result!, tolerance)) findings.AddRange(InResult(expected.Result!, actual.Result!, tolerance, explained));

        foreach (var (name, before, after) in actual.Changed.Where(change => expected.Changed.All(its => its.Name != change.Name)))
        {
            findings.Add(new CardPart.Advice($"Your answer changes its argument `{name}`. Whoever called it still needs the old numbers: write into a new array or matrix."));
            int digits = DigitsThatDiffer(before, after);
            findings.Add(new CardPart.Listing($"{name} before and after the call", $"{ValueText.Named("before", before, digits)}\n{ValueText.Named("after ", after, digits)}"));
        }

        foreach (string name in actual.Aliased.Except(expected.Aliased))
            findings.Add(new CardPart.Advice($"Your answer hands back `{name}` itself, or a view of its memory. Changing one would change the other: return a new array or matrix."));

        return findings;
    }

    /// <summary>Says of results within the tolerance how near they are: exact, or close, and how close.</summary>
    public static string Nearness(IEnumerable<(Call Expected, Call Actual)> calls, Tolerance tolerance)
    {
        (double Expected, double Distance)[] places = [.. calls
            .SelectMany(call => call.Expected.Result!.Places().Zip(call.Actual.Result!.Places()))
            .Select(pair => pair.First.Entry is double expected && pair.Second.Entry is double actual ? (Math.Abs(expected), Distance(expected, actual)) : (0, 0))];
        string allowed = $"(a number may be off by {tolerance})";
        double largest = places.Select(place => place.Distance).DefaultIfEmpty(0).Max();
        if (largest == 0) return $"exact, not a bit differs {allowed}";
        // A bound and not the digits: rounding noise differs between machines. Where it looks larger than what is allowed, the numbers are large.
        double bound = PowerOfTen(largest);
        string size = bound > tolerance.Room(1) ? $", in numbers of up to {ValueText.Number(PowerOfTen(places.Where(place => double.IsFinite(place.Expected)).Max(place => place.Expected)))}" : "";
        return $"close, no number is off by more than {ValueText.Number(bound)}{size} {allowed}";
    }

    private static double PowerOfTen(double above) => Math.Pow(10, Math.Floor(Math.Log10(above)) + 1);

    private static IEnumerable<CardPart> InResult(Value expected, Value actual, Tolerance tolerance, bool explained)
    {
        int digits = DigitsThatDiffer(expected, actual);
        yield return new CardPart.Listing("What came out", $"{ValueText.Named("expected", expected, digits)}\n{ValueText.Named("yours   ", actual, digits)}");

        if (actual.Places().FirstOrDefault(place => place.Entry is null).Path is { } empty)
        {
            yield return new CardPart.Advice(empty.Length == 0 ? "Your answer returned `null`." : $"Your answer left `{empty}` at `null`.");
            yield break;
        }

        if (Parts(expected, actual) is { } parts)
        {
            string[] right = [.. parts.Where(part => part.Expected.Agrees(part.Actual, tolerance)).Select(part => $"`{part.Name}`")];
            string[] wrong = [.. parts.Where(part => !part.Expected.Agrees(part.Actual, tolerance)).Select(part => $"`{part.Name}`")];
            if (right.Length > 0) yield return new CardPart.Paragraph($"{Listed(right)} {(right.Length == 1 ? "is" : "are")} right; {Listed(wrong)} {(wrong.Length == 1 ? "is" : "are")} not.");
        }

        if (expected.Shape != actual.Shape)
        {
            yield return new CardPart.Advice($"The shape is not right: yours is {actual.Shape}, expected is {expected.Shape}.");
            yield break;
        }

        var all = expected.Places().Zip(actual.Places(), (e, a) => (e.Path, Expected: e.Entry, Actual: a.Entry)).ToList();
        var places = all.Where(place => !Value.Agree(place.Expected, place.Actual, tolerance)).ToList();

        var strange = places.FirstOrDefault(place => place is { Expected: double e, Actual: double a } && double.IsFinite(e) && !double.IsFinite(a));
        if (!explained && strange.Actual is double number)
        {
            bool masks = all.Any(place => place.Expected is double.NegativeInfinity);
            yield return new CardPart.Advice($"{(strange.Path.Length == 0 ? "Yours" : $"`{strange.Path}`")} is {NotFinite(number, masks)}.");
        }

        if (all.Count == 1)
        {
            if (places[0] is { Expected: double e, Actual: double a } && double.IsFinite(a))
                yield return new CardPart.Paragraph($"They differ by {ValueText.Number(Math.Abs(a - e))}.");
            yield break;
        }

        double largest = places.Max(place => place is { Expected: double e, Actual: double a } ? Distance(e, a) : 0);
        yield return new CardPart.Paragraph($"They differ at {places.Count} of {all.Count} places{(largest > 0 && places.Count > 1 ? $", by up to {ValueText.Number(largest)}" : "")}{(places.Count > MostPlaces ? $", first at these {MostPlaces}" : "")}:");
        yield return new CardPart.Items([.. places.Take(MostPlaces).Select(place => OnePlace(place.Path, place.Expected, place.Actual))]);
    }

    // Where −∞ is part of the right answer, as in a mask, it is no accident but in the wrong place.
    private static string NotFinite(double number, bool masks) => number switch
    {
        double.NaN => "NaN: not a number. Look for 0/0, a root or logarithm of a negative number, or ∞ − ∞",
        double.NegativeInfinity when masks => "hidden (−∞), and should be visible",
        double.NegativeInfinity => "−∞. Look for a logarithm of 0, or a negative number divided by 0",
        _ => "infinite. Look for a division by 0 or an exponential of a large number",
    };

    private static string OnePlace(string path, object? expected, object? actual)
    {
        string gap = expected is double e && actual is double a && double.IsFinite(e) && double.IsFinite(a) ? $", off by {ValueText.Number(Math.Abs(a - e))}" : "";
        Value first = new Value.Single(expected), second = new Value.Single(actual);
        int digits = DigitsThatDiffer(first, second);
        return $"`{path}`: expected {ValueText.Of(first, digits)}, yours {ValueText.Of(second, digits)}{gap}";
    }

    private static List<(string Name, Value Expected, Value Actual)>? Parts(Value expected, Value actual) =>
        expected is Value.Group { IsList: false } e && actual is Value.Group { IsList: false } a
            ? [.. e.Parts.Zip(a.Parts, (first, second) => (first.Name, first.Value, second.Value))]
            : null;

    // Equal numbers, infinities and NaN among them, are no distance apart; and where one side is no number there is none to state.
    private static double Distance(double expected, double actual) =>
        expected.Equals(actual) || expected == actual || !double.IsFinite(actual - expected) ? 0 : Math.Abs(actual - expected);

    // Two numbers that differ must not look the same.
    private static int DigitsThatDiffer(Value first, Value second) =>
        new[] { ValueText.Digits, 10 }.FirstOrDefault(digits => ValueText.Of(first, digits) != ValueText.Of(second, digits), 15);

    /// <summary>The names as a sentence has them: "a", "a and b", "a, b and c".</summary>
    internal static string Listed(IReadOnlyList<string> names) =>
        names.Count == 1 ? names[0] : string.Join(", ", names.SkipLast(1)) + " and " + names[^1];
}
