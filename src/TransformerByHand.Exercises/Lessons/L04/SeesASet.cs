using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson04
{
    public delegate bool SetTest(Func<double[,], double[,]> layer);

    public static TestExercise<SetTest, Func<double[,], double[,]>> SeesASet { get; } = new(
        id: "04.2",
        title: "Does it see a set?",
        statement: "Write a test for a layer: true if shuffled tokens give the shuffled outputs and nothing else changes, false if it knows where a token stands.",
        solution: layer =>
        {
            // Six different tokens in an order without any pattern: neighbours, distances and even places all change.
            double[,] X = SeededRandom.Create(6).NormalMatrix(6, 4).ToArray();
            int[] order = [2, 5, 1, 0, 3, 4];
            double[,] expected = Lesson04.Shuffle(layer(X), order), actual = layer(Lesson04.Shuffle(X, order));
            for (int i = 0; i < 6; i++)
                for (int j = 0; j < expected.GetLength(1); j++)
                    if (!(Math.Abs(expected[i, j] - actual[i, j]) < 1e-9)) return false;   // room for rounding; NaN fails
            return true;
        },
        correct:
        [
            new("attends", "It is attention without positions and mask.", X => Attend(X)),
            new("meets the keys one by one", "It is attention, computed key by key. In another order it rounds a little differently, so a test must leave room for rounding.",
                X => OnlineAttention.Forward(M(X) * Head.W_Q, M(X) * Head.W_K, M(X) * Head.W_V).O.ToArray()),
            new("is a whole layer", "It is attention and a feed-forward block, each with norm and residual connection: everything besides attention treats each token by itself.",
                X => WholeLayer.Forward(M(X)).Y.ToArray()),
            new("gives every token the mean", "It gives every token the mean of all tokens. That is a layer which sees a set, if a simple one.",
                X => Build(X.GetLength(0), 4, (_, j) => M(X).Column(j).Average())),
            new("treats each token by itself", "It treats each token by itself, as a feed-forward block does. Wherever the token stands, it gets the same output to the last bit.",
                X => Build(X.GetLength(0), 4, (i, j) => Math.Tanh(X[i, j] + 0.5 * X[i, (j + 1) % 4]))),
        ],
        wrong:
        [
            new("adds sinusoids", "It adds sinusoidal positions to the tokens.", X => Attend((M(X) + SinusoidalPositions.Of(X.GetLength(0), 4)).ToArray())),
            new("adds small learned positions", "It adds learned positions of size 0.02, as GPT-2 has before training. The outputs differ by little; a generous tolerance does not see it.",
                X => Attend(new LearnedPositions(SeededRandom.Create(36).NormalMatrix(64, 4, 0.02)).Forward(M(X)).Y.ToArray())),
            new("adds tiny positions", "It adds positions of size 0.0001. That is still a billion times what rounding does; a tolerance of 0.01 does not see it.",
                X => Attend(new LearnedPositions(SeededRandom.Create(36).NormalMatrix(64, 4, 0.0001)).Forward(M(X)).Y.ToArray())),
            new("masks the future", "It has a causal mask: the first token sees itself alone, the last sees all. With tokens that are all the same nobody sees it.",
                X => Head.Forward(M(X), Mask.Causal(X.GetLength(0))).O.ToArray()),
            new("penalises distance", "It lowers the score of tokens that stand far away. Turned round, a sentence has the same distances as before.",
                X => WithBias(X, (i, j) => -Math.Abs(i - j))),
            new("sees a ring of neighbours", "Each token sees itself and its two neighbours, and the last and the first are neighbours too. Moved along the ring, or turned round, the neighbours stay the same.",
                X => WithBias(X, (i, j) => Math.Min(Math.Abs(i - j), X.GetLength(0) - Math.Abs(i - j)) <= 1 ? 0 : double.NegativeInfinity)),
            new("favours the last token", "It raises the score of whoever stands last. As long as the last token stays where it is, nobody sees it.",
                X => WithBias(X, (_, j) => j == X.GetLength(0) - 1 ? 1 : 0)),
            new("sorts its answers", "Its outputs are right, but sorted by their first number: it does not say whose they are. Whoever asks that a shuffle change nothing at all is content with it.",
                X => DenseMatrix.OfRows(M(Attend(X)).EnumerateRows().OrderBy(row => row[0])).ToArray()),
            new("marks the middle", "It adds 1 to the output of the place in the middle, and is right everywhere else. Whoever leaves that token where it is, or does not look at that output, does not see it.",
                X => WithAdded(X, (i, _) => i == X.GetLength(0) / 2 ? 1 : 0)),
            new("marks the fifth place", "It adds 1 to the output of the fifth place, and is right everywhere else. Whoever tries four tokens or fewer does not see it.",
                X => WithAdded(X, (i, _) => i == 4 ? 1 : 0)),
            new("marks the last place", "It adds 1 to the output of the last place, and is right everywhere else. Whoever leaves that token where it is, or looks at every second output, does not see it.",
                X => WithAdded(X, (i, _) => i == X.GetLength(0) - 1 ? 1 : 0)),
            new("marks places in the last feature", "Its outputs are right but for the last column, which grows from place to place. Whoever looks at one column does not see it.",
                X => WithAdded(X, (i, j) => j == 3 ? 0.1 * i : 0)),
            new("adds a sum that counts later tokens more", "It adds one and the same number to all outputs: a sum in which later tokens count more. A shuffle moves all outputs in one direction, and whoever subtracts without `Math.Abs` may not see it.",
                X => WithAdded(X, (_, _) => LaterCountsMore(X))),
            new("subtracts a sum that counts later tokens more", "It subtracts one and the same number from all outputs: a sum in which later tokens count more. A shuffle moves all outputs in one direction, and whoever subtracts without `Math.Abs` may not see it.",
                X => WithAdded(X, (_, _) => -LaterCountsMore(X))),
            new("breaks down", "Every output is NaN. A difference from NaN is not larger than any tolerance, and not smaller either.",
                X => Build(X.GetLength(0), 4, (_, _) => double.NaN)),
        ],
        errors: SmallErrors.None,   // it is a property that is tested: other numbers may be those of a set as well
        hints:
        [
            "Call the layer twice: with tokens, and with the same tokens in another order. How should the second result follow from the first?",
            "If the new token i is the old token `order[i]`, then the new output i should be the old output `order[i]`: `Lesson04.Shuffle` serves for both.",
            "Leave room for rounding, about 1e-9: the sums are added up in another order. But not more than that: some positions are small.",
            "Choose an order that has no pattern. Turning round keeps distances, moving along keeps neighbours, exchanging two leaves the others where they are. Five tokens or more.",
            "`!(Math.Abs(a - b) < 1e-9)` is true for NaN; `Math.Abs(a - b) > 1e-9` is not.",
        ],
        mistakes:
        [
            new("turns round", "Turning the sequence round is one shuffle, and a tame one: all distances stay. A layer that looks at distances alone slips through.",
                layer => Equivariant(layer, [5, 4, 3, 2, 1, 0])) { Variants = [layer => Equivariant(layer, [4, 3, 2, 1, 0]), layer => Equivariant(layer, [7, 6, 5, 4, 3, 2, 1, 0]), layer => NoneFar(AfterShuffle(layer, 5, 4, 3, 2, 1, 0))] },
            new("too few tokens", "There are too few tokens, or too few rows are compared. Among three everybody is a neighbour of everybody, two can only be turned round, and what happens further on is not seen. Take five or more.",
                layer => Equivariant(layer, [1, 0]))
            {
                Variants =
                [
                    layer => Equivariant(layer, [1, 0, 2]), layer => Equivariant(layer, [0, 2, 1]), layer => Equivariant(layer, [2, 1, 0]),
                    layer => Equivariant(layer, [1, 2, 0]), layer => Equivariant(layer, [2, 0, 1]),
                    layer => new int[][] { [1, 0, 2], [0, 2, 1], [2, 1, 0], [1, 2, 0], [2, 0, 1] }.All(order => Equivariant(layer, order)),
                    layer => Equivariant(layer, [3, 2, 1, 0]), layer => Equivariant(layer, [1, 2, 3, 0]), layer => Equivariant(layer, [2, 0, 3, 1]),
                    layer => NoneFar(AfterShuffle(layer, 1, 0)), layer => NoneFar(AfterShuffle(layer, 1, 0, 2)), layer => NoneFar(AfterShuffle(layer, 2, 1, 0)), layer => NoneFar(AfterShuffle(layer, 1, 2, 0)),
                    layer => AfterShuffle(layer).Take(16).All(IsSmall),   // four rows, as many as there are columns
                ],
            },
            new("some places not looked at", "Some places are not looked at. Either only two tokens changed places, and whatever happens at the others alone is not seen; or not every output was compared. Move every token, and compare every output.",
                layer => Equivariant(layer, [1, 0, 2, 3, 4, 5]))
            {
                Variants =
                [
                    layer => Equivariant(layer, [0, 2, 1, 3, 4, 5]), layer => Equivariant(layer, [0, 1, 3, 2, 4, 5]), layer => Equivariant(layer, [0, 1, 2, 4, 3, 5]),
                    layer => Equivariant(layer, [0, 1, 2, 3, 5, 4]), layer => Equivariant(layer, [5, 1, 2, 3, 4, 0]), layer => Equivariant(layer, [1, 0, 2, 3, 4]),
                    layer => Equivariant(layer, [4, 1, 2, 3, 0]), layer => Equivariant(layer, [2, 1, 0, 3, 4, 5]), layer => Equivariant(layer, [0, 4, 2, 3, 1, 5]),
                    layer => AfterShuffle(layer).Take(4).All(IsSmall), layer => AfterShuffle(layer).Skip(4).Take(4).All(IsSmall), layer => AfterShuffle(layer).Skip(20).All(IsSmall),
                    layer => NoneFar(AfterShuffle(layer, 1, 0, 2, 3, 4, 5)), layer => NoneFar(AfterShuffle(layer, 0, 1, 3, 2, 4, 5)), layer => NoneFar(AfterShuffle(layer, 5, 1, 2, 3, 4, 0)),
                    layer => NoneFar(AfterShuffle(layer).Take(4)), layer => NoneFar(AfterShuffle(layer).Skip(12).Take(4)),
                ],
            },
            new("only some columns", "Not all columns of the outputs are compared: one is right in the others, and passes. Compare all of them.",
                layer => AfterShuffle(layer).Where((_, place) => place % 4 == 0).All(IsSmall)),
            new("without Math.Abs", "This subtracts without `Math.Abs`: a difference of −1 is smaller than any tolerance.",
                layer => AfterShuffle(layer).All(miss => miss < 1e-9))
            {
                Variants =
                [
                    layer => AfterShuffle(layer).All(miss => -miss < 1e-9), layer => !AfterShuffle(layer).Any(miss => miss > 1e-9), layer => !AfterShuffle(layer).Any(miss => -miss > 1e-9),
                ],
            },
            new("sums or sorted numbers", "Whoever compares sums or sorted numbers does not see whose output it is. Output i belongs to token i.",
                layer => SortedColumns(layer(Tokens)).Zip(SortedColumns(layer(Shuffle(Tokens, NoPattern))), (a, b) => a - b).All(IsSmall))
            {
                Variants =
                [
                    layer => (M(layer(Tokens)).ColumnSums() - M(layer(Shuffle(Tokens, NoPattern))).ColumnSums()).All(IsSmall),
                    layer => IsSmall(M(layer(Tokens)).ColumnSums().Sum() - M(layer(Shuffle(Tokens, NoPattern))).ColumnSums().Sum()),
                ],
            },
            new("nothing shuffled", "The two calls get the same tokens: nothing was shuffled. (With one token there is nothing to shuffle.)",
                layer => Near(M(layer(Tokens)), M(layer(Tokens)))) { Variants = [layer => Equivariant(layer, [0])] },
            new("yes and no exchanged", "Your test says yes to what differs, and no to what agrees.",
                layer => !AfterShuffle(layer).All(IsSmall)) { Variants = [layer => AfterShuffle(layer).All(miss => Math.Abs(miss) > 1e-9), layer => AfterShuffle(layer).Any(miss => Math.Abs(miss) > 1e-9)] },
            new("moves along", "Moving all tokens on by the same number of places keeps all neighbours on the ring, the last and the first included.",
                layer => Equivariant(layer, [1, 2, 3, 4, 5, 0])) { Variants = [layer => NoneFar(AfterShuffle(layer, 1, 2, 3, 4, 5, 0))] },
            new("nothing may change", "This asks that a shuffle change nothing. But whoever shuffles the tokens gets the outputs shuffled too: output i belongs to token i.",
                layer => Near(M(layer(Tokens)), M(layer(Shuffle(Tokens, NoPattern)))))
            {
                Variants = [layer => NoneFar((M(layer(Tokens)) - M(layer(Shuffle(Tokens, NoPattern)))).Enumerate())],
            },
            new("the shuffle the wrong way round", "Of the right layers your test accepts only the one that gives every token the same: it compares outputs of different tokens. If the new token i is the old `order[i]`, the new output i is the old output `order[i]`. Is the order left out on one side, or taken the wrong way round (with an exchange of two you would not notice), or is an index wrong where they are compared?",
                layer => Near(M(Shuffle(layer(Shuffle(Tokens, NoPattern)), NoPattern)), M(layer(Tokens))))
            {
                Variants =
                [
                    layer => NoneFar((M(Shuffle(layer(Shuffle(Tokens, NoPattern)), NoPattern)) - M(layer(Tokens))).Enumerate()),
                    layer => Near(M(Shuffle(layer(Tokens), NoPattern)), M(layer(Tokens))), layer => NoneFar((M(Shuffle(layer(Tokens), NoPattern)) - M(layer(Tokens))).Enumerate()),
                ],
            },
            new("to the last bit", "This asks for the same numbers to the last bit. In another order sums round differently: leave room of about 1e-9.",
                layer => AfterShuffle(layer).All(miss => miss == 0))
            {
                Variants =
                [
                    layer => AfterShuffle(layer, 3, 0, 5, 1, 4, 2).All(miss => miss == 0), layer => AfterShuffle(layer, 5, 4, 3, 2, 1, 0).All(miss => miss == 0),
                    layer => AfterShuffle(layer, 1, 2, 3, 4, 5, 0).All(miss => miss == 0), layer => AfterShuffle(layer, 4, 2, 0, 3, 1).All(miss => miss == 0),
                    layer => NoneFar(AfterShuffle(layer), 0),
                ],
            },
            new("a generous tolerance", "The tolerance leaves room not only for rounding but also for small positions. Rounding is below 1e-12 here.",
                layer => Equivariant(layer, NoPattern, 0.1)) { Variants = [layer => Equivariant(layer, NoPattern, 0.01), layer => Equivariant(layer, NoPattern, 0.001), layer => Equivariant(layer, NoPattern, 1), layer => NoneFar(AfterShuffle(layer), 0.1), layer => NoneFar(AfterShuffle(layer), 0.01), layer => NoneFar(AfterShuffle(layer), 0.001)] },
            new("NaN passes", "This looks for a difference that is too large. NaN is never too large: ask that every difference be small.",
                layer => !M(Shuffle(layer(Tokens), NoPattern)).Enumerate().Zip(M(layer(Shuffle(Tokens, NoPattern))).Enumerate(), (a, b) => Math.Abs(a - b)).Any(miss => miss > 1e-9)),
            new("tokens that are all the same", "With tokens that are all the same every average is that token, whoever is looked at. Masks and distances cannot be seen.",
                layer =>
                {
                    var O = M(layer(Build(6, 4, (_, j) => j + 1)));
                    return O.EnumerateRows().All(row => (row - O.Row(0)).AbsoluteMaximum() < 1e-9);
                })
            {
                Variants = [layer => M(layer(Build(6, 4, (_, j) => j + 1))) is var O && NoneFar(O.EnumerateRows().SelectMany(row => row - O.Row(0)))],
            },
        ]);
}
