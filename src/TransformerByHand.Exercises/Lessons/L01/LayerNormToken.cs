using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson01
{
    public delegate double[] LayerNormTokenFunction(double[] x, double[] gamma, double[] beta, double epsilon);

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
}
