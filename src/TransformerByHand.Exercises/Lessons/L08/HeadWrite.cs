using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson08
{
    public delegate double[,] HeadWriteFunction(double[,] O, double[,] W_O, int head, int h);

    public static FunctionExercise<HeadWriteFunction> HeadWrite { get; } = new(
        id: "08.1",
        title: "What one head writes",
        statement: "Return what head `head` (from 0) adds to Y = O·W_O: the part of the product that its own columns of `O` make.",
        solution: (O, W_O, head, h) =>
        {
            int dV = O.GetLength(1) / h;
            var write = new double[O.GetLength(0), W_O.GetLength(1)];
            for (int i = 0; i < write.GetLength(0); i++)
                for (int j = 0; j < write.GetLength(1); j++)
                    for (int c = head * dV; c < (head + 1) * dV; c++)
                        write[i, j] += O[i, c] * W_O[c, j];
            return write;
        },
        cases:
        [
            [new double[,] { { 3, 2 }, { 1, 4 } }, Mixes, 1, 2],
            [new double[,] { { 3, 2 }, { 1, 4 } }, Mixes, 0, 2],
            [new double[,] { { 1, 2, 3, 4 } }, Four, 1, 2],
            [new double[,] { { 1, 2, 3, 4 } }, new double[,] { { 1, 0, 2, 1, 1, 0 }, { 0, 1, -1, 3, 0, 2 }, { 1, 1, 0, 2, -1, 1 }, { 2, 0, 0, -1, 3, 1 } }, 1, 2],
            [new double[,] { { 3 } }, new double[,] { { 2 } }, 0, 1],
        ],
        randomCase: random =>
        {
            (int h, int dV) = (random.Next(2, 4), 2);
            int d = h * dV;
            return [random.NormalMatrix(random.Next(2, 5), d).ToArray(), random.NormalMatrix(d, d).ToArray(), random.Next(1, h), h];
        },
        hints:
        [
            "The product O·W_O adds up over the columns c of `O` and the rows c of `W_O`. Which c belong to this head?",
            "With d_v = `O.GetLength(1) / h` they are those from head·d_v up to, and without, (head + 1)·d_v.",
            "It is the ordinary matrix product with a shorter inner loop.",
        ],
        mistakes:
        [
            new("columns of W_O", "This uses the head's *columns* of W_O, with all of O. The columns of W_O are the features of the output; what belongs to a head is its rows.",
                (O, W_O, head, h) => (Of(O) * Of(W_O)).MapIndexed((_, j, v) => j / (W_O.GetLength(1) / h) == head ? v : 0, Zeros.Include).ToArray()),
            new("the whole product", "This is what all heads write together. Only the head's own d_v columns of O and rows of W_O belong in the sum.",
                (O, W_O, head, h) => (Of(O) * Of(W_O)).ToArray()),
            new("what the others write", "This is what all the *other* heads write, the output without this head.",
                (O, W_O, head, h) => ((Of(O) * Of(W_O)) - (Of(O).ColumnBlock(head, h) * Of(W_O).RowBlock(head, h))).ToArray()),
            new("heads counted from 1", "This is what the head before writes: the heads are counted from 0.",
                (O, W_O, head, h) => WriteFrom(O, W_O, (head - 1) * (O.GetLength(1) / h), (head - 1) * (O.GetLength(1) / h), h))
            {
                Variants =
                [
                    (O, W_O, head, h) => (Of(O).ColumnBlock((head + h - 1) % h, h) * Of(W_O).RowBlock((head + h - 1) % h, h)).ToArray(),
                    (O, W_O, head, h) => (Of(O).ColumnBlock(head - 1, h) * Of(W_O).RowBlock(head - 1, h)).ToArray(),
                ],
            },
            new("every h-th row", "Head i has every h-th column and row here. It has a block of d_v neighbours.",
                (O, W_O, head, h) => (Of(O).MapIndexed((_, c, v) => c % h == head ? v : 0, Zeros.Include) * Of(W_O)).ToArray()),
            new("W_O transposed", "W_O came in transposed. Row c of W_O says what one unit of column c of O writes into the features of the token.",
                (O, W_O, head, h) => (Of(O).ColumnBlock(head, h) * Of(W_O).Transpose().RowBlock(head, h)).ToArray())
            {
                Variants =
                [
                    (O, W_O, head, h) => Build(O.GetLength(0), W_O.GetLength(1), (i, j) =>
                        Enumerable.Range(head * (O.GetLength(1) / h), O.GetLength(1) / h).Sum(c => O[i, c] * W_O[j, c])),
                ],
            },
            new("the first rows of W_O", "The head's own columns of O meet the first rows of W_O. Every head has rows of its own: column c of O meets row c.",
                (O, W_O, head, h) => WriteFrom(O, W_O, head * (O.GetLength(1) / h), 0, h)),
            new("the first columns of O", "The first columns of O meet the head's rows of W_O. Row c of W_O meets column c of O.",
                (O, W_O, head, h) => WriteFrom(O, W_O, 0, head * (O.GetLength(1) / h), h)),
            new("width forgotten in the offset", "The head's block begins at column `head` here. Each of the heads before it has d_v columns: it begins at head · d_v.",
                (O, W_O, head, h) => WriteFrom(O, W_O, head, head, h)),
            new("h columns for each head", "The head's block is h columns wide here. It has d_v of them, the width of O divided by h.",
                (O, W_O, head, h) => Build(O.GetLength(0), W_O.GetLength(1), (i, j) => Enumerable.Range(head * h, h).Sum(c => O[i, c] * W_O[c, j]))),
            new("blocks that begin at head·h", "The head's block begins at head · h here. The heads before it take head blocks of d_v columns.",
                (O, W_O, head, h) => WriteFrom(O, W_O, head * h, head * h, h)),
            new("one column too many", "The head's block has one column too many, the first of the next head's. It ends before (head + 1) · d_v: `<`, not `<=`.",
                (O, W_O, head, h) => Build(O.GetLength(0), W_O.GetLength(1), (i, j) =>
                    Enumerable.Range(head * (O.GetLength(1) / h), (O.GetLength(1) / h) + 1).Sum(c => O[i, c] * W_O[c, j]))),
            new("always the first head", "This is what head 0 writes, whichever head was asked for.",
                (O, W_O, head, h) => WriteFrom(O, W_O, 0, 0, h)),
            new("counted from the end", "This is what another head writes: the heads were counted from the last.",
                (O, W_O, head, h) => WriteFrom(O, W_O, (h - 1 - head) * (O.GetLength(1) / h), (h - 1 - head) * (O.GetLength(1) / h), h)),
            new("a slice of the output", "These are some columns of what all heads write together. No head owns a slice of the output: each writes into all d_model features.",
                (O, W_O, head, h) => Block((Of(O) * Of(W_O)).ToArray(), head * (W_O.GetLength(1) / h), W_O.GetLength(1) / h))
                { Variants = [(O, W_O, head, h) => Block((Of(O) * Of(W_O)).ToArray(), head * (O.GetLength(1) / h), O.GetLength(1) / h)] },
            new("a slice of what it writes", "These are only some columns of what the head writes. It writes into all d_model features: the rows of W_O are shared out, and each is used from end to end.",
                (O, W_O, head, h) => Block(WriteFrom(O, W_O, head * (O.GetLength(1) / h), head * (O.GetLength(1) / h), h), head * (W_O.GetLength(1) / h), W_O.GetLength(1) / h))
                { Variants = [(O, W_O, head, h) => Block(WriteFrom(O, W_O, head * (O.GetLength(1) / h), head * (O.GetLength(1) / h), h), head * (O.GetLength(1) / h), O.GetLength(1) / h)] },
            new("the last product alone", "Only the last of the head's d_v products is left: each one has overwritten the one before it. They add up.",
                (O, W_O, head, h) => Build(O.GetLength(0), W_O.GetLength(1), (i, j) => O[i, ((head + 1) * (O.GetLength(1) / h)) - 1] * W_O[((head + 1) * (O.GetLength(1) / h)) - 1, j])),
            new("width taken from d_model", "It is right where d_model = h·d_v, and only there. Is the head's width taken from the columns of W_O, d_model / h? It is d_v, and comes from the columns of O (or the rows of W_O).",
                (O, W_O, head, h) => Build(O.GetLength(0), W_O.GetLength(1), (i, j) =>
                    Enumerable.Range(head * (W_O.GetLength(1) / h), W_O.GetLength(1) / h).Sum(c => O[i, c] * W_O[c, j])))
            {
                Variants =
                [
                    (O, W_O, head, h) => (Of(O).SubMatrix(0, O.GetLength(0), head * (W_O.GetLength(1) / h), W_O.GetLength(1) / h)
                        * Of(W_O).SubMatrix(head * (W_O.GetLength(1) / h), W_O.GetLength(1) / h, 0, W_O.GetLength(1))).ToArray(),
                ],
                HoldsWithoutNumbers = true,
            },
        ]);
}
