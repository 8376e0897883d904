using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson01
{
    public delegate double[,] LayerNormRowsFunction(double[,] X, double[] gamma, double[] beta, double epsilon);

    public static FunctionExercise<LayerNormRowsFunction> LayerNormRows { get; } = new(
        id: "01.5",
        title: "LayerNorm of a whole sequence",
        statement: "Normalise each token (row) by its own mean and variance; γ and β have one number per feature (column).",
        solution: (X, gamma, beta, epsilon) =>
        {
            (int tokens, int features) = (X.GetLength(0), X.GetLength(1));
            var Y = new double[tokens, features];
            for (int t = 0; t < tokens; t++)
            {
                double mean = 0, variance = 0;
                for (int i = 0; i < features; i++) mean += X[t, i] / features;
                for (int i = 0; i < features; i++) variance += (X[t, i] - mean) * (X[t, i] - mean) / features;
                for (int i = 0; i < features; i++) Y[t, i] = gamma[i] * (X[t, i] - mean) / Math.Sqrt(variance + epsilon) + beta[i];
            }
            return Y;
        },
        cases:
        [
            [new double[,] { { 0, 2 }, { 5, 3 } }, Numbers(1, 10), Numbers(0, 0), 0.0],
            [new double[,] { { 1, 2, 4 }, { 8, 0, 1 }, { 3, 9, 5 } }, Numbers(1, 2, 3), Numbers(0.5, -1, 0), 0.01],
            [new double[,] { { 1, 2, 3, 4 }, { 40, 30, 20, 90 } }, Numbers(1, 1, 1, 2), Numbers(0, 0, 1, 0), 0.01],
        ],
        randomCase: random =>
        {
            (int tokens, int features) = (random.Next(2, 5), random.Next(3, 6));
            return [random.NormalMatrix(tokens, features).ToArray(), random.NormalVector(features).ToArray(), random.NormalVector(features).ToArray(), 0.01];
        },
        hints:
        [
            "The exercise before this one did it for one token. Here you do the same for each row.",
            "A loop over the tokens; inside it, the mean of the row, its variance, and then each feature.",
            "`gamma[i]` and `beta[i]` go with the feature i, whichever token it is.",
        ],
        mistakes:
        [
            new("statistics of each feature", "The mean and variance here are those of each column, over the tokens. That is batch normalisation. LayerNorm takes them over each row.",
                (X, gamma, beta, epsilon) => Affine(Transposed(NormalisedRows(Transposed(X), epsilon)), gamma, beta)),
            new("statistics over everything", "One mean and one variance were taken over the whole matrix. Each token has its own.",
                (X, gamma, beta, epsilon) =>
                {
                    double[] all = Normalised([.. X.Cast<double>()], epsilon);
                    return Affine(Build(X.GetLength(0), X.GetLength(1), (t, i) => all[t * X.GetLength(1) + i]), gamma, beta);
                }),
            new("γ and β by token", "γ and β were indexed by the token, t. They have one number for each feature: `gamma[i]` and `beta[i]`.",
                (X, gamma, beta, epsilon) => Transposed(Affine(Transposed(NormalisedRows(X, epsilon)), gamma, beta))),
            new("statistics of the first token", "Every token was normalised with the mean and variance of the first one. Compute them anew for each row.",
                (X, gamma, beta, epsilon) =>
                {
                    double[] first = Rows(X)[0];
                    return Affine(Build(X.GetLength(0), X.GetLength(1), (t, i) => (X[t, i] - first.Average()) / Math.Sqrt(Spread(first) + epsilon)), gamma, beta);
                }),
            new("variance of the earlier rows kept", "The sums were not set back to zero for each token, so a row carries those above it along. Start the mean and the variance at 0 inside the loop over the tokens.",
                (X, gamma, beta, epsilon) =>
                {
                    double mean = 0, variance = 0;
                    var Y = new double[X.GetLength(0), X.GetLength(1)];
                    for (int t = 0; t < X.GetLength(0); t++)
                    {
                        for (int i = 0; i < X.GetLength(1); i++) mean += X[t, i] / X.GetLength(1);
                        for (int i = 0; i < X.GetLength(1); i++) variance += Math.Pow(X[t, i] - mean, 2) / X.GetLength(1);
                        for (int i = 0; i < X.GetLength(1); i++) Y[t, i] = gamma[i] * (X[t, i] - mean) / Math.Sqrt(variance + epsilon) + beta[i];
                    }
                    return Y;
                }),
            new("ε outside the root", "Is your ε inside the square root? This divides by σ + ε.",
                (X, gamma, beta, epsilon) => Affine(Build(X.GetLength(0), X.GetLength(1), (t, i) => (X[t, i] - Rows(X)[t].Average()) / (Math.Sqrt(Spread(Rows(X)[t])) + epsilon)), gamma, beta)),
            new("divides by N − 1", "Your variance divides by N − 1. LayerNorm's divides by the number of features, N.",
                (X, gamma, beta, epsilon) => Affine(Build(X.GetLength(0), X.GetLength(1), (t, i) => (X[t, i] - Rows(X)[t].Average()) / Math.Sqrt(Spread(Rows(X)[t]) * X.GetLength(1) / (X.GetLength(1) - 1) + epsilon)), gamma, beta)),
        ]);
}
