using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson08
{
    public delegate double[][,] SplitFunction(double[,] Q, int h);

    public static FunctionExercise<SplitFunction> Split { get; } = new(
        id: "08.6",
        title: "Cut a matrix for the heads",
        statement: "Return h matrices: head i gets the i-th block of `Q.GetLength(1) / h` columns, with all rows.",
        solution: (Q, h) =>
        {
            (int n, int dK) = (Q.GetLength(0), Q.GetLength(1) / h);
            var heads = new double[h][,];
            for (int head = 0; head < h; head++)
            {
                heads[head] = new double[n, dK];
                for (int i = 0; i < n; i++)
                    for (int c = 0; c < dK; c++)
                        heads[head][i, c] = Q[i, head * dK + c];
            }
            return heads;
        },
        cases:
        [
            [new double[,] { { 1, 2, 3, 4 }, { 5, 6, 7, 8 }, { 9, 10, 11, 12 }, { 13, 14, 15, 16 } }, 2],
            [new double[,] { { 1, 2, 3, 4, 5, 6 }, { 7, 8, 9, 10, 11, 12 } }, 3],
            [new double[,] { { 2, 1 }, { -2, -1 }, { 0, 0 } }, 2],
            [new double[,] { { 1, 2 } }, 1],
            [new double[,] { { 5 } }, 1],
        ],
        randomCase: random =>
        {
            int h = random.Next(2, 5);
            return [random.NormalMatrix(random.Next(2, 6), h * random.Next(2, 4)).ToArray(), h];
        },
        hints:
        [
            "Every head keeps all the tokens, so all the rows. What is shared out is the columns.",
            "With d_k = `Q.GetLength(1) / h`, head 0 has the columns 0 to d_k − 1, head 1 the next d_k, and so on.",
            "Column c of head i is column i·d_k + c of `Q`.",
        ],
        mistakes:
        [
            new("rows shared out", "The rows were shared out: each head has got some of the tokens. A head sees every token; it is the columns that are shared out.",
                (Q, h) => [.. Enumerable.Range(0, h).Select(i => Build(Math.Max(1, Q.GetLength(0) / h), Q.GetLength(1), (r, c) => Q[Math.Min(Q.GetLength(0) - 1, (i * Math.Max(1, Q.GetLength(0) / h)) + r), c]))])
            {
                Variants =
                [
                    (Q, h) => [.. Enumerable.Range(0, h).Select(i => Build(Q.GetLength(0) / h, Q.GetLength(1), (r, c) => Q[(i * (Q.GetLength(0) / h)) + r, c]))],
                ],
            },
            new("the first block for everyone", "Every head has got the first block of columns. Where a head's block begins depends on which head it is.",
                (Q, h) => [.. Enumerable.Range(0, h).Select(_ => Block(Q, 0, Q.GetLength(1) / h))]),
            new("blocks that overlap", "Head i begins at column i here, so the heads share columns. Each block begins where the one before it ends.",
                (Q, h) => [.. Enumerable.Range(0, h).Select(i => Block(Q, i, Q.GetLength(1) / h))]),
            new("blocks that begin at i·h", "Head i begins at column i·h here. The blocks before it are i blocks of d_k columns.",
                (Q, h) => [.. Enumerable.Range(0, h).Select(i => Block(Q, i * h, Q.GetLength(1) / h))]),
            new("the last block for everyone", "Every head holds the last block, as happens when one matrix is made before the loop and filled again for each head: then all heads are the same object.",
                (Q, h) => [.. Enumerable.Range(0, h).Select(_ => Block(Q, Q.GetLength(1) / h * (h - 1), Q.GetLength(1) / h))]),
            new("last head first", "The blocks are right, and the heads are in the opposite order. The first head has the first columns.",
                (Q, h) => [.. Cut(Q, h).Reverse()]),
            new("the other columns at 0", "Each head has the full width, with 0 in the columns of the others. A head's matrix is only d_k wide.",
                (Q, h) => [.. Enumerable.Range(0, h).Select(i => Build(Q.GetLength(0), Q.GetLength(1), (r, c) => c / (Q.GetLength(1) / h) == i ? Q[r, c] : 0))]),
            new("transposed", "The blocks are right, and each is transposed: a token is a row.",
                (Q, h) => [.. Cut(Q, h).Select(block => Of(block).Transpose().ToArray())]),
            new("every h-th column", "Head i has the columns i, i + h, i + 2h, … here. The heads' columns lie side by side: head i has a block of neighbours.",
                (Q, h) => [.. Enumerable.Range(0, h).Select(i => Build(Q.GetLength(0), Q.GetLength(1) / h, (r, c) => Q[r, (c * h) + i]))]),
            new("the numbers in a row, cut in h", "All numbers were laid in one row, token after token, and that row was cut in h pieces: the first head has the first tokens' numbers. Go through the columns of each token instead.",
                (Q, h) => CutStraight(Q, h)),
            new("h columns for each head", "Each head has h columns here. It has d_k of them, the width divided by h.",
                (Q, h) => [.. Enumerable.Range(0, Q.GetLength(1) / h).Select(i => Build(Q.GetLength(0), h, (r, c) => Q[r, (i * h) + c]))]),
            new("everything for everyone", "Every head has got all the columns. Each gets a block of its own.",
                (Q, h) => [.. Enumerable.Range(0, h).Select(_ => Build(Q.GetLength(0), Q.GetLength(1), (r, c) => Q[r, c]))]),
        ]);
}
