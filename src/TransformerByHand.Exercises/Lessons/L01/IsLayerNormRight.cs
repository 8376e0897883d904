using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson01
{
    public delegate bool LayerNormTest(Func<double[,], double[], double[], double, double[,]> layerNorm);

    public static TestExercise<LayerNormTest, Func<double[,], double[], double[], double, double[,]>> IsLayerNormRight { get; } = new(
        id: "01.5",
        title: "Find the bug",
        statement: "Write a test for LayerNorm of a sequence: true for a correct one, false for a wrong one.",
        solution: layerNorm =>
        {
            // Fewer tokens than features, an uneven γ and β, and an ε that is as large as the first token's variance.
            double[,] X = { { 2, 0, 1, -1, 3 }, { 30, 10, 70, 40, 50 } };
            double[] gamma = [1, 0.5, 2, -1, 3], beta = [0.5, 1, -2, 4, -3];
            const double epsilon = 2;

            var right = new double[2, 5];
            for (int t = 0; t < 2; t++)
            {
                double mean = 0, variance = 0;
                for (int i = 0; i < 5; i++) mean += X[t, i] / 5;
                for (int i = 0; i < 5; i++) variance += (X[t, i] - mean) * (X[t, i] - mean) / 5;
                for (int i = 0; i < 5; i++) right[t, i] = gamma[i] * (X[t, i] - mean) / Math.Sqrt(variance + epsilon) + beta[i];
            }
            return Lesson01.Alike(layerNorm(X, gamma, beta, epsilon), right);
        },
        correct:
        [
            new("goes row by row", "It is right: each row by its own mean and variance, then γ and β.", Right),
            new("takes the variance as mean(x²) − μ²", "It is right: that is the same variance. It rounds differently, so a test must leave room for rounding.", ByMeanOfSquares),
        ],
        wrong:
        [
            new("normalises each feature", "It takes mean and variance over the tokens, as batch norm does.",
                (X, gamma, beta, epsilon) => Affine(Transposed(NormalisedRows(Transposed(X), epsilon)), gamma, beta)),
            new("uses the first token's statistics for all", "Every token is normalised with the mean and variance of the first. With a single token nobody sees it.",
                (X, gamma, beta, epsilon) => Build(X.GetLength(0), X.GetLength(1), (t, i) => gamma[i] * (X[t, i] - Rows(X)[0].Average()) / Math.Sqrt(Spread(Rows(X)[0]) + epsilon) + beta[i])),
            new("divides by the number of tokens", "Its sums run over the features and are divided by the number of tokens. With as many tokens as features nobody sees it.", DividesByTokens),
            new("divides the variance by N − 1", "Its σ is that of a sample.",
                (X, gamma, beta, epsilon) => Build(X.GetLength(0), X.GetLength(1), (t, i) => gamma[i] * (X[t, i] - Rows(X)[t].Average()) / Math.Sqrt(Spread(Rows(X)[t]) * X.GetLength(1) / (X.GetLength(1) - 1) + epsilon) + beta[i])),
            new("has ε outside the root", "It divides by σ + ε. With a tiny ε, or with ε = 0, nobody sees it.",
                (X, gamma, beta, epsilon) => Build(X.GetLength(0), X.GetLength(1), (t, i) => gamma[i] * (X[t, i] - Rows(X)[t].Average()) / (Math.Sqrt(Spread(Rows(X)[t])) + epsilon) + beta[i])),
            new("has an ε of its own", "It always takes 1e-5, whatever it is given.", (X, gamma, beta, epsilon) => Right(X, gamma, beta, 1e-5)),
            new("applies γ before normalising", "It multiplies x by γ, and the normalisation takes most of that out again. With γ the same for all features nobody sees it.",
                (X, gamma, beta, epsilon) => Affine(NormalisedRows(Affine(X, gamma, new double[gamma.Length]), epsilon), [.. gamma.Select(_ => 1.0)], beta)),
            new("forgets β", "It leaves β out. With β = 0 nobody sees it.", (X, gamma, beta, epsilon) => Right(X, gamma, new double[beta.Length], epsilon)),
            new("takes γ of the first feature for all", "It multiplies every feature by γ of the first. With γ the same for all nobody sees it.",
                (X, gamma, beta, epsilon) => Right(X, [.. gamma.Select(_ => gamma[0])], beta, epsilon)),
        ],
        hints:
        [
            "Choose numbers under which no mistake can hide: more than one token, more features than tokens, γ and β different for each feature, an ε that is not small beside the variance.",
            "What is right? Call the function that you wrote in the last exercise, or write its loops once more.",
            "`return Lesson01.Alike(layerNorm(X, gamma, beta, epsilon), LayerNormRows(X, gamma, beta, epsilon));`, with X, γ, β and ε of your choice above it.",
        ],
        mistakes:
        [
            new("the worked case alone", "With two tokens of two features, ε = 0 and β = 0, much cannot be seen: mistakes in ε, in β, and those that confuse tokens with features.",
                layerNorm => Near(layerNorm, new double[,] { { 0, 2 }, { 5, 3 } }, [1, 10], [0, 0], 0, 1e-9)),
            new("γ = 1 and β = 0", "γ = 1 and β = 0 hide every mistake that is made with them.",
                layerNorm => Near(layerNorm, new double[,] { { 2, 0, 1, -1, 3 }, { 30, 10, 70, 40, 50 } }, [1, 1, 1, 1, 1], [0, 0, 0, 0, 0], 2, 1e-9)),
            new("a single token", "With a single token, those that mix up tokens look right.",
                layerNorm => Near(layerNorm, new double[,] { { 2, 0, 1, -1, 3 } }, [1, 0.5, 2, -1, 3], [0.5, 1, -2, 4, -3], 2, 1e-9)),
            new("a tiny ε", "The numbers are uneven, and that catches most. But where ε is 1e-5, nobody can tell whether it is read at all, and outside the root it moves the result by some millionths.",
                layerNorm => Near(layerNorm, new double[,] { { 2, 0, 1, -1, 3 }, { 30, 10, 70, 40, 50 } }, [1, 0.5, 2, -1, 3], [0.5, 1, -2, 4, -3], 1e-5, 1e-4)),
            new("as many tokens as features", "The numbers are uneven, and that catches most. But there are as many tokens as features, so that nobody sees which of the two numbers divides.",
                layerNorm => Near(layerNorm, new double[,] { { 1, 2, 4 }, { 8, 0, 1 }, { 3, 9, 5 } }, [1, 2, 3], [0.5, -1, 2], 1, 1e-9))
            {
                Variants =
                [
                    layerNorm => Near(layerNorm, new double[,] { { 0, 2 }, { 5, 3 } }, [1, 10], [2, 3], 1, 1e-9),
                    layerNorm => Near(layerNorm, new double[,] { { 0, 2 }, { 5, 3 } }, [1, 10], [0.5, -1], 0.1, 1e-9),
                ],
            },
            new("means and deviations only", "That every token has mean 0 and deviation 1 is right, but it says nothing about γ, β, and ε, and little about single numbers.",
                layerNorm => Rows(layerNorm(new double[,] { { 2, 0, 1, -1, 3 }, { 30, 10, 70, 40, 50 } }, [1, 1, 1, 1, 1], [0, 0, 0, 0, 0], 1e-12)).All(row => Math.Abs(row.Average()) < 1e-6 && Math.Abs(Spread(row) - 1) < 1e-6)),
            new("no absolute value", "`a - b < 1e-9` is true of everything that is too low. Take the absolute value of the difference.",
                layerNorm => Compared(layerNorm, (y, right) => y - right < 1e-9)),
            new("a tolerance of 0.1", "A tolerance of 0.1 forgives errors that matter. Right implementations agree to about 1e-15 here: 1e-9 is wide enough.",
                layerNorm => Compared(layerNorm, (y, right) => Math.Abs(y - right) < 0.1)),
            new("a tolerance of 1", "A tolerance of 1 is as large as the numbers themselves: nearly everything passes. Right implementations agree to about 1e-15 here.",
                layerNorm => Compared(layerNorm, (y, right) => Math.Abs(y - right) < 1)),
            new("no room for rounding", "Two right implementations may round differently in the last digit: leave room for it, such as 1e-9, and do not ask for equality.",
                layerNorm => Compared(layerNorm, (y, right) => y == right)),
        ]);

    private static double[,] Right(double[,] X, double[] gamma, double[] beta, double epsilon) => Affine(NormalisedRows(X, epsilon), gamma, beta);

    private static double[,] ByMeanOfSquares(double[,] X, double[] gamma, double[] beta, double epsilon)
    {
        double[][] rows = Rows(X);
        return Build(X.GetLength(0), X.GetLength(1), (t, i) =>
        {
            double mean = rows[t].Average(), variance = rows[t].Average(v => v * v) - mean * mean;
            return gamma[i] * (X[t, i] - mean) / Math.Sqrt(variance + epsilon) + beta[i];
        });
    }

    private static double[,] DividesByTokens(double[,] X, double[] gamma, double[] beta, double epsilon) => DividedBy(X.GetLength(0), X, gamma, beta, epsilon);

    private static bool Near(Func<double[,], double[], double[], double, double[,]> layerNorm, double[,] X, double[] gamma, double[] beta, double epsilon, double tolerance)
    {
        double[,] Y = layerNorm(X, gamma, beta, epsilon), right = Right(X, gamma, beta, epsilon);
        return Y.Cast<double>().Zip(right.Cast<double>()).All(pair => Math.Abs(pair.First - pair.Second) < tolerance);
    }

    private static bool Compared(Func<double[,], double[], double[], double, double[,]> layerNorm, Func<double, double, bool> near)
    {
        double[,] X = { { 2, 0, 1, -1, 3 }, { 30.3, 10.1, 70.7, 40.4, 50.5 } };
        double[] gamma = [1, 0.5, 2, -1, 3], beta = [0.5, 1, -2, 4, -3];
        return layerNorm(X, gamma, beta, 2).Cast<double>().Zip(Right(X, gamma, beta, 2).Cast<double>()).All(pair => near(pair.First, pair.Second));
    }
}
