namespace TransformerByHand.Exercises;

/// <summary>
/// The mistakes that can be seen in the result alone: what the right numbers have become. Every sentence is true of the
/// numbers on all inputs; where it asks for the cause, it asks.
/// </summary>
internal static class ResultChanges
{
    /// <summary>One wrong part of a result on one input, with the sizes of the arguments that belong to it.</summary>
    public sealed record Pair(Value.Numbers Expected, Value.Numbers Actual, IReadOnlyList<double> Sizes);

    private static readonly (string Sentence, Func<Value.Numbers, int, int, double> Entry)[] Rearranged =
    [
        ("The right rows, in the opposite order.", (e, i, j) => e.At(e.Rows - 1 - i, j)),
        ("The right numbers, in the opposite order along each row.", (e, i, j) => e.At(i, e.Columns - 1 - j)),
        ("All is right but for the last number, which is 0: is it ever filled in?", (e, i, j) => i == e.Rows - 1 && j == e.Columns - 1 ? 0 : e.At(i, j)),
        ("All is right but for the last row, which is 0: does a loop end too early?", (e, i, j) => i == e.Rows - 1 ? 0 : e.At(i, j)),
        ("All is right but for the first row, which is 0: does a loop begin at 1?", (e, i, j) => i == 0 ? 0 : e.At(i, j)),
        ("All is right but for the last number of each row, which is 0: does a loop end too early?", (e, i, j) => j == e.Columns - 1 ? 0 : e.At(i, j)),
        ("All is right but for the first number of each row, which is 0: does a loop begin at 1?", (e, i, j) => j == 0 ? 0 : e.At(i, j)),
        ("The diagonal is right, and everything else is 0.", (e, i, j) => i == j ? e.At(i, j) : 0),
        ("All is right but for the diagonal, which is 0.", (e, i, j) => i == j ? 0 : e.At(i, j)),
        ("All is right up to the diagonal, and above it stands 0.", (e, i, j) => j > i ? 0 : e.At(i, j)),
        ("Each row holds the sum of the right rows up to it: is a sum not set back to 0 between rows?", (e, i, j) => Enumerable.Range(0, i + 1).Sum(k => e.At(k, j))),
        ("Each number is the sum of the right ones up to it in its row: is a sum not set back to 0?", (e, i, j) => Enumerable.Range(0, j + 1).Sum(k => e.At(i, k))),
        ("Every number is the sum of the right ones up to it, row after row: is a sum not set back to 0?", (e, i, j) => Enumerable.Range(0, i * e.Columns + j + 1).Sum(k => e.Entries[k])),
        ("Every row is the right first row.", (e, _, j) => e.At(0, j)),
        ("Every row is the right last row: is one array filled again and again?", (e, _, j) => e.At(e.Rows - 1, j)),
        ("Each row holds its right first number in all places.", (e, i, _) => e.At(i, 0)),
        ("Each row holds its right last number in all places: is one variable filled again and again?", (e, i, _) => e.At(i, e.Columns - 1)),
        ("Each row holds what is right for the row before it.", (e, i, j) => i == 0 ? e.At(0, j) : e.At(i - 1, j)),
        ("The halves of each row have changed places.", (e, i, j) => e.At(i, (j + e.Columns / 2) % e.Columns)),
        ("The upper and the lower half of the rows have changed places.", (e, i, j) => e.At((i + e.Rows / 2) % e.Rows, j)),
        ("These are the right numbers without their signs.", (e, i, j) => Math.Abs(e.At(i, j))),
        ("What is above 0 is right, and everything below is 0.", (e, i, j) => Math.Max(0, e.At(i, j))),
        ("These are the right numbers without what follows the decimal point: was something turned into an `int`?", (e, i, j) => Math.Truncate(e.At(i, j))),
        ("These are the right numbers, rounded to whole ones.", (e, i, j) => Math.Round(e.At(i, j))),
        ("These are the squares of the right numbers.", (e, i, j) => e.At(i, j) * e.At(i, j)),
        ("These are the square roots of the right numbers.", (e, i, j) => Math.Sqrt(e.At(i, j))),
        ("These are 1 divided by the right numbers.", (e, i, j) => 1 / e.At(i, j)),
        ("These are the right numbers, each row divided by its sum.", (e, i, j) => e.At(i, j) / Enumerable.Range(0, e.Columns).Sum(k => e.At(i, k))),
        ("These are the right numbers, less the mean of their row.", (e, i, j) => e.At(i, j) - Enumerable.Range(0, e.Columns).Sum(k => e.At(i, k)) / e.Columns),
    ];

    private static readonly (string Name, Func<Value.Numbers, int, int, bool> Holds)[] Regions =
    [
        ("the very first number", (_, i, j) => i == 0 && j == 0),
        ("the very last number", (e, i, j) => i == e.Rows - 1 && j == e.Columns - 1),
        ("the diagonal", (e, i, j) => e.IsMatrix && i == j),
        ("the last row", (e, i, _) => e.IsMatrix && i == e.Rows - 1),
        ("the first row", (e, i, _) => e.IsMatrix && i == 0),
        ("the last column", (e, _, j) => e.IsMatrix && j == e.Columns - 1),
        ("the first column", (e, _, j) => e.IsMatrix && j == 0),
        ("what stands above the diagonal", (e, i, j) => e.IsMatrix && j > i),
        ("what stands below the diagonal", (e, i, j) => e.IsMatrix && j < i),
        ("the columns with odd numbers", (e, _, j) => e.IsMatrix && j % 2 == 1),
        ("the columns with even numbers", (e, _, j) => e.IsMatrix && j % 2 == 0),
        ("the numbers with an odd index", (e, _, j) => !e.IsMatrix && j % 2 == 1),
        ("the numbers with an even index", (e, _, j) => !e.IsMatrix && j % 2 == 0),
    ];

    private static readonly (string Name, Func<double, double> Of)[] Factors =
    [
        ("{0}", s => s), ("1/{0}", s => 1 / s), ("√{0}", Math.Sqrt), ("1/√{0}", s => 1 / Math.Sqrt(s)),
        ("{0}/({0} − 1)", s => s / (s - 1)), ("({0} − 1)/{0}", s => (s - 1) / s), ("√({0}/({0} − 1))", s => Math.Sqrt(s / (s - 1))), ("√(({0} − 1)/{0})", s => Math.Sqrt((s - 1) / s)),
        ("{0} − 1", s => s - 1), ("1/({0} − 1)", s => 1 / (s - 1)), ("{0}²", s => s * s), ("1/{0}²", s => 1 / (s * s)),
        ("{0}/({0} + 1)", s => s / (s + 1)), ("({0} + 1)/{0}", s => (s + 1) / s),
    ];

    /// <summary>Returns a sentence that is true of all pairs, or null.</summary>
    /// <param name="pairs">The wrong parts on all inputs.</param>
    /// <param name="sizes">The names of the sizes, in the order in which each pair has them.</param>
    /// <param name="tolerance">How far a number may be off.</param>
    public static string? Recognise(IReadOnlyList<Pair> pairs, IReadOnlyList<string> sizes, Tolerance tolerance)
    {
        Pair[] wrong = [.. pairs.Where(pair => !pair.Expected.Agrees(pair.Actual, tolerance))];
        if (wrong.Length == 0) return null;
        if (pairs.Any(pair => pair.Expected.Shape != pair.Actual.Shape)) return Missing(pairs, tolerance);

        foreach ((string sentence, var entry) in Rearranged)
            if (pairs.All(pair => Is(pair, (i, j) => entry(pair.Expected, i, j), tolerance)) && wrong.Any(HasNumbers))
                return sentence;

        return wrong.Any(HasNumbers) ? Factor(pairs, sizes, tolerance) ?? Offset(pairs, tolerance) ?? Where(pairs, tolerance) : Where(pairs, tolerance);
    }

    private static bool HasNumbers(Pair pair) => pair.Actual.Entries.Any(entry => entry != 0 && double.IsFinite(entry));

    private static bool Is(Pair pair, Func<int, int, double> entry, Tolerance tolerance)
    {
        for (int i = 0; i < pair.Expected.Rows; i++)
            for (int j = 0; j < pair.Expected.Columns; j++)
                if (!tolerance.Allows(entry(i, j), pair.Actual.At(i, j))) return false;
        return true;
    }

    // A shape that is one row or column short or long, with the right numbers in the rest.
    private static string? Missing(IReadOnlyList<Pair> pairs, Tolerance tolerance)
    {
        foreach ((string sentence, int rows, int columns, int fromRow, int fromColumn) in new[]
        {
            ("The last row is missing; the others are right.", 1, 0, 0, 0), ("The first row is missing; the others are right.", 1, 0, 1, 0),
            ("The last column is missing; the others are right.", 0, 1, 0, 0), ("The first column is missing; the others are right.", 0, 1, 0, 1),
            ("There is a row too many at the end; the others are right.", -1, 0, 0, 0), ("There is a row too many at the beginning; the others are right.", -1, 0, -1, 0),
            ("There is a column too many at the end; the others are right.", 0, -1, 0, 0), ("There is a number too many at the beginning; the others are right.", 0, -1, 0, -1),
        })
        {
            bool Fits(Pair pair)
            {
                (Value.Numbers e, Value.Numbers a) = (pair.Expected, pair.Actual);
                if (e.IsMatrix != a.IsMatrix || a.Rows != e.Rows - rows || a.Columns != e.Columns - columns) return false;
                for (int i = 0; i < a.Rows; i++)
                    for (int j = 0; j < a.Columns; j++)
                        if (i + fromRow >= 0 && i + fromRow < e.Rows && j + fromColumn >= 0 && j + fromColumn < e.Columns && !tolerance.Allows(e.At(i + fromRow, j + fromColumn), a.At(i, j))) return false;
                return true;
            }
            if (pairs.All(Fits) && pairs.Any(pair => pair.Actual.Entries.Length > 0)) return sentence;
        }
        return null;
    }

    // Right but for a factor: the same everywhere on one input (and then perhaps made of the sizes), or one for each row or column.
    private static string? Factor(IReadOnlyList<Pair> pairs, IReadOnlyList<string> sizes, Tolerance tolerance)
    {
        double?[] factors = [.. pairs.Select(pair => Ratio(pair, (_, _) => true, tolerance))];
        if (factors.All(factor => factor is not null))
        {
            double[] known = [.. factors.Select(factor => factor!.Value)];
            int[] told = [.. Enumerable.Range(0, pairs.Count).Where(k => !double.IsNaN(known[k]))];
            if (told.Length > 1 && told.Any(k => !Near(known[k], 1)))
            {
                if (told.All(k => Near(known[k], known[told[0]])))
                    return pairs.Sum(pair => pair.Expected.Entries.Length) < 2 ? null
                        : Near(known[told[0]], -1) ? "These are the right numbers with the opposite sign."
                        : known[told[0]] == 0 ? null : $"Every number is {ValueText.Number(known[told[0]])} times the right one, on every input.";
                foreach ((string name, var of) in Factors)
                    for (int s = 0; s < sizes.Count; s++)
                        foreach (double sign in new[] { 1.0, -1 })
                            if (told.All(k => Near(known[k], sign * of(pairs[k].Sizes[s]))))
                                return $"Every number is the right one times {(sign < 0 ? "−" : "")}{string.Format(System.Globalization.CultureInfo.InvariantCulture, name, sizes[s])}.";
                for (int s = 0; s < sizes.Count; s++)
                    for (int t = 0; t < sizes.Count; t++)
                        foreach ((string name, double power) in new[] { ("{0}/{1}", 1.0), ("√({0}/{1})", 0.5) })
                            if (s != t && told.All(k => Near(known[k], Math.Pow(pairs[k].Sizes[s] / pairs[k].Sizes[t], power))))
                                return $"Every number is the right one times {string.Format(System.Globalization.CultureInfo.InvariantCulture, name, sizes[s], sizes[t])}.";
                if (pairs.Any(pair => pair.Expected.Entries.Count(entry => entry != 0) > 1) && known.All(factor => factor != 0))
                    return "On each input the numbers are right but for one common factor, which is another on each.";
            }
        }
        if (pairs.Any(pair => pair.Expected is { IsMatrix: true, Rows: > 1, Columns: > 1 }))
        {
            if (pairs.All(pair => Enumerable.Range(0, pair.Expected.Rows).All(row => Ratio(pair, (i, _) => i == row, tolerance) is not null and not 0))) return "In each row the numbers are right but for a factor that all of the row share.";
            if (pairs.All(pair => Enumerable.Range(0, pair.Expected.Columns).All(column => Ratio(pair, (_, j) => j == column, tolerance) is not null and not 0))) return "In each column the numbers are right but for a factor that all of the column share.";
        }
        return null;
    }

    private static bool Near(double a, double b) => Math.Abs(a - b) <= 1e-7 * Math.Abs(b);

    // The factor between the right numbers of a region and the given ones: NaN where all are 0 in both, null where there is none.
    private static double? Ratio(Pair pair, Func<int, int, bool> region, Tolerance tolerance)
    {
        (double largest, double factor) = (0, double.NaN);
        for (int i = 0; i < pair.Expected.Rows; i++)
            for (int j = 0; j < pair.Expected.Columns; j++)
                if (region(i, j) && double.IsFinite(pair.Expected.At(i, j)) && Math.Abs(pair.Expected.At(i, j)) > largest)
                    (largest, factor) = (Math.Abs(pair.Expected.At(i, j)), pair.Actual.At(i, j) / pair.Expected.At(i, j));
        if (largest > 0 && !double.IsFinite(factor)) return null;
        for (int i = 0; i < pair.Expected.Rows; i++)
            for (int j = 0; j < pair.Expected.Columns; j++)
                if (region(i, j) && !tolerance.Allows(largest == 0 ? 0 : factor * pair.Expected.At(i, j), pair.Actual.At(i, j))) return null;
        return factor;
    }

    private static string? Offset(IReadOnlyList<Pair> pairs, Tolerance tolerance)
    {
        bool AllIn(Pair pair, Func<int, int, int> group)
        {
            var offsets = new Dictionary<int, double>();
            for (int i = 0; i < pair.Expected.Rows; i++)
                for (int j = 0; j < pair.Expected.Columns; j++)
                {
                    double offset = pair.Actual.At(i, j) - pair.Expected.At(i, j);
                    if (!double.IsFinite(offset)) return false;
                    if (!offsets.TryAdd(group(i, j), offset) && Math.Abs(offsets[group(i, j)] - offset) > tolerance.Absolute + 1e-9 * (Math.Abs(offset) + Math.Abs(pair.Expected.At(i, j)))) return false;
                }
            return true;
        }

        if (pairs.All(pair => AllIn(pair, (_, _) => 0)))
        {
            double[] offsets = [.. pairs.Where(pair => pair.Expected.Entries.Length > 0).Select(pair => pair.Actual.Entries[0] - pair.Expected.Entries[0])];
            if (offsets.Length > 1 && offsets.All(offset => Math.Abs(offset - offsets[0]) <= 1e-9 * Math.Max(1, Math.Abs(offset))))
                return $"Every number is {ValueText.Number(Math.Abs(offsets[0]))} too {(offsets[0] > 0 ? "large" : "small")}, on every input.";
            if (pairs.Any(pair => pair.Expected.Entries.Length > 2)) return "On each input all numbers are off by the same amount, which is another on each: what is added to them, or taken away, is not right.";
        }
        if (!pairs.Any(pair => pair.Expected is { IsMatrix: true, Rows: > 1, Columns: > 2 })) return null;
        return pairs.All(pair => AllIn(pair, (i, _) => i)) ? "In each row all numbers are off by the same amount: what is added to the row, or taken away from it, is not right."
            : pairs.All(pair => AllIn(pair, (_, j) => j)) ? "In each column all numbers are off by the same amount: what is added to the column, or taken away from it, is not right."
            : null;
    }

    // Where it is wrong, if that is one region on every input and the rest is right. The region has to be a part, and not all.
    private static string? Where(IReadOnlyList<Pair> pairs, Tolerance tolerance)
    {
        bool Wrong(Pair pair, int i, int j) => !tolerance.Allows(pair.Expected.At(i, j), pair.Actual.At(i, j));
        bool Only(Func<Value.Numbers, int, int, bool> region) =>
            pairs.All(pair => Places(pair).All(at => !Wrong(pair, at.I, at.J) || region(pair.Expected, at.I, at.J)))
            && pairs.Any(pair => Places(pair).Any(at => Wrong(pair, at.I, at.J)) && Places(pair).Count(at => !region(pair.Expected, at.I, at.J)) > 1);

        foreach ((string name, var region) in Regions)
            if (Only(region)) return $"Everything is right but for {name}.";
        foreach ((string name, var region) in Regions)
            if (Only((e, i, j) => !region(e, i, j)) && pairs.Any(pair => Places(pair).Any(at => region(pair.Expected, at.I, at.J) && pair.Expected.At(at.I, at.J) != 0))
                && pairs.SelectMany(pair => Places(pair).Where(at => !region(pair.Expected, at.I, at.J))).Distinct().All(at => pairs.Any(pair => Places(pair).Contains(at) && Wrong(pair, at.I, at.J)))) return $"Of all numbers only {name} {(name.EndsWith("index", StringComparison.Ordinal) ? "are" : "is")} right on every input.";
        return null;
    }

    private static IEnumerable<(int I, int J)> Places(Pair pair) =>
        from i in Enumerable.Range(0, pair.Expected.Rows) from j in Enumerable.Range(0, pair.Expected.Columns) select (i, j);
}
