using static TransformerByHand.Exercises.Arrays;
using static TransformerByHand.Exercises.Lesson01;

namespace TransformerByHand.Exercises;

public static partial class Lesson02
{
    public delegate double[] InputGradientFunction(double[] x, double[] gamma, double[] dy, double epsilon);

    public static FunctionExercise<InputGradientFunction> InputGradient { get; } = new(
        id: "02.3",
        title: "The gradient of the input",
        statement: "Return how the loss changes with each number of the token: directly, through the mean, and through the variance.",
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
            [Numbers(3), Numbers(2), Numbers(1), 0.5],
            [Numbers(1000, -2000, 4000, 500), Numbers(1, 0.5, 2, -1), Numbers(200, 100, -300, 50), 1e5],
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
            "Directly, x_j gets g_j · rstd. Through σ² it gets dσ², from exercise 02.2, times how σ² changes with x_j, which is 2 (x_j − μ) / N.",
            "Through μ it gets dμ times how μ changes with x_j, which is 1 / N. Every numerator has −μ in it: dμ is −rstd times the sum of g.",
            "Put together: dx_j = rstd · (g_j − mean(g) − x̂_j · mean(g ⊙ x̂)).",
        ],
        mistakes:
        [
            new("path through σ² forgotten", "The path through the variance is missing, or comes out as 0 (as `2 / x.Length` does, a quotient of whole numbers). When x_j moves away from the mean, σ grows, and every x̂_i shrinks towards 0.",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughVariance: 0)),
            new("path through μ forgotten", "The path through the mean is missing, or comes out as 0 (as `1 / x.Length` does, a quotient of whole numbers). When x_j grows, μ grows too, and every numerator falls.",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughMean: 0))
                { Variants = [(x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughMean: x.Length == 1 ? 1 : 0)] },
            new("only the direct path", "Only the direct path is here, as if μ and σ were constants. They depend on x_j, so two more terms are needed: dσ² times how σ² changes with x_j, and dμ times how μ changes with x_j.",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughMean: 0, throughVariance: 0)),
            new("γ forgotten", "γ is missing: what arrives at x̂ is dy ⊙ γ, not dy.",
                (x, gamma, dy, epsilon) => Backward(x, [.. x.Select(_ => 1.0)], dy, epsilon)),
            new("γ applied at the end", "γ was multiplied onto the result. It belongs to the beginning: g = dy ⊙ γ, and the two means are taken of g.",
                (x, gamma, dy, epsilon) => [.. Backward(x, [.. x.Select(_ => 1.0)], dy, epsilon).Select((v, i) => v * gamma[i])]),
            new("rstd forgotten", "The factor rstd = 1/√(σ² + ε) in front is missing.",
                (x, gamma, dy, epsilon) => [.. Backward(x, gamma, dy, epsilon).Select(v => v * Math.Sqrt(Spread(x) + epsilon))]),
            new("sums instead of means", "Both paths, through μ and through σ², are N times too large: each x_j has a share of 1/N in the mean, and in the variance.",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughMean: x.Length, throughVariance: x.Length)),
            new("dμ not divided by N", "The path through μ is N times too large: when x_j grows by a little, μ grows by an Nth of that.",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughMean: x.Length)),
            new("dσ² not divided by N", "The path through σ² is N times too large: σ² is the mean of the squared distances, so each has a share of 1/N in it.",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughVariance: x.Length)),
            new("x̂ term added", "The path through σ² has the wrong sign: a growing σ² makes every x̂_i smaller, so dσ² has a minus.",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughVariance: -1)),
            new("half of the path through σ²", "The path through σ² comes out half as large as it should: the derivative of (x_j − μ)² brings a factor 2.",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughVariance: 0.5)),
            new("twice the path through σ²", "The path through σ² comes out twice as large as it should. Is the ½ in dσ², from the power −½? Or is the path added twice?",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughVariance: 2)),
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
            new("path through μ added", "The path through μ has the wrong sign: when μ grows every numerator gets smaller, so dμ has a minus.",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughMean: -1)),
            new("γ forgotten on one path", "On at least one of the paths dy arrives at x̂ where it should be dy ⊙ γ. All of them begin with the same g.",
                (x, gamma, dy, epsilon) => Paths(x, gamma, dy, epsilon, (g, dy) => (g, g, dy)))
            {
                Variants =
                [
                    (x, gamma, dy, epsilon) => Paths(x, gamma, dy, epsilon, (g, dy) => (g, dy, g)),
                    (x, gamma, dy, epsilon) => Paths(x, gamma, dy, epsilon, (g, dy) => (dy, g, g)),
                    (x, gamma, dy, epsilon) => Paths(x, gamma, dy, epsilon, (g, dy) => (g, dy, dy)),
                ],
            },
            new("g and x exchanged for dσ²", "In dσ² g and x have changed places. `VarianceGradient` takes g first, then x.",
                (x, gamma, dy, epsilon) => ThirdPath(x, gamma, dy, epsilon, dVariance: (g, x) => -0.5 * Along(x, g) * Math.Pow(Spread(g) + epsilon, -1.5))),
            new("divided by N twice", "One of the paths, through μ or through σ², is N times too small: 1/N comes in once, with how the mean or the variance changes with x_j. What arrives there is a sum.",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughMean: 1.0 / x.Length))
                { Variants = [(x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughVariance: 1.0 / x.Length), (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughMean: 1.0 / x.Length, throughVariance: 1.0 / x.Length)] },
            new("rstd forgotten in dμ", "The path through μ lacks rstd: x̂_i is (x_i − μ) · rstd, so μ moves it by −rstd, not by −1.",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughMean: Math.Sqrt(Spread(x) + epsilon))),
            new("rstd forgotten on the direct path", "The direct path lacks rstd: x̂_j is (x_j − μ) · rstd, so x_j moves it by rstd, not by 1.",
                (x, gamma, dy, epsilon) => [.. Backward(x, gamma, dy, epsilon).Select((v, j) => v + dy[j] * gamma[j] * (1 - 1 / Math.Sqrt(Spread(x) + epsilon)))]),
            new("x_j without the mean", "The path through σ² ends at x_j where it should be x_j − μ: σ² changes with x_j by 2 (x_j − μ)/N.",
                (x, gamma, dy, epsilon) => ThirdPath(x, gamma, dy, epsilon, end: v => v)),
            new("x̂_j in place of x_j − μ", "The path through σ² ends at x̂_j where it should be x_j − μ: σ² changes with x_j by 2 (x_j − μ)/N.",
                (x, gamma, dy, epsilon) => ThirdPath(x, gamma, dy, epsilon, end: v => (v - x.Average()) / Math.Sqrt(Spread(x) + epsilon))),
            new("its own numerator only", "The path through μ brings only what x_j's own numerator sends. μ stands in every numerator, so dμ collects from all of them.",
                (x, gamma, dy, epsilon) => [.. Backward(x, gamma, dy, epsilon, throughMean: 0).Select((v, j) => v - dy[j] * gamma[j] / Math.Sqrt(Spread(x) + epsilon) / x.Length)]),
            new("added instead of subtracted", "Both terms are taken away, not added: a growing μ and a growing σ make the outputs smaller.",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughMean: -1, throughVariance: -1)),
        ]);
}
