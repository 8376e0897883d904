using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace TransformerByHand.Exercises;

public static partial class Lesson11
{
    /// <summary>A test for an implementation of the loss of a padded batch.</summary>
    public delegate bool PaddedLossTest(Func<Matrix<double>[], int[][], double> loss);

    /// <summary>11.7, in the laboratory: a test for the loss of a padded batch.</summary>
    public static TestExercise<PaddedLossTest, Func<Matrix<double>[], int[][], double>> IsPaddedLossRight { get; } = new(
        id: "11.7",
        title: "A test for the loss of a padded batch",
        statement: "Write a test for an implementation of 11.2: true for a correct one, false for a wrong one.",
        solution: loss =>
        {
            // Three texts of four places: one whole, one with a gap in the middle, one without any target. One logit is large.
            Matrix<double>[] logits =
            [
                DenseMatrix.OfArray(new double[,] { { 0, 1, 2 }, { 3, 0, -1 }, { 0.5, 0, 2 }, { -1, 1, 0 } }),
                DenseMatrix.OfArray(new double[,] { { 1, 0, 0 }, { 2, -1, 1 }, { 1000, 1001, 0 }, { 4, 1, 2 } }),
                DenseMatrix.OfArray(new double[,] { { 1, 2, 3 }, { 0, 0, 5 }, { 1, 1, 0 }, { 2, 0, 2 } }),
            ];
            int[][] targets = [[2, 1, 2, 0], [1, -100, 0, -100], [-100, -100, -100, -100]];
            return Math.Abs(loss(logits, targets) - Lesson11.LossOfPadded(logits, targets)) < 1e-9;   // false for NaN
        },
        correct:
        [
            new("adds up and divides once", "It is right: one sum over the counted places, one division.", (logits, targets) => LossOfPadded(logits, targets)),
            new("puts all places one below the other", "It is right: the batch as one long text. It rounds a little differently, so a test must leave room for rounding.",
                (logits, targets) => Training.CrossEntropy.Forward(logits.Aggregate((above, below) => above.Stack(below)), [.. targets.SelectMany(row => row)]).Loss),
        ],
        wrong:
        [
            new("averages the texts' own means", "Each text is averaged by itself. With as many counted places in every text nobody sees it.",
                (logits, targets) => Enumerable.Range(0, logits.Length).Where(b => targets[b].Any(t => t != -100)).Average(b => Surprises(logits[b], targets[b]).Average())),
            new("gives a text without targets the loss 0", "It averages the texts' means, and a text without targets counts as 0.",
                (logits, targets) => Enumerable.Range(0, logits.Length).Average(b => targets[b].All(t => t == -100) ? 0 : Surprises(logits[b], targets[b]).Average())),
            new("divides by every place", "Padding counts in what it divides by. Without padding nobody sees it.",
                (logits, targets) => Enumerable.Range(0, logits.Length).Sum(b => Surprises(logits[b], targets[b]).Sum()) / targets.Sum(row => row.Length)),
            new("takes padding for word 0", "A target of −100 becomes word 0. Without padding nobody sees it.",
                (logits, targets) => Enumerable.Range(0, logits.Length).SelectMany(b => Surprises(logits[b], [.. targets[b].Select(t => Math.Max(0, t))])).Average()),
            new("does not divide", "It returns the sum. With a single counted place nobody sees it.",
                (logits, targets) => Enumerable.Range(0, logits.Length).Sum(b => Surprises(logits[b], targets[b]).Sum())),
            new("divides by the texts", "It divides by the number of texts. With one counted place in each nobody sees it.",
                (logits, targets) => Enumerable.Range(0, logits.Length).Sum(b => Surprises(logits[b], targets[b]).Sum()) / logits.Length),
            new("stops at the first −100", "What stands behind a gap is left out. With padding at the end alone nobody sees it.",
                (logits, targets) => Enumerable.Range(0, logits.Length).SelectMany(b => targets[b].TakeWhile(t => t != -100).ToArray() is var begun ? Surprises(logits[b], begun) : []).DefaultIfEmpty(0).Average()),
            new("overflows", "It takes no maximum out before exp. With small logits nobody sees it.",
                (logits, targets) => Enumerable.Range(0, logits.Length).SelectMany(b => targets[b].Select((t, i) => (t, i)).Where(at => at.t != -100)
                    .Select(at => Math.Log(logits[b].Row(at.i).PointwiseExp().Sum()) - logits[b][at.i, at.t])).Average()),
        ],
        hints:
        [
            "Compare with `Lesson11.LossOfPadded(logits, targets)`, leaving room for rounding. The art is in the choice of the batch.",
            "Three texts at least, with different numbers of counted places: one whole, one with a −100 between two targets, one without any target.",
            "One place that is counted needs a logit in the thousands, or nobody sees an overflow. `Math.Abs(a - b) < 1e-9` is false for NaN.",
        ],
        mistakes:
        [
            new("no padding", "This batch has no padding, so nobody sees how it is counted. Leave some places out.",
                loss => Near(loss, BatchOf(4, 4, 4), [[2, 1, 2, 0], [1, 0, 0, 2], [0, 1, 2, 1]])),
            new("as much padding in each", "All texts of this batch have as many counted places, so the mean of their means is right.",
                loss => Near(loss, BatchOf(4, 4), [[2, 1, -100, -100], [1, 0, -100, -100]])),
            new("padding at the end alone, small logits", "Most mistakes show. But all padding stands at the end here, every text has a target, and the logits are small.",
                loss => Near(loss, BatchOf(4, 4), [[2, 1, 2, 0], [1, -100, -100, -100]])),
            new("small logits", "All but one are caught. Try a logit in the thousands, at a place that is counted.",
                loss => Near(loss, BatchOf(4, 4, 4), [[2, 1, 2, 0], [1, -100, 0, -100], [-100, -100, -100, -100]])),
            new("says no to everything", "Your test says no to everything, to correct implementations too. Leave room for rounding: 1e-9.",
                _ => false),
        ],
        errors: SmallErrors.None);   // a single number has none inside

    /// <summary>The loss of a padded batch, as 11.2 asks for it.</summary>
    /// <param name="logits">The logits of each text (places × V).</param>
    /// <param name="targets">The right words; −100 where none is counted.</param>
    /// <returns>The mean of −ln p over the counted places, in nats.</returns>
    public static double LossOfPadded(Matrix<double>[] logits, int[][] targets) => PaddedLoss.ReferenceSolution(logits, targets);

    private static Matrix<double>[] BatchOf(params int[] places) =>
        [.. places.Select((n, b) => Matrix<double>.Build.Dense(n, 3, (i, j) => Math.Round(3 * Math.Sin(1 + 5 * b + 2 * i + 3.3 * j), 1)))];

    private static bool Near(Func<Matrix<double>[], int[][], double> loss, Matrix<double>[] logits, int[][] targets) =>
        Math.Abs(loss(logits, targets) - LossOfPadded(logits, targets)) < 1e-9;
}
