using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson08
{
    public delegate bool MultiHeadTest(
        Func<Matrix<double>, Matrix<double>, Matrix<double>, Matrix<double>, Matrix<double>, int, Matrix<double>> multiHead);

    public static TestExercise<MultiHeadTest, Func<Matrix<double>, Matrix<double>, Matrix<double>, Matrix<double>, Matrix<double>, int, Matrix<double>>> IsMultiHeadRight { get; } = new(
        id: "08.4",
        title: "Find the bug",
        statement: "Write a test for an implementation of multi-head attention: true for a correct one, false for a wrong one.",
        solution: multiHead =>
        {
            // More tokens than one, more heads than one, heads wider than 1, and no two numbers alike.
            var random = SeededRandom.Create(1);
            var X = random.NormalMatrix(3, 4);                                              // (n × d_model)
            var W = Enumerable.Range(0, 4).Select(_ => random.NormalMatrix(4, 4)).ToArray();
            var right = Lesson08.SelfAttention(X, W[0], W[1], W[2], W[3], 2);               // (n × d_model)
            var Y = multiHead(X, W[0], W[1], W[2], W[3], 2);
            if (Y is null || Y.RowCount != 3 || Y.ColumnCount != 4) return false;
            return (Y - right).Enumerate().All(miss => Math.Abs(miss) < 1e-9);              // NaN fails too
        },
        correct:
        [
            new("cuts the columns and joins them again", "It is right: project, cut, attend, join, W_O.", SelfAttention),
            new("adds up what the heads write", "It is right: it never joins, but adds each head's output times its rows of W_O. It rounds a little differently, so a test must leave room for rounding.",
                On((X, W_Q, W_K, W_V, W_O, h) => Attended(X, X, W_Q, W_K, W_V, h).Select((O, i) => Of(O) * Of(W_O).RowBlock(i, h)).Aggregate((a, b) => b + a).ToArray())),
        ],
        wrong:
        [
            new("joins without the transpose", "Its heads are right. It lays their outputs in one long row, head after head, and cuts that into rows. The shape is right; with a single token or a single head the numbers are too.",
                On((X, W_Q, W_K, W_V, W_O, h) => (Of(JoinStraight(Attended(X, X, W_Q, W_K, W_V, h))) * Of(W_O)).ToArray())),
            new("cuts and joins without the transpose", "It cuts the long row of numbers in h pieces, lets each attend, and lays the pieces back: its heads share out the tokens instead of the columns. With a single head nobody sees it.",
                On((X, W_Q, W_K, W_V, W_O, h) => (Of(JoinStraight(
                    [.. CutStraight((Of(X) * Of(W_Q)).ToArray(), h).Zip(CutStraight((Of(X) * Of(W_K)).ToArray(), h), CutStraight((Of(X) * Of(W_V)).ToArray(), h))
                        .Select(head => ScaledDotProductAttention.Forward(Of(head.First), Of(head.Second), Of(head.Third)).O.ToArray())])) * Of(W_O)).ToArray())),
            new("attends with one head", "It forgets to cut: one softmax for the sum of all heads' scores. With one head that is right.",
                On((X, W_Q, W_K, W_V, W_O, h) => SelfAttention(X, W_Q, W_K, W_V, W_O, 1))),
            new("scales by the whole width", "It divides the scores by √(h·d_k) instead of √d_k. With a single head, a single token, or tokens that are all the same, nobody sees it.",
                On((X, W_Q, W_K, W_V, W_O, h) => (SideBySide(X, X, W_Q, W_K, W_V, h, scale: 1 / Math.Sqrt(W_Q.GetLength(1))) * Of(W_O)).ToArray())),
            new("uses the first head's keys everywhere", "Every head compares its queries with the keys of the first. With a single head, or tokens that are all the same, nobody sees it.",
                On((X, W_Q, W_K, W_V, W_O, h) => SelfAttention(X, W_Q, SideBySide([.. Enumerable.Range(0, h).Select(_ => Of(W_K).ColumnBlock(0, h).ToArray())]), W_V, W_O, h))),
            new("turns W_O around", "It multiplies by the transpose of W_O. With a symmetric W_O, such as the identity, nobody sees it.",
                On((X, W_Q, W_K, W_V, W_O, h) => SelfAttention(X, W_Q, W_K, W_V, Of(W_O).Transpose().ToArray(), h))),
            new("joins the heads in the opposite order", "The last head comes first, so each head writes through another head's rows of W_O. With a single head nobody sees it.",
                On((X, W_Q, W_K, W_V, W_O, h) => (Of(SideBySide([.. Attended(X, X, W_Q, W_K, W_V, h).Reverse()])) * Of(W_O)).ToArray())),
            new("leaves the last token out", "Its loop ends one token too early, and the last row stays 0. Who looks at the first row alone does not see it.",
                On((X, W_Q, W_K, W_V, W_O, h) => MapRows(SelfAttention(X, W_Q, W_K, W_V, W_O, h), (Y, i, j) => i == X.GetLength(0) - 1 ? 0 : Y[i, j]))),
            new("hands the rows back in another order", "Its numbers are right, and all rows after the first come in the opposite order. Who adds all numbers up, or looks at the first row alone, does not see it.",
                On((X, W_Q, W_K, W_V, W_O, h) => MapRows(SelfAttention(X, W_Q, W_K, W_V, W_O, h), (Y, i, j) => Y[i == 0 ? 0 : X.GetLength(0) - i, j]))),
            new("masks unasked", "It hides the tokens to come, which nobody asked for. The last token sees everything anyway, so its row is right.",
                On((X, W_Q, W_K, W_V, W_O, h) => Mixed(Attended(X, X, W_Q, W_K, W_V, h, causal: true), W_O))),
            new("joins number by number", "It lays the heads' first numbers side by side, then their second ones. With heads of width 1 nobody sees it.",
                On((X, W_Q, W_K, W_V, W_O, h) => (Of(Interleaved(Attended(X, X, W_Q, W_K, W_V, h))) * Of(W_O)).ToArray())),
            new("guards its softmax", "It adds 0.001 to every softmax's denominator, against a division by 0, so that the weights add up to a little less than 1. Who leaves too much room does not see it.",
                On((X, W_Q, W_K, W_V, W_O, h) => Guarded(X, W_Q, W_K, W_V, W_O, h))),
        ],
        hints:
        [
            "Compare every number with `Lesson08.SelfAttention(X, W_Q, W_K, W_V, W_O, h)`, leaving room for rounding. The art is in the choice of the input.",
            "What does the join without the transpose do to a single token? And to a single head? Choose so that no mistake can hide.",
            "Three tokens that differ, two heads of width 2, four weight matrices without any symmetry, and every number compared: that catches all of them.",
        ],
        mistakes:
        [
            new("the shape alone", "All of them have the right shape. Look at the numbers.",
                Test(multiHead => multiHead(TestX, TestQ, TestK, TestV, TestO, 2) is { } Y && Y.GetLength(0) == 3 && Y.GetLength(1) == 4)),
            new("a single token", "With a single token each head's only weight is 1, whatever the scores are, and the join without the transpose changes nothing. Use more tokens.",
                Test(multiHead => Agree(multiHead, TestX1, TestO, 2))),
            new("a single head", "With a single head there is nothing to cut, to join or to scale wrongly. Use more.",
                Test(multiHead => Agree(multiHead, TestX, TestO, 1))),
            new("heads of width 1", "With heads of width 1 it cannot be seen in what order a head's numbers stand, nor how wide it is. Use heads of width 2 or more.",
                Test(multiHead => Agree(multiHead, TestX, TestO, 4))),
            new("tokens that are all the same", "The scores are never looked at here: either all tokens are the same, so that every average is the same, or all scores are. Use tokens that differ, and queries and keys that are not 0.",
                Test(multiHead => Agree(multiHead, Build(3, 4, (_, c) => TestX[0, c]), TestO, 2)))
                { Variants = [Test(multiHead => Near(multiHead(TestX, new double[4, 4], TestK, TestV, TestO, 2), SelfAttention(TestX, new double[4, 4], TestK, TestV, TestO, 2)))] },
            new("the first row alone", "Only the first row, or a number of it, is looked at. Some are right there and wrong further down: compare every number.",
                Test(multiHead => Math.Abs(multiHead(TestX, TestQ, TestK, TestV, TestO, 2)[0, 0] - SelfAttention(TestX, TestQ, TestK, TestV, TestO, 2)[0, 0]) < 1e-9)),
            new("the last row alone", "Only the last row, or a number of it, is looked at. One is right there and wrong above: compare every number.",
                Test(multiHead => Math.Abs(multiHead(TestX, TestQ, TestK, TestV, TestO, 2)[2, 3] - SelfAttention(TestX, TestQ, TestK, TestV, TestO, 2)[2, 3]) < 1e-9)),
            new("the sum alone", "The sum of all numbers is right even if the rows come in another order. Compare every number.",
                Test(multiHead => Math.Abs(multiHead(TestX, TestQ, TestK, TestV, TestO, 2).Cast<double>().Sum() - SelfAttention(TestX, TestQ, TestK, TestV, TestO, 2).Cast<double>().Sum()) < 1e-9)),
            new("too much room", "There is more room than rounding needs. One is off in the third digit: 1e-9 is plenty for rounding.",
                Test(multiHead => Near(multiHead(TestX, TestQ, TestK, TestV, TestO, 2), SelfAttention(TestX, TestQ, TestK, TestV, TestO, 2), room: 0.1)))
                { Variants = [Test(multiHead => Near(multiHead(TestX, TestQ, TestK, TestV, TestO, 2), SelfAttention(TestX, TestQ, TestK, TestV, TestO, 2), room: 1))] },
            new("the other way around", "Your test says the opposite: `true` where the numbers differ. `true` is for those that are right.",
                Test(multiHead => !Near(multiHead(TestX, TestQ, TestK, TestV, TestO, 2), SelfAttention(TestX, TestQ, TestK, TestV, TestO, 2)))),
            new("a symmetric W_O", "Nearly all are caught. But this W_O is its own transpose, so nobody sees whether it came in the right way around.",
                Test(multiHead => Agree(multiHead, TestX, Build(4, 4, (i, j) => i == j ? 1 : 0), 2))),
            new("shuffled tokens", "This shuffles the tokens and looks whether the outputs are shuffled alike. Without a reference, that finds the mixed-up tokens, and nothing that treats all tokens alike. Also compare numbers.",
                Test(multiHead => Near(Shuffled(multiHead(TestX, TestQ, TestK, TestV, TestO, 2)), multiHead(Shuffled(TestX), TestQ, TestK, TestV, TestO, 2)))),
            new("no room for rounding", "It asks for the same bits. One of the correct ones adds in another order and differs in the last digit: leave room for rounding.",
                Test(multiHead => multiHead(TestX, TestQ, TestK, TestV, TestO, 2).Cast<double>().SequenceEqual(SelfAttention(TestX, TestQ, TestK, TestV, TestO, 2).Cast<double>()))),
        ]);
}
