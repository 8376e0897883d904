using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Exercises;

/// <summary>
/// What can be said of a wrong answer that makes none of the exercise's declared mistakes. Everything here follows from the
/// reference solution and the numbers; nothing is declared by an author.
/// </summary>
internal static class Diagnosis
{
    /// <summary>Returns a sentence that is true of the answer on every input, or null.</summary>
    /// <param name="signature">The exercise's signature.</param>
    /// <param name="solution">Its reference solution.</param>
    /// <param name="cases">The inputs.</param>
    /// <param name="expected">What the solution did with them.</param>
    /// <param name="actual">What the answer did.</param>
    /// <param name="tolerance">How far a number may be off.</param>
    public static string? Of(Signature signature, Delegate solution, IReadOnlyList<object?[]> cases, IReadOnlyList<Call> expected, IReadOnlyList<Call> actual, Tolerance tolerance)
    {
        (Value Expected, Value Actual)[] results = [.. Enumerable.Range(0, actual.Count).Where(k => actual[k].Error is null).Select(k => (expected[k].Result!, actual[k].Result!))];
        bool complete = results.Length == actual.Count;
        if (results.All(pair => pair.Expected.Agrees(pair.Actual, tolerance)) && complete) return null;
        if (results.Any(pair => pair.Actual.Places().Any(place => place.Entry is null))) return null;
        if (complete && Twins(expected, actual) is { } twins) return twins;
        if (complete && CommonPatterns.Recognise(results, tolerance) is { } common) return common;
        if (complete && Precision.Recognise(results, IsGradient(signature)) is { } precision) return precision;

        // Rounding of another way of writing is allowed for, as with declared mistakes; the answer itself is far off by now.
        Tolerance wide = tolerance.ForMistakes;
        if (FromInputs(signature, solution, cases, expected, actual, tolerance, wide) is { } change) return change;
        return complete ? FromResults(signature, cases, results, tolerance, wide) : null;
    }

    // Only where the numbers are wrong: two parts that are right may be one array, if they are equal by definition.
    private static string? Twins(IReadOnlyList<Call> expected, IReadOnlyList<Call> actual)
    {
        if (actual[0].Twins is not [var (first, second), ..] || expected[0].Twins.Count > 0 || actual.Any(call => !call.Twins.Contains((first, second)))) return null;
        IReadOnlyList<(string Name, Value)> parts = ((Value.Group)actual[0].Result!).Parts;
        return $"`{parts[first].Name}` and `{parts[second].Name}` are one and the same in memory: what is written into one stands in the other. Each needs an array or matrix of its own.";
    }

    private static bool IsGradient(Signature signature) =>
        signature.Parameters.Concat(signature.TupleNames?.OfType<string>() ?? []).Any(name => name is "g" || (name.Length > 1 && name[0] == 'd' && (char.IsUpper(name[1]) || name.Length == 2)));

    private static string? FromInputs(
        Signature signature, Delegate solution, IReadOnlyList<object?[]> cases, IReadOnlyList<Call> expected, IReadOnlyList<Call> actual, Tolerance tolerance, Tolerance wide)
    {
        if (!Call.AreTelling(actual, expected, tolerance)) return null;
        HashSet<string> wrong = [.. Enumerable.Range(0, actual.Count).Where(k => actual[k].Error is null).SelectMany(k => WrongParts(expected[k].Result!, actual[k].Result!, tolerance))];
        foreach (InputChanges.Change change in InputChanges.For(signature, cases[0]))
        {
            bool fits = true;
            for (int k = 0; fits && k < cases.Count; k++)
            {
                if (change.Apply(cases[k]) is not { } arguments) { fits = false; break; }
                Call changed = Call.Of(solution, signature, arguments);
                fits = Fits(changed, actual[k], wrong, wide);
            }
            if (fits) return PartsOf(cases.Count == 0 ? null : expected[0].Result, wrong) + change.Sentence;
        }
        return null;
    }

    // A tuple's parts that are right stay right: only the wrong ones have to be those of the changed call.
    private static bool Fits(Call changed, Call actual, HashSet<string> wrong, Tolerance tolerance)
    {
        if (changed.Error is not null || actual.Error is not null) return changed.Error?.GetType() == actual.Error?.GetType();
        return Parts(changed.Result!).Zip(Parts(actual.Result!)).All(pair => !wrong.Contains(pair.First.Name) || pair.First.Value.Agrees(pair.Second.Value, tolerance))
            && Parts(changed.Result!).Count() == Parts(actual.Result!).Count();
    }

    private static string? FromResults(Signature signature, IReadOnlyList<object?[]> cases, IReadOnlyList<(Value Expected, Value Actual)> results, Tolerance tolerance, Tolerance wide)
    {
        HashSet<string> wrong = [.. results.SelectMany(pair => WrongParts(pair.Expected, pair.Actual, tolerance))];
        (IReadOnlyList<string> names, IReadOnlyList<double[]> sizes) = Sizes(signature, cases);
        var pairs = new List<ResultChanges.Pair>();
        for (int k = 0; k < results.Count; k++)
        {
            foreach (((string name, Value expected), (_, Value actual)) in Parts(results[k].Expected).Zip(Parts(results[k].Actual)))
            {
                if (!wrong.Contains(name)) continue;
                if (NumbersOf(expected) is not { } e || NumbersOf(actual) is not { } a) return null;
                pairs.Add(new ResultChanges.Pair(e, a, sizes[k]));
            }
        }
        return (ResultChanges.Recognise(pairs, names, tolerance) ?? ResultChanges.Recognise(pairs, names, wide)) is { } sentence
            ? PartsOf(results[0].Expected, wrong) + sentence
            : null;
    }

    private static Value.Numbers? NumbersOf(Value value) => value switch
    {
        Value.Numbers numbers => numbers,
        Value.Single { Content: double number } => new Value.Numbers([number], 1, 1, IsMatrix: false),
        Value.Single { Content: long number } => new Value.Numbers([number], 1, 1, IsMatrix: false),
        _ => null,
    };

    private static IEnumerable<(string Name, Value Value)> Parts(Value result) => result is Value.Group { IsList: false } group ? group.Parts : [("", result)];

    private static IEnumerable<string> WrongParts(Value expected, Value actual, Tolerance tolerance) =>
        Parts(expected).Zip(Parts(actual)).Where(pair => !pair.First.Value.Agrees(pair.Second.Value, tolerance)).Select(pair => pair.First.Name);

    private static string PartsOf(Value? result, HashSet<string> wrong) =>
        result is Value.Group { IsList: false } group ? Findings.Listed([.. group.Parts.Select(part => part.Name).Where(wrong.Contains).Select(name => $"`{name}`")]) + ": " : "";

    // The sizes of the arguments as a learner writes them. Of two that are the same in every case the first is enough.
    private static (IReadOnlyList<string> Names, IReadOnlyList<double[]> Sizes) Sizes(Signature signature, IReadOnlyList<object?[]> cases)
    {
        var names = new List<string>();
        var columns = new List<double[]>();
        void Add(string name, Func<object?[], double> of)
        {
            double[] column = [.. cases.Select(of)];
            if (columns.Any(known => known.SequenceEqual(column))) return;
            names.Add(name);
            columns.Add(column);
        }

        for (int p = 0; p < signature.Parameters.Count; p++)
        {
            int at = p;
            string name = signature.Parameters[p];
            switch (cases[0][p])
            {
                case double[]: Add($"`{name}.Length`", arguments => ((double[])arguments[at]!).Length); break;
                case int[]: Add($"`{name}.Length`", arguments => ((int[])arguments[at]!).Length); break;
                case Vector<double>: Add($"`{name}.Count`", arguments => ((Vector<double>)arguments[at]!).Count); break;
                case double[,]:
                    Add($"`{name}.GetLength(0)`", arguments => ((double[,])arguments[at]!).GetLength(0));
                    Add($"`{name}.GetLength(1)`", arguments => ((double[,])arguments[at]!).GetLength(1));
                    break;
                case Matrix<double>:
                    Add($"`{name}.RowCount`", arguments => ((Matrix<double>)arguments[at]!).RowCount);
                    Add($"`{name}.ColumnCount`", arguments => ((Matrix<double>)arguments[at]!).ColumnCount);
                    break;
                case int: Add($"`{name}`", arguments => (int)arguments[at]!); break;
            }
        }
        return (names, [.. Enumerable.Range(0, cases.Count).Select(k => columns.Select(column => column[k]).ToArray())]);
    }
}
