using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson03
{
    public delegate double[] PostNormGradientFunction(double[] x, double[,] W, double[] dy, double epsilon);

    public static FunctionExercise<PostNormGradientFunction> PostNormGradient { get; } = new(
        id: "03.6",
        title: "The gradient through add & norm",
        statement: "Return dx for y = LN(x + xW).",
        solution: (x, W, dy, epsilon) =>
        {
            double[] sum = [.. x.Zip(Lesson03.Multiply(x, W), (a, b) => a + b)];
            double[] ds = Lesson03.NormaliseGradient(sum, dy, epsilon);      // through the norm, first of all
            double[] dx = [.. ds];                                           // past the block
            for (int i = 0; i < x.Length; i++)
                for (int j = 0; j < x.Length; j++)
                    dx[i] += ds[j] * W[i, j];                                // through the block
            return dx;
        },
        cases:
        [
            [Row(1, 2, 4), Square(3, 0, 1, 0, 0, 0, 1, 1, 0, 0), Row(1, 0, 3), 0.5],
            [Row(2, 0, 1, -1, 3), new double[5, 5], Row(1, 2, 0, -1, 3), 0.0],
            [Row(4), Square(1, 2), Row(3), 0.5],
            [Row(3, 3, 3), Square(3, 1, 0, 0, 0, 1, 0, 0, 0, 1), Row(1, 0, -2), 0.5],
            [Row(1e3, -2e3, 3e3, 500), Square(4, 1, 0, 0.5, 0, 0, 2, 0, 1, -1, 0, 1, 0, 0, 0, 3, 1), Row(1e6, -2e6, 5e5, 3e6), 0.5],
        ],
        randomCase: random =>
        {
            int d = random.Next(3, 6);
            return [random.NormalVector(d).ToArray(), random.NormalMatrix(d, d).ToArray(), random.NormalVector(d).ToArray(), 0.5];
        },
        hints:
        [
            "Walk backwards: the last thing done on the way forward was the norm, so the gradient passes it first, and only then comes to the sum.",
            "What was normalised is the sum x + xW: `Lesson03.NormaliseGradient(sum, dy, epsilon)` gives ds.",
            "The sum hands ds to both sides: dx = ds + ds·Wᵀ.",
        ],
        mistakes:
        [
            new("the skip goes past the norm", "Here dy itself goes along the skip, as it does where the norm stands in the branch. In post-LN the norm stands behind the sum, and both paths pass it.",
                (x, W, dy, epsilon) => Sum(dy, Multiply(NormaliseGradient(Sum(x, Multiply(x, W)), dy, epsilon), Transposed(W)))),
            new("the norm at x", "The norm's gradient was taken at x. What was normalised on the way forward is the sum x + xW, and the gradient belongs there.",
                (x, W, dy, epsilon) => NormaliseGradient(x, dy, epsilon) is var ds ? Sum(ds, Multiply(ds, Transposed(W))) : []),
            new("the norm forgotten", "The norm is missing: dy went to the sum unchanged. Take it through `Lesson03.NormaliseGradient` first.",
                (x, W, dy, epsilon) => Sum(dy, Multiply(dy, Transposed(W)))),
            new("the path past the block forgotten", "Only the path through the block is here: add ds itself, which goes past it.",
                (x, W, dy, epsilon) => Multiply(NormaliseGradient(Sum(x, Multiply(x, W)), dy, epsilon), Transposed(W))),
            new("W not transposed", "ds was multiplied by W. On the way back it is the transpose.",
                (x, W, dy, epsilon) => NormaliseGradient(Sum(x, Multiply(x, W)), dy, epsilon) is var ds ? Sum(ds, Multiply(ds, W)) : []),
            new("the block before the norm", "The two were passed in the wrong order: first through the block, then through the norm. On the way back the norm, which was last, comes first.",
                (x, W, dy, epsilon) => NormaliseGradient(Sum(x, Multiply(x, W)), Sum(dy, Multiply(dy, Transposed(W))), epsilon)),
            new("the path through the block forgotten", "This is ds, what comes back past the block. The block has its own way back: add ds·Wᵀ.",
                (x, W, dy, epsilon) => NormaliseGradient(Sum(x, Multiply(x, W)), dy, epsilon)),
            new("the block's path goes past the norm", "ds goes along the skip, but through the block goes dy·Wᵀ. The norm stands behind the sum: both paths get ds.",
                (x, W, dy, epsilon) => Sum(NormaliseGradient(Sum(x, Multiply(x, W)), dy, epsilon), Multiply(dy, Transposed(W)))),
            new("pre-LN's way back", "This is the gradient of x + f(LN(x)), which is pre-LN. Here the norm stands behind the sum, so dy passes it first.",
                (x, W, dy, epsilon) => Sum(dy, NormaliseGradient(x, Multiply(dy, Transposed(W)), epsilon))),
            new("the gradient of a norm on the write", "This is the gradient of x + LN(f(x)), where the norm stands on the write. Here it stands behind the sum, so dy passes it first.",
                (x, W, dy, epsilon) => Sum(dy, Multiply(NormaliseGradient(Multiply(x, W), dy, epsilon), Transposed(W)))),
            new("the norm at xW", "The norm's gradient was taken at xW. What was normalised on the way forward is the sum x + xW, and the gradient belongs there.",
                (x, W, dy, epsilon) => NormaliseGradient(Multiply(x, W), dy, epsilon) is var ds ? Sum(ds, Multiply(ds, Transposed(W))) : []),
            new("the norm at y", "The norm's gradient was taken at y, its output. `NormaliseGradient` wants what went in: the sum x + xW.",
                (x, W, dy, epsilon) => NormaliseGradient(PostNorm(x, W, epsilon), dy, epsilon) is var ds ? Sum(ds, Multiply(ds, Transposed(W))) : []),
            new("the arguments exchanged", "`NormaliseGradient` was given dy first and the sum second. First comes what was normalised, then the gradient.",
                (x, W, dy, epsilon) => NormaliseGradient(dy, Sum(x, Multiply(x, W)), epsilon) is var ds ? Sum(ds, Multiply(ds, Transposed(W))) : []),
            new("ε left out", "The gradient was taken at ε = 0, whatever `epsilon` is. Hand on the one that came in.",
                (x, W, dy, epsilon) => NormaliseGradient(Sum(x, Multiply(x, W)), dy, 0) is var ds ? Sum(ds, Multiply(ds, Transposed(W))) : []),
            new("ε of its own", "The gradient was taken at ε = 1e-5, whatever `epsilon` is. Hand on the one that came in.",
                (x, W, dy, epsilon) => NormaliseGradient(Sum(x, Multiply(x, W)), dy, 1e-5) is var ds ? Sum(ds, Multiply(ds, Transposed(W))) : []),
            new("a ReLU where there is none", "ds was stopped where xW is not above 0, as by the ReLU of exercise 03.4. This block is xW alone.",
                (x, W, dy, epsilon) => NormaliseGradient(Sum(x, Multiply(x, W)), dy, epsilon) is var ds ? Sum(ds, Multiply(Masked(x, W, ds), Transposed(W))) : []),
        ]);
}
