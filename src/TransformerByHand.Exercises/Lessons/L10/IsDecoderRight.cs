using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson10
{
    /// <summary>Says whether a decoder layer, a function of X (n × d) and M (m × d) that returns Y (n × d), reads what it should read and nothing else.</summary>
    public delegate bool DecoderTest(Func<Matrix<double>, Matrix<double>, Matrix<double>> decoder);

    /// <summary>10.4: find the bug, by who moves whom.</summary>
    public static TestExercise<DecoderTest, Func<Matrix<double>, Matrix<double>, Matrix<double>>> IsDecoderRight { get; } = new(
        id: "10.4",
        title: "Find the bug",
        statement: "Write a test for who reads whom in a decoder layer: true for one that reads what it should, false for one that reads too much or too little.",
        solution: decoder =>
        {
            var X = SeededRandom.Create(1).NormalMatrix(4, 6);          // 4 words written
            var M = SeededRandom.Create(2).NormalMatrix(5, 6);          // 5 words read
            var Y = decoder(X, M);

            Matrix<double> Nudged(Matrix<double> tokens, int row)
            {
                var other = tokens.Clone();
                other[row, 0] += 0.5;                                   // one feature alone: what all have in common a LayerNorm takes out
                return other;
            }
            bool Moves(Matrix<double> other, int i) => (other.Row(i) - Y.Row(i)).AbsoluteMaximum() > 1e-9;

            for (int i = 0; i < 4; i++)
            {
                for (int j = 0; j < 4; j++)
                    if (Moves(decoder(Nudged(X, j), M), i) != (j <= i)) return false;
                for (int k = 0; k < 5; k++)
                    if (!Moves(decoder(X, Nudged(M, k)), i)) return false;
            }
            return true;
        },
        correct:
        [
            new("is a pre-LN layer", "It is right: a pre-LN decoder layer with random weights.", (X, M) => Decoder(X, NormPlacement.Pre).Forward(X, M, Mask.Causal(X.RowCount)).Y),
            new("is a post-LN layer", "It is right: a post-LN decoder layer. Where the norms stand makes no difference to who reads whom.", (X, M) => Decoder(X, NormPlacement.Post).Forward(X, M, Mask.Causal(X.RowCount)).Y),
            new("has no norms", "It is right: who reads whom does not hang on the norms, and it has none.", (X, M) => Decoder(X, NormPlacement.None).Forward(X, M, Mask.Causal(X.RowCount)).Y),
        ],
        wrong:
        [
            new("asks itself", "Its cross-attention takes keys and values from the decoder's own stream, so that M is never read.", (X, M) => Built(X, M, cross: (asks, _) => (asks, asks))),
            new("exchanges the roles", "In its cross-attention M asks and the stream is asked. Every output hears of all words, those to come too.", (X, M) => Built(X, M, cross: (asks, asked) => (asked, asks))),
            new("masks M", "It hides the future in the cross-attention too: word i may read only the words 0 to i of M.", (X, M) => Built(X, M, crossMask: (i, k) => k <= i)),
            new("sees the future", "Its self-attention has no mask.", (X, M) => Built(X, M, selfMask: (_, _) => true)),
            new("sees one word ahead", "Its mask is off by one: word i sees word i + 1. With a single word nobody sees it.", (X, M) => Built(X, M, selfMask: (i, j) => j <= i + 1)),
            new("hides the future from the first word alone", "Only its first word is kept from seeing the others. Who looks at the first output alone does not see it.", (X, M) => Built(X, M, selfMask: (i, j) => i > 0 || j == 0)),
            new("masks the past", "Its mask is turned round: word i sees itself and what comes after it.", (X, M) => Built(X, M, selfMask: (i, j) => j >= i)),
            new("leaves each word to itself", "Its self-attention lets every word see itself alone. With a single word nobody sees it.", (X, M) => Built(X, M, selfMask: (i, j) => i == j)),
            new("forgets what is long ago", "Its self-attention sees the word itself and the one before it, no further. With one word or two nobody sees it.", (X, M) => Built(X, M, selfMask: (i, j) => j <= i && j >= i - 1)),
            new("reads the first word of M alone", "It reads nothing of M but its first word. Who changes all of M at once, or the first word of it, does not see it.", (X, M) => Built(X, M, crossMask: (_, k) => k == 0)),
            new("leaves out the last word of M", "It takes the last word of M for padding. Who changes all of M at once, or only its first word, does not see it.", (X, M) => Built(X, M, crossMask: (_, k) => k < M.RowCount - 1 || M.RowCount == 1)),
            new("reads every second word of M", "It reads the words 0, 2, 4, … of M. Who changes these alone does not see it.", (X, M) => Built(X, M, crossMask: (_, k) => k % 2 == 0)),
            new("lets every second word read M", "The words 1, 3, … read the first word of M alone. Who looks at the outputs 0, 2, … alone does not see it.", (X, M) => Built(X, M, crossMask: (i, k) => i % 2 == 0 || k == 0)),
            new("keeps M from the last word", "The last word reads the first word of M alone. Who leaves out the last output does not see it.", (X, M) => Built(X, M, crossMask: (i, k) => i < X.RowCount - 1 || k == 0)),
            new("sees the last word", "Every word sees the last one too. Who does not change the last word does not see it.", (X, M) => Built(X, M, selfMask: (i, j) => j <= i || j == X.RowCount - 1)),
            new("hears every second word", "Of the words before it, a word hears 0, 2, … alone. Who does not change the others does not see it.", (X, M) => Built(X, M, selfMask: (i, j) => j == i || j < i && j % 2 == 0)),
            new("lets only the last word read M", "Only the last word reads M. Who looks at the last output alone does not see it.", (X, M) => Built(X, M, crossMask: (i, _) => i == X.RowCount - 1)),
        ],
        hints:
        [
            "You need no second decoder to compare with. Run it once; then change one word of X, or one of M, and run it again: which rows of Y have moved?",
            "Word i of Y has to move with every word j ≤ i of X, must not move with any j > i, and has to move with every word of M. Change one word at a time.",
            "Change one feature of the word, not all by the same amount: a LayerNorm takes out what all have in common. Use at least three words of X, and another number of words in M.",
        ],
        mistakes:
        [
            new("the shape alone", "All of them return the right shape. Look at what moves.",
                decoder => decoder(TestX, TestM) is { RowCount: 4, ColumnCount: 6 }),
            new("the future alone", "This asks only whether the future is hidden. Whether M is read, and the past, is not looked at.",
                decoder => Enumerable.Range(0, 4).All(i => Enumerable.Range(i + 1, 3 - i).All(j => !Moved(decoder, TestX, TestM, i, Nudge(TestX, j), TestM)))),
            new("M alone", "This asks only whether M is read. Whether the self-attention hides the future, and reads the past, is not looked at.",
                decoder => Enumerable.Range(0, 4).All(i => Enumerable.Range(0, 5).All(k => Moved(decoder, TestX, TestM, i, TestX, Nudge(TestM, k))))),
            new("all of M at once", "Of M all words are changed at once, or the first one alone. Some read only a part of it, and move too: change one word at a time, and every word.",
                decoder => Enumerable.Range(0, 4).All(i => RightOnX(decoder, i) && Moved(decoder, TestX, TestM, i, TestX, NudgeAll(TestM))))
                { Variants = [decoder => Enumerable.Range(0, 4).All(i => RightOnX(decoder, i) && Moved(decoder, TestX, TestM, i, TestX, Nudge(TestM, 0)))] },
            new("the last output alone", "Only the last row of Y is looked at. It may see everything, so nothing that is hidden from the others shows there.",
                decoder => RightOnX(decoder, 3) && RightOnM(decoder, 3)),
            new("the first output alone", "Only the first row of Y is looked at. It has no past that it could fail to read.",
                decoder => RightOnX(decoder, 0) && RightOnM(decoder, 0)),
            new("the past is not looked at", "The future is hidden and M is read, but whether a word reads those before it is not looked at: some do not.",
                decoder => Enumerable.Range(0, 4).All(i => RightOnM(decoder, i) && Enumerable.Range(i + 1, 3 - i).All(j => !Moved(decoder, TestX, TestM, i, Nudge(TestX, j), TestM)))),
            new("the same for every feature", "The same number is added to every feature of a word, and a LayerNorm takes out what all features have in common: the right ones do not move either. Change one feature alone.",
                decoder => Enumerable.Range(0, 4).All(i => Enumerable.Range(0, 4).All(j => Moved(decoder, TestX, TestM, i, Shift(TestX, j), TestM) == j <= i) && RightOnM(decoder, i))),
            new("a single word", "With a single word there is no past and no future.",
                decoder => TestX.SubMatrix(0, 1, 0, 6) is var one && Enumerable.Range(0, 5).All(k => Moved(decoder, one, TestM, 0, one, Nudge(TestM, k))) && Moved(decoder, one, TestM, 0, Nudge(one, 0), TestM)),
            new("two words", "With two words it cannot be seen who forgets what is long ago.",
                decoder => TestX.SubMatrix(0, 2, 0, 6) is var two && Enumerable.Range(0, 2).All(i =>
                    Enumerable.Range(0, 2).All(j => Moved(decoder, two, TestM, i, Nudge(two, j), TestM) == j <= i) && Enumerable.Range(0, 5).All(k => Moved(decoder, two, TestM, i, two, Nudge(TestM, k))))),
            new("the other way around", "Your test says the opposite: `true` is for those that are right.",
                decoder => !Enumerable.Range(0, 4).All(i => RightOnX(decoder, i) && RightOnM(decoder, i))),
        ],
        errors: SmallErrors.None);

    private static Matrix<double> TestX => SeededRandom.Create(31).NormalMatrix(4, 6);

    private static Matrix<double> TestM => SeededRandom.Create(32).NormalMatrix(5, 6);

    private static Matrix<double> Nudge(Matrix<double> tokens, int row)
    {
        var other = tokens.Clone();
        other[row, 1] += 0.7;
        return other;
    }

    private static Matrix<double> Shift(Matrix<double> tokens, int row)
    {
        var other = tokens.Clone();
        other.SetRow(row, tokens.Row(row) + 0.7);
        return other;
    }

    private static Matrix<double> NudgeAll(Matrix<double> tokens) => Enumerable.Range(0, tokens.RowCount).Aggregate(tokens, Nudge);

    private static bool Moved(Func<Matrix<double>, Matrix<double>, Matrix<double>> decoder, Matrix<double> X, Matrix<double> M, int i, Matrix<double> otherX, Matrix<double> otherM) =>
        (decoder(X, M).Row(i) - decoder(otherX, otherM).Row(i)).AbsoluteMaximum() > 1e-9;

    private static bool RightOnX(Func<Matrix<double>, Matrix<double>, Matrix<double>> decoder, int i) =>
        Enumerable.Range(0, 4).All(j => Moved(decoder, TestX, TestM, i, Nudge(TestX, j), TestM) == j <= i);

    private static bool RightOnM(Func<Matrix<double>, Matrix<double>, Matrix<double>> decoder, int i) =>
        Enumerable.Range(0, 5).All(k => Moved(decoder, TestX, TestM, i, TestX, Nudge(TestM, k)));

    /// <summary>A decoder layer with random weights (seed 33) for tokens of any width.</summary>
    private static DecoderLayer Decoder(Matrix<double> X, NormPlacement placement) =>
        DecoderLayer.Random(SeededRandom.Create(33), new() { DModel = X.ColumnCount, Placement = placement });

    /// <summary>A pre-LN decoder layer of the same parts, in which one thing is done in another way.</summary>
    private static Matrix<double> Built(
        Matrix<double> X, Matrix<double> M, Func<int, int, bool>? selfMask = null, Func<int, int, bool>? crossMask = null,
        Func<Matrix<double>, Matrix<double>, (Matrix<double> Asks, Matrix<double> Asked)>? cross = null)
    {
        var layer = Decoder(X, NormPlacement.Pre);
        int n = X.RowCount;
        Matrix<double> Norm(AddAndNorm of, Matrix<double> x) => of.Norm!.Forward(x).Y;

        var H = X + layer.SelfAttention.Forward(Norm(layer.AddAndNorm1, X), Mask.Where(n, n, selfMask ?? ((i, j) => j <= i))).Y;
        var (asks, asked) = (cross ?? ((a, b) => (a, b)))(Norm(layer.AddAndNorm2, H), M);
        var write = layer.CrossAttention.Forward(asks, asked, Mask.Where(asks.RowCount, asked.RowCount, crossMask ?? ((_, _) => true))).Y;
        // Exchanged roles give as many rows as M has.
        var C = H.MapIndexed((i, j, h) => h + (i < write.RowCount ? write[i, j] : 0), Zeros.Include);
        return C + layer.FeedForward.Forward(Norm(layer.AddAndNorm3, C)).Y;
    }
}
