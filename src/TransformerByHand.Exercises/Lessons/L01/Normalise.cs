using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson01
{
    public delegate double[] NormaliseFunction(double[] x, double epsilon);

    public static FunctionExercise<NormaliseFunction> Normalise { get; } = new(
        id: "01.2",
        title: "Normalise one token",
        statement: "Take the mean away from each number of the token, then divide by its standard deviation, with ε added to the variance before the root is taken.",
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
            [Numbers(5), 1.0],
            [Numbers(1000, -2000, 4000, 500, 0), 0.5],
        ],
        randomCase: random => [random.NormalVector(random.Next(3, 9), 2).ToArray(), 0.1],
        hints:
        [
            "You need two numbers first, the mean and the variance of `x`. Your `Variance` from above can be called here.",
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
            new("not divided", "The mean was taken away, and nothing was divided: the numbers still lie as far apart as before.",
                (x, epsilon) => [.. x.Select(v => v - x.Average())]),
            new("distances not squared", "The distances were not squared before their mean was taken, so that the variance is always 0: this divides by the root of ε.",
                (x, epsilon) => [.. x.Select(v => (v - x.Average()) / Math.Sqrt(epsilon))]),
            new("multiplied by the root", "This multiplies by the root. Divide: a token whose numbers lie far apart is to come closer together.",
                (x, epsilon) => [.. x.Select(v => (v - x.Average()) * Math.Sqrt(Spread(x) + epsilon))]),
            new("a root of each", "The root of a sum is not the sum of the roots: this divides by σ + √ε. Add ε to the variance, then take one root.",
                (x, epsilon) => [.. x.Select(v => (v - x.Average()) / (Math.Sqrt(Spread(x)) + Math.Sqrt(epsilon)))]),
            new("ε inside and outside", "ε was added twice, to the variance and to its root. Add it to the variance alone.",
                (x, epsilon) => [.. x.Select(v => (v - x.Average()) / (Math.Sqrt(Spread(x) + epsilon) + epsilon))]),
            new("a choice between variance and ε", "ε comes in only where the variance is 0, or smaller than ε. Add it always: the formula has no *if*.",
                (x, epsilon) => [.. x.Select(v => (v - x.Average()) / Math.Sqrt(Spread(x) == 0 ? epsilon : Spread(x)))])
            {
                Variants =
                [
                    (x, epsilon) => Spread(x) == 0 ? new double[x.Length] : [.. x.Select(v => (v - x.Average()) / Math.Sqrt(Spread(x)))],
                    (x, epsilon) => [.. x.Select(v => (v - x.Average()) / Math.Sqrt(Math.Max(Spread(x), epsilon)))],
                    (x, epsilon) => [.. x.Select(v => (v - x.Average()) / Math.Max(Math.Sqrt(Spread(x)), epsilon))],
                ],
            },
            new("the root of a root", "A root was taken twice, as if what stands under it were σ. It is the variance, σ², and ε.",
                (x, epsilon) => [.. x.Select(v => (v - x.Average()) / Math.Sqrt(Math.Sqrt(Spread(x)) + epsilon))]),
            new("does not subtract the mean", "The division is right, but the mean was not subtracted first: the result has a mean other than 0.",
                (x, epsilon) => [.. x.Select(v => v / Math.Sqrt(Spread(x) + epsilon))]),
            new("no mean at all", "The mean is not taken away, neither from the numbers nor inside the variance: this divides by the root of the mean of the squares. (Such a norm exists, RMSNorm; LayerNorm takes the mean away in both places.)",
                (x, epsilon) => [.. x.Select(v => v / Math.Sqrt(x.Average(one => one * one) + epsilon))]),
            new("mean of the squares as variance", "What stands under the root is the mean of the squares. The variance is the mean of the squared distances from the mean.",
                (x, epsilon) => [.. x.Select(v => (v - x.Average()) / Math.Sqrt(x.Average(one => one * one) + epsilon))]),
            new("subtracts the mean after dividing", "The mean has to be subtracted before the division. Here x is divided first, and then the mean of the original numbers is subtracted.",
                (x, epsilon) => [.. x.Select(v => v / Math.Sqrt(Spread(x) + epsilon) - x.Average())]),
        ]);
}
