namespace TransformerByHand.Exercises;

/// <summary>Answers that are nearly right: what the size of the error says about where it comes from.</summary>
internal static class Precision
{
    /// <summary>Relative to the largest number, what single precision leaves: 2⁻²⁴ is 6e-8, and a computation makes it a few times that.</summary>
    private const double SingleFrom = 4e-9, SingleTo = 2e-6;

    /// <summary>Returns a sentence where every number is right to a few millionths, and not within the tolerance; else null.</summary>
    /// <param name="results">What was expected and what came, on every input.</param>
    /// <param name="isGradient">Whether the exercise asks for a gradient, which some measure by differences.</param>
    public static string? Recognise(IReadOnlyList<(Value Expected, Value Actual)> results, bool isGradient)
    {
        if (results.Any(pair => pair.Expected.Shape != pair.Actual.Shape)) return null;
        double worst = 0;
        bool allSingle = true, anyFraction = false;
        foreach ((Value expected, Value actual) in results)
        {
            var entries = expected.Places().Zip(actual.Places(), (e, a) => (Expected: e.Entry, Actual: a.Entry)).ToList();
            double scale = entries.Select(entry => entry.Expected is double e && double.IsFinite(e) ? Math.Abs(e) : 0).DefaultIfEmpty(0).Max();
            foreach (var entry in entries)
            {
                if (entry is not { Expected: double e, Actual: double a })
                {
                    if (!Equals(entry.Expected, entry.Actual)) return null;
                    continue;
                }
                if (e.Equals(a)) continue;
                if (!double.IsFinite(e - a) || scale == 0) return null;
                worst = Math.Max(worst, Math.Abs(e - a) / scale);
                allSingle &= (float)a == a;
                anyFraction |= a != Math.Round(a);
            }
        }
        if (worst is 0 or > SingleTo) return null;

        string size = ValueText.Number(Math.Pow(10, Math.Ceiling(Math.Log10(worst))));
        if (allSingle && anyFraction && worst >= SingleFrom) return "Every number that you return has the precision of a `float`, seven digits. Use `double` from beginning to end.";
        if (isGradient)
        {
            return worst < SingleFrom
                ? $"Your numbers are right to {size}: that is as near as a difference quotient comes, (L(x + h) − L(x − h)) / 2h. Asked for is the formula, which is exact."
                : $"Your numbers are right to {size}: that is as near as single precision comes (is there a `float` in between?), or a difference quotient. Use `double`, and the formula, which is exact.";
        }
        return worst < SingleFrom
            ? $"Your numbers are right to {size}, which is more than rounding: look for a constant with too few digits, or for two large numbers that are subtracted."
            : $"Your numbers are right to {size}: that is single precision. Is there a `float` in between, or a constant with too few digits?";
    }
}
