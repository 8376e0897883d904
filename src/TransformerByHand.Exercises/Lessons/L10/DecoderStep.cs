using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Exercises;

public static partial class Lesson10
{
    /// <summary>
    /// What leaves a pre-LN decoder layer (n × d_model), from X (n × d_model), the encoder's output M (m × d_model) and its parts. An attention takes
    /// those who ask, those who are asked, and whether the future is hidden.
    /// </summary>
    public delegate Matrix<double> DecoderStepFunction(
        Matrix<double> X, Matrix<double> M,
        Func<Matrix<double>, Matrix<double>, bool, Matrix<double>> selfAttention, Func<Matrix<double>, Matrix<double>, bool, Matrix<double>> crossAttention,
        Func<Matrix<double>, Matrix<double>> feedForward, Func<Matrix<double>, Matrix<double>> norm1, Func<Matrix<double>, Matrix<double>> norm2, Func<Matrix<double>, Matrix<double>> norm3);

    /// <summary>10.3: a decoder layer of its parts.</summary>
    public static FunctionExercise<DecoderStepFunction> DecoderStep { get; } = new(
        id: "10.3",
        title: "A decoder layer",
        statement: "Join the parts to a pre-LN decoder layer: the stream X asks itself without seeing the future, then asks M, then goes through the feed-forward.",
        solution: (X, M, selfAttention, crossAttention, feedForward, norm1, norm2, norm3) =>
        {
            var read = norm1(X);                                    // (n × d_model)
            var H = X + selfAttention(read, read, true);            // (n × d_model)
            var C = H + crossAttention(norm2(H), M, false);         // (n × d_model)
            return C + feedForward(norm3(C));                       // (n × d_model)
        },
        cases:
        [
            [Of(new double[,] { { 1, 2, 4 }, { 0, -1, 3 } }), Of(new double[,] { { 2, 0, 1 }, { -1, 3, 1 }, { 1, 1, 5 } }), Attending(0.5, 1), Attending(1, -0.5), Mapping(1, -1), Normalising(1, 0), Normalising(0.5, 1), Normalising(2, -1)],
            // As many who ask as are asked: here even exchanged roles give numbers.
            [Of(new double[,] { { 1, 2 }, { 0, -1 }, { 4, 1 } }), Of(new double[,] { { 2, 0 }, { -1, 3 }, { 1, 1 } }), Attending(0.5, 1), Attending(1, -0.5), Mapping(1, -1), Normalising(1, 0), Normalising(0.5, 1), Normalising(2, -1)],
            [Of(new double[,] { { 3, -1 } }), Of(new double[,] { { 1, 5 } }), Attending(1, 0.5), Attending(0.5, 2), Mapping(2, 0.5), Normalising(2, -1), Normalising(1, 1), Normalising(0.5, 0)],
            [Of(new double[,] { { 2, 2, 2, 2 }, { 2, 2, 2, 2 }, { 1, 0, 1, 0 }, { 0, 0, 1, 1 } }), Of(new double[,] { { 1, 1, 1, 1 }, { 1, 2, 3, 4 } }), Attending(0.3, -1), Attending(0.7, 1), Mapping(0.5, 1), Normalising(1, 0.5), Normalising(-1, 0), Normalising(1, 1)],
        ],
        randomCase: random =>
        {
            (int n, int m, int d) = (random.Next(1, 5), random.Next(1, 6), random.Next(2, 6));
            return
            [
                random.NormalMatrix(n, d), random.NormalMatrix(m, d), RandomAttending(random), RandomAttending(random), RandomMapping(random),
                RandomNormalising(random), RandomNormalising(random), RandomNormalising(random),
            ];
        },
        neverOne: ["columns of X", "columns of M"],   // the norm of a single number is β, whatever it was
        hints:
        [
            "Three halves now, each like those of an encoder layer in pre-LN: a block reads a normalised copy, and what it writes is added. Name what leaves each.",
            "Self-attention: those who ask and those who are asked are the same normalised copy, and the future is hidden.",
            "Cross-attention: the stream asks, through its norm; M is asked, as it is. All of M was there before the first word was written, so nothing of it need be hidden.",
        ],
        mistakes:
        [
            new("asks itself", "The cross-attention asks the decoder's own stream: M is never read.",
                (X, M, self, cross, ff, n1, n2, n3) => Decoded(X, M, self, (asks, asked, causal) => cross(asks, asks, causal), ff, n1, n2, n3)),
            new("roles exchanged", "In the cross-attention M asks and the stream is asked. The stream wants to know something, so it asks. (Where both are equally long nobody sees it by the shapes.)",
                (X, M, self, cross, ff, n1, n2, n3) => Decoded(X, M, self, (asks, asked, causal) => cross(asked, asks, causal), ff, n1, n2, n3)),
            new("a causal mask on M", "The future is hidden in the cross-attention too. M was read whole before the first word was written: every word may ask all of it.",
                (X, M, self, cross, ff, n1, n2, n3) => Decoded(X, M, self, (asks, asked, causal) => cross(asks, asked, true), ff, n1, n2, n3)),
            new("sees the future", "The self-attention sees the future. In training the words to come stand there, and it would copy them.",
                (X, M, self, cross, ff, n1, n2, n3) => Decoded(X, M, (asks, asked, causal) => self(asks, asked, false), cross, ff, n1, n2, n3)),
            new("masks exchanged", "The mask is at the wrong attention: the future is hidden in self-attention, and nothing in cross-attention.",
                (X, M, self, cross, ff, n1, n2, n3) => Decoded(X, M, (asks, asked, causal) => self(asks, asked, !causal), (asks, asked, causal) => cross(asks, asked, !causal), ff, n1, n2, n3)),
            new("M normalised", "M was normalised once more, with a norm of the decoder's. These are for the stream; M comes as it is.",
                (X, M, self, cross, ff, n1, n2, n3) => Decoded(X, n2(M), self, cross, ff, n1, n2, n3))
                { Variants = [(X, M, self, cross, ff, n1, n2, n3) => Decoded(X, n1(M), self, cross, ff, n1, n2, n3), (X, M, self, cross, ff, n1, n2, n3) => Decoded(X, n3(M), self, cross, ff, n1, n2, n3)] },
            new("asks with the bare stream", "The cross-attention's queries come from the stream without its norm.",
                (X, M, self, cross, ff, n1, n2, n3) => X + self(n1(X), n1(X), true) is var H && H + cross(H, M, false) is var C ? C + ff(n3(C)) : X),
            new("asked is the bare stream", "In the self-attention only those who ask are normalised. Both are the same normalised copy.",
                (X, M, self, cross, ff, n1, n2, n3) => Decoded(X, M, (asks, asked, causal) => self(asks, X, causal), cross, ff, n1, n2, n3)),
            new("no cross-attention", "The cross-attention is missing: M is never read.",
                (X, M, self, cross, ff, n1, n2, n3) => X + self(n1(X), n1(X), true) is var H ? H + ff(n3(H)) : X),
            new("no self-attention", "The self-attention is missing.",
                (X, M, self, cross, ff, n1, n2, n3) => X + cross(n2(X), M, false) is var C ? C + ff(n3(C)) : X),
            new("asks M first", "The cross-attention came before the self-attention.",
                (X, M, self, cross, ff, n1, n2, n3) => X + cross(n2(X), M, false) is var C && n1(C) is var read && C + self(read, read, true) is var H ? H + ff(n3(H)) : X)
                { Variants = [(X, M, self, cross, ff, n1, n2, n3) => X + cross(n1(X), M, false) is var C && n2(C) is var read && C + self(read, read, true) is var H ? H + ff(n3(H)) : X] },
            new("the first skip forgotten", "The residual connection around the self-attention is missing.",
                (X, M, self, cross, ff, n1, n2, n3) => self(n1(X), n1(X), true) is var H && H + cross(n2(H), M, false) is var C ? C + ff(n3(C)) : X),
            new("the skip around the cross-attention forgotten", "The residual connection around the cross-attention is missing. All that the stream knew of its own text is gone.",
                (X, M, self, cross, ff, n1, n2, n3) => X + self(n1(X), n1(X), true) is var H && cross(n2(H), M, false) is var C ? C + ff(n3(C)) : X),
            new("the last skip forgotten", "The residual connection around the feed-forward is missing.",
                (X, M, self, cross, ff, n1, n2, n3) => X + self(n1(X), n1(X), true) is var H && H + cross(n2(H), M, false) is var C ? ff(n3(C)) : X),
            new("X asks M", "The cross-attention was asked by X, the stream before the self-attention. It is asked by what left the self-attention.",
                (X, M, self, cross, ff, n1, n2, n3) => X + self(n1(X), n1(X), true) is var H && H + cross(n2(X), M, false) is var C ? C + ff(n3(C)) : X),
            new("side by side", "The skip around the cross-attention carries X. It carries what left the self-attention.",
                (X, M, self, cross, ff, n1, n2, n3) => X + self(n1(X), n1(X), true) is var H && X + cross(n2(H), M, false) is var C ? C + ff(n3(C)) : X),
            new("the feed-forward reads before the cross-attention", "The feed-forward reads what left the self-attention. It comes after the cross-attention.",
                (X, M, self, cross, ff, n1, n2, n3) => X + self(n1(X), n1(X), true) is var H ? H + cross(n2(H), M, false) + ff(n3(H)) : X),
            new("the feed-forward reads only what was fetched", "The feed-forward reads what the cross-attention wrote, without the stream. What a block writes is added to the stream, and the next block reads the sum.",
                (X, M, self, cross, ff, n1, n2, n3) => X + self(n1(X), n1(X), true) is var H && cross(n2(H), M, false) is var fetched ? H + fetched + ff(n3(fetched)) : X),
            new("a norm at the end", "What leaves the layer was normalised. In a pre-LN layer no norm stands on the stream.",
                (X, M, self, cross, ff, n1, n2, n3) => n3(Decoded(X, M, self, cross, ff, n1, n2, n3))),
            new("norm2 twice", "norm2 was used for the feed-forward too. That has a norm of its own, norm3.",
                (X, M, self, cross, ff, n1, n2, n3) => Decoded(X, M, self, cross, ff, n1, n2, n2)),
            new("norm1 for the feed-forward", "norm1 was used for the feed-forward. That has a norm of its own, norm3.",
                (X, M, self, cross, ff, n1, n2, n3) => Decoded(X, M, self, cross, ff, n1, n2, n1)),
            new("norm1 for the cross-attention", "norm1 was used for the cross-attention. That has a norm of its own, norm2.",
                (X, M, self, cross, ff, n1, n2, n3) => Decoded(X, M, self, cross, ff, n1, n1, n3)),
            new("one attention for both", "selfAttention was used for M too. The cross-attention has weights of its own.",
                (X, M, self, cross, ff, n1, n2, n3) => Decoded(X, M, self, self, ff, n1, n2, n3)),
            new("norm2 and norm3 exchanged", "norm2 and norm3 have changed places: norm2 belongs to the cross-attention.",
                (X, M, self, cross, ff, n1, n2, n3) => Decoded(X, M, self, cross, ff, n1, n3, n2)),
            new("norm1 and norm2 exchanged", "norm1 and norm2 have changed places: norm1 belongs to the self-attention.",
                (X, M, self, cross, ff, n1, n2, n3) => Decoded(X, M, self, cross, ff, n2, n1, n3)),
            new("one norm for all", "norm1 was used everywhere. Each block has a norm of its own.",
                (X, M, self, cross, ff, n1, n2, n3) => Decoded(X, M, self, cross, ff, n1, n1, n1)),
            new("post-LN", "This is post-LN: the norms stand on the stream. Here they stand in front of the blocks.",
                (X, M, self, cross, ff, n1, n2, n3) => n1(X + self(X, X, true)) is var H && n2(H + cross(H, M, false)) is var C ? n3(C + ff(C)) : X),
            new("no norms", "The norms are missing.",
                (X, M, self, cross, ff, n1, n2, n3) => Decoded(X, M, self, cross, ff, G => G, G => G, G => G)),
            new("attentions exchanged", "The two attentions have changed places. Each has weights of its own.",
                (X, M, self, cross, ff, n1, n2, n3) => Decoded(X, M, cross, self, ff, n1, n2, n3)),
        ])
    {
        Formulas = [@"\mathrm{crossAttention}(\mathrm{LN}_2(H), M)"],
    };

    private static Matrix<double> Decoded(
        Matrix<double> X, Matrix<double> M,
        Func<Matrix<double>, Matrix<double>, bool, Matrix<double>> selfAttention, Func<Matrix<double>, Matrix<double>, bool, Matrix<double>> crossAttention,
        Func<Matrix<double>, Matrix<double>> feedForward, Func<Matrix<double>, Matrix<double>> norm1, Func<Matrix<double>, Matrix<double>> norm2, Func<Matrix<double>, Matrix<double>> norm3)
    {
        var read = norm1(X);
        var H = X + selfAttention(read, read, true);
        var C = H + crossAttention(norm2(H), M, false);
        return C + feedForward(norm3(C));
    }

    /// <summary>
    /// Stands for attention, of any sizes: token i of those who ask gets a times itself, and b times a mean of those who are asked (the first i + 1 of
    /// them where the future is hidden) in which later ones count more.
    /// </summary>
    private static Func<Matrix<double>, Matrix<double>, bool, Matrix<double>> Attending(double a, double b) => (asks, asked, causal) =>
        asks.MapIndexed((i, j, x) =>
        {
            int seen = causal ? Math.Min(i + 1, asked.RowCount) : asked.RowCount;
            double sum = Enumerable.Range(0, seen).Sum(k => (k + 1) * asked[k, j]);
            return a * x + b * sum / (seen * (seen + 1) / 2.0);
        }, Zeros.Include);

    private static Func<Matrix<double>, Matrix<double>, bool, Matrix<double>> RandomAttending(Random random) => Attending(random.NextDouble() + 0.5, random.NextDouble() - 1.5);
}
