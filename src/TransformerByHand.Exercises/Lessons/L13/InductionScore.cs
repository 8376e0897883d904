using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson13
{
    public delegate double InductionScoreFunction(double[,] A, int[] ids);

    public static FunctionExercise<InductionScoreFunction> InductionScore { get; } = new(
        id: "13.2",
        title: "The induction score",
        statement: "Of the tokens that stood earlier in the row, take the weight that each gives to the token *after* its latest earlier place. Return the mean, or 0 where no token stood earlier.",
        solution: (A, ids) =>
        {
            double sum = 0;
            int count = 0;
            for (int q = 1; q < ids.Length; q++)
            {
                int earlier = Array.LastIndexOf(ids, ids[q], q - 1);
                if (earlier < 0) continue;
                sum += A[q, earlier + 1];
                count++;
            }
            return count == 0 ? 0 : sum / count;
        },
        cases:
        [
            [Weights(7), new[] { 0, 1, 2, 3, 0, 1, 2 }],
            [Weights(7), new[] { 3, 1, 4, 1, 5, 3, 1 }],
            [Weights(4), new[] { 2, 2, 2, 5 }],
            [Weights(3), new[] { 0, 1, 2 }],
            [Weights(1), new[] { 4 }],
            [Weights(9), new[] { 5, 0, 5, 0, 5, 0, 5, 0, 5 }],
        ],
        randomCase: random =>
        {
            int n = random.Next(5, 12);
            return [Weights(n, random), Enumerable.Range(0, n).Select(_ => random.Next(4)).ToArray()];
        },
        derived: DerivedCases.Ties,
        hints:
        [
            "Two loops, or one: for each place q look for the latest place before it that holds the same token.",
            "`Array.LastIndexOf(ids, ids[q], q - 1)` searches backwards from q − 1 and returns −1 where there is none.",
            "The weight is A[q, earlier + 1]: row q asks, the column is what is looked at. Divide by how many weights were added, not by n.",
        ],
        mistakes:
        [
            new("one place too early", "This is the weight on the earlier place of the *same* token. An induction head looks at the token after it, which is what should come next. A published port has this mistake, and finds induction heads wherever equal tokens look at each other.",
                (A, ids) => ScoreOf(A, ids, (q, earlier) => A[q, earlier])),
            new("one place too late", "This is the weight two places after the earlier token; it should be the place right after it.",
                (A, ids) => ScoreOf(A, ids, (q, earlier) => earlier + 2 < ids.Length ? A[q, earlier + 2] : 0)),
            new("rows and columns exchanged", "Row and column have changed places: A[q, k] is the weight that q, which asks, gives to k.",
                (A, ids) => ScoreOf(A, ids, (q, earlier) => A[earlier + 1, q])),
            new("divided by all places", "The sum is divided by the number of tokens. Only those that stood earlier have such a weight: divide by how many they are.",
                (A, ids) => ScoreOf(A, ids, (q, earlier) => A[q, earlier + 1]) * Earlier(ids) / ids.Length)
                { Variants = [(A, ids) => ids.Length < 2 ? 0 : ScoreOf(A, ids, (q, earlier) => A[q, earlier + 1]) * Earlier(ids) / (ids.Length - 1)] },
            new("the sum", "These are the weights added up. The score is their mean.",
                (A, ids) => ScoreOf(A, ids, (q, earlier) => A[q, earlier + 1]) * Earlier(ids)),
            new("the first earlier place", "Where a token stood earlier more than once, the weight after its first place is taken; asked for is its latest.",
                (A, ids) => ScoreOf(A, ids, (q, _) => A[q, Array.IndexOf(ids, ids[q]) + 1])),
            new("all earlier places", "Where a token stood earlier more than once, the weights after all of its places go in. Take the latest place alone.",
                (A, ids) => ScoreOf(A, ids, (q, _) => AfterAny(A, ids, q).Sum()))
                { Variants = [(A, ids) => Enumerable.Range(0, ids.Length).SelectMany(q => AfterAny(A, ids, q)).DefaultIfEmpty(0).Average()] },
            new("nothing but 0", "The score is 0 on every row. Under a causal mask no row of A has a weight to the right of its own place: the row is q, which asks, and the column stands to its left.",
                (A, ids) => ScoreOf(A, ids, (_, earlier) => A[earlier, earlier + 1])) { HoldsWithoutNumbers = true },
            new("the largest", "This is the largest of the weights. One token that happens to look there does not make a head: take the mean.",
                (A, ids) => Enumerable.Range(0, ids.Length).Select(q => (q, Earlier: q == 0 ? -1 : Array.LastIndexOf(ids, ids[q], q - 1)))
                    .Where(one => one.Earlier >= 0).Select(one => A[one.q, one.Earlier + 1]).DefaultIfEmpty(0).Max()),
            new("not a number where nothing stood earlier", "Where no token stood earlier, this divides 0 by 0. Return 0 there.",
                (A, ids) => Earlier(ids) == 0 ? double.NaN : ScoreOf(A, ids, (q, earlier) => A[q, earlier + 1])),
        ]);

    /// <summary>Uneven weights under a causal mask.</summary>
    private static double[,] Weights(int n) => Rows(n, (q, k) => k + 1 + (k * k + q) % 3);

    private static double[,] Weights(int n, Random random) => Rows(n, (_, _) => 0.1 + random.NextDouble());

    private static double[,] Rows(int n, Func<int, int, double> entry)
    {
        double[,] A = Build(n, n, (q, k) => k <= q ? entry(q, k) : 0);
        return Build(n, n, (q, k) => A[q, k] / Enumerable.Range(0, n).Sum(j => A[q, j]));
    }

    private static int Earlier(int[] ids) => Enumerable.Range(0, ids.Length).Count(q => Array.IndexOf(ids, ids[q]) < q);

    /// <summary>The weights that a token gives to those after each of its earlier places.</summary>
    private static IEnumerable<double> AfterAny(double[,] A, int[] ids, int q) => Enumerable.Range(0, q).Where(p => ids[p] == ids[q]).Select(p => A[q, p + 1]);

    private static double ScoreOf(double[,] A, int[] ids, Func<int, int, double> weight) => Enumerable.Range(0, ids.Length)
        .Where(q => Array.IndexOf(ids, ids[q]) < q).Select(q => weight(q, Array.LastIndexOf(ids, ids[q], q - 1))).DefaultIfEmpty(0).Average();
}
