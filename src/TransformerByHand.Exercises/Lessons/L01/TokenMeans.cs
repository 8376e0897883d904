using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson01
{
    public delegate double[] TokenMeansFunction(double[,] X);

    public static FunctionExercise<TokenMeansFunction> TokenMeans { get; } = new(
        id: "01.1",
        title: "The mean of each token",
        statement: "Return the mean of each row of `X`: one number per token.",
        solution: X =>
        {
            var means = new double[X.GetLength(0)];
            for (int t = 0; t < X.GetLength(0); t++)
            {
                for (int i = 0; i < X.GetLength(1); i++)
                    means[t] += X[t, i];
                means[t] /= X.GetLength(1);
            }
            return means;
        },
        cases:
        [
            [new double[,] { { 1, 3 }, { 5, 9 }, { 0, 2 } }],
            [new double[,] { { 0.2, 0.1, 0.3 } }],
            [new double[,] { { 1, 2, 6 }, { 4, 5, -3 }, { 7, 8, 9 } }],
        ],
        randomCase: random => [random.NormalMatrix(random.Next(1, 6), random.Next(1, 8)).ToArray()],
        hints:
        [
            "`X[t, i]` is feature i of token t. A token is a row, so t stays fixed while i runs.",
            "Two loops: the outer one over the tokens, `X.GetLength(0)` of them, the inner one over the features, `X.GetLength(1)` of them.",
            "Add up the features of token t, then divide by the number of features.",
        ],
        mistakes:
        [
            new("mean of each feature", "These are the means of the columns. A token is a row: LayerNorm averages over the features of one token, and what you have is what batch norm averages.",
                X => Columns(X).Select(column => column.Average()).ToArray()),
            new("one mean over everything", "Every token gets the mean of the whole matrix. Each token has a mean of its own, from its own row.",
                X => [.. Enumerable.Repeat(X.Cast<double>().Average(), X.GetLength(0))]),
            new("sums, not means", "These are sums: the division by the number of features is missing.",
                X => [.. Rows(X).Select(row => row.Sum())]),
            new("divides by all the numbers", "The sums are right, but they are divided by `X.Length`, which counts every number of the matrix. Each is a sum over the features of one token.",
                X => [.. Rows(X).Select(row => row.Sum() / X.Length)]),
            new("divides by the number of tokens", "The sums are right, but they are divided by the number of tokens, `X.GetLength(0)`. Each is a sum over the features, so it is their number that divides.",
                X => [.. Rows(X).Select(row => row.Sum() / X.GetLength(0))]),
        ]);
}
