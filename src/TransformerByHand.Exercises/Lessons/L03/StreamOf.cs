using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson03
{
    public delegate double[,] StreamFunction(double[] start, double[,] writes);

    public static FunctionExercise<StreamFunction> StreamOf { get; } = new(
        id: "03.2",
        title: "The stream, stage by stage",
        statement: "Return the stream before the first block and after each: one row a stage.",
        solution: (start, writes) =>
        {
            (int blocks, int d) = (writes.GetLength(0), writes.GetLength(1));
            var stream = new double[blocks + 1, d];
            for (int i = 0; i < d; i++)
            {
                stream[0, i] = start[i];
                for (int l = 0; l < blocks; l++)
                    stream[l + 1, i] = stream[l, i] + writes[l, i];
            }
            return stream;
        },
        cases:
        [
            [Row(10, 0), new double[,] { { 3, 1 }, { -2, 4 }, { 0.5, 0.5 } }],
            [Row(10, 0), new double[,] { { 3, 1 }, { -2, 4 } }],
            [Row(1, 2, 3), new double[,] { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 }, { -2, -3, -4 } }],
            [Row(5, 7), new double[,] { { 0.5, -1 } }],
            [Row(3), new double[,] { { 1 }, { -5 }, { 2 } }],
            [Row(2e9, -1e9, 5e8), new double[,] { { 1e8, 2, 3e9 }, { 4, -5e9, 6 } }],
        ],
        randomCase: random =>
        {
            int d = random.Next(2, 5);
            return [random.NormalVector(d).ToArray(), random.NormalMatrix(random.Next(2, 5), d).ToArray()];
        },
        hints:
        [
            "There is one row more than there are blocks. The first row is the start.",
            "Each further row is the row before it, plus what that block wrote.",
            "`stream[l + 1, i] = stream[l, i] + writes[l, i]`.",
        ],
        mistakes:
        [
            new("forgets the start", "The writes add up, but the start is missing from every row. The stream begins with the embedding and keeps it.",
                (start, writes) => Stream(new double[start.Length], writes)),
            new("the start in the first row only", "The start stands in the first row, and the later rows are sums of the writes alone. The stream begins with the embedding and keeps it.",
                (start, writes) => Build(writes.GetLength(0) + 1, start.Length, (l, i) => l == 0 ? start[i] : Stream(new double[start.Length], writes)[l, i])),
            new("does not accumulate", "Each row is the start plus that one write. What the earlier blocks wrote is still in the stream.",
                (start, writes) => Build(writes.GetLength(0) + 1, start.Length, (l, i) => start[i] + (l == 0 ? 0 : writes[l - 1, i]))),
            new("replaces instead of adding", "Each row is what the block wrote. A block adds to the stream, it does not replace it.",
                (start, writes) => Build(writes.GetLength(0) + 1, start.Length, (l, i) => l == 0 ? start[i] : writes[l - 1, i])),
            new("one row short", "The start has no row of its own here. The first row is the stream before any block.",
                (start, writes) => Stream(start, writes) is var all ? Build(writes.GetLength(0), start.Length, (l, i) => all[l + 1, i]) : all),
            new("the end in every row", "Every row is the end of the stream. Row l holds only what was written by the first l blocks.",
                (start, writes) => Stream(start, writes) is var all ? Build(writes.GetLength(0) + 1, start.Length, (_, i) => all[writes.GetLength(0), i]) : all),
            new("the last row missing", "The stream after the last block is missing. There is one row more than there are blocks: the start has one too.",
                (start, writes) => Stream(start, writes) is var all ? Build(writes.GetLength(0), start.Length, (l, i) => all[l, i]) : all),
            new("the loop ends too soon", "The last row was left at 0. The loop has to reach the last block.",
                (start, writes) => Stream(start, writes) is var all ? Build(writes.GetLength(0) + 1, start.Length, (l, i) => l == writes.GetLength(0) ? 0 : all[l, i]) : all),
            new("the loop begins too late", "Row 1 was left at 0, and the rows after it go on from there: the loop over the blocks begins at the second one.",
                (start, writes) => Build(writes.GetLength(0) + 1, start.Length, (l, i) => l == 0 ? start[i] : Enumerable.Range(1, l - 1).Sum(k => writes[k, i]))),
            new("rows and columns of the writes exchanged", "`writes[i, l]` is number l of what block i wrote. Its rows are the blocks: number i of block l is `writes[l, i]`.",
                (start, writes) => Stream(start, Build(writes.GetLength(0), start.Length, (l, i) => writes[i, l]))),
            new("the start added at every block", "The start was added again at every block. It is in the row before already: add only what the block wrote.",
                (start, writes) => Build(writes.GetLength(0) + 1, start.Length, (l, i) => l * start[i] + Stream(start, writes)[l, i])),
            new("the first write in the first row", "The first row has the first write in it, and all rows are one block ahead. The first row is the start, before any block.",
                (start, writes) => Stream(start, writes) is var all ? Build(writes.GetLength(0) + 1, start.Length, (l, i) => all[Math.Min(l + 1, writes.GetLength(0)), i]) : all),
            new("normalised at every stage", "The stream was normalised after each block, as in post-LN. In pre-LN nothing touches it but the sum.",
                (start, writes) => Stages(start, writes, sum => Normalise(sum, 0))) { Variants = [(start, writes) => Stages(start, writes, sum => Normalise(sum, 1e-5))] },
            new("subtracts", "The writes were subtracted. A block adds to the stream.",
                (start, writes) => Stream(start, Build(writes.GetLength(0), start.Length, (l, i) => -writes[l, i]))),
            new("the last block first", "The writes were added from the last block to the first. The first row of `writes` is what the first block wrote.",
                (start, writes) => Stream(start, Build(writes.GetLength(0), start.Length, (l, i) => writes[writes.GetLength(0) - 1 - l, i]))),
        ]);

    /// <summary>The stream if something is done to every sum.</summary>
    private static double[,] Stages(double[] start, double[,] writes, Func<double[], double[]> after)
    {
        double[][] stages = [start];
        for (int l = 0; l < writes.GetLength(0); l++) stages = [.. stages, after([.. stages[l].Select((v, i) => v + writes[l, i])])];
        return Build(stages.Length, start.Length, (l, i) => stages[l][i]);
    }
}
