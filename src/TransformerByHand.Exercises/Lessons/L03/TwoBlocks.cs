using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson03
{
    public delegate (double[] post, double[] pre) TwoBlocksFunction(double[] x, double[,] W, double epsilon);

    public static FunctionExercise<TwoBlocksFunction> TwoBlocks { get; } = new(
        id: "03.1",
        title: "Post-LN and pre-LN",
        statement: "Return what leaves a post-LN step and what leaves a pre-LN step, for the block f(x) = xW.",
        solution: (x, W, epsilon) =>
        {
            double[] sum = [.. x.Zip(Lesson03.Multiply(x, W), (a, b) => a + b)];
            double[] read = Lesson03.Normalise(x, epsilon);
            double[] write = Lesson03.Multiply(read, W);
            return (Lesson03.Normalise(sum, epsilon), [.. x.Zip(write, (a, b) => a + b)]);
        },
        cases:
        [
            [Row(1, 3), Square(2, 1, 0, 0, 2), 0.0],
            [Row(1, 2, 4), Square(3, 0, 1, 0, 0, 0, 1, 1, 0, 0), 0.0],
            [Row(3, 3, 3), Square(3, 1, 0, 0, 0, 1, 0, 0, 0, 1), 0.5],
            [Row(4), Square(1, 2), 0.5],
            [Row(2e6, -1e6, 3e6, 5e5), Square(4, 1, 0, 0.5, 0, 0, 2, 0, 1, -1, 0, 1, 0, 0, 0, 3, 1), 0.5],
        ],
        randomCase: TokenAndBlock,
        hints:
        [
            "Post-LN in three steps: what the block makes of x, the sum of x and that, the norm of the sum.",
            "Pre-LN: what the block *reads* is a normalised copy. Two names help: `read`, the copy, and `write`, what the block makes of it. The stream x takes no part in the norm.",
            "`Lesson03.Multiply(x, W)` is the block, `Lesson03.Normalise(x, epsilon)` the norm. `x.Zip(write, (a, b) => a + b)` adds two tokens number by number.",
        ],
        mistakes:
        [
            new("the two exchanged", "The two results have changed places: the first is what leaves post-LN, where the norm comes after the sum.",
                (x, W, epsilon) => (PreNorm(x, W, epsilon), PostNorm(x, W, epsilon))),
            new("one for both", "Both results are the same. In post-LN the sum is normalised, in pre-LN only the block's copy is.",
                (x, W, epsilon) => (PostNorm(x, W, epsilon), PostNorm(x, W, epsilon))) { Variants = [(x, W, epsilon) => (PreNorm(x, W, epsilon), PreNorm(x, W, epsilon))] },
            new("the skip forgotten", "x itself is missing: what the block makes is to be *added* to x.",
                (x, W, epsilon) => (Normalise(Multiply(x, W), epsilon), Multiply(Normalise(x, epsilon), W)))
            {
                Variants =
                [
                    (x, W, epsilon) => (Normalise(Multiply(x, W), epsilon), PreNorm(x, W, epsilon)),
                    (x, W, epsilon) => (PostNorm(x, W, epsilon), Multiply(Normalise(x, epsilon), W)),
                ],
            },
            new("normalises what is written", "The norm stands on what the block writes: x + LN(f(x)). It belongs after the sum in post-LN, and before the block in pre-LN.",
                (x, W, epsilon) => (OnWrite(x, W, epsilon), PreNorm(x, W, epsilon)))
            {
                Variants = [(x, W, epsilon) => (PostNorm(x, W, epsilon), OnWrite(x, W, epsilon)), (x, W, epsilon) => (OnWrite(x, W, epsilon), OnWrite(x, W, epsilon))],
            },
            new("no norm", "One of the two is x + f(x), without any norm.",
                (x, W, epsilon) => (Sum(x, Multiply(x, W)), PreNorm(x, W, epsilon)))
            {
                Variants = [(x, W, epsilon) => (PostNorm(x, W, epsilon), Sum(x, Multiply(x, W))), (x, W, epsilon) => (Sum(x, Multiply(x, W)), Sum(x, Multiply(x, W)))],
            },
            new("post: norm of each, then the sum", "Your post-LN is LN(x) + LN(f(x)). Add first, then take one norm of the sum.",
                (x, W, epsilon) => (Sum(Normalise(x, epsilon), Normalise(Multiply(x, W), epsilon)), PreNorm(x, W, epsilon))),
            new("post: normalises before and after", "Your post-LN is LN(x + f(LN(x))): the block read a normalised copy. In post-LN it reads x as it is, and there is one norm, at the end.",
                (x, W, epsilon) => (Normalise(PreNorm(x, W, epsilon), epsilon), PreNorm(x, W, epsilon))),
            new("post: normalises what is written, and then the sum", "Your post-LN is LN(x + LN(f(x))): the write was normalised before it was added. There is one norm, and it takes the sum.",
                (x, W, epsilon) => (Normalise(OnWrite(x, W, epsilon), epsilon), PreNorm(x, W, epsilon))),
            new("post: normalises what the skip carries", "Your post-LN is LN(LN(x) + f(x)): the skip carries a normalised copy. It should carry x as it is; the norm comes after the sum.",
                (x, W, epsilon) => (Normalise(Sum(Normalise(x, epsilon), Multiply(x, W)), epsilon), PreNorm(x, W, epsilon))),
            new("post: normalises x first", "Your post-LN is LN(LN(x) + f(LN(x))): x was normalised at the very start. Both the skip and the block take x as it came in.",
                (x, W, epsilon) => (Normalise(x, epsilon) is var read ? Normalise(Sum(read, Multiply(read, W)), epsilon) : [], PreNorm(x, W, epsilon))),
            new("post: the mean stays", "In your post-LN the sum was divided by its deviation, but its mean is still in it. LayerNorm takes the mean away first.",
                (x, W, epsilon) => (Unshifted(Sum(x, Multiply(x, W)), epsilon), PreNorm(x, W, epsilon))),
            new("post: the block forgotten", "Your post-LN is LN(x): what the block makes of x is missing from the sum.",
                (x, W, epsilon) => (Normalise(x, epsilon), PreNorm(x, W, epsilon))),
            new("post: the norm taken twice", "Your post-LN was normalised once more. With ε above 0 that changes it again; once is enough.",
                (x, W, epsilon) => (Normalise(PostNorm(x, W, epsilon), epsilon), PreNorm(x, W, epsilon))),
            new("post: the skip taken twice", "In your post-LN x is in the sum twice: LN(2x + f(x)). Add it once.",
                (x, W, epsilon) => (Normalise(Sum(x, Sum(x, Multiply(x, W))), epsilon), PreNorm(x, W, epsilon))),
            new("pre: adds to the normalised copy", "In your pre-LN the skip carries LN(x): LN(x) + f(LN(x)). It should carry x itself; the norm is for the block alone.",
                (x, W, epsilon) => (PostNorm(x, W, epsilon), Normalise(x, epsilon) is var read ? Sum(read, Multiply(read, W)) : [])),
            new("pre: normalises twice", "In your pre-LN the sum is normalised as well. In pre-LN nothing touches the stream after the sum.",
                (x, W, epsilon) => (PostNorm(x, W, epsilon), Normalise(PreNorm(x, W, epsilon), epsilon))),
            new("pre: skip and copy have changed places", "Your pre-LN is LN(x) + f(x): the skip carries the normalised copy, and the block reads x. It is the other way round.",
                (x, W, epsilon) => (PostNorm(x, W, epsilon), Sum(Normalise(x, epsilon), Multiply(x, W)))),
            new("pre: the block forgotten", "Your pre-LN is x + LN(x): the normalised copy was added as it is. It should go through the block first.",
                (x, W, epsilon) => (PostNorm(x, W, epsilon), Sum(x, Normalise(x, epsilon)))),
            new("pre: normalises the write too", "Your pre-LN is x + LN(f(LN(x))): what the block wrote was normalised as well. There is one norm, before the block.",
                (x, W, epsilon) => (PostNorm(x, W, epsilon), Sum(x, Normalise(Multiply(Normalise(x, epsilon), W), epsilon)))),
            new("pre: goes on from post", "Your pre-LN goes on from what post-LN made of x, its sum or its result. They are two ways to do one step: both begin with the same x.",
                (x, W, epsilon) => PostNorm(x, W, epsilon) is var post ? (post, PreNorm(post, W, epsilon)) : default)
            {
                Variants = [(x, W, epsilon) => (PostNorm(x, W, epsilon), PreNorm(Sum(x, Multiply(x, W)), W, epsilon))],
            },
            new("pre: the block reads the sum's norm", "In your pre-LN the block reads LN(x + f(x)), the result of post-LN. It should read LN(x).",
                (x, W, epsilon) => PostNorm(x, W, epsilon) is var post ? (post, Sum(x, Multiply(post, W))) : default),
            new("pre: f(x) added as well", "In your pre-LN f(x) was added as well: x + f(x) + f(LN(x)). The block writes once, and it reads LN(x).",
                (x, W, epsilon) => (PostNorm(x, W, epsilon), Sum(Sum(x, Multiply(x, W)), Multiply(Normalise(x, epsilon), W)))),
            new("pre: only the copy", "Your pre-LN is LN(x), the copy that the block reads. Send it through the block, and add what comes out to x.",
                (x, W, epsilon) => (PostNorm(x, W, epsilon), Normalise(x, epsilon))),
            new("post: only x normalised", "Your post-LN is LN(x) + f(x): only x was normalised. Add first, then take the norm of the sum.",
                (x, W, epsilon) => (Sum(Normalise(x, epsilon), Multiply(x, W)), PreNorm(x, W, epsilon))),
            new("post: x added after the norm", "Your post-LN is x + LN(x + f(x)): x was added once more behind the norm. The norm comes last.",
                (x, W, epsilon) => (Sum(x, PostNorm(x, W, epsilon)), PreNorm(x, W, epsilon))),
            new("multiplies from the left", "The block is xW, a row times a matrix: number j goes down column j of W. This runs along the rows of W.",
                (x, W, epsilon) => (PostNorm(x, Transposed(W), epsilon), PreNorm(x, Transposed(W), epsilon)))
            {
                Variants = [(x, W, epsilon) => (PostNorm(x, Transposed(W), epsilon), PreNorm(x, W, epsilon)), (x, W, epsilon) => (PostNorm(x, W, epsilon), PreNorm(x, Transposed(W), epsilon))],
            },
            new("ε left out", "ε was not handed to the norm: this is the norm with ε = 0, and NaN where its input has no spread.",
                (x, W, epsilon) => (PostNorm(x, W, 0), PreNorm(x, W, 0)))
            {
                Variants = [(x, W, epsilon) => (PostNorm(x, W, 0), PreNorm(x, W, epsilon)), (x, W, epsilon) => (PostNorm(x, W, epsilon), PreNorm(x, W, 0))],
            },
            new("ε of its own", "This is the norm with ε = 1e-5, whatever `epsilon` is. Hand on the one that came in.",
                (x, W, epsilon) => (PostNorm(x, W, 1e-5), PreNorm(x, W, 1e-5)))
            {
                Variants = [(x, W, epsilon) => (PostNorm(x, W, 1e-5), PreNorm(x, W, epsilon)), (x, W, epsilon) => (PostNorm(x, W, epsilon), PreNorm(x, W, 1e-5))],
            },
            new("divides by N − 1", "The variance was divided by N − 1. LayerNorm divides by N: a token is its own whole population.",
                (x, W, epsilon) => (SampleNorm(Sum(x, Multiply(x, W)), epsilon), Sum(x, Multiply(SampleNorm(x, epsilon), W)))),
            new("subtracts", "What the block makes was subtracted. A block adds to the stream.",
                (x, W, epsilon) => (Normalise(Sum(x, Negated(Multiply(x, W))), epsilon), Sum(x, Negated(Multiply(Normalise(x, epsilon), W)))))
            {
                Variants =
                [
                    (x, W, epsilon) => (Normalise(Sum(x, Negated(Multiply(x, W))), epsilon), PreNorm(x, W, epsilon)),
                    (x, W, epsilon) => (PostNorm(x, W, epsilon), Sum(x, Negated(Multiply(Normalise(x, epsilon), W)))),
                ],
            },
        ])
    {
        Formulas = [@"\mathrm{LN}(x+f(x))", @"x+f(\mathrm{LN}(x))"],
    };

    private static double[] OnWrite(double[] x, double[,] W, double epsilon) => Sum(x, Normalise(Multiply(x, W), epsilon));

    /// <summary>A norm that divides the squares by N − 1.</summary>
    private static double[] SampleNorm(double[] s, double epsilon) =>
        Divided(s, s.Average(), Math.Sqrt(s.Sum(v => Math.Pow(v - s.Average(), 2)) / (s.Length - 1) + epsilon));
}
