using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson06
{
    public delegate bool BackwardTest(Func<Matrix<double>, Matrix<double>, Matrix<double>, (Matrix<double> dQ, Matrix<double> dK)> backward);

    public static TestExercise<BackwardTest, Func<Matrix<double>, Matrix<double>, Matrix<double>, (Matrix<double> dQ, Matrix<double> dK)>> IsBackwardRight { get; } = new(
        id: "06.4",
        title: "Find the bug",
        statement: "Write a test for a backward pass from attention weights to queries and keys: true for a correct one, false for a wrong one.",
        solution: backward =>
        {
            // Four queries, five keys, d_k = 3, nothing zero, and a loss L = Σ R ⊙ A that looks at the weights unevenly.
            var random = SeededRandom.Create(1);
            var (Q, K, R) = (random.NormalMatrix(4, 3), random.NormalMatrix(5, 3), random.NormalMatrix(4, 5));
            double Loss() => R.PointwiseMultiply(Lesson06.AttentionWeights(Q, K)).RowSums().Sum();

            var (dQ, dK) = backward(Q.Clone(), K.Clone(), R.Clone());
            foreach (var (M, claimed) in new[] { (Q, dQ), (K, dK) })
            {
                if (claimed is null || claimed.RowCount != M.RowCount || claimed.ColumnCount != 3) return false;
                var off = claimed - Lesson06.Slopes(M, Loss);                       // in the shape of M
                if (!off.Enumerate().All(v => Math.Abs(v) < 1e-7)) return false;    // NaN fails too
            }
            return true;
        },
        correct:
        [
            new("follows the chain", "It is right: dZ = A ⊙ (dA − ⟨dA, A⟩), dS = dZ / √d_k, dQ = dS · K, dK = dSᵀ · Q.", (Q, K, dA) => FromWeights(Q, K, dA)),
            new("builds the whole Jacobian", "It is right, only slow: it multiplies by diag(a) − a·aᵀ, row by row. It rounds a little differently, so a test must leave room for rounding.",
                (Q, K, dA) => FromWeights(Q, K, dA, softmax: (A, d) => DenseMatrix.OfRows(Enumerable.Range(0, A.RowCount).Select(i => Softmax.Jacobian(A.Row(i)) * d.Row(i))))),
        ],
        wrong:
        [
            new("takes the plain mean away", "It has mean(dA) where ⟨dA, A⟩ belongs. With dA = 1 nobody sees it, nor with equal weights.",
                (Q, K, dA) => FromWeights(Q, K, dA, softmax: (A, d) => A.PointwiseMultiply(d.SubtractColumn(d.RowMeans())))),
            new("forgets the factor A", "It has dA − ⟨dA, A⟩ without A in front. With dA = 1 nobody sees it.",
                (Q, K, dA) => FromWeights(Q, K, dA, softmax: (A, d) => d.SubtractColumn(A.PointwiseMultiply(d).RowSums()))),
            new("forgets the scale", "Both gradients are √d_k times too large. With dA = 1, or with d_k = 1, nobody sees it.",
                (Q, K, dA) => FromWeights(Q, K, dA, scaleBack: 1)),
            new("scales twice", "Both gradients are √d_k times too small. With dA = 1, or with d_k = 1, nobody sees it.",
                (Q, K, dA) => FromWeights(Q, K, dA, scaleBack: 1.0 / Q.ColumnCount)),
            new("forgets to turn dS for the keys", "dQ is right, and dK is dS · Q. With dA = 1 nobody sees it; nor who looks at dQ alone.",
                (Q, K, dA) => FromWeights(Q, K, dA, turnKeys: false)),
            new("takes the keys as constants", "dQ is right, and dK is zero. With dA = 1 nobody sees it; nor who looks at dQ alone.",
                (Q, K, dA) => (FromWeights(Q, K, dA).dQ, K * 0)),
            new("takes the queries as constants", "dK is right, and dQ is zero. With dA = 1 nobody sees it; nor who looks at dK alone.",
                (Q, K, dA) => (Q * 0, FromWeights(Q, K, dA).dK)),
            new("turns dS for the queries too", "dK is right, and dQ is dSᵀ · K. With dA = 1 nobody sees it; nor who looks at dK alone.",
                (Q, K, dA) => FromWeights(Q, K, dA, turnForQueries: true)),
            new("goes through the Jacobian's diagonal only", "It has a (1 − a) dA. This one is caught even by dA = 1.",
                (Q, K, dA) => FromWeights(Q, K, dA, softmax: (A, d) => A.PointwiseMultiply(d).PointwiseMultiply(1 - A))),
            new("scales by √n", "It divides by the root of the number of keys, on the way back. With as many keys as d_k nobody sees it.",
                (Q, K, dA) => FromWeights(Q, K, dA, scaleBack: 1 / Math.Sqrt(K.RowCount))),
            new("makes dQ from the queries", "dQ is dS · Q, each meets itself. With Q = K nobody sees it.",
                (Q, K, dA) => (FromWeights(Q, Widened(Q, K.RowCount), dA, weightsOf: (Q, K)).dQ, FromWeights(Q, K, dA).dK)),
        ],
        hints:
        [
            "Choose a loss whose slopes you can measure: L = Σ R ⊙ A, with a random R of the shape of A. Its gradient at A is R, and that is the dA that you hand to `backward`.",
            "`Lesson06.Slopes(Q, Loss)` measures the slopes of your local function `double Loss()`, which computes L from Q and K. Compare every entry with dQ, leaving room for about 1e-7. Then the same for K.",
            "Take random Q and K with d_k above 1, and not as many keys as queries: zeros, equal rows and equal sizes hide mistakes.",
        ],
        mistakes:
        [
            new("the sum of the weights as loss", "This is the plain-sum check: dA = 1 everywhere. Rows of weights always add up to 1, so the right gradient is zero, and whatever is multiplied by that zero is zero as well. Use an uneven dA.",
                backward =>
                {
                    var (dQ, dK) = backward(Fixed(1), Fixed(2), DenseMatrix.Create(4, 4, 1));
                    return dQ.Enumerate().Concat(dK.Enumerate()).All(v => Math.Abs(v) < 1e-9);
                }),
            new("looks at dQ alone", "The projection is random, and dQ is looked at. But dK is not, and two of these are wrong in dK alone.",
                backward => Near(backward(Fixed(1), Fixed(2), FixedProjection).dQ, FromWeights(Fixed(1), Fixed(2), FixedProjection).dQ)),
            new("looks at dK alone", "The projection is random, and dK is looked at. But dQ is not, and two of these are wrong in dQ alone.",
                backward => Near(backward(Fixed(1), Fixed(2), FixedProjection).dK, FromWeights(Fixed(1), Fixed(2), FixedProjection).dK)),
            new("no to everything", "Your test says no to everything, to correct implementations too. If you measure slopes with a step h: divide by 2h, compare with the gradient of the very loss whose dA you hand over (that of Σ A² is 2A), and leave room. Right ones agree to about 1e-10 at h = 1e-5, and only to about 1e-4 at 1e-12.",
                _ => false),
            new("yes to everything", "Your test says yes to everything. Are both gradients compared with anything, and closely? Where queries and keys are zero, where there is one token only, or where dA is 0, every right gradient is 0, and so are the wrong ones.",
                _ => true),
            new("keys of zeros", "With keys of zeros all weights are the same, so that the plain mean is the weighted one, and the gradient of the queries is zero. Take keys that differ.",
                backward => BothNear(backward, Fixed(1), Fixed(2) * 0)),
            new("weights of 0 and 1", "The queries and keys are so large that the weights are 0 and 1. There the slope of the softmax is 0, and what is multiplied by that zero is zero as well. Take smaller numbers.",
                backward => BothNear(backward, Fixed(1) * 100, Fixed(2) * 100)),
            new("compares with a wrong formula", "Your test believes one implementation, and that one is wrong: what you compare with, a formula or a loss, makes the same mistake. Its sentence above says which. The slopes of Σ dA ⊙ A, measured, need no formula.",
                backward => BothNear(backward, Fixed(1), Fixed(2), (Q, K, dA) => FromWeights(Q, K, dA, turnKeys: false)))
            {
                Variants =
                [
                    backward => BothNear(backward, Fixed(1), Fixed(2), (Q, K, dA) => FromWeights(Q, K, dA, turnForQueries: true)),
                    backward => BothNear(backward, Fixed(1), Fixed(2), (Q, K, dA) => FromWeights(Q, K, dA, scaleBack: 1)),
                    backward => BothNear(backward, Fixed(1), Fixed(2), (Q, K, dA) => FromWeights(Q, K, dA, scaleBack: 1.0 / Q.ColumnCount)),
                    backward => BothNear(backward, Fixed(1), Fixed(2), (Q, K, dA) => FromWeights(Q, K, dA, softmax: (A, d) => A.PointwiseMultiply(d.SubtractColumn(d.RowMeans())))),
                    backward => BothNear(backward, Fixed(1), Fixed(2), (Q, K, dA) => FromWeights(Q, K, dA, softmax: (A, d) => d.SubtractColumn(A.PointwiseMultiply(d).RowSums()))),
                ],
            },
            new("as many keys as d_k", "The projection is random, and both gradients are checked. But there are as many keys as d_k here, so that √n and √d_k are the same: take more, or fewer.",
                backward => BothNear(backward, Fixed(1, 4), Fixed(2, 4)))
            {
                Variants = [backward => BothNear(backward, Fixed(1), Fewer(Fixed(2))), backward => BothNear(backward, Fewer(Fixed(1)), Fewer(Fixed(2)))],
            },
            new("queries that are the keys", "The projection is random, and both gradients are checked. But Q = K here, so nobody sees which of the two was taken: take two that differ.",
                backward => BothNear(backward, Fixed(1), Fixed(1))),
            new("queries of width 1", "The projection is random, and both gradients are checked. But with d_k = 1 the scale is 1, and nobody sees whether it is forgotten.",
                backward => BothNear(backward, Fixed(1, 1), Fixed(2, 1))),
            new("queries of zeros", "With queries of zeros all weights are the same, so that the plain mean is the weighted one, and the gradient of the keys is zero. Take queries that differ.",
                backward => BothNear(backward, Fixed(1) * 0, Fixed(2))),
            new("looks at sums alone", "The sums of all numbers are compared. Many mistakes move single numbers and leave their sum: compare every number.",
                backward =>
                {
                    var (Q, K, R) = (Fixed(1), SeededRandom.Create(2).NormalMatrix(5, 3), SeededRandom.Create(3).NormalMatrix(4, 5));
                    var ((dQ, dK), right) = (backward(Q, K, R), FromWeights(Q, K, R));
                    return Math.Abs((dQ - right.dQ).RowSums().Sum()) < 1e-9 && Math.Abs((dK - right.dK).RowSums().Sum()) < 1e-9;
                }),
            new("the rows of dK add up to nothing", "Moving all keys by one vector moves no weight, so the rows of dK add up to zero. That is right, and not enough: most mistakes keep it.",
                backward => backward(Fixed(1), Fixed(2), FixedProjection).dK.ColumnSums().All(v => Math.Abs(v) < 1e-9)),
        ]);
}
