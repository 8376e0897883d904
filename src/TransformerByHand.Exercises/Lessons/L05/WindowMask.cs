using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson05
{
    public delegate double[,] WindowMaskFunction(double[,] S, int w);

    public static FunctionExercise<WindowMaskFunction> WindowMask { get; } = new(
        id: "05.5",
        title: "A window mask",
        statement: "Return a copy of the scores in which each token sees `w` tokens, itself and the w − 1 before it; all else is −∞.",
        solution: (S, w) =>
        {
            var masked = new double[S.GetLength(0), S.GetLength(1)];
            for (int i = 0; i < S.GetLength(0); i++)
                for (int j = 0; j < S.GetLength(1); j++)
                    masked[i, j] = j <= i && j > i - w ? S[i, j] : double.NegativeInfinity;
            return masked;
        },
        cases:
        [
            [Ones(5), 3],
            [Ones(5), 1],
            [Ones(3), 7],
        ],
        randomCase: random =>
        {
            int n = random.Next(5, 8);
            return [random.NormalMatrix(n, n).ToArray(), random.Next(2, 5)];
        },
        hints:
        [
            "Two conditions: not in the future, and not too far in the past.",
            "With w = 1 a token sees itself alone. With w = 3 token 4 sees 4, 3 and 2.",
            "The oldest visible token is i − w + 1, and the youngest is i.",
        ],
        mistakes:
        [
            new("one token too many", "Each token sees w + 1 tokens: itself and w before it. It should see w in all.",
                (S, w) => Masked(S, (i, j) => j <= i && i - j <= w)),
            new("one token too few", "Each token sees w − 1 tokens. It should see w, itself included.",
                (S, w) => Masked(S, (i, j) => j <= i && i - j < w - 1)),
            new("looks ahead too", "This window looks as far ahead as back. Here it is causal: nothing after the token itself.",
                (S, w) => Masked(S, (i, j) => Math.Abs(i - j) < w)),
            new("looks ahead only", "This window looks ahead. It should look back: j ≤ i.",
                (S, w) => Masked(S, (i, j) => j >= i && j - i < w)),
            new("no window", "This is the causal mask: the far past is still visible.",
                (S, w) => Masked(S, (i, j) => j <= i)),
            new("no causal mask", "The far past is hidden, and all of the future is visible. The window ends at the token itself: j ≤ i.",
                (S, w) => Masked(S, (i, j) => j > i - w)),
            new("half to each side", "This window has one half before the token and one after, as in Longformer. Here it looks back only, and has w tokens, the token itself included.",
                (S, w) => Masked(S, (i, j) => Math.Abs(i - j) <= w / 2))
            {
                Variants = [(S, w) => Masked(S, (i, j) => Math.Abs(i - j) <= (w - 1) / 2), (S, w) => Masked(S, (i, j) => j <= i && i - j <= w / 2)],
            },
            new("hides a token from itself", "The token itself is hidden. It is one of the w tokens that it sees.",
                (S, w) => Masked(S, (i, j) => j < i && j >= i - w))
            {
                Variants = [(S, w) => Masked(S, (i, j) => j < i && j > i - w)],
            },
            new("nothing hidden", "Nothing is hidden. A key is hidden if it lies in the future *or* too far in the past; no key is both, and every key is allowed by one of the two conditions.",
                (S, w) => Masked(S, (_, _) => true)),
            new("blocks", "These are blocks: the tokens see only what lies in their own block of w. A window moves along with the token.",
                (S, w) => Masked(S, (i, j) => j <= i && i / w == j / w))
            {
                Variants = [(S, w) => Masked(S, (i, j) => i / w == j / w)],
            },
            new("zeros", "What is hidden has the score 0 here, and e⁰ = 1 is a weight. Use −∞, whose exponential is 0.",
                (S, w) => Masked(S, (i, j) => j <= i && j > i - w, filler: 0)),
            new("a large negative number", "A finite number stands where −∞ should. It gives the same weights while a row has something allowed; this lesson shows what it does when a row has not.",
                (S, w) => Masked(S, (i, j) => j <= i && j > i - w, filler: -1e9))
            {
                Variants =
                [
                    .. Fillers.Select(filler => (WindowMaskFunction)((S, w) => Masked(S, (i, j) => j <= i && j > i - w, filler))),
                    .. AddedFillers.Select(filler => (WindowMaskFunction)((S, w) => Plus(S, (i, j) => j <= i && j > i - w, filler))),
                ],
            },
        ]);
}
