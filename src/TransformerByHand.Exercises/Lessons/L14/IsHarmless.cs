namespace TransformerByHand.Exercises;

public static partial class Lesson14
{
    public delegate bool IsHarmlessFunction(Func<double[], int, double[]> prepare);

    public static TestExercise<IsHarmlessFunction, Func<double[], int, double[]>> IsHarmless { get; } = new(
        id: "14.5",
        title: "Is this a bug?",
        statement: "Return `true` if every score comes out as with `Lesson14.Prepared`, where queries and keys are both made ready by `prepare(x, p)`: then it is no bug, whatever it looks like.",
        solution: prepare =>
        {
            double[] q = [0.5, -1, 2, 0.25, 3, -0.5], k = [1, 2, -0.5, 1.5, -1, 0.75];
            double Score(Func<double[], int, double[]> ready, int i, int j) => ready(q, i).Zip(ready(k, j), (a, b) => a * b).Sum();
            foreach (var (i, j) in new[] { (0, 0), (1, 0), (5, 2), (2, 5), (41, 40), (700, 12) })
                if (!(Math.Abs(Score(prepare, i, j) - Score(Lesson14.Prepared, i, j)) < 1e-9)) return false;
            return true;
        },
        correct:
        [
            new("as it was meant", "It divides by the root mean square and turns by the place.", (x, p) => Turned(Divided(x), p)),
            new("the turn before the norm", "A turn leaves a vector's length as it is, and so its root mean square: it is the same vector, whichever comes first.", (x, p) => Divided(Turned(x, p))),
            new("places counted from 1", "Queries and keys are all turned by one place more. Their distances are what they were.", (x, p) => Turned(Divided(x), p + 1)),
            new("the sign of everything turned", "Query and key both change their sign, and in the product the two cancel.", (x, p) => [.. Turned(Divided(x), p).Select(a => -a)]),
            new("features in another order", "Query and key are both put into the same other order after the turn, and a sum does not ask for the order of what it adds.", (x, p) => [.. Turned(Divided(x), p).Reverse()]),
        ],
        wrong:
        [
            new("no turn", "It does not turn at all: no score depends on a place.", (x, _) => Divided(x)),
            new("turned the other way round", "It turns the other way. Scores then know the distance too, but what stood before now counts as what stands behind: weights that were trained with the one are wrong with the other.", (x, p) => Turned(Divided(x), -p)),
            new("no norm", "It does not divide by the root mean square.", (x, p) => Turned(x, p)),
            new("neighbours for halves", "It turns neighbours in place of halves: other features share an angle.", (x, p) => Neighbours(Divided(x), p)),
            new("the mean taken away", "It takes the mean away first, as LayerNorm does: that is not what was trained.", (x, p) => Turned(Divided([.. x.Select(a => a - x.Average())]), p)),
            new("the mean taken away after the turn", "It turns first and takes the mean away then, which a turn does not leave as it is.", (x, p) => Divided(Turned(x, p)) is var y ? [.. y.Select(a => a - y.Average())] : []),
            new("each half by itself", "It divides each half of the features by its own root mean square. Before the turn that changes the vector.", (x, p) => Turned([.. Divided(x[..(x.Length / 2)]), .. Divided(x[(x.Length / 2)..])], p)),
            new("each half by itself, after the turn", "It divides each half by its own root mean square after the turn: then lengths depend on the place.", (x, p) => Turned(x, p) is var y ? [.. Divided(y[..(y.Length / 2)]), .. Divided(y[(y.Length / 2)..])] : []),
            new("divided by the length", "It divides by the length, not by the root mean square: every score is d times too small.", (x, p) => Turned([.. x.Select(a => a / Math.Sqrt(Dot(x, x)))], p)),
            new("weights after the turn", "It multiplies by weights γ after the turn, other ones for the two features of a pair. Between them and the turn the order does count.", (x, p) => [.. Turned(Divided(x), p).Select((a, c) => a * (1 + 0.1 * c))]),
            new("a table that ends", "Its table of angles ends at place 512, and begins anew there. Within its first 512 places nothing shows.", (x, p) => Turned(Divided(x), p % 512)),
            new("one angle for all pairs", "It turns every pair by p radians.", (x, p) => Turned(Divided(x), p, (_, _) => 1)),
            new("half the angle", "It turns by half the angle: every distance is halved.", (x, p) => Turned(Divided(x), p, (c, d) => Speed(c, d) / 2)),
            new("reversed at odd places", "At odd places it returns the features in another order than at even ones: between two odd places that shows nothing.", (x, p) => p % 2 == 0 ? Turned(Divided(x), p) : [.. Turned(Divided(x), p).Reverse()]),
        ],
        errors: SmallErrors.None, // the property is one of scores: other numbers may have it as well
        hints:
        [
            "A score is the dot product of what `prepare` makes of a query at place i and of a key at place j. Compare scores, not vectors.",
            "Take a query and a key whose numbers are all different, and whose mean is not 0.",
            "Try pairs of places: the same, near, far apart, one odd and one even, and some far along.",
        ],
        mistakes:
        [
            new("believes everything", "Your test says `true` to everything.", _ => true),
            new("believes nothing", "Your test says `false` to everything, and so to the harmless ones.", _ => false),
            new("the other way around", "Your test says `true` where scores differ. `true` is for what is no bug.",
                prepare => !SameScores(prepare, (0, 0), (1, 0), (5, 2), (2, 5), (41, 40), (700, 12))),
            new("compares vectors", "Your test compares what `prepare` returns with what `Prepared` returns. Attention never sees these vectors, only the scores between them: three of the harmless ones are turned away.",
                prepare => prepare(Query, 5).Zip(Prepared(Query, 5), (a, b) => Math.Abs(a - b)).Max() < 1e-9)
                { Variants = [prepare => new[] { 0, 1, 3, 700 }.All(p => prepare(Query, p).Zip(Prepared(Query, p), (a, b) => Math.Abs(a - b)).Max() < 1e-9)] },
            new("only one place", "Query and key stand at the same place in your test. The two turns cancel there, whatever they are.",
                prepare => SameScores(prepare, (0, 0), (3, 3)))
                { Variants = [prepare => SameScores(prepare, (0, 0)), prepare => SameScores(prepare, (4, 4))] },
            new("only near the beginning", "Nearly all are caught. One goes wrong only between places that stand far apart: take a query and a key a thousand places apart.",
                prepare => SameScores(prepare, (0, 0), (1, 0), (5, 2), (2, 5), (41, 40))),
            new("one vector for both", "Nearly all are caught. One turns the other way round, and with the same vector as query and as key that does not show: a dot product does not ask which of the two stands first.",
                prepare => new[] { (0, 0), (1, 0), (5, 2), (2, 5), (41, 40), (700, 12) }.All(at =>
                    Math.Abs(Dot(prepare(Query, at.Item1), prepare(Query, at.Item2)) - Dot(Prepared(Query, at.Item1), Prepared(Query, at.Item2))) < 1e-9)),
        ]);

    /// <summary>What is meant in exercise 14.5: x divided by its root mean square, without weights, then turned by its place.</summary>
    /// <param name="x">A query or a key (d, even).</param>
    /// <param name="p">Its place.</param>
    /// <returns>A new vector (d).</returns>
    public static double[] Prepared(double[] x, int p)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Turned(Divided(x), p);
    }

    private static double[] Query => [0.5, -1, 2, 0.25, 3, -0.5];

    private static double[] Key => [1, 2, -0.5, 1.5, -1, 0.75];

    private static double[] Divided(double[] x) => [.. x.Select(a => a / Math.Sqrt(Dot(x, x) / x.Length))];

    private static bool SameScores(Func<double[], int, double[]> prepare, params (int I, int J)[] places) =>
        places.All(at => Math.Abs(Dot(prepare(Query, at.I), prepare(Key, at.J)) - Dot(Prepared(Query, at.I), Prepared(Key, at.J))) < 1e-9);
}
