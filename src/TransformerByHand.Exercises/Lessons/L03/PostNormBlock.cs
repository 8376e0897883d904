using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson03
{
    public delegate double[] BlockFunction(double[] x, double[,] W, double epsilon);

    public static FunctionExercise<BlockFunction> PostNormBlock { get; } = new(
        id: "03.1",
        title: "Add & norm",
        statement: "Return y = LN(x + f(x)) with the block f(x) = xW: post-LN.",
        solution: (x, W, epsilon) =>
        {
            double[] fx = Lesson03.Multiply(x, W);
            double[] sum = [.. x.Zip(fx, (a, b) => a + b)];
            return Lesson03.Normalise(sum, epsilon);
        },
        cases:
        [
            [Row(1, 3), Square(2, 1, 0, 0, 2), 0.0],
            [Row(1, 2, 4), Square(3, 0, 1, 0, 0, 0, 1, 1, 0, 0), 0.0],
            [Row(3, 3, 3), Square(3, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0.5],
        ],
        randomCase: TokenAndBlock,
        hints:
        [
            "Three steps, in this order: what the block makes of x, the sum of x and that, the norm of the sum.",
            "`Lesson03.Multiply(x, W)` is the block. `x.Zip(fx, (a, b) => a + b)` adds two tokens number by number.",
            "The norm comes last and takes in everything: `Lesson03.Normalise(sum, epsilon)`.",
        ],
        mistakes:
        [
            new("the skip forgotten", "x itself is missing: this is LN(f(x)). Add x to what the block makes before you normalise.",
                (x, W, epsilon) => Normalise(Multiply(x, W), epsilon)),
            new("normalises what is written", "This is x + LN(f(x)): the norm came before the sum. In add & norm it comes after it.",
                (x, W, epsilon) => Sum(x, Normalise(Multiply(x, W), epsilon))),
            new("pre-LN", "This is x + f(LN(x)), which is pre-LN, the next exercise. Here the block reads x as it is, and the sum is normalised.",
                (x, W, epsilon) => PreNorm(x, W, epsilon)),
            new("no norm", "This is x + f(x). The norm of that sum is still to be taken.",
                (x, W, epsilon) => Sum(x, Multiply(x, W))),
            new("norm of each, then the sum", "This is LN(x) + LN(f(x)). Add first, then take one norm of the sum.",
                (x, W, epsilon) => Sum(Normalise(x, epsilon), Normalise(Multiply(x, W), epsilon))),
            new("multiplies from the left", "The block is xW, a row times a matrix: number j goes down column j of W. This runs along the rows of W.",
                (x, W, epsilon) => Normalise(Sum(x, Multiply(x, Transposed(W))), epsilon)),
            new("normalises before and after", "This is LN(x + f(LN(x))): the block read a normalised copy. In post-LN it reads x as it is, and there is one norm, at the end.",
                (x, W, epsilon) => Normalise(PreNorm(x, W, epsilon), epsilon)),
            new("normalises what is written, and then the sum", "This is LN(x + LN(f(x))): the write was normalised before it was added. There is one norm, and it takes the sum.",
                (x, W, epsilon) => Normalise(Sum(x, Normalise(Multiply(x, W), epsilon)), epsilon)),
            new("normalises what the skip carries", "This is LN(LN(x) + f(x)): the skip carries a normalised copy. It should carry x as it is; the norm comes after the sum.",
                (x, W, epsilon) => Normalise(Sum(Normalise(x, epsilon), Multiply(x, W)), epsilon)),
            new("normalises x first", "This is LN(LN(x) + f(LN(x))): x was normalised at the very start. Both the skip and the block take x as it came in.",
                (x, W, epsilon) => Normalise(x, epsilon) is var read ? Normalise(Sum(read, Multiply(read, W)), epsilon) : []),
            new("ε left out", "ε was not handed to `Normalise`: this is the norm with ε = 0, and NaN where the sum has no spread.",
                (x, W, epsilon) => PostNorm(x, W, 0)),
            new("ε of its own", "This is the norm with ε = 1e-5, whatever `epsilon` is. Hand on the one that came in.",
                (x, W, epsilon) => PostNorm(x, W, 1e-5)),
            new("divides by N − 1", "The variance was divided by N − 1. LayerNorm divides by N: a token is its own whole population.",
                (x, W, epsilon) => Sum(x, Multiply(x, W)) is var s ? Divided(s, s.Average(), Math.Sqrt(s.Sum(v => Math.Pow(v - s.Average(), 2)) / (s.Length - 1) + epsilon)) : []),
            new("the mean stays", "The sum was divided by its deviation, but its mean is still in it. LayerNorm takes the mean away first.",
                (x, W, epsilon) => Unshifted(Sum(x, Multiply(x, W)), epsilon)),
            new("the block forgotten", "This is LN(x): what the block makes of x is missing from the sum.",
                (x, W, epsilon) => Normalise(x, epsilon)),
            new("the norm taken twice", "The result was normalised once more. With ε above 0 that changes it again; once is enough.",
                (x, W, epsilon) => Normalise(PostNorm(x, W, epsilon), epsilon)),
            new("the skip taken twice", "x is in the sum twice: this is LN(2x + f(x)). Add it once.",
                (x, W, epsilon) => Normalise(Sum(x, Sum(x, Multiply(x, W))), epsilon)),
            new("subtracts", "What the block makes was subtracted: this is LN(x − f(x)). A block adds to the stream.",
                (x, W, epsilon) => Normalise(Sum(x, Negated(Multiply(x, W))), epsilon)),
        ]);
}
