using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Exercises;

public static partial class Lesson10
{
    /// <summary>What leaves an encoder layer (n × d_model), from X (n × d_model) and its four parts, each a function of such a matrix; pre-LN or post-LN.</summary>
    public delegate Matrix<double> EncoderStepFunction(
        Matrix<double> X, Func<Matrix<double>, Matrix<double>> attention, Func<Matrix<double>, Matrix<double>> feedForward,
        Func<Matrix<double>, Matrix<double>> norm1, Func<Matrix<double>, Matrix<double>> norm2, bool pre);

    /// <summary>10.1: an encoder layer of its parts.</summary>
    public static FunctionExercise<EncoderStepFunction> EncoderStep { get; } = new(
        id: "10.1",
        title: "An encoder layer",
        statement: "Join attention, feedForward, norm1 and norm2 to an encoder layer with its two residual connections: in pre-LN where pre is true, else in post-LN.",
        solution: (X, attention, feedForward, norm1, norm2, pre) =>
        {
            if (pre)
            {
                var H = X + attention(norm1(X));            // (n × d_model)
                return H + feedForward(norm2(H));           // (n × d_model)
            }
            var normed = norm1(X + attention(X));           // (n × d_model)
            return norm2(normed + feedForward(normed));     // (n × d_model)
        },
        cases:
        [
            [Of(new double[,] { { 1, 2, 4 }, { 0, -1, 3 } }), Mixing(0.5, 1), Mapping(1, -1), Normalising(1, 0), Normalising(0.5, 1), false],
            [Of(new double[,] { { 1, 2, 4 }, { 0, -1, 3 } }), Mixing(0.5, 1), Mapping(1, -1), Normalising(1, 0), Normalising(0.5, 1), true],
            [Of(new double[,] { { 3, -1 } }), Mixing(1, 0.5), Mapping(2, 0.5), Normalising(2, -1), Normalising(1, 1), true],
            [Of(new double[,] { { 3, -1 } }), Mixing(1, 0.5), Mapping(2, 0.5), Normalising(2, -1), Normalising(1, 1), false],
            [Of(new double[,] { { 2, 2, 2, 2 }, { 2, 2, 2, 2 }, { 1, 0, 1, 0 } }), Mixing(0.3, -1), Mapping(0.5, 1), Normalising(1, 0.5), Normalising(-1, 0), false],
            [Of(new double[,] { { 2, 2, 2, 2 }, { 2, 2, 2, 2 }, { 1, 0, 1, 0 } }), Mixing(0.3, -1), Mapping(0.5, 1), Normalising(1, 0.5), Normalising(-1, 0), true],
        ],
        randomCase: random =>
        [
            random.NormalMatrix(random.Next(1, 5), random.Next(2, 6)), RandomMixing(random), RandomMapping(random), RandomNormalising(random), RandomNormalising(random),
            random.Next(2) == 0,
        ],
        neverOne: ["columns of X"],   // the norm of a single number is β, whatever it was
        hints:
        [
            "Two halves, one after the other: the attention with norm1, then the feed-forward with norm2. Give what leaves the first half a name.",
            "In post-LN the norm takes the sum of the stream and what the block wrote. In pre-LN the block reads a normalised copy, and the stream is never normalised.",
            "The second half is the first once more: what was X there is the name you gave, `attention` is `feedForward`, `norm1` is `norm2`.",
        ],
        mistakes:
        [
            new("the two exchanged", "Pre-LN and post-LN have changed places. In pre-LN the norm stands before the block, off the stream.",
                (X, attention, feedForward, norm1, norm2, pre) => Encoded(X, attention, feedForward, norm1, norm2, !pre)),
            new("always pre-LN", "This is pre-LN, whatever `pre` says.",
                (X, attention, feedForward, norm1, norm2, pre) => Encoded(X, attention, feedForward, norm1, norm2, true)),
            new("always post-LN", "This is post-LN, whatever `pre` says.",
                (X, attention, feedForward, norm1, norm2, pre) => Encoded(X, attention, feedForward, norm1, norm2, false)),
            new("both skips forgotten", "The residual connections are missing: what a block writes is added to the stream.",
                (X, attention, feedForward, norm1, norm2, pre) => pre ? feedForward(norm2(attention(norm1(X)))) : norm2(feedForward(norm1(attention(X))))),
            new("the first skip forgotten", "The residual connection around the attention is missing.",
                (X, attention, feedForward, norm1, norm2, pre) => pre
                    ? attention(norm1(X)) is var H ? H + feedForward(norm2(H)) : H
                    : norm1(attention(X)) is var P ? norm2(P + feedForward(P)) : P),
            new("the second skip forgotten", "The residual connection around the feed-forward is missing.",
                (X, attention, feedForward, norm1, norm2, pre) => pre
                    ? feedForward(norm2(X + attention(norm1(X))))
                    : norm2(feedForward(norm1(X + attention(X)))))
                {
                    Variants =
                    [
                        (X, attention, feedForward, norm1, norm2, pre) => pre ? Encoded(X, attention, feedForward, norm1, norm2, true) : norm2(feedForward(norm1(X + attention(X)))),
                        (X, attention, feedForward, norm1, norm2, pre) => pre ? feedForward(norm2(X + attention(norm1(X)))) : Encoded(X, attention, feedForward, norm1, norm2, false),
                    ],
                },
            new("the second skip carries X", "The second residual connection carries X past both blocks. It carries what left the first half.",
                (X, attention, feedForward, norm1, norm2, pre) => pre
                    ? X + feedForward(norm2(X + attention(norm1(X))))
                    : norm2(X + feedForward(norm1(X + attention(X))))),
            new("side by side", "The feed-forward reads X, as the attention does. It reads what left the first half, with what the attention wrote in it.",
                (X, attention, feedForward, norm1, norm2, pre) => pre
                    ? X + attention(norm1(X)) + feedForward(norm2(X))
                    : norm2(norm1(X + attention(X)) + feedForward(X)))
                { Variants = [(X, attention, feedForward, norm1, norm2, pre) => pre ? X + attention(norm1(X)) + feedForward(norm2(X)) : Encoded(X, attention, feedForward, norm1, norm2, false)] },
            new("norms exchanged", "The norms have changed places: norm1 belongs to the attention, norm2 to the feed-forward.",
                (X, attention, feedForward, norm1, norm2, pre) => Encoded(X, attention, feedForward, norm2, norm1, pre)),
            new("one norm for both", "norm1 was used twice. Each half has a norm of its own, with its own γ and β.",
                (X, attention, feedForward, norm1, norm2, pre) => Encoded(X, attention, feedForward, norm1, norm1, pre)),
            new("feed-forward first", "The feed-forward came before the attention.",
                (X, attention, feedForward, norm1, norm2, pre) => Encoded(X, feedForward, attention, norm1, norm2, pre))
                { Variants = [(X, attention, feedForward, norm1, norm2, pre) => Encoded(X, feedForward, attention, norm2, norm1, pre)] },
            new("pre: the stream is normalised", "In your pre-LN the skip carries the normalised copy. The stream goes past the block as it is; only the block reads the copy.",
                (X, attention, feedForward, norm1, norm2, pre) => pre
                    ? norm1(X) is var R && R + attention(R) is var H && norm2(H) is var S ? S + feedForward(S) : X
                    : Encoded(X, attention, feedForward, norm1, norm2, false)),
            new("normalises what is written", "The norm stands on what the block writes: X + LN(f(X)). In post-LN it takes the sum, in pre-LN it comes before the block.",
                (X, attention, feedForward, norm1, norm2, pre) => OnWrite(X, attention, feedForward, norm1, norm2))
                {
                    Variants =
                    [
                        (X, attention, feedForward, norm1, norm2, pre) => pre ? OnWrite(X, attention, feedForward, norm1, norm2) : Encoded(X, attention, feedForward, norm1, norm2, false),
                        (X, attention, feedForward, norm1, norm2, pre) => pre ? Encoded(X, attention, feedForward, norm1, norm2, true) : OnWrite(X, attention, feedForward, norm1, norm2),
                    ],
                },
            new("post: the feed-forward reads the sum", "In your post-LN the second half begins with the sum before norm1. It begins with what norm1 returned: in post-LN the norm stands on the stream.",
                (X, attention, feedForward, norm1, norm2, pre) => pre
                    ? Encoded(X, attention, feedForward, norm1, norm2, true)
                    : X + attention(X) is var sum ? norm2(sum + feedForward(norm1(sum))) : sum)
                { Variants = [(X, attention, feedForward, norm1, norm2, pre) => pre ? Encoded(X, attention, feedForward, norm1, norm2, true) : X + attention(X) is var sum ? norm2(norm1(sum) + feedForward(sum)) : sum] },
            new("no norms", "The norms are missing.",
                (X, attention, feedForward, norm1, norm2, pre) => X + attention(X) is var H ? H + feedForward(H) : H),
            new("pre: the feed-forward without its norm", "In your pre-LN the feed-forward reads the stream as it is. It too reads a normalised copy: that is what norm2 is for.",
                (X, attention, feedForward, norm1, norm2, pre) => !pre
                    ? Encoded(X, attention, feedForward, norm1, norm2, false)
                    : X + attention(norm1(X)) is var H ? H + feedForward(H) : X),
            new("pre: a norm at the end", "Your pre-LN normalises what leaves the layer. In a pre-LN layer no norm stands on the stream.",
                (X, attention, feedForward, norm1, norm2, pre) => pre
                    ? norm2(Encoded(X, attention, feedForward, norm1, norm2, true))
                    : Encoded(X, attention, feedForward, norm1, norm2, false)),
            new("only the feed-forward", "The attention is missing: no word hears of another one.",
                (X, attention, feedForward, norm1, norm2, pre) => pre ? X + feedForward(norm2(X)) : norm2(X + feedForward(X)))
                { Variants = [(X, attention, feedForward, norm1, norm2, pre) => pre ? X + feedForward(norm2(X)) : norm1(X) is var P ? norm2(P + feedForward(P)) : X] },
            new("only the attention", "This is the first half only. What leaves it goes on through the feed-forward, with norm2 and a residual connection of its own.",
                (X, attention, feedForward, norm1, norm2, pre) => pre ? X + attention(norm1(X)) : norm1(X + attention(X))),
        ])
    {
        Formulas = [@"H = X + \mathrm{attention}(\mathrm{LN}_1(X))", @"H = \mathrm{LN}_1(X + \mathrm{attention}(X))"],
    };

    private static Matrix<double> Encoded(
        Matrix<double> X, Func<Matrix<double>, Matrix<double>> attention, Func<Matrix<double>, Matrix<double>> feedForward,
        Func<Matrix<double>, Matrix<double>> norm1, Func<Matrix<double>, Matrix<double>> norm2, bool pre)
    {
        var H = pre ? X + attention(norm1(X)) : norm1(X + attention(X));
        return pre ? H + feedForward(norm2(H)) : norm2(H + feedForward(H));
    }

    private static Matrix<double> OnWrite(
        Matrix<double> X, Func<Matrix<double>, Matrix<double>> attention, Func<Matrix<double>, Matrix<double>> feedForward,
        Func<Matrix<double>, Matrix<double>> norm1, Func<Matrix<double>, Matrix<double>> norm2)
    {
        var H = X + norm1(attention(X));
        return H + norm2(feedForward(H));
    }

    /// <summary>Stands for attention: each token gets a times itself and b times the mean of all, more of it the further right the feature. Of any size.</summary>
    private static Func<Matrix<double>, Matrix<double>> Mixing(double a, double b) =>
        X => X.MapIndexed((i, j, x) => a * x + b * (j + 1) * X.Column(j).Average(), Zeros.Include);

    /// <summary>Stands for the feed-forward: a·max(0, x) + b·(the right neighbour), number by number. Of any size.</summary>
    private static Func<Matrix<double>, Matrix<double>> Mapping(double a, double b) =>
        X => X.MapIndexed((i, j, x) => a * Math.Max(0, x) + b * X[i, (j + 1) % X.ColumnCount], Zeros.Include);

    /// <summary>A LayerNorm with ε = 1, γ_j = a + 0.5·j and β_j = b + 0.1·j. Of any size.</summary>
    private static Func<Matrix<double>, Matrix<double>> Normalising(double a, double b) => X =>
        X.MapIndexed((i, j, x) =>
        {
            double mean = X.Row(i).Average(), variance = X.Row(i).Average(v => (v - mean) * (v - mean));
            return (a + 0.5 * j) * (x - mean) / Math.Sqrt(variance + 1) + b + 0.1 * j;
        }, Zeros.Include);

    private static Func<Matrix<double>, Matrix<double>> RandomMixing(Random random) => Mixing(random.NextDouble() + 0.5, random.NextDouble() + 0.2);

    private static Func<Matrix<double>, Matrix<double>> RandomMapping(Random random) => Mapping(random.NextDouble() + 0.5, random.NextDouble() - 1.2);

    private static Func<Matrix<double>, Matrix<double>> RandomNormalising(Random random) => Normalising(random.NextDouble() + 0.5, random.NextDouble() - 0.5);
}
