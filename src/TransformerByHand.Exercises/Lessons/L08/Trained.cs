using System.Collections.Concurrent;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Statistics;
using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

/// <summary>A layer that was trained on the four questions.</summary>
/// <param name="Seed">Drew the weights from which it started.</param>
/// <param name="Layer">The layer as it is after training.</param>
/// <param name="Losses">The loss before every step.</param>
public sealed record FetchRun(int Seed, MultiHeadAttention Layer, IReadOnlyList<double> Losses);

// Found by gradient descent: claim M3, and what the trained heads look like.
public static partial class Lesson08
{
    private static readonly string[] Verbs = ["0 saw 1", "1 saw 0", "0 saw 0", "1 saw 1"];

    private static readonly ConcurrentDictionary<int, IReadOnlyList<FetchRun>> Runs = [];

    /// <summary>Twenty layers, from the seeds 100 to 119, trained for 2000 steps. Who changes one takes a copy.</summary>
    /// <param name="h">The number of heads: 1, 2 or 4.</param>
    public static IReadOnlyList<FetchRun> Trained(int h) => Runs.GetOrAdd(h, heads => [.. Enumerable.Range(100, 20).Select(seed =>
    {
        var layer = Untrained(seed, heads);
        return new FetchRun(seed, layer, TrainToFetch(layer, 2000));
    })]);

    /// <summary>The losses at the end of <see cref="Trained"/>, to four places.</summary>
    /// <param name="h">The number of heads.</param>
    public static double[] FinalLosses(int h) => [.. Trained(h).Select(run => Math.Round(FetchLoss(run.Layer), 4))];

    /// <summary>The lowest loss that one head reaches from five starts, in 2000 steps, with some of the verbs.</summary>
    /// <param name="asked">Which verbs ask.</param>
    /// <param name="texts">1 for 'cat, dog' alone, 2 for 'dog, cat' as well.</param>
    /// <param name="η">The learning rate.</param>
    public static double OneHeadReaches(int[] asked, int texts, double η = 0.3) => Enumerable.Range(100, 5).Min(seed =>
    {
        var layer = Untrained(seed, 1);
        TrainToFetch(layer, 2000, asked, texts, η);
        return FetchLoss(layer, asked, texts);
    });

    /// <summary>The lowest loss of one head with the first verb, the first two, three and four: what the covariance says, and what five trained heads reach in one sentence.</summary>
    public static IReadOnlyList<(string Verbs, double Floor, double Reached)> FirstVerbs() => FirstVerbsOnce.Value;

    private static readonly Lazy<IReadOnlyList<(string Verbs, double Floor, double Reached)>> FirstVerbsOnce = new(() => [.. Enumerable.Range(1, 4).Select(asked =>
        (string.Join(", ", Verbs.Take(asked)), FloorOfOneHead(Of(Answers(1, -1)).SubMatrix(0, asked, 0, 2)), OneHeadReaches([.. Enumerable.Range(0, asked)], texts: 1)))]);

    /// <summary>The lowest loss of one head with two of the verbs, in both sentences: the two opposite pairs first.</summary>
    public static IReadOnlyList<(string Verbs, double Reached)> PairsOfVerbs() => PairsOfVerbsOnce.Value;

    private static readonly Lazy<IReadOnlyList<(string Verbs, double Reached)>> PairsOfVerbsOnce = new(() =>
        [.. new[] { (0, 1), (2, 3), (0, 2), (0, 3), (1, 2), (1, 3) }.Select(pair => ($"{Verbs[pair.Item1]} and {Verbs[pair.Item2]}", OneHeadReaches([pair.Item1, pair.Item2], texts: 2, η: 0.1)))]);

    /// <summary>The verbs, what they ask with, and the right answers in both sentences.</summary>
    public static Table QuestionsTable()
    {
        static string Shown(double[,] M, int row) => $"({string.Join(", ", Of(M).Row(row).Select(v => Numbers.Format(v)))})";
        return new Table("verb", "it asks with", "right answer: cat (1), dog (−1)", "right answer: dog (−1), cat (1)")
            .RowForEach(Enumerable.Range(0, 4), i => [Verbs[i], Shown(Questions(), i), Shown(Answers(1, -1), i), Shown(Answers(-1, 1), i)]);
    }

    /// <summary>What the layer writes if a head looks at the first noun alone, and at the second alone: the ends of that head's segment.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="head">The head, from 0.</param>
    /// <param name="nouns">The nouns (2 × 3).</param>
    public static (Vector<double> First, Vector<double> Second) Ends(MultiHeadAttention layer, int head, Matrix<double> nouns)
    {
        ArgumentNullException.ThrowIfNull(layer);
        var u = (nouns * layer.W_V).ColumnBlock(head, layer.h) * layer.W_O.RowBlock(head, layer.h);    // (2 × 2)
        return (u.Row(0), u.Row(1));
    }

    /// <summary>The direction of a head's segment for 'cat, dog', as degrees from the nearest axis: 0 is one job, 45 is half of each.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="head">The head, from 0.</param>
    public static double Slant(MultiHeadAttention layer, int head)
    {
        var (first, second) = Ends(layer, head, Of(Nouns(1, -1)));
        var along = first - second;
        return Math.Atan2(along.AbsoluteMinimum(), along.AbsoluteMaximum()) * 180 / Math.PI;
    }

    /// <summary>What a layer of two heads can reach: the segments of both, and all sums; with the right answers for 'cat, dog'.</summary>
    /// <param name="title">The title.</param>
    /// <param name="layer">A layer with two heads.</param>
    public static Plane ReachOfTwo(string title, MultiHeadAttention layer)
    {
        var nouns = Of(Nouns(1, -1));
        var ((u0, u1), (w0, w1)) = (Ends(layer, 0, nouns), Ends(layer, 1, nouns));
        Mark Shape(int colour, params Vector<double>[] corners) => Mark.Polygon("", corners.Select(p => (p[0], p[1]))) with { Colour = colour };
        var answers = Answers(1, -1);
        return new Plane
        {
            Title = title, XTitle = "who saw", YTitle = "who was seen", Size = 340, Reach = 3.2,
            Marks =
            [
                Shape(0, u0 + w0, u0 + w1, u1 + w1, u1 + w0), Shape(1, u0, u1, u0), Shape(2, w0, w1, w0),
                .. Verbs.Select((verb, i) => Mark.Point(verb, answers[i, 0], answers[i, 1])),
            ],
        };
    }

    /// <summary>The losses on the way, from the first of 20 starts, as one, two and four heads.</summary>
    public static LineChart TrainingFigure()
    {
        double[] shown = [.. Enumerable.Range(0, 101).Select(i => (double)i)];
        return new LineChart
        {
            Title = "The same 48 numbers to start from, as one, two and four heads (first of 20 starts)",
            X = Axis.Linear("step"), Y = Axis.Linear("loss L", min: 0, max: 3),
            Series = [.. new[] { 1, 2, 4 }.Select(h => new Series($"h = {h}", shown, shown.Select(step => Trained(h)[0].Losses[(int)step])))],
            References = [Reference.Y(1, "the floor of one head")],
        };
    }

    /// <summary>Lowest and highest loss of the 20 layers.</summary>
    public static Table TrainingTable() => new Table("20 starts, 2000 steps", "lowest L", "highest L")
        .RowForEach(new[] { 1, 2, 4 }, h => [$"{h} head{(h > 1 ? "s" : "")} of width {4 / h}", FinalLosses(h).Min(), FinalLosses(h).Max()]);

    /// <summary>Two of the 20 pairs of heads: the tidiest, and the most mixed.</summary>
    public static SmallMultiples RolesFigure()
    {
        var bySlant = Trained(2).OrderBy(run => MoreMixed(run.Layer)).ToArray();
        return new SmallMultiples
        {
            Title = "What two trained heads can reach: two of the 20 runs", Columns = 2,
            Figures = [ReachOfTwo("each head has one job", bySlant[0].Layer), ReachOfTwo("each head has a bit of both", bySlant[^1].Layer)],
        };
    }

    /// <summary>How the 20 pairs divide the work.</summary>
    public static Table RolesTable()
    {
        double[] slants = [.. Trained(2).Select(run => MoreMixed(run.Layer))];
        return new Table("20 trained pairs of heads", "")
            .Row("pairs in which both heads keep within 10° of one job", slants.Count(slant => slant < 10))
            .Row("median slant of the more mixed head, degrees", Math.Round(slants.Median()))
            .Row("largest slant, degrees", Math.Round(slants.Max()));
    }

    /// <summary>The figures of claim M3.</summary>
    public static (string Name, double Value)[] MeasureM3() =>
    [
        ("lowest loss of one head, from the covariance", FirstVerbs()[3].Floor),
        ("one head, lowest of 20 trained", FinalLosses(1).Min()),
        ("two heads, set by hand", FetchLoss(SetByHand())),
        ("two heads, below 0.001 of 20 trained", FinalLosses(2).Count(loss => loss < 0.001)),
        ("verbs that one head can serve in one sentence, of 4", FirstVerbs().Count(verbs => verbs.Reached < 0.001)),
        ("one head with three of the verbs", FirstVerbs()[2].Reached),
        ("pairs of verbs that one head can serve in both sentences, of 6", PairsOfVerbs().Count(pair => pair.Reached < 0.001)),
        ("pairs of heads with one job each, of 20", Trained(2).Count(run => MoreMixed(run.Layer) < 10)),
    ];

    private static double MoreMixed(MultiHeadAttention pair) => Math.Max(Slant(pair, 0), Slant(pair, 1));
}
