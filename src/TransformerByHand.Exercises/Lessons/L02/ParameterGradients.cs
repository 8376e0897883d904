using static TransformerByHand.Exercises.Arrays;
using static TransformerByHand.Exercises.Lesson01;

namespace TransformerByHand.Exercises;

public static partial class Lesson02
{
    public delegate (double[] dGamma, double[] dBeta) ParameterGradientsFunction(double[,] dY, double[,] XHat);

    public static FunctionExercise<ParameterGradientsFunction> ParameterGradients { get; } = new(
        id: "02.1",
        title: "The gradients of γ and β",
        statement: "Return how the loss changes with each γ and each β, from how it changes with each output.",
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
            [new double[,] { { 5, -2, 1 } }, new double[,] { { 0, -1.2, 1.2 } }],
            [new double[,] { { 3 }, { 4 } }, new double[,] { { 0 }, { 0.5 } }],
            [new double[,] { { 1000, 2000 }, { -3000, 500 }, { 0, 4000 } }, new double[,] { { -1, 1 }, { 1, -1 }, { 1, 1 } }],
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
                (dY, XHat) => (Rows(dY)[^1].Zip(Rows(XHat)[^1], (g, x) => g * x).ToArray(), Rows(dY)[^1]))
            {
                Variants =
                [
                    (dY, XHat) => (Rows(dY)[^1].Zip(Rows(XHat)[^1], (g, x) => g * x).ToArray(), Sums(dY, null, 1)),
                    (dY, XHat) => (Sums(dY, XHat, 1), Rows(dY)[^1]),
                ],
            },
            new("dγ and dβ exchanged", "The two have changed places: dγ is the one with X̂ in it.",
                (dY, XHat) => (Sums(dY, null, 1), Sums(dY, XHat, 1))),
            new("product of the sums", "dγ is the product of two sums here. Multiply dY and X̂ first, number by number, and add up afterwards.",
                (dY, XHat) => (Sums(dY, null, 1).Zip(Sums(XHat, null, 1), (a, b) => a * b).ToArray(), Sums(dY, null, 1))),
            new("X̂ forgotten", "dγ lacks the factor X̂: γ multiplies x̂, so x̂ is its slope.",
                (dY, XHat) => (Sums(dY, null, 1), Sums(dY, null, 1))),
            new("dY forgotten", "dγ lacks the factor dY. X̂ is how an output changes with γ; how much the loss changes with that output is dY.",
                (dY, XHat) => (Sums(XHat, null, 1), Sums(dY, null, 1)))
                { Variants = [(dY, XHat) => (Sums(XHat, null, 1), [.. Rows(dY)[0].Select(_ => (double)dY.GetLength(0))])] },
            new("sums over the features", "These sums run over the features of each token. γ and β have one number per feature, so sum over the tokens.",
                (dY, XHat) => (Sums(Transposed(dY), Transposed(XHat), 1), Sums(Transposed(dY), null, 1))),
        ]);
}
