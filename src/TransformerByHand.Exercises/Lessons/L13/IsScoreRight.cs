using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson13
{
    public delegate bool IsScoreRightFunction(Func<double[,], int[], double> score);

    public static TestExercise<IsScoreRightFunction, Func<double[,], int[], double>> IsScoreRight { get; } = new(
        id: "13.3",
        title: "Find the bug: off by one",
        statement: "Return `true` if `score` is the induction score of exercise 13.2. Give it rows and weights of which you know the answer.",
        solution: score =>
        {
            int[] ids = [7, 3, 5, 7, 3, 3, 7, 8];                  // 7 and 3 stood earlier, 3 once right before itself
            double[,] A = new double[8, 8];
            for (int q = 0; q < 8; q++)
                for (int k = 0; k <= q; k++)
                    A[q, k] = (1 + k + k * k % 5) / (10.0 + q);    // every weight another number
            double expected = (A[3, 1] + A[4, 2] + A[5, 5] + A[6, 4]) / 4;
            return Math.Abs(score(A, ids) - expected) < 1e-9
                && score(new double[2, 2], [1, 2]) == 0;           // nothing stood earlier
        },
        correct:
        [
            new("the definition", "It takes the mean of the weights on the token after the latest earlier place.", (A, ids) => ScoreOf(A, ids, (q, earlier) => A[q, earlier + 1])),
            new("with two loops", "It searches backwards by hand.", (A, ids) =>
            {
                double sum = 0;
                int count = 0;
                for (int q = 0; q < ids.Length; q++)
                    for (int p = q - 1; p >= 0; p--)
                        if (ids[p] == ids[q])
                        {
                            sum += A[q, p + 1];
                            count++;
                            break;
                        }
                return sum / Math.Max(count, 1);
            }),
        ],
        wrong:
        [
            new("the earlier token itself", "It takes the weight on the earlier place of the same token, one too early. That is the published mistake.", (A, ids) => ScoreOf(A, ids, (q, earlier) => A[q, earlier])),
            new("one too late", "It takes the weight two places after the earlier token.", (A, ids) => ScoreOf(A, ids, (q, earlier) => A[q, Math.Min(earlier + 2, ids.Length - 1)])),
            new("rows and columns exchanged", "It reads the weights the wrong way around.", (A, ids) => ScoreOf(A, ids, (q, earlier) => A[earlier + 1, q])),
            new("divided by all places", "It divides by the number of all tokens.", (A, ids) => ScoreOf(A, ids, (q, earlier) => A[q, earlier + 1]) * Earlier(ids) / ids.Length),
            new("the first earlier place", "Where a token stood earlier twice, it takes the first of its places.", (A, ids) => ScoreOf(A, ids, (q, _) => A[q, Array.IndexOf(ids, ids[q]) + 1])),
            new("never right before", "It does not see a token that stood in the place right before.", (A, ids) => Enumerable.Range(0, ids.Length)
                .Select(q => (q, Earlier: q < 2 ? -1 : Array.LastIndexOf(ids, ids[q], q - 2))).Where(one => one.Earlier >= 0).Select(one => A[one.q, one.Earlier + 1]).DefaultIfEmpty(0).Average()),
            new("a fixed distance", "It looks as far back as the first repeated token does, for every token: right where the row repeats after a fixed number, and only there.", (A, ids) =>
            {
                int q = Enumerable.Range(0, ids.Length).FirstOrDefault(i => Array.IndexOf(ids, ids[i]) < i, -1);
                if (q < 0) return 0;
                int n = q - Array.LastIndexOf(ids, ids[q], q - 1);
                return Enumerable.Range(q, ids.Length - q).Average(i => A[i, i - n + 1]);
            }),
            new("one per cent too large", "every score is 1 % too large. Whoever leaves too much room does not see it.", (A, ids) => 1.01 * ScoreOf(A, ids, (q, earlier) => A[q, earlier + 1])),
            new("a little too small", "every score is 0.002 too small. Whoever subtracts without `Math.Abs`, or leaves too much room, does not see it.", (A, ids) => Earlier(ids) == 0 ? 0 : ScoreOf(A, ids, (q, earlier) => A[q, earlier + 1]) - 0.002),
            new("no answer where nothing stood earlier", "Where no token stood earlier it returns NaN.", (A, ids) => Earlier(ids) == 0 ? double.NaN : ScoreOf(A, ids, (q, earlier) => A[q, earlier + 1])),
        ],
        errors: SmallErrors.None, // one number has no first, last and inner one; what is left of them is declared above
        hints:
        [
            "Make a small A in which every number is another one, and work out the score by hand.",
            "A row that repeats after three tokens hides much: let some token stand three times, one right after itself, and one only once.",
            "What should come out where no token stood earlier?",
        ],
        mistakes:
        [
            new("believes everything", "Your test says `true` to everything.", _ => true),
            new("believes nothing", "Your test says `false` to everything, and so to the right ones.", _ => false),
            new("the other way around", "Your test says the opposite: `true` where the numbers differ. `true` is for those that are right.",
                score => Math.Abs(score(Weights(7), [0, 1, 2, 0, 2, 2, 0]) - InductionScore.ReferenceSolution(Weights(7), [0, 1, 2, 0, 2, 2, 0])) > 1e-9),
            new("only a row that repeats", "In this row every token comes again after the same number of places, and only once: then the first earlier place is the latest, and as far back as all others'. Half of the wrong ones cannot be told from the right one.",
                score => Math.Abs(score(Weights(7), [0, 1, 2, 3, 0, 1, 2]) - InductionScore.ReferenceSolution(Weights(7), [0, 1, 2, 3, 0, 1, 2])) < 1e-9),
            new("always something to find", "Nearly all are caught. But in this row something stood earlier; what should come out where nothing did?",
                score => Math.Abs(score(Uneven(8), [7, 3, 5, 7, 3, 3, 7, 8]) - InductionScore.ReferenceSolution(Uneven(8), [7, 3, 5, 7, 3, 3, 7, 8])) < 1e-9),
        ]);

    /// <summary>Weights under a causal mask of which no two that a score could read are the same.</summary>
    private static double[,] Uneven(int n) => Build(n, n, (q, k) => k <= q ? (1 + k + k * k % 5) / (10.0 + q) : 0);
}
