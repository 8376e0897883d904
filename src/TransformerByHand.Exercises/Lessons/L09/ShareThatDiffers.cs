using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Exercises;

public static partial class Lesson09
{
    /// <summary>How much of the tokens is not the same in all of them.</summary>
    public delegate double ShareThatDiffersFunction(Matrix<double> X);

    /// <summary>09.4: how far tokens are from all being the same.</summary>
    public static FunctionExercise<ShareThatDiffersFunction> ShareThatDiffers { get; } = new(
        id: "09.4",
        title: "What is left of the differences",
        statement: "Return the length of what remains of X when the mean token is taken from every token, as a share of the length of X. The length of a matrix is the root of the sum of its squares. For zeros alone, return 0.",
        solution: X =>
        {
            var mean = X.ColumnSums() / X.RowCount;                  // (d_model) the mean token
            double rest = 0, all = 0;
            for (int i = 0; i < X.RowCount; i++)
                for (int j = 0; j < X.ColumnCount; j++)
                {
                    rest += Math.Pow(X[i, j] - mean[j], 2);
                    all += X[i, j] * X[i, j];
                }
            return all == 0 ? 0 : Math.Sqrt(rest / all);
        },
        cases:
        [
            [M(new double[,] { { 3, 0 }, { 1, 0 }, { 2, 3 } })],
            [M(new double[,] { { 1, 2, 3, 4 }, { 1, 2, 3, 4 } })],
            [M(new double[,] { { 1, -2 }, { -1, 2 } })],
            [M(new double[,] { { 0, 0, 0 }, { 0, 0, 0 } })],
            [M(new double[,] { { 4 }, { 0 }, { 1 } })],
        ],
        randomCase: random =>
        {
            int n = random.Next(2, 7), d = random.Next(2, 6);
            var common = random.NormalVector(d, 2);
            return [random.NormalMatrix(n, d).MapIndexed((_, j, v) => v + common[j], Zeros.Include)];
        },
        hints:
        [
            "The mean token has d_model numbers: add the rows up and divide by how many there are.",
            "Take it from every row. Then add up all squares of what remains, and all squares of X.",
            "The share is the root of one sum divided by the other. Look out for a sum of 0.",
        ],
        mistakes:
        [
            new("the mean of each token", "The mean was taken over the numbers of a token, as LayerNorm does. Here it is the mean *token*: over the tokens, number by number.",
                X => Share(X, (i, _) => X.Row(i).Average())),
            new("the mean of all numbers", "One number was taken from all: the mean over tokens and features. The mean token has a number for each feature.",
                X => Share(X, (_, _) => X.Enumerate().Average())),
            new("not a share", "This is the length of what differs, and not a share of the whole: numbers that are all ten times as large differ ten times as much.",
                X => Share(X, (_, j) => X.Column(j).Average()) * X.FrobeniusNorm()),
            new("without the root", "This is the share of the squares. Asked for is the share of the lengths, its root.",
                X => Math.Pow(Share(X, (_, j) => X.Column(j).Average()), 2)),
            new("a share of the mean token", "What differs was divided by the length of what all have in common. Asked for is its share of the whole.",
                X => Share(X, (_, j) => X.Column(j).Average()) is var share && share < 1 ? share / Math.Sqrt(1 - share * share) : share == 0 ? 0 : double.PositiveInfinity),
            new("what is common", "This is the share that all tokens have in common. Asked for is what differs.",
                X => X.FrobeniusNorm() == 0 ? 0 : Math.Sqrt(Math.Max(0, 1 - Math.Pow(Share(X, (_, j) => X.Column(j).Average()), 2))))
                { Variants = [X => X.FrobeniusNorm() == 0 ? 0 : 1 - Share(X, (_, j) => X.Column(j).Average())] },
            new("1 less what is common", "One less the share of what is common. Of the two shares the *squares* add up to 1, as the sides of a right triangle do, and not the lengths.",
                X => X.FrobeniusNorm() == 0 ? 0 : 1 - Math.Sqrt(X.RowCount) * (X.ColumnSums() / X.RowCount).L2Norm() / X.FrobeniusNorm()),
            new("the length of the mean token", "This is the length of the mean token itself. Asked for is what remains when it is taken from every token.",
                X => X.FrobeniusNorm() == 0 ? 0 : (X.ColumnSums() / X.RowCount).L2Norm() / X.FrobeniusNorm()),
            new("L2Norm of a matrix", "`L2Norm()` of a *matrix* is the most by which it can stretch a vector, and not the root of the sum of its squares.",
                X => X.FrobeniusNorm() == 0 ? 0 : Rest(X).L2Norm() / X.L2Norm())
                { Variants = [X => X.FrobeniusNorm() == 0 ? 0 : Rest(X).L2Norm() / X.FrobeniusNorm(), X => X.FrobeniusNorm() == 0 ? 0 : Rest(X).FrobeniusNorm() / X.L2Norm()] },
            new("token by token", "The share was taken of each token by itself, and then the mean of these. Asked for is one share, of the whole matrix.",
                X => Tokens(X).Average(x => x.All == 0 ? 0 : x.Left / x.All)) { Variants = [X => Tokens(X).Average(x => x.Left / x.All)] },
            new("the tokens' lengths added up", "The lengths of the tokens were added up. The length of the matrix is the root of the sum of all *squares*.",
                X => X.FrobeniusNorm() == 0 ? 0 : Tokens(X).Sum(x => x.Left) / Tokens(X).Sum(x => x.All)),
            new("from the first token", "The first token was taken from all. No vector leaves as little as the mean does.",
                X => Share(X, (_, j) => X[0, j])) { Variants = [X => Share(X, (_, j) => X[X.RowCount - 1, j])] },
            new("the sum for the mean", "The sum of the tokens was taken away, not divided by how many there are.",
                X => Share(X, (_, j) => X.Column(j).Sum())),
            new("divided by d_model", "The sum of the tokens was divided by d_model. It is the mean over the tokens, of which there are n.",
                X => Share(X, (_, j) => X.Column(j).Sum() / X.ColumnCount)),
            new("absolute values", "These are sums of absolute values. The length of a matrix is the root of the sum of its squares.",
                X => X.FrobeniusNorm() == 0 ? 0 : X.EnumerateIndexed().Sum(v => Math.Abs(v.Item3 - X.Column(v.Item2).Average())) / X.Enumerate().Sum(Math.Abs)),
            new("no care for zeros", "For zeros alone this divides 0 by 0. Return 0 there.",
                X => Math.Sqrt(X.EnumerateIndexed().Sum(v => Math.Pow(v.Item3 - X.Column(v.Item2).Average(), 2)) / X.Enumerate().Sum(v => v * v))),
        ]);

    private static Matrix<double> Rest(Matrix<double> X) => X.MapIndexed((_, j, x) => x - X.Column(j).Average(), Zeros.Include);

    private static IEnumerable<(double Left, double All)> Tokens(Matrix<double> X) => Rest(X).EnumerateRows().Zip(X.EnumerateRows(), (rest, x) => (rest.L2Norm(), x.L2Norm()));

    private static double Share(Matrix<double> X, Func<int, int, double> taken) =>
        X.FrobeniusNorm() == 0 ? 0 : X.MapIndexed((i, j, x) => x - taken(i, j), Zeros.Include).FrobeniusNorm() / X.FrobeniusNorm();
}
