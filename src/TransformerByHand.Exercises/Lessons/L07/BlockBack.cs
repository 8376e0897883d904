using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Exercises;

public static partial class Lesson07
{
    /// <summary>
    /// dX (n × d_model) of a pre-LN layer from dY (n × d_model). The four functions carry a gradient (n × d_model) back through one part each.
    /// </summary>
    public delegate Matrix<double> BlockBackFunction(
        Matrix<double> dY, Func<Matrix<double>, Matrix<double>> norm1, Func<Matrix<double>, Matrix<double>> attention,
        Func<Matrix<double>, Matrix<double>> norm2, Func<Matrix<double>, Matrix<double>> feedForward);

    /// <summary>07.4: back through the whole pre-LN layer.</summary>
    public static FunctionExercise<BlockBackFunction> BlockBack { get; } = new(
        id: "07.4",
        title: "Back through the whole layer",
        statement: "M = X + attention(norm1(X)), Y = M + feedForward(norm2(M)). Return dX, given dY and what carries a gradient back through each part.",
        solution: (dY, norm1, attention, norm2, feedForward) =>
        {
            var dM = dY + norm2(feedForward(dY));       // (n × d_model)
            return dM + norm1(attention(dM));           // (n × d_model)
        },
        cases:
        [
            [Of(new double[,] { { 1, 2 }, { 0, -1 } }), Times(1, 2, 0, 1), Times(0, 1, -1, 1), Times(2, 0, 1, 1), Times(1, 1, 0, 3)],
            [Of(new double[,] { { 1, -1 } }), Times(3, 0, 1, 1), Times(1, 1, 2, 0), Times(0, 1, 1, 0), Times(0, 2, 1, 1)],
            [1000 * Of(new double[,] { { 1, 2 }, { 3, 4 }, { 5, -6 } }), Times(0.5, 1, 1, 0), Times(1, 0, 2, 1), Times(1, 1, -1, 1), Times(0, 1, 1, 1)],
        ],
        randomCase: random => [random.NormalMatrix(random.Next(1, 5), random.Next(2, 5)), RandomTimes(random), RandomTimes(random), RandomTimes(random), RandomTimes(random)],
        neverOne: ["columns of dY"],   // the four parts are made for a width
        hints:
        [
            "Go from the end. Y is a sum of two things that both depend on M: M itself, and what the feed-forward block makes of it. So dM is a sum of two gradients.",
            "Through the block a gradient meets the feed-forward first and the norm after it: `norm2(feedForward(dY))`.",
            "dM then plays the part that dY played, for the attention and norm1.",
        ],
        mistakes:
        [
            new("both skips forgotten", "The ways past the blocks are missing. X is added to what the blocks write, so the gradient comes back past them as well, as it is.",
                (dY, norm1, attention, norm2, feedForward) => norm1(attention(norm2(feedForward(dY))))),
            new("the first skip forgotten", "The way past the attention is missing: dM itself also reaches X.",
                (dY, norm1, attention, norm2, feedForward) => dY + norm2(feedForward(dY)) is var dM ? norm1(attention(dM)) : dM),
            new("the second skip forgotten", "The way past the feed-forward is missing: dY itself also reaches M.",
                (dY, norm1, attention, norm2, feedForward) => norm2(feedForward(dY)) is var dM ? dM + norm1(attention(dM)) : dM),
            new("side by side", "Both blocks were given dY. The attention's write reaches Y on two ways as well, past the feed-forward and through it: it gets dM.",
                (dY, norm1, attention, norm2, feedForward) => dY + norm2(feedForward(dY)) + norm1(attention(dY))),
            new("dY past the attention", "Past the attention went dY. What arrives at M is dM, and that is what goes on.",
                (dY, norm1, attention, norm2, feedForward) => dY + norm2(feedForward(dY)) is var dM ? dY + norm1(attention(dM)) : dM),
            new("the first skip forgotten inside", "What the attention was given lacks dY. M reaches Y past the feed-forward as well: dM has both parts, wherever it is used.",
                (dY, norm1, attention, norm2, feedForward) => norm2(feedForward(dY)) is var through ? dY + through + norm1(attention(through)) : dY),
            new("dY twice", "dY was added once more at the end. It is in dM already, and dM goes past the attention.",
                (dY, norm1, attention, norm2, feedForward) => dY + norm2(feedForward(dY)) is var dM ? dY + dM + norm1(attention(dM)) : dM),
            new("norm before block", "On the way back the norm was passed before its block. Forward the norm comes first, so backward it comes last.",
                (dY, norm1, attention, norm2, feedForward) => dY + feedForward(norm2(dY)) is var dM ? dM + attention(norm1(dM)) : dM),
            new("one norm before its block", "In one of the two branches the norm was passed before its block. Forward the norm comes first, so backward it comes last.",
                (dY, norm1, attention, norm2, feedForward) => dY + feedForward(norm2(dY)) is var dM ? dM + norm1(attention(dM)) : dM)
                { Variants = [(dY, norm1, attention, norm2, feedForward) => dY + norm2(feedForward(dY)) is var dM ? dM + attention(norm1(dM)) : dM] },
            new("one norm left out", "In one of the two branches the norm was left out. What a block sends back arrives at its norm's output, not at the stream.",
                (dY, norm1, attention, norm2, feedForward) => dY + feedForward(dY) is var dM ? dM + norm1(attention(dM)) : dM)
                { Variants = [(dY, norm1, attention, norm2, feedForward) => dY + norm2(feedForward(dY)) is var dM ? dM + attention(dM) : dM] },
            new("in the order of forward", "The attention was passed first. Backward begins where forward ended, with the feed-forward.",
                (dY, norm1, attention, norm2, feedForward) => dY + norm1(attention(dY)) is var dM ? dM + norm2(feedForward(dM)) : dM)
                { Variants = [(dY, norm1, attention, norm2, feedForward) => dY + attention(norm1(dY)) is var dM ? dM + feedForward(norm2(dM)) : dM] },
            new("norms left out", "The norms were left out. What a block sends back arrives at its norm's output, not at the stream.",
                (dY, norm1, attention, norm2, feedForward) => dY + feedForward(dY) is var dM ? dM + attention(dM) : dM),
            new("norms exchanged", "The two norms have changed places: norm2 belongs to the feed-forward.",
                (dY, norm1, attention, norm2, feedForward) => dY + norm1(feedForward(dY)) is var dM ? dM + norm2(attention(dM)) : dM),
            new("norms on the stream", "What goes past a block went through its norm too, as in post-LN. In pre-LN the norm stands in the branch, and the stream passes it by.",
                (dY, norm1, attention, norm2, feedForward) => norm2(dY + feedForward(dY)) is var dM ? norm1(dM + attention(dM)) : dM)
            {
                Variants =
                [
                    (dY, norm1, attention, norm2, feedForward) => dY + norm2(feedForward(dY)) is var dM ? norm1(dM + attention(dM)) : dM,
                    (dY, norm1, attention, norm2, feedForward) => norm2(dY + feedForward(dY)) is var dM ? dM + norm1(attention(dM)) : dM,
                ],
            },
        ]);

    /// <summary>A linear map of each row, of any width: entry j gets (a + b·j) times itself and (c + d·j) times its right neighbour, round the end.</summary>
    private static Func<Matrix<double>, Matrix<double>> Times(double a, double b, double c, double d) =>
        G => G.MapIndexed((i, j, g) => (a + b * j) * g + (c + d * j) * G[i, (j + 1) % G.ColumnCount], Zeros.Include);

    private static Func<Matrix<double>, Matrix<double>> RandomTimes(Random random) =>
        Times(random.NextDouble() + 0.5, random.NextDouble(), random.NextDouble() - 0.5, random.NextDouble());
}
