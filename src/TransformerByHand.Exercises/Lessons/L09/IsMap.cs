using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson09
{
    /// <summary>Whether a layer is a map.</summary>
    public delegate bool MapTest(Func<double[,], double[,]> layer);

    /// <summary>09.1: find out whether a layer treats each token by itself.</summary>
    public static TestExercise<MapTest, Func<double[,], double[,]>> IsMap { get; } = new(
        id: "09.1",
        title: "Is it a map?",
        statement: "Write a test for a layer of tokens of width 4: true if it is a map, which makes each output of its own token alone, and of all tokens in the same way; false if not.",
        solution: layer =>
        {
            // Six different tokens. Each has to come out in company as it does alone.
            double[,] X = SeededRandom.Create(9).NormalMatrix(6, 4).ToArray();
            double[,] together = layer(X);
            for (int i = 0; i < 6; i++)
            {
                var x = new double[1, 4];
                for (int j = 0; j < 4; j++) x[0, j] = X[i, j];
                double[,] alone = layer(x);
                for (int j = 0; j < alone.GetLength(1); j++)
                    if (!(Math.Abs(together[i, j] - alone[0, j]) < 1e-9)) return false;   // room for rounding; NaN fails
            }
            return true;
        },
        correct:
        [
            new("is a feed-forward block", "It is a feed-forward block: each token by itself, up, through ReLU and down again.", X => Block.Forward(M(X)).Y.ToArray()),
            new("is a LayerNorm", "It is a LayerNorm: its mean and deviation are taken over the numbers of one token.", X => Norm.Forward(M(X)).Y.ToArray()),
            new("multiplies by a matrix", "It multiplies by a matrix, as when queries are made. Each row of the product comes from one row of X.", X => (M(X) * Block.W_1).ToArray()),
            new("gives every token the same", "It answers the same to every token. A function that does not look at its token is a function of it too.", X => Build(X.GetLength(0), 4, (_, j) => j + 1)),
            new("rounds otherwise when a token is alone", "It is a map, and adds up in another order when a token is alone, as fast code does. The last digits differ, so a test must leave room for rounding.",
                X => X.GetLength(0) == 1 ? Build(1, 4, (i, j) => X[i, j] * 0.1 + X[i, (j + 1) % 4] * 0.7 + X[i, (j + 2) % 4] * 0.3) : Build(X.GetLength(0), 4, (i, j) => X[i, (j + 2) % 4] * 0.3 + X[i, (j + 1) % 4] * 0.7 + X[i, j] * 0.1)),
        ],
        wrong:
        [
            new("attends", "It is attention. A shuffle of the tokens shuffles its outputs, so whoever only shuffles takes it for a map.", X => Attending.Forward(M(X)).Y.ToArray()),
            new("attends under a causal mask", "It is attention under a causal mask. Its first output is made of the first token alone; the others are not.", X => Attending.Forward(M(X), Mask.Causal(X.GetLength(0))).O.ToArray()),
            new("hears the token before it", "It adds a tenth of the token before. The first has none, and comes out as it does alone.", X => Build(X.GetLength(0), 4, (i, j) => X[i, j] + (i > 0 ? 0.1 * X[i - 1, j] : 0))),
            new("hears the token after it", "It adds a tenth of the token after. The last has none, and comes out as it does alone.", X => Build(X.GetLength(0), 4, (i, j) => X[i, j] + (i < X.GetLength(0) - 1 ? 0.1 * X[i + 1, j] : 0))),
            new("lets the last token hear", "Its last token hears the first, and all others are left alone. Whoever leaves the last one out does not see it.",
                X => Build(X.GetLength(0), 4, (i, j) => X[i, j] + (i > 0 && i == X.GetLength(0) - 1 ? 0.1 * X[0, j] : 0))),
            new("lets every second token hear", "Tokens 1, 3, 5, … hear the one before them, and the others nobody. Whoever looks at every second token may not see it.",
                X => Build(X.GetLength(0), 4, (i, j) => X[i, j] + (i % 2 == 1 ? 0.1 * X[i - 1, j] : 0))),
            new("takes the mean token away", "It takes the mean over the tokens from each, as batch norm does, and not the mean over a token's numbers.",
                X => Build(X.GetLength(0), 4, (i, j) => X[i, j] - M(X).Column(j).Average())),
            new("takes the largest of all tokens", "Each number is the largest that any token has there.", X => Build(X.GetLength(0), 4, (_, j) => M(X).Column(j).Maximum())),
            new("knows its place", "No token hears of another, and each place has a function of its own: it adds a number that grows with the place. A change of one token moves one output.",
                X => Build(X.GetLength(0), 4, (i, j) => X[i, j] + 0.1 * i)),
            new("counts", "It adds how many tokens there are. A change of one token moves one output, and a shuffle shuffles the outputs; but a token alone comes out otherwise.",
                X => Build(X.GetLength(0), 4, (i, j) => X[i, j] + 0.1 * X.GetLength(0))),
            new("hears a little", "It adds a ten-thousandth of the other tokens: a billion times what rounding does. A tolerance of 0.01 does not see it.",
                X => Build(X.GetLength(0), 4, (i, j) => X[i, j] + 0.0001 * (M(X).Column(j).Sum() - X[i, j]))),
            new("hears only with its last number", "Its outputs are a map's but for the last column, in which it adds the sum of all tokens.", X => Build(X.GetLength(0), 4, (i, j) => X[i, j] + (j == 3 ? M(X).Column(j).Sum() - X[i, j] : 0))),
            new("asks a neighbour when it is negative", "A token whose first number is negative adds the token before it. With positive numbers alone nobody sees it.",
                X => Build(X.GetLength(0), 4, (i, j) => X[i, j] + (X[i, 0] < 0 ? 0.5 * X[(i + X.GetLength(0) - 1) % X.GetLength(0), j] - (X.GetLength(0) == 1 ? 0.5 * X[i, j] : 0) : 0))),
            new("sorts", "Its outputs are the tokens, sorted by their first number: it does not say whose they are.",
                X => DenseMatrix.OfRows(M(X).EnumerateRows().OrderBy(row => row[0])).ToArray()),
            new("breaks down", "With more than one token every output is NaN. A difference from NaN is not larger than any tolerance, and not smaller either.",
                X => Build(X.GetLength(0), 4, (i, j) => X.GetLength(0) == 1 ? X[i, j] : double.NaN)),
        ],
        errors: SmallErrors.None,   // it is a property that is tested: other numbers may be those of a map as well
        hints:
        [
            "If each output is made of its own token alone, what happens to it when you take all the other tokens away?",
            "Call the layer with several tokens, then with each of them alone, one row at a time, and compare.",
            "Leave room for rounding, about 1e-9, and not more. `!(Math.Abs(a - b) < 1e-9)` is true for NaN too.",
            "Take tokens that are all different, with negative numbers among them.",
        ],
        mistakes:
        [
            new("only a shuffle", "This shuffles the tokens and looks whether the outputs are shuffled too. Attention without positions passes that as well: it treats all tokens alike, and mixes them all the same.",
                layer => Shuffles(layer)),
            new("only a changed token", "This changes one token and looks whether another output moves. A layer in which each place has a function of its own, or in which the number of tokens counts, passes.",
                layer => OnlyItsOwnMoves(layer, 2)) { Variants = [layer => Enumerable.Range(0, 6).All(i => OnlyItsOwnMoves(layer, i))] },
            new("the first token alone", "Only the first token is compared. Under a causal mask it hears nobody, in company or not: compare every token.",
                layer => AsAlone(layer, SixTokens, [0])),
            new("the last token alone", "Only the last token is compared. There are layers in which a token hears the one after it, and the last has none: compare every token.",
                layer => AsAlone(layer, SixTokens, [5])),
            new("only some columns", "Not all numbers of an output are compared.", layer => AsAlone(layer, SixTokens, [0, 1, 2, 3, 4, 5], columns: 1)) { Variants = [layer => AsAlone(layer, SixTokens, [0, 1, 2, 3, 4, 5], columns: 3)] },
            new("to the last bit", "This asks for the same numbers to the last bit. One of the maps adds up in another order when a token is alone: leave room of about 1e-9.",
                layer => AsAlone(layer, SixTokens, [0, 1, 2, 3, 4, 5], tolerance: 0)),
            new("a generous tolerance", "The tolerance leaves room for more than rounding: one of them hears a ten-thousandth of the others.",
                layer => AsAlone(layer, SixTokens, [0, 1, 2, 3, 4, 5], tolerance: 0.01)) { Variants = [layer => AsAlone(layer, SixTokens, [0, 1, 2, 3, 4, 5], tolerance: 0.001)] },
            new("positive numbers alone", "All numbers are positive, and one of them asks its neighbour only when it has a negative one.",
                layer => AsAlone(layer, Build(6, 4, (i, j) => Math.Abs(SixTokens[i, j])), [0, 1, 2, 3, 4, 5])),
            new("yes and no exchanged", "Your test says yes to what is no map, and no to what is one.", layer => !AsAlone(layer, SixTokens, [0, 1, 2, 3, 4, 5])),
            new("a single token", "With a single token nobody can hear anybody: everything looks like a map.", layer => AsAlone(layer, Build(1, 4, (_, j) => SixTokens[0, j]), [0])),
            new("tokens that are all the same", "The tokens are all the same. An average of equal values is that value, so attention looks like a map: take tokens that differ.",
                layer => AsAlone(layer, Build(6, 4, (_, j) => SixTokens[0, j]), [0, 1, 2, 3, 4, 5])),
            new("NaN passes", "This looks for a difference that is too large. NaN is never too large: ask that every difference be small.",
                layer => !Enumerable.Range(0, 6).Any(i => Differences(layer, SixTokens, i).Any(miss => miss > 1e-9))),
            new("one token for all", "Two tokens that are the same come out the same: that is what this asks. In attention they do so as well.",
                layer =>
                {
                    var Y = M(layer(Build(6, 4, (i, j) => SixTokens[i % 3, j])));
                    return Enumerable.Range(0, 3).All(i => (Y.Row(i) - Y.Row(i + 3)).All(v => Math.Abs(v) < 1e-9));
                }),
        ]);

    private static FeedForward Block => FeedForward.Random(SeededRandom.Create(90), dModel: 4, dFF: 7);

    private static LayerNorm Norm => new(4);

    private static AttentionHead Attending => AttentionHead.Random(SeededRandom.Create(91), dModel: 4, dK: 4);

    private static double[,] SixTokens => SeededRandom.Create(92).NormalMatrix(6, 4).ToArray();

    private static IEnumerable<double> Differences(Func<double[,], double[,]> layer, double[,] X, int i, int columns = int.MaxValue)
    {
        double[,] together = layer(X), alone = layer(Build(1, 4, (_, j) => X[i, j]));
        return Enumerable.Range(0, Math.Min(columns, alone.GetLength(1))).Select(j => Math.Abs(together[i, j] - alone[0, j]));
    }

    private static bool AsAlone(Func<double[,], double[,]> layer, double[,] X, int[] tokens, double tolerance = 1e-9, int columns = int.MaxValue) =>
        tokens.All(i => Differences(layer, X, i, columns).All(miss => miss <= tolerance));

    private static bool Shuffles(Func<double[,], double[,]> layer)
    {
        int[] order = [2, 5, 1, 0, 3, 4];
        Matrix<double> Shuffled(Matrix<double> A) => DenseMatrix.OfRows(order.Select(i => A.Row(i)));
        return (Shuffled(M(layer(SixTokens))) - M(layer(Shuffled(M(SixTokens)).ToArray()))).Enumerate().All(v => Math.Abs(v) < 1e-9);
    }

    private static bool OnlyItsOwnMoves(Func<double[,], double[,]> layer, int changed)
    {
        var moved = M(layer(Build(6, 4, (i, j) => SixTokens[i, j] + (i == changed ? 1 : 0)))) - M(layer(SixTokens));
        return moved.EnumerateRowsIndexed().All(row => row.Item1 == changed || row.Item2.All(v => Math.Abs(v) < 1e-9));
    }
}
