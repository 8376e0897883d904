using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson01
{
    public delegate double[,] LayerNormRowsFunction(double[,] X, double[] gamma, double[] beta, double epsilon);

    public static FunctionExercise<LayerNormRowsFunction> LayerNormRows { get; } = new(
        id: "01.4",
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
            [new double[,] { { 1, 2, 3, 4 }, { 4000, 3000, -2000, 9000 } }, Numbers(1, 1, 1, 2), Numbers(0, 0, 1, 0), 0.01],
            [new double[,] { { 4, 4, 4 } }, Numbers(1, 2, 3), Numbers(7, 8, 9), 1e-5],
            [new double[,] { { 3 }, { 6 } }, Numbers(2), Numbers(-1), 0.5],
        ],
        randomCase: random =>
        {
            (int tokens, int features) = (random.Next(2, 5), random.Next(3, 6));
            return [random.NormalMatrix(tokens, features).ToArray(), random.NormalVector(features).ToArray(), random.NormalVector(features).ToArray(), 0.01];
        },
        hints:
        [
            "Your `Normalise` does it for one token. Here you do the same for each row, and γ and β come after it.",
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
            new("γ and β by token", "γ, β or both were indexed by the token, t. They have one number for each feature: `gamma[i]` and `beta[i]`.",
                (X, gamma, beta, epsilon) => Transposed(Affine(Transposed(NormalisedRows(X, epsilon)), gamma, beta)))
            {
                Variants =
                [
                    (X, gamma, beta, epsilon) => Build(X.GetLength(0), X.GetLength(1), (t, i) => gamma[t] * NormalisedRows(X, epsilon)[t, i] + beta[i]),
                    (X, gamma, beta, epsilon) => Build(X.GetLength(0), X.GetLength(1), (t, i) => gamma[i] * NormalisedRows(X, epsilon)[t, i] + beta[t]),
                ],
            },
            new("statistics of the first token", "Every token was normalised with the mean and variance of the first one. Compute them anew for each row.",
                (X, gamma, beta, epsilon) =>
                {
                    double[] first = Rows(X)[0];
                    return Affine(Build(X.GetLength(0), X.GetLength(1), (t, i) => (X[t, i] - first.Average()) / Math.Sqrt(Spread(first) + epsilon)), gamma, beta);
                }),
            new("sums of the earlier rows kept", "A sum was not set back to zero for each token, so a row carries those above it along. Start the mean and the variance at 0 inside the loop over the tokens.",
                (X, gamma, beta, epsilon) => Carried(X, gamma, beta, epsilon, mean: true, variance: true))
            {
                Variants = [(X, gamma, beta, epsilon) => Carried(X, gamma, beta, epsilon, mean: true, variance: false), (X, gamma, beta, epsilon) => Carried(X, gamma, beta, epsilon, mean: false, variance: true)],
            },
            new("ε outside the root", "Is your ε inside the square root? This divides by σ + ε.",
                (X, gamma, beta, epsilon) => Affine(Build(X.GetLength(0), X.GetLength(1), (t, i) => (X[t, i] - Rows(X)[t].Average()) / (Math.Sqrt(Spread(Rows(X)[t])) + epsilon)), gamma, beta)),
            new("divides by N − 1", "Your variance divides by N − 1. LayerNorm's divides by the number of features, N.",
                (X, gamma, beta, epsilon) => Affine(Build(X.GetLength(0), X.GetLength(1), (t, i) => (X[t, i] - Rows(X)[t].Average()) / Math.Sqrt(Spread(Rows(X)[t]) * X.GetLength(1) / (X.GetLength(1) - 1) + epsilon)), gamma, beta)),
            new("divided by the number of tokens", "The sums over the features were divided by the number of tokens, or of all numbers. A mean over the features divides by how many features there are, `X.GetLength(1)`.",
                (X, gamma, beta, epsilon) => DividedBy(X.GetLength(0), X, gamma, beta, epsilon))
            {
                Variants =
                [
                    (X, gamma, beta, epsilon) => DividedBy(X.Length, X, gamma, beta, epsilon),
                    (X, gamma, beta, epsilon) => Affine(Build(X.GetLength(0), X.GetLength(1), (t, i) => (X[t, i] - Rows(X)[t].Sum() / X.GetLength(0)) / Math.Sqrt(Rows(X)[t].Average(v => Math.Pow(v - Rows(X)[t].Sum() / X.GetLength(0), 2)) + epsilon)), gamma, beta),
                    (X, gamma, beta, epsilon) => Affine(Build(X.GetLength(0), X.GetLength(1), (t, i) => (X[t, i] - Rows(X)[t].Average()) / Math.Sqrt(Spread(Rows(X)[t]) * X.GetLength(1) / X.GetLength(0) + epsilon)), gamma, beta),
                ],
            },
            new("does not divide by N", "The sum of the squared distances was not divided by the number of features before the root was taken.",
                (X, gamma, beta, epsilon) => Affine(Build(X.GetLength(0), X.GetLength(1), (t, i) => (X[t, i] - Rows(X)[t].Average()) / Math.Sqrt(Spread(Rows(X)[t]) * X.GetLength(1) + epsilon)), gamma, beta)),
            new("the sum for the mean", "The sum of the row was taken for its mean. Divide it by the number of features.",
                (X, gamma, beta, epsilon) => Affine(Build(X.GetLength(0), X.GetLength(1), (t, i) => (X[t, i] - Rows(X)[t].Sum()) / Math.Sqrt(Spread(Rows(X)[t]) + epsilon)), gamma, beta))
            {
                Variants = [(X, gamma, beta, epsilon) => Affine(Build(X.GetLength(0), X.GetLength(1), (t, i) => (X[t, i] - Rows(X)[t].Sum()) / Math.Sqrt(Rows(X)[t].Average(v => Math.Pow(v - Rows(X)[t].Sum(), 2)) + epsilon)), gamma, beta)],
            },
            new("divides by the variance", "The root is missing: this divides by σ² + ε.",
                (X, gamma, beta, epsilon) => Affine(Build(X.GetLength(0), X.GetLength(1), (t, i) => (X[t, i] - Rows(X)[t].Average()) / (Spread(Rows(X)[t]) + epsilon)), gamma, beta)),
            new("does not subtract the mean", "The division is right, but the mean was not subtracted first.",
                (X, gamma, beta, epsilon) => Affine(Build(X.GetLength(0), X.GetLength(1), (t, i) => X[t, i] / Math.Sqrt(Spread(Rows(X)[t]) + epsilon)), gamma, beta)),
            new("no mean at all", "The mean is not taken away, neither from the numbers nor inside the variance. LayerNorm takes it away in both places.",
                (X, gamma, beta, epsilon) => Affine(Build(X.GetLength(0), X.GetLength(1), (t, i) => X[t, i] / Math.Sqrt(Rows(X)[t].Average(v => v * v) + epsilon)), gamma, beta)),
            new("mean of the squares as variance", "What stands under the root is the mean of the squares. The variance is the mean of the squared distances from the mean.",
                (X, gamma, beta, epsilon) => Affine(Build(X.GetLength(0), X.GetLength(1), (t, i) => (X[t, i] - Rows(X)[t].Average()) / Math.Sqrt(Rows(X)[t].Average(v => v * v) + epsilon)), gamma, beta)),
            new("the mean not ready yet", "The variance was added up in the same loop as the mean, when the mean was not complete. Finish the mean first.",
                (X, gamma, beta, epsilon) => Affine(Build(X.GetLength(0), X.GetLength(1), (t, i) => (X[t, i] - Rows(X)[t].Average()) / Math.Sqrt(SpreadWhileAdding(Rows(X)[t]) + epsilon)), gamma, beta)),
            new("only the last feature", "Of a sum over the features only the last one is left. Each writes over the one before: `=` where `+=` is needed.",
                (X, gamma, beta, epsilon) => Affine(Build(X.GetLength(0), X.GetLength(1), (t, i) => (X[t, i] - Rows(X)[t][^1] / X.GetLength(1)) / Math.Sqrt(Rows(X)[t].Average(v => Math.Pow(v - Rows(X)[t][^1] / X.GetLength(1), 2)) + epsilon)), gamma, beta))
            {
                Variants = [(X, gamma, beta, epsilon) => Affine(Build(X.GetLength(0), X.GetLength(1), (t, i) => (X[t, i] - Rows(X)[t].Average()) / Math.Sqrt(Math.Pow(Rows(X)[t][^1] - Rows(X)[t].Average(), 2) / X.GetLength(1) + epsilon)), gamma, beta)],
            },
            new("distances not squared", "The distances were not squared before they were added up, so that the variance is always 0: this divides by the root of ε.",
                (X, gamma, beta, epsilon) => Affine(Build(X.GetLength(0), X.GetLength(1), (t, i) => (X[t, i] - Rows(X)[t].Average()) / Math.Sqrt(0 + epsilon)), gamma, beta)),
            new("not divided", "The mean was taken away, and nothing was divided.",
                (X, gamma, beta, epsilon) => Affine(Build(X.GetLength(0), X.GetLength(1), (t, i) => X[t, i] - Rows(X)[t].Average()), gamma, beta)),
            new("multiplied by the root", "This multiplies by the root. Divide.",
                (X, gamma, beta, epsilon) => Affine(Build(X.GetLength(0), X.GetLength(1), (t, i) => (X[t, i] - Rows(X)[t].Average()) * Math.Sqrt(Spread(Rows(X)[t]) + epsilon)), gamma, beta)),
            new("β divided too", "β was added before the division, so that the root divides it as well. Divide first, then multiply by γ, then add β.",
                (X, gamma, beta, epsilon) => Build(X.GetLength(0), X.GetLength(1), (t, i) => (gamma[i] * (X[t, i] - Rows(X)[t].Average()) + beta[i]) / Math.Sqrt(Spread(Rows(X)[t]) + epsilon))),
            new("parentheses missing", "Parentheses are missing: the mean has to be taken from the number before anything is multiplied or divided, `(X[t, i] - mean)`.",
                (X, gamma, beta, epsilon) => Build(X.GetLength(0), X.GetLength(1), (t, i) => gamma[i] * X[t, i] - Rows(X)[t].Average() / Math.Sqrt(Spread(Rows(X)[t]) + epsilon) + beta[i]))
            {
                Variants =
                [
                    (X, gamma, beta, epsilon) => Build(X.GetLength(0), X.GetLength(1), (t, i) => gamma[i] * (X[t, i] - Rows(X)[t].Average() / Math.Sqrt(Spread(Rows(X)[t]) + epsilon)) + beta[i]),
                    (X, gamma, beta, epsilon) => Build(X.GetLength(0), X.GetLength(1), (t, i) => (gamma[i] * X[t, i] - Rows(X)[t].Average()) / Math.Sqrt(Spread(Rows(X)[t]) + epsilon) + beta[i]),
                ],
            },
            new("γ and β forgotten", "γ and β are missing: this is x̂.",
                (X, gamma, beta, epsilon) => NormalisedRows(X, epsilon)),
            new("γ applied before normalising", "γ was applied to x before it was normalised, so its scale was taken out again. Normalise first, then multiply by γ.",
                (X, gamma, beta, epsilon) => Affine(NormalisedRows(Affine(X, gamma, new double[gamma.Length]), epsilon), [.. gamma.Select(_ => 1.0)], beta)),
            new("γ and β applied before normalising", "γ and β were applied to x before it was normalised, so they were taken out again. Normalise first.",
                (X, gamma, beta, epsilon) => NormalisedRows(Affine(X, gamma, beta), epsilon)),
            new("γ of the first feature for all", "Every feature was multiplied by `gamma[0]`. Feature i has a γ of its own: `gamma[i]`.",
                (X, gamma, beta, epsilon) => Affine(NormalisedRows(X, epsilon), [.. gamma.Select(_ => gamma[0])], beta)),
            new("β subtracted", "β is added, not subtracted.",
                (X, gamma, beta, epsilon) => Affine(NormalisedRows(X, epsilon), gamma, [.. beta.Select(b => -b)])),
            new("β added before multiplying", "β was added before the multiplication, so γ scaled it too. Multiply by γ first, then add β.",
                (X, gamma, beta, epsilon) => Affine(NormalisedRows(X, epsilon), gamma, [.. gamma.Zip(beta, (g, b) => g * b)])),
            new("γ and β exchanged", "γ and β have changed places: γ multiplies, β is added.",
                (X, gamma, beta, epsilon) => Affine(NormalisedRows(X, epsilon), beta, gamma)),
            new("β forgotten", "β is missing: the result is γ ⊙ x̂ without the shift.",
                (X, gamma, beta, epsilon) => Affine(NormalisedRows(X, epsilon), gamma, new double[beta.Length])),
            new("γ forgotten", "γ is missing: the result is x̂ + β without the gain.",
                (X, gamma, beta, epsilon) => Affine(NormalisedRows(X, epsilon), [.. gamma.Select(_ => 1.0)], beta)),
            new("multiplies x instead of x̂", "γ and β are applied to x itself. They come after the normalisation: put x̂ in place of x.",
                (X, gamma, beta, epsilon) => Affine(X, gamma, beta)),
        ]);

    /// <summary>LayerNorm whose sums are not set back to 0 between tokens.</summary>
    private static double[,] Carried(double[,] X, double[] gamma, double[] beta, double epsilon, bool mean, bool variance)
    {
        double μ = 0, σ2 = 0;
        var Y = new double[X.GetLength(0), X.GetLength(1)];
        for (int t = 0; t < X.GetLength(0); t++)
        {
            if (!mean) μ = 0;
            if (!variance) σ2 = 0;
            for (int i = 0; i < X.GetLength(1); i++) μ += X[t, i] / X.GetLength(1);
            for (int i = 0; i < X.GetLength(1); i++) σ2 += Math.Pow(X[t, i] - μ, 2) / X.GetLength(1);
            for (int i = 0; i < X.GetLength(1); i++) Y[t, i] = gamma[i] * (X[t, i] - μ) / Math.Sqrt(σ2 + epsilon) + beta[i];
        }
        return Y;
    }

    /// <summary>LayerNorm whose means divide by another number than that of the features.</summary>
    private static double[,] DividedBy(int n, double[,] X, double[] gamma, double[] beta, double epsilon)
    {
        double[] mean = [.. Rows(X).Select(row => row.Sum() / n)];
        double[] variance = [.. Rows(X).Select((row, t) => row.Sum(v => (v - mean[t]) * (v - mean[t])) / n)];
        return Build(X.GetLength(0), X.GetLength(1), (t, i) => gamma[i] * (X[t, i] - mean[t]) / Math.Sqrt(variance[t] + epsilon) + beta[i]);
    }

    /// <summary>The mean squared distance of each number from what the mean has grown to by then.</summary>
    private static double SpreadWhileAdding(double[] x) => x.Select((v, i) => Math.Pow(v - x.Take(i + 1).Sum() / x.Length, 2)).Average();
}
