using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson05
{
    public delegate double[,] CausalMaskFunction(double[,] S);

    public static FunctionExercise<CausalMaskFunction> CausalMask { get; } = new(
        id: "05.5",
        title: "The causal mask",
        statement: "Return a copy of the scores with −∞ wherever the key comes after the query.",
        solution: S =>
        {
            var masked = new double[S.GetLength(0), S.GetLength(1)];
            for (int i = 0; i < S.GetLength(0); i++)
                for (int j = 0; j < S.GetLength(1); j++)
                    masked[i, j] = j <= i ? S[i, j] : double.NegativeInfinity;
            return masked;
        },
        cases: [[new double[,] { { 1, 2, 3 }, { -1, -2, -3 }, { 4, 5, 6 } }], [new double[,] { { 7 } }]],
        randomCase: random =>
        {
            int n = random.Next(2, 6);
            return [random.NormalMatrix(n, n).ToArray()];
        },
        hints:
        [
            "The row i is the token that asks, the column j the token that is asked. Which pairs (i, j) look into the future?",
            "A token may look at itself: j = i is allowed, j > i is not.",
            "Make a new matrix. Where the key is allowed it holds the score, and elsewhere `double.NegativeInfinity`.",
        ],
        mistakes:
        [
            new("hides a token from itself", "The diagonal is masked too. A token may look at itself, and the first token has nothing else to look at: its row would be empty.",
                S => Masked(S, (i, j) => j < i)),
            new("hides the past", "This masks what comes before, below the diagonal. Hide what comes after: j > i.",
                S => Masked(S, (i, j) => j >= i)),
            new("sees one token ahead", "One token of the future can still be seen: j = i + 1. A model that has to predict the next token would read the answer off.",
                S => Masked(S, (i, j) => j <= i + 1)),
            new("zeros", "The future has the score 0 here. The softmax gives a score of 0 the weight e⁰ = 1 before dividing: more than any negative score. Use −∞, whose exponential is 0.",
                S => Masked(S, (i, j) => j <= i, filler: 0)),
            new("a large negative number", "A finite number stands where −∞ should. It gives the same weights while a row has something allowed; this lesson shows what it does when a row has not.",
                S => Masked(S, (i, j) => j <= i, filler: -1e9))
            {
                Variants =
                [
                    .. Fillers.Select(filler => (CausalMaskFunction)(S => Masked(S, (i, j) => j <= i, filler))),
                    .. AddedFillers.Select(filler => (CausalMaskFunction)(S => Plus(S, (i, j) => j <= i, filler))),
                ],
            },
            new("nothing hidden", "Nothing is hidden: the scores came back as they were. Where the key comes after the query, j > i, there should be −∞.",
                S => Masked(S, (_, _) => true)),
            new("plus infinity", "The future has the score +∞ here, so that it would take all the weight. The score of what is hidden is −∞.",
                S => Masked(S, (i, j) => j <= i, filler: double.PositiveInfinity)),
            new("multiplied by −∞", "The scores of the future were *multiplied* by −∞: a negative score becomes +∞, and 0 becomes NaN. Set them to −∞, or add it.",
                S => Build(S.GetLength(0), S.GetLength(1), (i, j) => j <= i ? S[i, j] : S[i, j] * double.NegativeInfinity)),
            new("the mask without the scores", "This is the mask alone. Where a key is allowed, its score should still be there.",
                S => Build(S.GetLength(0), S.GetLength(1), (i, j) => j <= i ? 0 : double.NegativeInfinity))
            {
                Variants =
                [
                    S => Build(S.GetLength(0), S.GetLength(1), (i, j) => j <= i ? 1 : double.NegativeInfinity),
                    S => Build(S.GetLength(0), S.GetLength(1), (i, j) => j <= i ? 1 : 0),
                ],
            },
        ]);
}
