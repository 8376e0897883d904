namespace TransformerByHand.Exercises;

/// <summary>Ways to be wrong that any exercise can meet, told only where every input shows the same one.</summary>
internal static class CommonPatterns
{
    /// <summary>Returns a sentence that fits all results, or null.</summary>
    public static string? Recognise(IReadOnlyList<(Value Expected, Value Actual)> results, Tolerance tolerance)
    {
        if (results.All(pair => pair.Expected.Agrees(pair.Actual, tolerance))) return null;
        if (results.Any(pair => pair.Actual.Places().Any(entry => entry.Entry is null))) return null;
        if (results.All(pair => IsTransposed(pair.Expected, pair.Actual, tolerance))) return "These are the right numbers, transposed: rows and columns have changed places.";
        if (TransposedParts(results, tolerance) is { Count: > 0 } parts)
            return $"{Findings.Listed(parts)} {(parts.Count == 1 ? "holds" : "hold")} the right numbers, transposed: rows and columns have changed places.";
        if (results.All(pair => IsVectorWithout(pair.Expected, pair.Actual, missing: ^1, tolerance))) return "The numbers are right, but the last one is missing.";
        if (results.All(pair => IsVectorWithout(pair.Expected, pair.Actual, missing: 0, tolerance))) return "The numbers are right, but the first one is missing.";
        if (results.All(pair => AgreeInOrder(pair.Expected, pair.Actual, tolerance))) return "The right numbers in the right order, but arranged in another shape.";
        return Factor(results, tolerance);
    }

    /// <summary>The parts of a pair or triple that are transposed on every input, if the others are right; or null.</summary>
    private static List<string>? TransposedParts(IReadOnlyList<(Value Expected, Value Actual)> results, Tolerance tolerance)
    {
        if (results[0].Expected is not Value.Group { IsList: false } first) return null;
        var transposed = new List<string>();
        for (int part = 0; part < first.Parts.Count; part++)
        {
            var pairs = results.Select(pair => (Expected: PartOf(pair.Expected, part), Actual: PartOf(pair.Actual, part))).ToList();
            if (pairs.All(pair => pair.Expected.Agrees(pair.Actual, tolerance))) continue;
            if (!pairs.All(pair => IsTransposed(pair.Expected, pair.Actual, tolerance))) return null;
            transposed.Add($"`{first.Parts[part].Name}`");
        }
        return transposed;
    }

    private static Value PartOf(Value group, int part) => ((Value.Group)group).Parts[part].Value;

    private static bool IsTransposed(Value expected, Value actual, Tolerance tolerance) =>
        expected is Value.Numbers { IsMatrix: true } e && actual is Value.Numbers { IsMatrix: true } a
        && Transpose(e).Agrees(a, tolerance);

    private static Value.Numbers Transpose(Value.Numbers matrix) => new(
        [.. from j in Enumerable.Range(0, matrix.Columns) from i in Enumerable.Range(0, matrix.Rows) select matrix.At(i, j)],
        matrix.Columns, matrix.Rows, IsMatrix: true);

    private static bool IsVectorWithout(Value expected, Value actual, Index missing, Tolerance tolerance)
    {
        if (expected is not Value.Numbers { IsMatrix: false } e || actual is not Value.Numbers { IsMatrix: false } a) return false;
        if (e.Columns != a.Columns + 1) return false;
        double[] rest = missing.IsFromEnd ? e.Entries[..^1] : e.Entries[1..];
        return rest.Zip(a.Entries).All(pair => tolerance.Allows(pair.First, pair.Second));
    }

    private static bool AgreeInOrder(Value expected, Value actual, Tolerance tolerance)
    {
        object?[] e = [.. expected.Places().Select(entry => entry.Entry)], a = [.. actual.Places().Select(entry => entry.Entry)];
        return e.Length == a.Length && e.Zip(a).All(pair => Value.Agree(pair.First, pair.Second, tolerance));
    }

    private static string? Factor(IReadOnlyList<(Value Expected, Value Actual)> results, Tolerance tolerance)
    {
        if (results.Any(pair => pair.Expected.Shape != pair.Actual.Shape)) return null;
        var entries = results.SelectMany(pair => pair.Expected.Places().Zip(pair.Actual.Places(), (e, a) => (Expected: e.Entry, Actual: a.Entry))).ToList();
        var numbers = entries.Select(entry => (Expected: entry.Expected as double?, Actual: entry.Actual as double?)).ToList();
        if (numbers.Any(number => number.Expected is null || number.Actual is null)) return null;
        if (numbers.Count(number => number.Expected != 0) < 2) return null;

        // The largest expected number gives the factor with the least rounding error.
        var largest = numbers.MaxBy(number => Math.Abs(number.Expected!.Value));
        double factor = largest.Actual!.Value / largest.Expected!.Value;
        if (!double.IsFinite(factor) || !numbers.All(number => tolerance.Allows(factor * number.Expected!.Value, number.Actual!.Value))) return null;

        return factor switch
        {
            0 => "Every number is 0: is the result ever filled in? (A quotient of whole numbers, such as 1 / 2, is 0 in C# as well.)",
            _ when tolerance.Allows(-1, factor) => "These are the right numbers with the opposite sign.",
            _ => $"Every number is {ValueText.Number(factor)} times the right one, on every input.",
        };
    }
}
