using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson15
{
    /// <summary>How much weight a head gives to the first token, to the last, and to the previous one, from its weights A (n × n).</summary>
    public delegate (double first, double last, double previous) ReadHeadFunction(double[,] A);

    /// <summary>15.6: read a head.</summary>
    public static FunctionExercise<ReadHeadFunction> ReadHead { get; } = new(
        id: "15.6",
        title: "Read a head",
        statement: "Return three means over the tokens that look: of their weight on the first token ([CLS]), on the last ([SEP]), and on the one before themselves. The first token has none before it and is left out of the third mean.",
        solution: A =>
        {
            int n = A.GetLength(0);
            double first = 0, last = 0, previous = 0;
            for (int i = 0; i < n; i++)
            {
                first += A[i, 0] / n;
                last += A[i, n - 1] / n;
                if (i > 0) previous += A[i, i - 1] / (n - 1);
            }
            return (first, last, previous);
        },
        cases:
        [
            [new double[,] { { 0.5, 0.2, 0.3 }, { 0.8, 0.1, 0.1 }, { 0.1, 0.6, 0.3 } }],
            [new double[,] { { 0.25, 0.75 }, { 0.9, 0.1 } }],
            [new double[,] { { 0.1, 0.2, 0.3, 0.4 }, { 0.7, 0.1, 0.15, 0.05 }, { 0.05, 0.8, 0.1, 0.05 }, { 0.2, 0.1, 0.6, 0.1 } }],
        ],
        randomCase: random =>
        {
            int n = random.Next(3, 7);
            return [Softmax.Forward(random.NormalMatrix(n, n)).ToArray()];
        },
        derived: DerivedCases.Ties,         // weights are at most 1
        neverOne: ["rows of A"],    // with a single token nothing stands before another
        hints:
        [
            "Row i of A holds where token i looks. Its weight on the first token is `A[i, 0]`, on the last `A[i, n - 1]`.",
            "The weight on the one before is `A[i, i - 1]`, for i from 1: there are n − 1 of them.",
        ],
        mistakes:
        [
            new("rows and columns exchanged", "A was read along its columns: how much the first token looks at the others. Row i holds where token i looks.",
                A => Reading(Transposed(A))),
            new("the next token", "The third is the weight on the *next* token. The one before token i is i − 1.",
                A => Reading(A) with { previous = Enumerable.Range(0, A.GetLength(0) - 1).Average(i => A[i, i + 1]) }),
            new("divided by n", "The third sum was divided by n. Only n − 1 tokens have one before them.",
                A => Reading(A) is var r && A.GetLength(0) is var n ? r with { previous = r.previous * (n - 1) / n } : r),
            new("round the end", "For the first token, the last was taken for the one before. Nothing stands before it: leave it out.",
                A => Reading(A) with { previous = Enumerable.Range(0, A.GetLength(0)).Average(i => A[i, (i + A.GetLength(0) - 1) % A.GetLength(0)]) }),
            new("itself", "The third is the weight of each token on itself.",
                A => Reading(A) with { previous = Enumerable.Range(0, A.GetLength(0)).Average(i => A[i, i]) }),
            new("first and last exchanged", "The first two have changed places: [CLS] is the first token, [SEP] the last.",
                A => Reading(A) is var r ? (r.last, r.first, r.previous) : r),
            new("sums", "These are sums. Divide by how many weights went into each.",
                A => Reading(A) is var r && A.GetLength(0) is var n ? (r.first * n, r.last * n, r.previous * (n - 1)) : r),
            new("the last but one", "The second is the weight on the last but one. The last of n has the place n − 1.",
                A => Reading(A) with { last = Enumerable.Range(0, A.GetLength(0)).Average(i => A[i, A.GetLength(0) - 2]) }),
            new("without the first token", "The first token was left out of all three means. It looks at the first and at the last as the others do.",
                A => Reading(A) is var r && A.GetLength(0) is var n ? (Enumerable.Range(1, n - 1).Average(i => A[i, 0]), Enumerable.Range(1, n - 1).Average(i => A[i, n - 1]), r.previous) : r),
            new("each at itself", "The first two are single weights: that of the first token on itself, and that of the last. Take the mean over all tokens that look.",
                A => Reading(A) with { first = A[0, 0], last = A[A.GetLength(0) - 1, A.GetLength(0) - 1] }),
            new("the largest", "These are the largest weights, not the means.",
                A => A.GetLength(0) is var n ? (Enumerable.Range(0, n).Max(i => A[i, 0]), Enumerable.Range(0, n).Max(i => A[i, n - 1]), Enumerable.Range(1, n - 1).Max(i => A[i, i - 1])) : default),
        ]);

    private static (double first, double last, double previous) Reading(double[,] A) => ReadHead.ReferenceSolution(A);
}
