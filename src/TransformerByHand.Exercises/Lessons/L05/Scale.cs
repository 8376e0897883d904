using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson05
{
    public delegate double[,] ScaleFunction(double[,] S, int dK);

    public static FunctionExercise<ScaleFunction> Scale { get; } = new(
        id: "05.3",
        title: "The scale",
        statement: "Return the scores divided by √d_k.",
        solution: (S, dK) =>
        {
            var Z = new double[S.GetLength(0), S.GetLength(1)];
            for (int i = 0; i < S.GetLength(0); i++)
                for (int j = 0; j < S.GetLength(1); j++)
                    Z[i, j] = S[i, j] / Math.Sqrt(dK);
            return Z;
        },
        cases:
        [
            [new double[,] { { 1, 2, 3 }, { -1, -2, -3 }, { 0, 0, 0 } }, 4],
            [new double[,] { { 8, -16 } }, 64],
        ],
        randomCase: random => [random.NormalMatrix(random.Next(2, 5), random.Next(2, 5), 3).ToArray(), random.Next(6, 20)],
        hints:
        [
            "Every entry is divided by the same number.",
            "A score is a sum of d_k products and has the variance d_k. Which number divided by which makes a variance of d_k into 1?",
        ],
        mistakes:
        [
            new("divides by d_k", "The root is missing: this divides by d_k. The *variance* of a score is d_k; its standard deviation is √d_k, and that is what divides.",
                (S, dK) => Times(S, 1.0 / dK)),
            new("divides by the root of the number of keys", "This divides by √n, with n the number of columns. What makes a score large is the width of a query, d_k; how many keys there are does not matter.",
                (S, dK) => Times(S, 1 / Math.Sqrt(S.GetLength(1)))),
            new("multiplies", "This multiplies by √d_k. Wide queries give large scores, and the scale brings them back: divide.",
                (S, dK) => Times(S, Math.Sqrt(dK))),
            new("not scaled", "The scores came back as they were. Divide each by √d_k. (If you wrote `Math.Pow(dK, 1 / 2)`: in C# `1 / 2` is 0. Write 0.5.)",
                (S, dK) => Times(S, 1)),
            new("divides by the root of the number of queries", "This divides by the root of the number of rows. What makes a score large is the width of a query, d_k.",
                (S, dK) => Times(S, 1 / Math.Sqrt(S.GetLength(0)))),
            new("divides by half of d_k", "This divides by d_k / 2. It is the square root of d_k that divides; for d_k = 4 the two happen to be the same.",
                (S, dK) => Times(S, 2.0 / dK))
            {
                Variants = [(S, dK) => Times(S, 1.0 / (dK / 2))],
            },
            new("rounds the root", "The root has lost its decimals: a cast to `int` cuts them off. For 4 and 64 nobody sees it.",
                (S, dK) => Times(S, 1.0 / (int)Math.Sqrt(dK))),
            new("divides whole numbers", "Every number is 0. Is there `1 / dK` in your code? In C# that divides whole numbers and is 0: write `1.0 / dK`.",
                (S, dK) => Times(S, 0)),
        ]);
}
