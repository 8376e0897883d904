namespace TransformerByHand.Exercises;

public static partial class Lesson15
{
    /// <summary>The name of the first part whose numbers are not the same, or an empty text.</summary>
    public delegate string FirstDifferenceFunction(string[] names, double[][,] ours, double[][,] theirs, double tolerance);

    /// <summary>15.3: find the broken part.</summary>
    public static FunctionExercise<FirstDifferenceFunction> FirstDifference { get; } = new(
        id: "15.3",
        title: "Find the broken part",
        statement: "`ours[k]` and `theirs[k]` are what two models computed in the part `names[k]`, in the order in which it is computed. Return the name of the first part with a number that is further than `tolerance` from theirs, or `\"\"` where there is none. A NaN is no agreement.",
        solution: (names, ours, theirs, tolerance) =>
        {
            for (int k = 0; k < names.Length; k++)
                for (int i = 0; i < ours[k].GetLength(0); i++)
                    for (int j = 0; j < ours[k].GetLength(1); j++)
                        if (!(Math.Abs(ours[k][i, j] - theirs[k][i, j]) <= tolerance)) return names[k];
            return "";
        },
        cases:
        [
            Parts(["input", "queries", "keys"], (k, i, j) => k == 0 ? 0 : k == 1 ? 0.01 : 5),           // what is broken first is not what differs most
            Parts(["input", "queries", "keys"], (k, i, j) => k == 1 && i == 1 && j == 2 ? -0.5 : 0),    // the last number, and smaller than theirs
            Parts(["input", "queries", "keys"], (_, _, _) => 0),
            Parts(["input", "queries", "keys"], (_, i, j) => 5e-7 * (i + j)),                           // rounding
            Parts(["input", "queries"], (k, i, j) => k == 1 ? j == 0 ? 1 : j == 1 ? -1 : 0 : 0),        // adds up to nothing
            Parts(["input", "queries", "keys"], (k, i, j) => k == 0 && i == 0 && j == 1 ? double.NaN : k == 2 ? 1 : 0),
            Parts(["input", "queries", "keys"], (k, i, j) => k == 2 && i == 1 && j == 0 ? 2e-5 : 0),    // just above the tolerance, on a large number
            Parts(["input"], (_, i, _) => i == 1 ? 1 : 0),
            Parts(["input", "queries", "keys"], (k, _, _) => k == 2 ? 3e-5 : 9e-6),                     // many numbers that are off a little add up
            [new[] { "input" }, new[] { new double[,] { { 1, 2 } } }, new[] { new double[,] { { 1.5, 2 } } }, 0.5],     // as far as the tolerance, and no further
            [new[] { "input", "queries" }, new[] { new double[,] { { 1, 2 } }, new double[,] { { 3, 4 } } }, new[] { new double[,] { { 1, double.NaN } }, new double[,] { { 3, 4 } } }, 1e-5],     // theirs may be the NaN
            Parts(["input", "queries", "keys", "values"], (k, i, j) => k == 0 ? (i + j == 0 ? -2e-5 : 0) : k == 3 ? 1 : 0),
        ],
        randomCase: random =>
        {
            int parts = random.Next(3, 6), broken = random.Next(parts);
            string[] names = [.. Enumerable.Range(0, parts).Select(k => $"part {k}")];
            int row = random.Next(2), column = random.Next(3);
            return Parts(names, (k, i, j) => k < broken ? 0 : k == broken ? (i == row && j == column ? 0.02 : 0) : 0.1);
        },
        derived: DerivedCases.None,
        hints:
        [
            "Three loops: over the parts, the rows, the columns. The first number that is too far off decides.",
            "How far two numbers are apart is `Math.Abs(a - b)`: one of them may be the smaller.",
            "A comparison with NaN is always false. Ask whether the distance is small enough, and turn the answer around: `!(distance <= tolerance)`.",
        ],
        mistakes:
        [
            new("the largest difference", "This names the part that differs most. What is broken first spoils everything after it, and grows on the way: the first one is asked for.",
                (names, ours, theirs, tolerance) => Distances(ours, theirs) is var d && d.Max() > tolerance ? names[Array.IndexOf(d, d.Max())] : d.Any(double.IsNaN) ? names[Array.FindIndex(d, double.IsNaN)] : ""),
            new("the last one", "This names the last part that differs. What comes after a broken part differs too: the first one is asked for.",
                (names, ours, theirs, tolerance) => Distances(ours, theirs) is var d && Array.FindLastIndex(d, x => !(x <= tolerance)) is var k && k >= 0 ? names[k] : ""),
            new("without the absolute value", "Numbers that are smaller than theirs were let through: their difference is negative. What counts is how far apart they are.",
                (names, ours, theirs, tolerance) => First(names, ours, theirs, (a, b) => !(a - b <= tolerance)))
                { Variants = [(names, ours, theirs, tolerance) => First(names, ours, theirs, (a, b) => a - b > tolerance)] },
            new("the other way without the absolute value", "Numbers that are larger than theirs were let through: the difference taken is then negative. What counts is how far apart they are.",
                (names, ours, theirs, tolerance) => First(names, ours, theirs, (a, b) => b - a > tolerance))
                { Variants = [(names, ours, theirs, tolerance) => First(names, ours, theirs, (a, b) => !(b - a <= tolerance))] },
            new("NaN let through", "A NaN was let through. A comparison with NaN is always false, so `distance > tolerance` does not see it.",
                (names, ours, theirs, tolerance) => First(names, ours, theirs, (a, b) => Math.Abs(a - b) > tolerance)),
            new("as far as the tolerance", "A number that is exactly as far away as the tolerance was taken for a difference. One that is *further* is asked for.",
                (names, ours, theirs, tolerance) => First(names, ours, theirs, (a, b) => !(Math.Abs(a - b) < tolerance))),
            new("added up with their signs", "The differences were added up with their signs. One above and one below cancel.",
                (names, ours, theirs, tolerance) => Pick(names, ours, theirs, d => Math.Abs(d.Sum()), tolerance)),
            new("the mean", "The mean of the distances was compared. One wrong number among many hides in it.",
                (names, ours, theirs, tolerance) => Pick(names, ours, theirs, d => d.Average(Math.Abs), tolerance)),
            new("the sum", "The distances of a part were added up. Many that are only rounding add up to more than the tolerance: compare each number.",
                (names, ours, theirs, tolerance) => Pick(names, ours, theirs, d => d.Sum(Math.Abs), tolerance))
                { Variants = [(names, ours, theirs, tolerance) => Pick(names, ours, theirs, d => Math.Sqrt(d.Sum(x => x * x)), tolerance)] },
            new("no tolerance", "Numbers that differ by rounding alone were taken for different. The tolerance says how far apart they may be.",
                (names, ours, theirs, tolerance) => First(names, ours, theirs, (a, b) => a != b)),
            new("the first row alone", "Only the first row of each part was looked at. Any number may be the wrong one.",
                (names, ours, theirs, tolerance) => First(names, ours, theirs, (a, b) => !(Math.Abs(a - b) <= tolerance), rows: 1)),
            new("relative", "The distance was divided by the number itself. The tolerance is meant as it is.",
                (names, ours, theirs, tolerance) => First(names, ours, theirs, (a, b) => !(Math.Abs(a - b) <= tolerance * Math.Abs(b)))),
            new("the one before", "This names the last part that agrees. The one after it is the one that is broken.",
                (names, ours, theirs, tolerance) => Array.FindIndex(Distances(ours, theirs), x => !(x <= tolerance)) is var k && k < 0 ? "" : names[Math.Max(0, k - 1)])
                { Variants = [(names, ours, theirs, tolerance) => Array.FindIndex(Distances(ours, theirs), x => !(x <= tolerance)) is var k && k <= 0 ? "" : names[k - 1]] },
            new("the last part never", "The last part was not looked at.",
                (names, ours, theirs, tolerance) => First(names[..^1], ours, theirs, (a, b) => !(Math.Abs(a - b) <= tolerance))),
        ]);

    /// <summary>Made-up parts (2 × 3 each) in which ours is theirs and <paramref name="off"/>(k, i, j) more.</summary>
    private static object[] Parts(string[] names, Func<int, int, int, double> off)
    {
        double Theirs(int k, int i, int j) => k == 2 ? 40 + 10 * i - j : 1.5 - i + 0.25 * j + k;
        return
        [
            names,
            names.Select((_, k) => Arrays.Build(2, 3, (i, j) => Theirs(k, i, j) + off(k, i, j))).ToArray(),
            names.Select((_, k) => Arrays.Build(2, 3, (i, j) => Theirs(k, i, j))).ToArray(),
            1e-5,
        ];
    }

    private static string First(string[] names, double[][,] ours, double[][,] theirs, Func<double, double, bool> differ, int rows = int.MaxValue)
    {
        for (int k = 0; k < names.Length; k++)
            for (int i = 0; i < Math.Min(rows, ours[k].GetLength(0)); i++)
                for (int j = 0; j < ours[k].GetLength(1); j++)
                    if (differ(ours[k][i, j], theirs[k][i, j])) return names[k];
        return "";
    }

    private static string Pick(string[] names, double[][,] ours, double[][,] theirs, Func<double[], double> measure, double tolerance)
    {
        for (int k = 0; k < names.Length; k++)
            if (!(measure([.. ours[k].Cast<double>().Zip(theirs[k].Cast<double>(), (a, b) => a - b)]) <= tolerance)) return names[k];
        return "";
    }

    /// <summary>The largest distance in each part; NaN where there is one.</summary>
    private static double[] Distances(double[][,] ours, double[][,] theirs) =>
        [.. ours.Zip(theirs, (a, b) => a.Cast<double>().Zip(b.Cast<double>(), (x, y) => Math.Abs(x - y)).Aggregate(0.0, Math.Max))];
}
