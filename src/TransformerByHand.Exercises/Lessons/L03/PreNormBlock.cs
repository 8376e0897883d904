using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson03
{
    public static FunctionExercise<BlockFunction> PreNormBlock { get; } = new(
        id: "03.2",
        title: "A pre-norm block",
        statement: "Return y = x + f(LN(x)) with the block f(x) = xW: pre-LN.",
        solution: (x, W, epsilon) =>
        {
            double[] read = Lesson03.Normalise(x, epsilon);
            double[] write = Lesson03.Multiply(read, W);
            return [.. x.Zip(write, (a, b) => a + b)];
        },
        cases:
        [
            [Row(1, 3), Square(2, 1, 0, 0, 2), 0.0],
            [Row(1, 2, 4), Square(3, 0, 1, 0, 0, 0, 1, 1, 0, 0), 0.0],
            [Row(3, 3, 3), Square(3, 1, 0, 0, 0, 1, 0, 0, 0, 1), 0.5],
        ],
        randomCase: TokenAndBlock,
        hints:
        [
            "The stream x takes no part in the norm. What the block *reads* is a normalised copy.",
            "Two names help: `read`, the normalised copy, and `write`, what the block makes of it.",
            "The last line adds `write` to x, and x is as it came in.",
        ],
        mistakes:
        [
            new("adds to the normalised copy", "The skip carries LN(x) here: LN(x) + f(LN(x)). It should carry x itself; the norm is for the block alone.",
                (x, W, epsilon) => Normalise(x, epsilon) is var read ? Sum(read, Multiply(read, W)) : []),
            new("post-LN", "This is LN(x + f(x)), the exercise before. Here the norm comes first, and nothing normalises the sum.",
                (x, W, epsilon) => PostNorm(x, W, epsilon)),
            new("the skip forgotten", "x itself is missing: this is f(LN(x)), what is written. Add it to x.",
                (x, W, epsilon) => Multiply(Normalise(x, epsilon), W)),
            new("normalises what is written", "This is x + LN(f(x)). The norm belongs before the block.",
                (x, W, epsilon) => Sum(x, Normalise(Multiply(x, W), epsilon))),
            new("normalises twice", "The sum is normalised as well. In pre-LN nothing touches the stream after the sum.",
                (x, W, epsilon) => Normalise(PreNorm(x, W, epsilon), epsilon)),
            new("no norm", "This is x + f(x): the block read x as it is. It should read LN(x).",
                (x, W, epsilon) => Sum(x, Multiply(x, W))),
            new("the two have changed places", "This is LN(x) + f(x): the skip carries the normalised copy, and the block reads x. It is the other way round.",
                (x, W, epsilon) => Sum(Normalise(x, epsilon), Multiply(x, W))),
            new("the block forgotten", "This is x + LN(x): the normalised copy was added as it is. It should go through the block first.",
                (x, W, epsilon) => Sum(x, Normalise(x, epsilon))),
            new("normalises the write too", "This is x + LN(f(LN(x))): what the block wrote was normalised as well. There is one norm, before the block.",
                (x, W, epsilon) => Sum(x, Normalise(Multiply(Normalise(x, epsilon), W), epsilon))),
            new("multiplies from the left", "The block is a row times a matrix: number j goes down column j of W. This runs along the rows of W.",
                (x, W, epsilon) => PreNorm(x, Transposed(W), epsilon)),
            new("ε left out", "ε was not handed to `Normalise`: this is the norm with ε = 0, and NaN where x has no spread.",
                (x, W, epsilon) => PreNorm(x, W, 0)),
            new("ε of its own", "This is the norm with ε = 1e-5, whatever `epsilon` is. Hand on the one that came in.",
                (x, W, epsilon) => PreNorm(x, W, 1e-5)),
            new("subtracts", "What the block wrote was subtracted: this is x − f(LN(x)). A block adds to the stream.",
                (x, W, epsilon) => Sum(x, Negated(Multiply(Normalise(x, epsilon), W)))),
        ]);
}
