using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

/// <summary>The exercises of lesson 01, LayerNorm.</summary>
public static class Lesson01
{
    public delegate double[] TokenMeansFunction(double[,] X);

    public delegate double VarianceFunction(double[] x);

    public delegate double[] NormaliseFunction(double[] x, double epsilon);

    public delegate double[] LayerNormTokenFunction(double[] x, double[] gamma, double[] beta, double epsilon);

    public delegate double[,] LayerNormRowsFunction(double[,] X, double[] gamma, double[] beta, double epsilon);

    public delegate (double[] dGamma, double[] dBeta) ParameterGradientsFunction(double[,] dY, double[,] XHat);

    public delegate double VarianceGradientFunction(double[] g, double[] x, double epsilon);

    public delegate double[] InputGradientFunction(double[] x, double[] gamma, double[] dy, double epsilon);

    public delegate bool BackwardTest(Func<double[], double[], double[], double, double[]> backward);

    /// <summary>LayerNorm of one token, correct: what a test of a backward pass may compare with.</summary>
    /// <param name="x">The token.</param>
    /// <param name="gamma">The gain, as long as <paramref name="x"/>.</param>
    /// <param name="beta">The shift, as long as <paramref name="x"/>.</param>
    /// <param name="epsilon">Added to the variance inside the root.</param>
    public static double[] Forward(double[] x, double[] gamma, double[] beta, double epsilon)
    {
        double[] normalised = Normalised(x, epsilon);
        return [.. normalised.Select((v, i) => gamma[i] * v + beta[i])];
    }

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

    public static FunctionExercise<VarianceFunction> Variance { get; } = new(
        id: "01.2",
        title: "The variance of a token",
        statement: "Return the variance that LayerNorm uses: the mean of the squared distances from the mean.",
        solution: x =>
        {
            double mean = x.Average();
            return x.Average(v => (v - mean) * (v - mean));
        },
        cases: [[Numbers(1, 2, 3, 4)], [Numbers(0.2, 0.1, 0.3)], [Numbers(0, 2)], [Numbers(7, 7, 7)], [Numbers(5)]],
        randomCase: random => [random.NormalVector(random.Next(2, 9), 3).ToArray()],
        hints:
        [
            "First the mean of `x`; then each number's distance from it, squared; then the mean of those squares.",
            "LINQ has `x.Average()`, and `x.Average(v => …)` takes the mean of something computed from each number.",
            "The mean of the squares divides by N, the number of entries, and not by one less.",
        ],
        mistakes:
        [
            new("divides by N − 1", "That is the sample variance, which divides by N − 1 to estimate the spread of a larger population. A token is its own whole population: divide by N.",
                x => x.Length == 1 ? double.NaN : x.Sum(v => Math.Pow(v - x.Average(), 2)) / (x.Length - 1)),
            new("does not subtract the mean", "This is the mean of the squares. Subtract the mean from each number before you square it: what counts is the distance from the mean.",
                x => x.Average(v => v * v)),
            new("returns the standard deviation", "This is the standard deviation, σ. The variance is σ², so leave the square root out here.",
                x => Math.Sqrt(x.Average(v => Math.Pow(v - x.Average(), 2)))),
            new("does not divide", "This is the sum of the squared distances. The variance is their mean: divide by N.",
                x => x.Sum(v => Math.Pow(v - x.Average(), 2))),
            new("does not square", "These are the distances without the squares, and they always add up to 0: what lies above the mean balances what lies below. Square each distance.",
                x => 0),
            new("takes absolute distances", "This is the mean of the absolute distances. The variance squares them.",
                x => x.Average(v => Math.Abs(v - x.Average()))),
        ]);

    public static FunctionExercise<NormaliseFunction> Normalise { get; } = new(
        id: "01.3",
        title: "Normalise one token",
        statement: "Return (x − μ) / √(σ² + ε) for each number of the token.",
        solution: (x, epsilon) =>
        {
            double mean = x.Average();
            double variance = x.Average(v => (v - mean) * (v - mean));
            return [.. x.Select(v => (v - mean) / Math.Sqrt(variance + epsilon))];
        },
        cases:
        [
            [Numbers(0, 2), 0.0],
            [Numbers(0, 2), 3.0],
            [Numbers(0.2, 0.1, 0.3), 1e-5],
            [Numbers(0.003, -0.003, 0.001, -0.001), 1e-5],
            [Numbers(7, 7, 7, 7), 1e-5],
        ],
        randomCase: random => [random.NormalVector(random.Next(3, 9), 2).ToArray(), 0.1],
        hints:
        [
            "You need two numbers first, the mean and the variance of `x`. Your functions from above can be called here.",
            "Then each number: subtract the mean, divide by one and the same square root.",
            "ε is added to the variance before the root is taken: `Math.Sqrt(variance + epsilon)`.",
        ],
        mistakes:
        [
            new("ε outside the root", "Is your ε inside the square root? This divides by σ + ε. The formula divides by √(σ² + ε), and for small tokens that is quite another number.",
                (x, epsilon) => [.. x.Select(v => (v - x.Average()) / (Math.Sqrt(Spread(x)) + epsilon))]),
            new("ε missing", "ε does not appear in your result. The constant token shows what for: without ε it is divided by zero.",
                (x, epsilon) => [.. x.Select(v => (v - x.Average()) / Math.Sqrt(Spread(x)))]),
            new("does not divide by N", "The sum of the squared distances was not divided by N before the root was taken.",
                (x, epsilon) => [.. x.Select(v => (v - x.Average()) / Math.Sqrt(Spread(x) * x.Length + epsilon))]),
            new("only the mean is divided", "Parentheses are missing: `v - mean / root` divides the mean alone. Write `(v - mean) / root`.",
                (x, epsilon) => [.. x.Select(v => v - x.Average() / Math.Sqrt(Spread(x) + epsilon))]),
            new("ε fixed at 1e-5", "Your ε is always 0.00001. Use the argument `epsilon`: each input brings its own.",
                (x, epsilon) => Normalised(x, 1e-5)),
            new("divides by N − 1", "Your variance divides by N − 1. LayerNorm's divides by N.",
                (x, epsilon) => [.. x.Select(v => (v - x.Average()) / Math.Sqrt(Spread(x) * x.Length / (x.Length - 1) + epsilon))]),
            new("divides by the variance", "The root is missing: this divides by σ² + ε. The standard deviation is its square root.",
                (x, epsilon) => [.. x.Select(v => (v - x.Average()) / (Spread(x) + epsilon))]),
            new("does not subtract the mean", "The division is right, but the mean was not subtracted first: the result has a mean other than 0.",
                (x, epsilon) => [.. x.Select(v => v / Math.Sqrt(Spread(x) + epsilon))]),
            new("subtracts the mean after dividing", "The mean has to be subtracted before the division. Here x is divided first, and then the mean of the original numbers is subtracted.",
                (x, epsilon) => [.. x.Select(v => v / Math.Sqrt(Spread(x) + epsilon) - x.Average())]),
        ]);

    public static FunctionExercise<LayerNormTokenFunction> LayerNormToken { get; } = new(
        id: "01.4",
        title: "LayerNorm of one token",
        statement: "Normalise the token, multiply each feature by its γ, add its β.",
        solution: (x, gamma, beta, epsilon) =>
        {
            double mean = x.Average();
            double variance = x.Average(v => (v - mean) * (v - mean));
            double rstd = 1 / Math.Sqrt(variance + epsilon);
            return [.. x.Select((v, i) => gamma[i] * (v - mean) * rstd + beta[i])];
        },
        cases:
        [
            [Numbers(0, 2), Numbers(3, 1), Numbers(0, 10), 0.0],
            [Numbers(0.2, 0.1, 0.3), Numbers(1, 2, 3), Numbers(0.5, 0, -0.5), 1e-5],
            [Numbers(4, 4, 4), Numbers(1, 2, 3), Numbers(7, 8, 9), 1e-5],
        ],
        randomCase: random =>
        {
            int n = random.Next(3, 8);
            return [random.NormalVector(n, 2).ToArray(), random.NormalVector(n).ToArray(), random.NormalVector(n).ToArray(), 0.01];
        },
        hints:
        [
            "The first step is the exercise before this one: `Normalise(x, epsilon)`.",
            "Each feature i has its own `gamma[i]` and `beta[i]`. `Select((v, i) => …)` gives you the index.",
            "Multiply first, add last: `gamma[i] * normalised[i] + beta[i]`.",
        ],
        mistakes:
        [
            new("γ applied before normalising", "γ was applied to x before it was normalised, so its scale was taken out again. Normalise first, then multiply by γ.",
                (x, gamma, beta, epsilon) => [.. Normalised([.. x.Select((v, i) => gamma[i] * v)], epsilon).Select((v, i) => v + beta[i])]),
            new("γ and β applied before normalising", "γ and β were applied to x before it was normalised, so they were taken out again. Normalise first.",
                (x, gamma, beta, epsilon) => Normalised([.. x.Select((v, i) => gamma[i] * v + beta[i])], epsilon)),
            new("γ of the first feature for all", "Every feature was multiplied by `gamma[0]`. Feature i has a γ of its own: `gamma[i]`.",
                (x, gamma, beta, epsilon) => Forward(x, [.. x.Select(_ => gamma[0])], beta, epsilon)),
            new("β subtracted", "β is added, not subtracted.",
                (x, gamma, beta, epsilon) => Forward(x, gamma, [.. beta.Select(b => -b)], epsilon)),
            new("β added before multiplying", "β was added before the multiplication, so γ scaled it too. Multiply by γ first, then add β.",
                (x, gamma, beta, epsilon) => [.. Normalised(x, epsilon).Select((v, i) => gamma[i] * (v + beta[i]))]),
            new("γ and β exchanged", "γ and β have changed places: γ multiplies, β is added.",
                (x, gamma, beta, epsilon) => Forward(x, beta, gamma, epsilon)),
            new("β forgotten", "β is missing: the result is γ ⊙ x̂ without the shift.",
                (x, gamma, beta, epsilon) => Forward(x, gamma, new double[x.Length], epsilon)),
            new("γ forgotten", "γ is missing: the result is x̂ + β without the gain.",
                (x, gamma, beta, epsilon) => Forward(x, [.. x.Select(_ => 1.0)], beta, epsilon)),
            new("multiplies x instead of x̂", "γ and β are applied to x itself. They come after the normalisation: put x̂ in place of x.",
                (x, gamma, beta, epsilon) => [.. x.Select((v, i) => gamma[i] * v + beta[i])]),
        ]);

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

    public static FunctionExercise<ParameterGradientsFunction> ParameterGradients { get; } = new(
        id: "01.6",
        title: "The gradients of γ and β",
        statement: "Return dγ = Σ dY ⊙ X̂ and dβ = Σ dY, the sums taken over the tokens.",
        solution: (dY, XHat) =>
        {
            (int tokens, int features) = (dY.GetLength(0), dY.GetLength(1));
            var dGamma = new double[features];
            var dBeta = new double[features];
            for (int t = 0; t < tokens; t++)
                for (int i = 0; i < features; i++)
                {
                    dGamma[i] += dY[t, i] * XHat[t, i];
                    dBeta[i] += dY[t, i];
                }
            return (dGamma, dBeta);
        },
        cases:
        [
            [new double[,] { { 1, 2 }, { 3, 4 } }, new double[,] { { -1, 1 }, { 1, -1 } }],
            [new double[,] { { 1, 2, 0 }, { 0, -1, 3 } }, new double[,] { { 0, -1.2, 1.2 }, { 1.4, -0.7, -0.7 } }],
        ],
        randomCase: random =>
        {
            (int tokens, int features) = (random.Next(2, 5), random.Next(2, 6));
            return [random.NormalMatrix(tokens, features).ToArray(), random.NormalMatrix(tokens, features).ToArray()];
        },
        hints:
        [
            "Both results have one number per feature: as many as `dY` has columns.",
            "γ_i multiplies x̂ of feature i in every token, so its gradient collects dY[t, i] · XHat[t, i] from every token t.",
            "Two loops, and inside them `dGamma[i] += …` and `dBeta[i] += …`.",
        ],
        mistakes:
        [
            new("means instead of sums", "These are means over the tokens. The loss depends on γ through every token, and the contributions add up: no division.",
                (dY, XHat) => (Sums(dY, XHat, 1.0 / dY.GetLength(0)), Sums(dY, null, 1.0 / dY.GetLength(0)))),
            new("only the last token", "Only the last token's contribution is left: `=` where `+=` is needed.",
                (dY, XHat) => (Rows(dY)[^1].Zip(Rows(XHat)[^1], (g, x) => g * x).ToArray(), Rows(dY)[^1])),
            new("dγ and dβ exchanged", "The two have changed places: dγ is the one with X̂ in it.",
                (dY, XHat) => (Sums(dY, null, 1), Sums(dY, XHat, 1))),
            new("product of the sums", "dγ is the product of two sums here. Multiply dY and X̂ first, number by number, and add up afterwards.",
                (dY, XHat) => (Sums(dY, null, 1).Zip(Sums(XHat, null, 1), (a, b) => a * b).ToArray(), Sums(dY, null, 1))),
            new("X̂ forgotten", "dγ lacks the factor X̂: γ multiplies x̂, so x̂ is its slope.",
                (dY, XHat) => (Sums(dY, null, 1), Sums(dY, null, 1))),
            new("sums over the features", "These sums run over the features of each token. γ and β have one number per feature, so sum over the tokens.",
                (dY, XHat) => (Sums(Transposed(dY), Transposed(XHat), 1), Sums(Transposed(dY), null, 1))),
        ]);

    public static FunctionExercise<VarianceGradientFunction> VarianceGradient { get; } = new(
        id: "01.7",
        title: "The gradient at the variance",
        statement: "Return dσ² = Σ g_i (x_i − μ) · (−½) · (σ² + ε)^(−3/2).",
        solution: (g, x, epsilon) =>
        {
            double mean = x.Average();
            double variance = x.Average(v => (v - mean) * (v - mean));
            double rstd = 1 / Math.Sqrt(variance + epsilon);
            return g.Zip(x, (gradient, v) => gradient * (v - mean)).Sum() * -0.5 * rstd * rstd * rstd;
        },
        cases:
        [
            [Numbers(1, 2, 0, -1, 3), Numbers(2, 0, 1, -1, 3), 0.0],
            [Numbers(1, 0), Numbers(0, 2), 3.0],
        ],
        randomCase: random =>
        {
            int n = random.Next(3, 8);
            return [random.NormalVector(n).ToArray(), (random.NormalVector(n, 2) + 1).ToArray(), 0.1];
        },
        hints:
        [
            "x̂_i = (x_i − μ) · (σ² + ε)^(−1/2). How does that change with σ²? The numerator stays, the power comes down.",
            "The derivative of (σ² + ε)^(−1/2) is −½ · (σ² + ε)^(−3/2), which is −½ · rstd³.",
            "Every x̂_i depends on the same σ², so the contributions g_i · (x_i − μ) are added up first.",
        ],
        mistakes:
        [
            new("wrong sign", "The size is right and the sign is not: a larger variance makes x̂ smaller, so there is a minus.",
                (g, x, epsilon) => 0.5 * Along(g, x) * Math.Pow(Spread(x) + epsilon, -1.5)),
            new("the ½ forgotten", "Twice what it should be: the derivative of a power −½ brings down a factor −½.",
                (g, x, epsilon) => -Along(g, x) * Math.Pow(Spread(x) + epsilon, -1.5)),
            new("rstd not cubed", "The power is not right: this uses rstd once. Differentiating (σ² + ε)^(−1/2) lowers the power by one, to −3/2, which is rstd³.",
                (g, x, epsilon) => -0.5 * Along(g, x) * Math.Pow(Spread(x) + epsilon, -0.5)),
            new("x not centred", "The mean is missing: the numerator of x̂_i is x_i − μ, not x_i.",
                (g, x, epsilon) => -0.5 * g.Zip(x, (a, b) => a * b).Sum() * Math.Pow(Spread(x) + epsilon, -1.5)),
            new("divides by N − 1", "Your variance divides by N − 1. LayerNorm's divides by N.",
                (g, x, epsilon) => -0.5 * Along(g, x) * Math.Pow(Spread(x) * x.Length / (x.Length - 1) + epsilon, -1.5)),
            new("mean instead of sum", "This is N times too small: the contributions are added up, not averaged. The 1/N of the variance belongs to the next step.",
                (g, x, epsilon) => -0.5 * Along(g, x) / x.Length * Math.Pow(Spread(x) + epsilon, -1.5)),
            new("−3 / 2 between integers", "The power came out as −1. In C#, `-3 / 2` between integers is −1: write `-1.5`.",
                (g, x, epsilon) => -0.5 * Along(g, x) / (Spread(x) + epsilon)),
            new("−1 / 2 between integers", "Everything is 0. In C#, `1 / 2` between integers is 0: write `0.5`.",
                (g, x, epsilon) => 0),
            new("ε forgotten", "ε is missing: the root is taken of σ² + ε, forward and backward alike.",
                (g, x, epsilon) => -0.5 * Along(g, x) * Math.Pow(Spread(x), -1.5)),
        ]);

    public static FunctionExercise<InputGradientFunction> InputGradient { get; } = new(
        id: "01.8",
        title: "The gradient of the input",
        statement: "Return dx = rstd · (g − mean(g) − x̂ · mean(g ⊙ x̂)), with g = dy ⊙ γ.",
        solution: (x, gamma, dy, epsilon) =>
        {
            double mean = x.Average();
            double variance = x.Average(v => (v - mean) * (v - mean));
            double rstd = 1 / Math.Sqrt(variance + epsilon);
            double[] xHat = [.. x.Select(v => (v - mean) * rstd)];
            double[] g = [.. dy.Zip(gamma, (gradient, gain) => gradient * gain)];

            double alongOnes = g.Average();
            double alongXHat = g.Zip(xHat, (a, b) => a * b).Average();
            return [.. g.Zip(xHat, (a, b) => rstd * (a - alongOnes - b * alongXHat))];
        },
        cases:
        [
            [Numbers(2, 0, 1, -1, 3), Numbers(1, 1, 1, 1, 1), Numbers(1, 2, 0, -1, 3), 0.0],
            [Numbers(2, 0, 1, -1, 3), Numbers(1, 0.5, 2, -1, 3), Numbers(1, 2, 0, -1, 3), 0.5],
        ],
        randomCase: random =>
        {
            int n = random.Next(3, 8);
            return [(random.NormalVector(n, 2) + 1).ToArray(), random.NormalVector(n).ToArray(), random.NormalVector(n).ToArray(), 0.5];
        },
        hints:
        [
            "Forward first: μ, σ², rstd and x̂ are all needed again.",
            "The gradient that arrives at x̂ is g = dy ⊙ γ. Everything after that uses g, no longer dy.",
            "Two means: that of g, and that of g ⊙ x̂. The first takes away what the path through μ gives, the second what the path through σ² gives.",
            "dx_j = rstd · (g_j − mean(g) − x̂_j · mean(g ⊙ x̂)).",
        ],
        mistakes:
        [
            new("path through σ² forgotten", "The path through the variance is missing: subtract x̂ · mean(g ⊙ x̂). When x_j moves away from the mean, σ grows, and every x̂_i shrinks towards 0.",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughVariance: 0)),
            new("path through μ forgotten", "The path through the mean is missing: subtract mean(g). When x_j grows, μ grows too, and every numerator falls.",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughMean: 0)),
            new("only the direct path", "Only the direct path is here, as if μ and σ were constants. They depend on x, so two more terms are needed: − mean(g) and − x̂ · mean(g ⊙ x̂).",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughMean: 0, throughVariance: 0)),
            new("γ forgotten", "γ is missing: what arrives at x̂ is dy ⊙ γ, not dy.",
                (x, gamma, dy, epsilon) => Backward(x, [.. x.Select(_ => 1.0)], dy, epsilon)),
            new("γ applied at the end", "γ was multiplied onto the result. It belongs to the beginning: g = dy ⊙ γ, and the two means are taken of g.",
                (x, gamma, dy, epsilon) => [.. Backward(x, [.. x.Select(_ => 1.0)], dy, epsilon).Select((v, i) => v * gamma[i])]),
            new("rstd forgotten", "The factor rstd = 1/√(σ² + ε) in front is missing.",
                (x, gamma, dy, epsilon) => [.. Backward(x, gamma, dy, epsilon).Select(v => v * Math.Sqrt(Spread(x) + epsilon))]),
            new("sums instead of means", "Sums were taken where means belong: both subtracted terms are divided by N.",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughMean: x.Length, throughVariance: x.Length)),
            new("x̂ term added", "The term with x̂ has the wrong sign: x̂ · mean(g ⊙ x̂) is taken away.",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughVariance: -1)),
            new("half of the path through σ²", "The path through σ² comes out half as large as it should: the derivative of (x_j − μ)² brings a factor 2.",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughVariance: 0.5)),
            new("x − μ in place of x̂", "The last term uses x − μ where x̂ belongs: both times it is the normalised token, (x − μ) · rstd.",
                (x, gamma, dy, epsilon) => BackwardAlong(x, gamma, dy, epsilon, v => v - x.Average())),
            new("x in place of x̂", "The last term uses x where x̂ belongs: both times it is the normalised token, (x − μ) · rstd.",
                (x, gamma, dy, epsilon) => BackwardAlong(x, gamma, dy, epsilon, v => v)),
            new("divides by N − 1", "Your variance divides by N − 1. LayerNorm's divides by N, in the backward pass too.",
                (x, gamma, dy, epsilon) => BackwardWith(x, gamma, dy, 1 / Math.Sqrt(Spread(x) * x.Length / (x.Length - 1) + epsilon))),
            new("ε forgotten", "ε is missing: rstd is 1/√(σ² + ε), in the backward pass too. Where ε = 0 your numbers are right.",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, 0)),
            new("ε outside the root", "Is your ε inside the square root? This divides by σ + ε.",
                (x, gamma, dy, epsilon) => BackwardWith(x, gamma, dy, 1 / (Math.Sqrt(Spread(x)) + epsilon))),
            new("added instead of subtracted", "Both terms are taken away, not added: a growing μ and a growing σ make the outputs smaller.",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughMean: -1, throughVariance: -1)),
        ]);

    public static TestExercise<BackwardTest, Func<double[], double[], double[], double, double[]>> IsBackwardRight { get; } = new(
        id: "01.9",
        title: "Find the bug",
        statement: "Write a test for a backward pass of LayerNorm: true for a correct one, false for a wrong one.",
        solution: backward =>
        {
            // A γ that differs from feature to feature, an ε that is not negligible, and a loss that looks at the outputs unevenly.
            double[] x = [2, 0, 1, -1, 3], gamma = [1, 0.5, 2, -1, 3], dy = [1, 2, 0, -1, 3];
            const double epsilon = 0.5, step = 1e-5;

            double Loss(double[] at) => Lesson01.Forward(at, gamma, new double[5], epsilon).Zip(dy, (y, weight) => y * weight).Sum();

            double[] dx = backward([.. x], [.. gamma], [.. dy], epsilon);
            if (dx is null || dx.Length != 5) return false;
            for (int j = 0; j < 5; j++)
            {
                double[] up = [.. x], down = [.. x];
                up[j] += step;
                down[j] -= step;
                double slope = (Loss(up) - Loss(down)) / (2 * step);
                if (!(Math.Abs(slope - dx[j]) < 1e-6)) return false;
            }
            return true;
        },
        correct:
        [
            new("uses the closed formula", "It is right: dx = rstd · (g − mean(g) − x̂ · mean(g ⊙ x̂)).", (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon)),
            new("adds up three paths", "It is right: directly, through σ², through μ. It rounds a little differently from the closed formula, so a test must leave room for rounding.", ThreePaths),
        ],
        wrong:
        [
            new("forgets the path through σ²", "It leaves out x̂ · mean(g ⊙ x̂). With γ = 1, the plain sum of outputs as loss cannot see it.",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughVariance: 0)),
            new("divides the variance by N − 1", "Its σ is that of a sample. With γ = 1, the plain sum of outputs as loss cannot see it.",
                (x, gamma, dy, epsilon) => BackwardWith(x, gamma, dy, 1 / Math.Sqrt(Spread(x) * x.Length / (x.Length - 1) + epsilon))),
            new("has ε outside the root", "It divides by σ + ε. With a tiny ε, or with ε = 0, nobody sees it: try one that is not tiny.",
                (x, gamma, dy, epsilon) => BackwardWith(x, gamma, dy, 1 / (Math.Sqrt(Spread(x)) + epsilon))),
            new("forgets γ", "It uses dy where g = dy ⊙ γ belongs. With γ = 1 nobody sees it.",
                (x, gamma, dy, epsilon) => Backward(x, [.. x.Select(_ => 1.0)], dy, epsilon)),
            new("applies γ at the end", "It multiplies the result by γ, instead of dy. With γ the same for all features nobody sees it.",
                (x, gamma, dy, epsilon) => [.. Backward(x, [.. x.Select(_ => 1.0)], dy, epsilon).Select((v, i) => v * gamma[i])]),
            new("forgets the path through μ", "It leaves out mean(g), so its numbers do not add up to 0.",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughMean: 0)),
        ],
        hints:
        [
            "Choose a loss whose slope you can measure: L = Σ dy_i · y_i, with uneven dy. Its gradient at y is dy, which is what you hand to `backward`.",
            "Measure the slope along x_j: (L with x_j + s, less L with x_j − s) / 2s, with s = 1e-5. Do so for each j and compare with dx[j], leaving room for about 1e-6.",
            "Choose numbers under which no mistake can hide: γ different for each feature, ε = 0.5, dy not all the same.",
        ],
        mistakes:
        [
            new("the sum of outputs as loss", "This is the plain-sum check: dy = 1 everywhere and γ = 1. The right gradient is then zero, and so is that of every mistake but one. Use an uneven dy and an uneven γ.",
                backward => backward([2, 0, 1, -1, 3], [1, 1, 1, 1, 1], [1, 1, 1, 1, 1], 1e-5).All(v => Math.Abs(v) < 1e-3)),
            new("the numbers of dx add up to 0", "Adding up to 0 is right, but not enough: most mistakes keep it. Compare each number with a measured slope.",
                backward => Math.Abs(backward([2, 0, 1, -1, 3], [1, 0.5, 2, -1, 3], [1, 2, 0, -1, 3], 0.5).Sum()) < 1e-9),
            new("the worked case alone", "This compares with the worked case only, where γ = 1 and ε = 0. Mistakes in γ and ε do not show there.",
                backward => backward([2, 0, 1, -1, 3], [1, 1, 1, 1, 1], [1, 2, 0, -1, 3], 0).Zip(Backward([2, 0, 1, -1, 3], [1, 1, 1, 1, 1], [1, 2, 0, -1, 3], 0), (a, b) => Math.Abs(a - b)).Max() < 1e-9),
            new("a tiny ε", "γ and dy are uneven, and that catches most of them. But at ε = 1e-5 a misplaced ε moves the result by some millionths, which your tolerance forgives. Use a larger ε.",
                backward => backward([2, 0, 1, -1, 3], [1, 0.5, 2, -1, 3], [1, 2, 0, -1, 3], 1e-5).Zip(Backward([2, 0, 1, -1, 3], [1, 0.5, 2, -1, 3], [1, 2, 0, -1, 3], 1e-5), (a, b) => Math.Abs(a - b)).Max() < 1e-3),
        ]);

    private static double[] Numbers(params double[] values) => values;

    private static double[][] Rows(double[,] X) =>
        [.. Enumerable.Range(0, X.GetLength(0)).Select(t => Enumerable.Range(0, X.GetLength(1)).Select(i => X[t, i]).ToArray())];

    private static double[][] Columns(double[,] X) => Rows(Transposed(X));

    /// <summary>The population variance.</summary>
    private static double Spread(double[] x)
    {
        double mean = x.Average();
        return x.Average(v => (v - mean) * (v - mean));
    }

    private static double[] Normalised(double[] x, double epsilon)
    {
        (double mean, double rstd) = (x.Average(), 1 / Math.Sqrt(Spread(x) + epsilon));
        return [.. x.Select(v => (v - mean) * rstd)];
    }

    private static double[,] NormalisedRows(double[,] X, double epsilon)
    {
        double[][] rows = [.. Rows(X).Select(row => Normalised(row, epsilon))];
        return Build(X.GetLength(0), X.GetLength(1), (t, i) => rows[t][i]);
    }

    private static double[,] Affine(double[,] X, double[] gamma, double[] beta) =>
        Build(X.GetLength(0), X.GetLength(1), (t, i) => gamma[i] * X[t, i] + beta[i]);

    /// <summary>Column sums of dY, or of dY ⊙ X̂ where X̂ is given, times a factor.</summary>
    private static double[] Sums(double[,] dY, double[,]? XHat, double factor) =>
        [.. Enumerable.Range(0, dY.GetLength(1)).Select(i =>
            factor * Enumerable.Range(0, dY.GetLength(0)).Sum(t => dY[t, i] * (XHat is null ? 1 : XHat[t, i])))];

    /// <summary>Σ g_i (x_i − μ).</summary>
    private static double Along(double[] g, double[] x) => g.Zip(x, (a, b) => a * (b - x.Average())).Sum();

    /// <summary>The closed formula, with its two subtracted terms weighted: 1 is right.</summary>
    private static double[] Backward(double[] x, double[] gamma, double[] dy, double epsilon, double throughMean = 1, double throughVariance = 1) =>
        BackwardWith(x, gamma, dy, 1 / Math.Sqrt(Spread(x) + epsilon), throughMean, throughVariance);

    private static double[] BackwardWith(double[] x, double[] gamma, double[] dy, double rstd, double throughMean = 1, double throughVariance = 1)
    {
        double mean = x.Average();
        double[] xHat = [.. x.Select(v => (v - mean) * rstd)];
        double[] g = [.. dy.Zip(gamma, (a, b) => a * b)];
        double alongOnes = throughMean * g.Average();
        double alongXHat = throughVariance * g.Zip(xHat, (a, b) => a * b).Average();
        return [.. g.Zip(xHat, (a, b) => rstd * (a - alongOnes - b * alongXHat))];
    }

    /// <summary>The closed formula with something else in place of x̂.</summary>
    private static double[] BackwardAlong(double[] x, double[] gamma, double[] dy, double epsilon, Func<double, double> inPlaceOfXHat)
    {
        double rstd = 1 / Math.Sqrt(Spread(x) + epsilon);
        double[] along = [.. x.Select(inPlaceOfXHat)];
        double[] g = [.. dy.Zip(gamma, (a, b) => a * b)];
        double alongOnes = g.Average(), alongThat = g.Zip(along, (a, b) => a * b).Average();
        return [.. g.Zip(along, (a, b) => rstd * (a - alongOnes - b * alongThat))];
    }

    private static double[] ThreePaths(double[] x, double[] gamma, double[] dy, double epsilon)
    {
        (double mean, double rstd) = (x.Average(), 1 / Math.Sqrt(Spread(x) + epsilon));
        double[] g = [.. dy.Zip(gamma, (a, b) => a * b)];
        double dVariance = Along(g, x) * -0.5 * rstd * rstd * rstd;
        double dMean = -rstd * g.Sum();
        return [.. g.Zip(x, (a, v) => a * rstd + dVariance * 2 * (v - mean) / x.Length + dMean / x.Length)];
    }
}
