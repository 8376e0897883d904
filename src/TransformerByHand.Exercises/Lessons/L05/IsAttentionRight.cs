using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson05
{
    public delegate bool AttentionTest(Func<Matrix<double>, Matrix<double>, Matrix<double>, Matrix<double>> attention);

    public static TestExercise<AttentionTest, Func<Matrix<double>, Matrix<double>, Matrix<double>, Matrix<double>>> IsAttentionRight { get; } = new(
        id: "05.4",
        title: "A test for causal attention",
        statement: "Write a test for an implementation of causal attention: true for a correct one, false for a wrong one.",
        solution: attention =>
        {
            // Four tokens, d_k = 2, d_v = 3: no size can stand in for another. Then the same with scores in the thousands.
            var Q = DenseMatrix.OfArray(new double[,] { { 2, 1 }, { -1, 3 }, { 0.5, -2 }, { 1, 1 } });
            var K = DenseMatrix.OfArray(new double[,] { { 1, -1 }, { 2, 0.5 }, { -1, 1 }, { 0.5, 2 } });
            var V = DenseMatrix.OfArray(new double[,] { { 4, 0, 1 }, { 1, 3, -2 }, { 5, -2, 2 }, { -3, 1, 4 } });
            foreach (var queries in new[] { Q, 1000 * Q })
                if (!Lesson05.Alike(attention(queries, K, V), Lesson05.CausalAttention(queries, K, V))) return false;
            return true;
        },
        correct:
        [
            new("follows the five steps", "It is right: scores, scale, mask, softmax, weighted sum.", On((Q, K, V) => Attend(Q, K, V))),
            new("meets the keys one by one", "It is right, and never holds a row of weights. It rounds a little differently, so a test must leave room for rounding.",
                (Q, K, V) => OnlineAttention.Forward(Q, K, V, causal: true).O),
        ],
        wrong:
        [
            new("does not scale", "It leaves out the division by √d_k. With d_k = 1, or queries of zeros, nobody sees it.", On((Q, K, V) => Attend(Q, K, V, scale: 1))),
            new("divides by √n", "It divides by the root of the number of tokens. With as many tokens as d_k nobody sees it.", On((Q, K, V) => Attend(Q, K, V, scale: 1 / Math.Sqrt(Q.GetLength(0))))),
            new("divides by √d_v", "It divides by the root of the width of a value. With values as wide as queries nobody sees it.", On((Q, K, V) => Attend(Q, K, V, scale: 1 / Math.Sqrt(V.GetLength(1))))),
            new("exchanges queries and keys", "It computes K · Qᵀ. With Q = K nobody sees it.", On((Q, K, V) => Attend(K, Q, V))),
            new("sees one token ahead", "Its mask begins one token too late. The last row of the output is right, and values that are all the same hide the rest.",
                On((Q, K, V) => Averaged(RowWeights(Masked(ScaledScores(Q, K), (i, j) => j <= i + 1)), V))),
            new("masks with 0", "It puts the score 0 in place of −∞, so the future keeps a weight. Values that are all the same hide it.",
                On((Q, K, V) => Averaged(RowWeights(Masked(ScaledScores(Q, K), (i, j) => j <= i, filler: 0)), V))),
            new("masks after the softmax", "The future counts in the denominator, and the weights of a row add up to less than 1.",
                On((Q, K, V) => Averaged(Masked(RowWeights(ScaledScores(Q, K)), (i, j) => j <= i, filler: 0), V))),
            new("overflows", "Its softmax subtracts no maximum. With small scores nobody sees it.",
                On((Q, K, V) => Averaged(PlainRowWeights(Masked(ScaledScores(Q, K), (i, j) => j <= i)), V))),
        ],
        hints:
        [
            "`Lesson05.Alike(attention(Q, K, V), Lesson05.CausalAttention(Q, K, V))` compares every number, and leaves room for rounding. The art is in the choice of Q, K and V.",
            "Choose so that no mistake can hide: n, d_k and d_v all different, Q unlike K, values that differ, nothing zero.",
            "One mistake shows only when scores are large, in the thousands. But with such scores all weights are 0 or 1, and others hide. So try two inputs.",
            "If you compare number by number yourself: NaN is not smaller than anything, and not larger either. `!(Math.Abs(a - b) < 1e-9)` is true for NaN, `Math.Abs(a - b) > 1e-9` is not.",
        ],
        mistakes:
        [
            new("values of ones", "With all values 1, every average is 1, whatever the weights. This finds out whether the weights add up to 1, and nothing else.",
                attention => Alike(attention(Of(TestQ), Of(TestK), Of(Build(4, 3, (_, _) => 1))), Of(Build(4, 3, (_, _) => 1)))),
            new("only the future", "This changes the last token and looks whether the earlier outputs move. That finds every leak from the future, and nothing else: also compare numbers.",
                attention =>
                {
                    Matrix<double> before = attention(Of(TestQ), Of(TestK), Of(TestV)), after = attention(Of(TestQ), Of(With(TestK, 3, 7)), Of(With(TestV, 3, -9)));
                    return Enumerable.Range(0, 3).All(i => (before.Row(i) - after.Row(i)).AbsoluteMaximum() < 1e-12);
                }),
            new("as many tokens as d_k", "Numbers are compared, and most mistakes show. But this input has as many tokens as d_k, so that √n and √d_k are the same, and no score is large enough for a softmax to overflow.",
                attention => Agrees(attention, SquareQ, SquareK, SquareV)),
            new("values as wide as queries", "Numbers are compared, and most mistakes show. But values are as wide as queries here, so that √d_v and √d_k are the same, and no score is large enough for a softmax to overflow.",
                attention => Agrees(attention, TestQ, TestK, Narrow(TestV))),
            new("tokens, queries and values of one size", "Numbers are compared, and most mistakes show. But there are as many tokens as d_k and as d_v, so that none of the three can be told from another, and no score is large enough for a softmax to overflow.",
                attention => Agrees(attention, SquareQ, SquareK, SquareValues)),
            new("tokens, queries and values of one size, small and large scores", "There are as many tokens here as d_k and as d_v, so that none of the three roots can be told from another. Take three sizes that differ.",
                attention => new[] { 1.0, 1000 }.All(size => Agrees(attention, Times(SquareQ, size), SquareK, SquareValues))),
            new("queries that are the keys", "Numbers are compared, and most mistakes show. But Q = K here, so nobody sees whether they change places, and no score is large enough for a softmax to overflow.",
                attention => Agrees(attention, TestQ, TestQ, TestV)),
            new("small scores", "All but one are caught. Try scores in the thousands too: e^1000 is too large for a `double`. If you did: the wrong one gives NaN there, and every comparison with NaN is false. Write `!(Math.Abs(a - b) < 1e-9)`, which is true for NaN.",
                attention => Agrees(attention, TestQ, TestK, TestV))
            {
                Variants = [attention => new[] { 1.0, 1000 }.All(size => !Far(attention(Of(Times(TestQ, size)), Of(TestK), Of(TestV)), Right(Times(TestQ, size), TestK, TestV)))],
            },
            new("large scores alone", "All your scores are in the thousands, where every weight is 0 or 1 and the scale no longer shows. Try ordinary ones too.",
                attention => Agrees(attention, Times(TestQ, 1000), TestK, TestV)),
            new("as many tokens as d_k, small and large scores", "All but one are caught. This input has as many tokens as d_k, so that √n and √d_k are the same: take more tokens.",
                attention => new[] { 1.0, 1000 }.All(size => Agrees(attention, Times(SquareQ, size), SquareK, SquareV))),
            new("values as wide as queries, small and large scores", "All but one are caught. Values are as wide as queries here, so that √d_v and √d_k are the same: take them wider, or narrower.",
                attention => new[] { 1.0, 1000 }.All(size => Agrees(attention, Times(TestQ, size), TestK, Narrow(TestV)))),
            new("queries that are the keys, small and large scores", "All but one are caught. Q = K here, so that nobody sees whether they change places: take two that differ.",
                attention => new[] { 1.0, 1000 }.All(size => Agrees(attention, Times(TestQ, size), Times(TestQ, size), TestV))),
            new("no room for rounding", "This asks for the same bits. Whoever adds up in another order rounds a little differently, and is right too: leave room, 1e-9.",
                attention => new[] { 1.0, 1000 }.All(size => attention(Of(Times(TestQ, size)), Of(TestK), Of(TestV)).Enumerate().SequenceEqual(Right(Times(TestQ, size), TestK, TestV).Enumerate()))),
            new("says no to everything", "Your test says no to everything, to correct implementations too. If you compare matrices by `==`: that asks whether both are the same object, not whether they hold the same numbers. Compare entry by entry, with room for rounding.",
                _ => false),
        ]);

    /// <summary>An implementation on arrays, as one on matrices.</summary>
    private static Func<Matrix<double>, Matrix<double>, Matrix<double>, Matrix<double>> On(Func<double[,], double[,], double[,], double[,]> attention) =>
        (Q, K, V) => Of(attention(Q.ToArray(), K.ToArray(), V.ToArray()));

    private static double[,] ScaledScores(double[,] Q, double[,] K) => Times(Scored(Q, K), 1 / Math.Sqrt(Q.GetLength(1)));

    private static double[,] SquareValues => new double[,] { { 4, 0, 1 }, { 1, 3, -2 }, { 5, -2, 2 } };

    /// <summary>The first two columns.</summary>
    private static double[,] Narrow(double[,] V) => Build(V.GetLength(0), 2, (i, c) => V[i, c]);

    private static Matrix<double> Right(double[,] Q, double[,] K, double[,] V) => Of(Attend(Q, K, V));

    private static bool Agrees(
        Func<Matrix<double>, Matrix<double>, Matrix<double>, Matrix<double>> attention, double[,] Q, double[,] K, double[,] V) =>
        Alike(attention(Of(Q), Of(K), Of(V)), Right(Q, K, V));

    /// <summary>Whether some number is far off, asked so that NaN is not.</summary>
    private static bool Far(Matrix<double> a, Matrix<double> b) => (a - b).Enumerate().Any(v => Math.Abs(v) > 1e-9);
}
