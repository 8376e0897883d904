using static TransformerByHand.Exercises.Arrays;
using static TransformerByHand.Exercises.Lesson01;

namespace TransformerByHand.Exercises;

public static partial class Lesson02
{
    public delegate double VarianceGradientFunction(double[] g, double[] x, double epsilon);

    public static FunctionExercise<VarianceGradientFunction> VarianceGradient { get; } = new(
        id: "02.2",
        title: "The gradient at the variance",
        statement: "Return how the loss changes with the variance: x and μ stay as they are, and every x̂_i has the same σ² under its root.",
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
            [Numbers(7), Numbers(3), 0.5],
            [Numbers(1, -2, 0.5, 3), Numbers(1000, -2000, 4000, 500), 1e5],
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
            new("the power −1", "The power came out as −1, as with rstd · rstd (or with `-3 / 2`, which between integers is −1 in C#). It is −3/2: rstd³.",
                (g, x, epsilon) => -0.5 * Along(g, x) / (Spread(x) + epsilon)),
            new("by σ in place of σ²", "This is the slope along σ, as 1/σ has the derivative −1/σ². Asked for is the slope along σ²: x̂ contains (σ² + ε)^(−1/2).",
                (g, x, epsilon) => -Along(g, x) / (Spread(x) + epsilon)),
            new("x̂ in place of x − μ", "The numerator of x̂_i is x_i − μ. This takes x̂_i itself, and so divides by the root once too often.",
                (g, x, epsilon) => -0.5 * Along(g, x) / Math.Pow(Spread(x) + epsilon, 2)),
            new("rstd turned over", "This multiplies by (σ² + ε)^(3/2), where the power is −3/2: *rstd* is 1/√(σ² + ε), not the root itself.",
                (g, x, epsilon) => -0.5 * Along(g, x) * Math.Pow(Spread(x) + epsilon, 1.5)),
            new("from σ² on to x", "This is how σ² changes with the x_i, 2 (x_i − μ)/N: that is the next step. Here the way is from x̂ back to σ².",
                (g, x, epsilon) => 2 * Along(g, x) / x.Length),
            new("variance as a sum", "The squared distances were added up and not averaged: σ² is their mean.",
                (g, x, epsilon) => -0.5 * Along(g, x) * Math.Pow(Spread(x) * x.Length + epsilon, -1.5)),
            new("ε outside the root", "Is your ε inside the square root? This divides by (σ + ε)³.",
                (g, x, epsilon) => -0.5 * Along(g, x) / Math.Pow(Math.Sqrt(Spread(x)) + epsilon, 3)),
            new("ε forgotten", "ε is missing: the root is taken of σ² + ε, forward and backward alike.",
                (g, x, epsilon) => -0.5 * Along(g, x) * Math.Pow(Spread(x), -1.5)),
        ]);
}
