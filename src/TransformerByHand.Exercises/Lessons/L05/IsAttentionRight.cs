using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson05
{
    public delegate bool AttentionTest(Func<double[,], double[,], double[,], double[,]> attention);

    public static TestExercise<AttentionTest, Func<double[,], double[,], double[,], double[,]>> IsAttentionRight { get; } = new(
        id: "05.9",
        title: "A test for causal attention",
        statement: "Write a test for an implementation of causal attention: true for a correct one, false for a wrong one.",
        solution: attention =>
        {
            // More tokens than d_k, queries unlike keys, uneven values; then the same with scores in the thousands.
            double[,] Q = { { 2, 1 }, { -1, 3 }, { 0.5, -2 } };
            double[,] K = { { 1, -1 }, { 2, 0.5 }, { -1, 1 } };
            double[,] V = { { 4, 0 }, { 1, 3 }, { 5, -2 } };
            double[,] large = { { 2000, 1000 }, { -1000, 3000 }, { 500, -2000 } };
            foreach (double[,] queries in new[] { Q, large })
            {
                double[,] right = Lesson05.CausalAttention(queries, K, V);
                double[,] O = attention(queries, K, V);
                if (O is null || O.GetLength(0) != 3 || O.GetLength(1) != 2) return false;
                for (int i = 0; i < 3; i++)
                    for (int c = 0; c < 2; c++)
                        if (!(Math.Abs(O[i, c] - right[i, c]) < 1e-9)) return false;   // NaN fails too
            }
            return true;
        },
        correct:
        [
            new("follows the five steps", "It is right: scores, scale, mask, softmax, weighted sum.", (Q, K, V) => Attend(Q, K, V)),
            new("meets the keys one by one", "It is right, and never holds a row of weights. It rounds a little differently, so a test must leave room for rounding.",
                (Q, K, V) => OnlineAttention.Forward(DenseMatrix.OfArray(Q), DenseMatrix.OfArray(K), DenseMatrix.OfArray(V), causal: true).O.ToArray()),
        ],
        wrong:
        [
            new("does not scale", "It leaves out the division by √d_k. With d_k = 1, or queries of zeros, nobody sees it.", (Q, K, V) => Attend(Q, K, V, scale: 1)),
            new("divides by √n", "It divides by the root of the number of tokens. With as many tokens as d_k nobody sees it.", (Q, K, V) => Attend(Q, K, V, scale: 1 / Math.Sqrt(Q.GetLength(0)))),
            new("exchanges queries and keys", "It computes K · Qᵀ. With Q = K nobody sees it.", (Q, K, V) => Attend(K, Q, V)),
            new("sees one token ahead", "Its mask begins one token too late. The last row of the output is right, and values that are all the same hide the rest.",
                (Q, K, V) => Averaged(RowWeights(Masked(Times(Scored(Q, K), 1 / Math.Sqrt(Q.GetLength(1))), (i, j) => j <= i + 1)), V)),
            new("masks with 0", "It puts the score 0 in place of −∞, so the future keeps a weight. Values that are all the same hide it.",
                (Q, K, V) => Averaged(RowWeights(Masked(Times(Scored(Q, K), 1 / Math.Sqrt(Q.GetLength(1))), (i, j) => j <= i, filler: 0)), V)),
            new("masks after the softmax", "The future counts in the denominator, and the weights of a row add up to less than 1.",
                (Q, K, V) => Averaged(Masked(RowWeights(Times(Scored(Q, K), 1 / Math.Sqrt(Q.GetLength(1)))), (i, j) => j <= i, filler: 0), V)),
            new("overflows", "Its softmax subtracts no maximum. With small scores nobody sees it.",
                (Q, K, V) => Averaged(PlainRowWeights(Masked(Times(Scored(Q, K), 1 / Math.Sqrt(Q.GetLength(1))), (i, j) => j <= i)), V)),
        ],
        hints:
        [
            "Compare every number with `Lesson05.CausalAttention(Q, K, V)`, leaving room for rounding. The art is in the choice of Q, K and V.",
            "Choose so that no mistake can hide: more tokens than d_k, Q unlike K, values that differ, nothing zero.",
            "One mistake shows only when scores are large, in the thousands. But with such scores all weights are 0 or 1, and others hide. So try two inputs.",
            "NaN is not smaller than anything, and not larger either: `!(Math.Abs(a - b) < 1e-9)` is true for NaN, `Math.Abs(a - b) > 1e-9` is not.",
        ],
        mistakes:
        [
            new("values of ones", "With all values 1, every average is 1, whatever the weights. This finds out whether the weights add up to 1, and nothing else.",
                attention => Near(attention(TestQ, TestK, Build(3, 2, (_, _) => 1)), Build(3, 2, (_, _) => 1))),
            new("only the future", "This changes the last token and looks whether the earlier outputs move. That finds every leak from the future, and nothing else: also compare numbers.",
                attention =>
                {
                    double[,] before = attention(TestQ, TestK, TestV), after = attention(TestQ, With(TestK, 2, 7), With(TestV, 2, -9));
                    return Enumerable.Range(0, 2).All(i => Math.Abs(before[i, 0] - after[i, 0]) < 1e-12 && Math.Abs(before[i, 1] - after[i, 1]) < 1e-12);
                }),
            new("as many tokens as d_k", "Numbers are compared, and most mistakes show. But this input has as many tokens as d_k, so that √n and √d_k are the same, and its scores are small.",
                attention => Near(attention(SquareQ, SquareK, SquareV), Attend(SquareQ, SquareK, SquareV))),
            new("queries that are the keys", "Numbers are compared, and most mistakes show. But Q = K here, so nobody sees whether they change places, and the scores are small.",
                attention => Near(attention(TestQ, TestQ, TestV), Attend(TestQ, TestQ, TestV))),
            new("small scores", "All but one are caught. Try scores in the thousands too: e^1000 is too large for a `double`. If you did: the wrong one gives NaN there, and every comparison with NaN is false. Write `!(Math.Abs(a - b) < 1e-9)`, which is true for NaN.",
                attention => Near(attention(TestQ, TestK, TestV), Attend(TestQ, TestK, TestV)))
            {
                Variants = [attention => !Far(attention(TestQ, TestK, TestV), Attend(TestQ, TestK, TestV)) && !Far(attention(Times(TestQ, 1000), TestK, TestV), Attend(Times(TestQ, 1000), TestK, TestV))],
            },
            new("large scores alone", "Either all your scores are in the thousands, where every weight is 0 or 1 and the scale no longer shows, or your tolerance is so wide that it does not.",
                attention => Near(attention(Times(TestQ, 1000), TestK, TestV), Attend(Times(TestQ, 1000), TestK, TestV))),
            new("as many tokens as d_k, small and large scores", "All but one are caught. This input has as many tokens as d_k, so that √n and √d_k are the same: take more tokens.",
                attention => new[] { 1.0, 1000 }.All(size => Near(attention(Times(SquareQ, size), SquareK, SquareV), Attend(Times(SquareQ, size), SquareK, SquareV)))),
            new("queries that are the keys, small and large scores", "All but one are caught. Q = K here, so that nobody sees whether they change places: take two that differ.",
                attention => new[] { 1.0, 1000 }.All(size => Near(attention(Times(TestQ, size), Times(TestQ, size), TestV), Attend(Times(TestQ, size), Times(TestQ, size), TestV)))),
            new("no room for rounding", "This asks for the same bits. Whoever adds up in another order rounds a little differently, and is right too: leave room, 1e-9.",
                attention => new[] { 1.0, 1000 }.All(size => attention(Times(TestQ, size), TestK, TestV).Cast<double>().SequenceEqual(Attend(Times(TestQ, size), TestK, TestV).Cast<double>()))),
            new("says no to everything", "Your test says no to everything, to correct implementations too. If you compare arrays by `==` or `Equals`: these ask whether both are the same array, not whether they hold the same numbers. Compare entry by entry, with room for rounding.",
                _ => false),
        ]);
}
