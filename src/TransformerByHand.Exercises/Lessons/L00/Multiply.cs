namespace TransformerByHand.Exercises;

public static partial class Lesson00
{
    /// <summary>A function of a row vector (1 × d) and a matrix (d × k) that returns a row vector (1 × k).</summary>
    public delegate double[] MultiplyFunction(double[] x, double[,] W);

    /// <summary>00.2: return the row vector y = xW.</summary>
    public static FunctionExercise<MultiplyFunction> Multiply { get; } = new(
        id: "00.2",
        title: "A row vector times a matrix",
        statement: """
            Return the row vector y = xW. `x` has d numbers, `W` has d rows and k columns, and y has k numbers: number j of y goes down column j of `W`, multiplies each entry by the number of `x` that stands beside its row, and adds up.

            Worked case: (1, 2) times [[3, 4], [5, 6]] is (1·3 + 2·5, 1·4 + 2·6) = (13, 16).
            """,
        solution: (x, W) =>
        {
            int d = W.GetLength(0), k = W.GetLength(1);
            double[] y = new double[k];
            for (int j = 0; j < k; j++)
            {
                for (int i = 0; i < d; i++)
                {
                    y[j] += x[i] * W[i, j];
                }
            }
            return y;
        },
        cases:
        [
            [new[] { 1.0, 2 }, new[,] { { 3.0, 4 }, { 5, 6 } }],
            [new[] { 1.0, -1, 2 }, new[,] { { 1.0, 0 }, { 2, 1 }, { 0, 3 } }],
            [new[] { 2.0, 3 }, new[,] { { 1.0, 0, -1 }, { 4, 2, 0.5 } }],
            [new[] { 1.0, 10, 100 }, new[,] { { 1.0, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 } }],
            [new[] { 3.0 }, new[,] { { -2.0 } }],
        ],
        randomCase: random =>
        {
            int d = random.Next(1, 6), k = random.Next(1, 6);
            return [random.NormalVector(d).ToArray(), random.NormalMatrix(d, k).ToArray()];
        },
        hints:
        [
            "Start with the shapes: y has one number for each column of `W`. `W.GetLength(0)` is the number of rows, `W.GetLength(1)` the number of columns.",
            "Two loops: the outer one goes over the columns j, the inner one down the rows i. The inner one adds to `y[j]`.",
            "What is added is `x[i] * W[i, j]`: the row index i is the one that `x` and `W` share, and it is the one that is summed over.",
        ],
        mistakes:
        [
            new("multiplies by the transpose",
                "This multiplies by W transposed: it runs along the rows of `W` where it should go down the columns. The entry is `W[i, j]` with i, the index that is summed over, first.",
                (x, W) => Sums(W.GetLength(1), W.GetLength(0), (j, i) => x[i] * W[j, i])),
            new("runs along the rows",
                "This multiplies by W transposed, and so returns one number for each row of `W`. y has one for each column: its length is `W.GetLength(1)`.",
                (x, W) => Sums(W.GetLength(0), W.GetLength(1), (i, j) => x[j] * W[i, j])),
            new("sums over the wrong index",
                "This sums over the columns, j, and keeps the rows, i. It is the other way round: i is summed over, and j is what remains.",
                (x, W) => Sums(W.GetLength(0), W.GetLength(1), (i, j) => x[i] * W[i, j]))
            {
                Variants =
                [
                    (x, W) =>
                    {
                        double[] y = new double[W.GetLength(1)];
                        for (int i = 0; i < W.GetLength(0); i++)
                            for (int j = 0; j < W.GetLength(1); j++) y[i] += x[i] * W[i, j];
                        return y;
                    },
                ],
            },
            new("goes down as far as there are columns",
                "The loop over i, the rows, runs to the number of columns. There are `W.GetLength(0)` rows.",
                (x, W) => Sums(W.GetLength(1), W.GetLength(1), (j, i) => x[i] * W[i, j])),
            new("one sum for all columns",
                "All numbers are the same: one sum over the whole of `W`. Each column has a sum of its own.",
                (x, W) => Sums(W.GetLength(1), W.Length, (_, n) => x[n / W.GetLength(1)] * W[n / W.GetLength(1), n % W.GetLength(1)])),
            new("uses the diagonal only",
                "Only the entries `W[j, j]` are used. Every number of y needs a whole column, so there are two loops, one inside the other.",
                (x, W) => Sums(W.GetLength(1), 1, (j, _) => j < x.Length ? x[j] * W[j, j] : 0)),
            new("forgets x",
                "This adds up the columns of `W`; the numbers of `x` do not come into it.",
                (x, W) => Sums(W.GetLength(1), W.GetLength(0), (j, i) => W[i, j])),
            new("takes x at the wrong place",
                "The number of `x` is taken at j, the column. It is the row that `x` goes with: `x[i] * W[i, j]`.",
                (x, W) => Sums(W.GetLength(1), W.GetLength(0), (j, i) => x[j] * W[i, j])),
            new("overwrites instead of adding",
                "Only the last row has had an effect: `y[j] = …` overwrites what was there. Add to it with `+=`.",
                (x, W) => Sums(W.GetLength(1), 1, (j, _) => x[^1] * W[x.Length - 1, j])),
            new("leaves out the first row",
                "The first row of `W` has no effect: the loop over i starts at 1. It starts at 0.",
                (x, W) => Sums(W.GetLength(1), W.GetLength(0), (j, i) => i == 0 ? 0 : x[i] * W[i, j])),
            new("leaves out the last row",
                "The last row of `W` has no effect. The loop over i runs while `i < W.GetLength(0)`.",
                (x, W) => Sums(W.GetLength(1), W.GetLength(0), (j, i) => i == x.Length - 1 ? 0 : x[i] * W[i, j])),
        ]);
}
