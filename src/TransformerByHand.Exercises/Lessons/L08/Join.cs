using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson08
{
    public delegate double[,] JoinFunction(double[][,] heads);

    public static FunctionExercise<JoinFunction> Join { get; } = new(
        id: "08.7",
        title: "Join the heads",
        statement: "Return one matrix with the heads side by side: row i holds what every head has for token i, head after head.",
        solution: heads =>
        {
            (int n, int dV) = (heads[0].GetLength(0), heads[0].GetLength(1));
            var O = new double[n, heads.Length * dV];
            for (int head = 0; head < heads.Length; head++)
                for (int i = 0; i < n; i++)
                    for (int c = 0; c < dV; c++)
                        O[i, head * dV + c] = heads[head][i, c];
            return O;
        },
        cases:
        [
            [Heads(new double[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } }, new double[,] { { 10, 20 }, { 30, 40 }, { 50, 60 } })],
            [Heads(new double[,] { { 1 }, { 2 } }, new double[,] { { 10 }, { 20 } }, new double[,] { { 100 }, { 200 } })],
            [Heads(new double[,] { { 1, 2 } })],
        ],
        randomCase: random =>
        {
            (int n, int dV) = (random.Next(2, 5), random.Next(2, 4));
            return [Enumerable.Range(0, random.Next(2, 4)).Select(_ => random.NormalMatrix(n, dV).ToArray()).ToArray()];
        },
        hints:
        [
            "There are as many rows as tokens, and h·d_v columns.",
            "Three loops: the heads, the tokens i, the columns c of a head. Where does `heads[head][i, c]` go?",
            "To row i, column head·d_v + c.",
        ],
        mistakes:
        [
            new("one below the other", "The heads are one below the other. Side by side, a token keeps its row: it has one row and h·d_v columns.",
                heads => Build(heads.Length * heads[0].GetLength(0), heads[0].GetLength(1), (r, c) => heads[r / heads[0].GetLength(0)][r % heads[0].GetLength(0), c])),
            new("joined without the transpose", "The numbers of the first head come first, all tokens of it, then those of the second, and the long row was cut into rows of the right length. The shape is right, and the rows mix tokens: each row should hold one token, from all heads.",
                JoinStraight),
            new("first numbers first", "The first numbers of all heads come first, then the second ones. Keep each head's numbers together: head after head.",
                Interleaved),
            new("heads added", "The heads were added up. Side by side they keep their own columns; the adding comes with W_O.",
                heads => Build(heads[0].GetLength(0), heads[0].GetLength(1), (r, c) => heads.Sum(head => head[r, c]))),
            new("last head first", "The heads are in the opposite order. The first head has the first columns.",
                heads => SideBySide([.. heads.Reverse()])),
            new("one head alone", "This is one head. All of them belong side by side.",
                heads => Of(heads[0]).ToArray()) { Variants = [heads => Of(heads[^1]).ToArray()] },
            new("blocks that begin at head·h", "Head i was written from column i·h on. The heads before it take i blocks of d_v columns.",
                heads => Placed(heads, head => head * heads.Length)),
            new("blocks that overlap", "Head i was written from column i on, over what the heads before it had written. Each block begins where the one before it ends.",
                heads => Placed(heads, head => head)),
            new("all heads in the first block", "Every head was written into the first columns, so only the last is left. Where a head's block begins depends on which head it is.",
                heads => Placed(heads, _ => 0)),
        ]);
}
