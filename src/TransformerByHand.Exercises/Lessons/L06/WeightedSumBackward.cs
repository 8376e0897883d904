using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson06
{
    public delegate (Matrix<double> dA, Matrix<double> dV) WeightedSumBackwardFunction(Matrix<double> A, Matrix<double> V, Matrix<double> dO);

    public static FunctionExercise<WeightedSumBackwardFunction> WeightedSumBackward { get; } = new(
        id: "06.1",
        title: "Back through the weighted sum",
        statement: "O = A·V. Return dA and dV, given A (queries × keys), V (keys × d_v) and dO (queries × d_v).",
        solution: (A, V, dO) => (dO * V.Transpose(), A.Transpose() * dO),   // (queries × keys), (keys × d_v)
        cases:
        [
            // Square, where a forgotten transpose has the right shape; then all three sizes apart; one query; one key.
            [Of(new double[,] { { 0.5, 0.5, 0 }, { 0, 1, 0 }, { 0.25, 0.25, 0.5 } }), Of(new double[,] { { 4, 0, 1 }, { 1, 3, 0 }, { 5, 3, -1 } }), Of(new double[,] { { 1, 0, 2 }, { 0, 1, 0 }, { 1, -1, 3 } })],
            [Of(new double[,] { { 0.5, 0.25, 0.25 }, { 0, 0.25, 0.75 } }), Of(new double[,] { { 1, 0, 2, 1 }, { 0, 1, -1, 3 }, { 2, 1, 0, 1 } }), Of(new double[,] { { 4, 0, 8, 1 }, { 0, 4, 4, -2 } })],
            [Of(new double[,] { { 0.25, 0.75, 0 } }), Of(new double[,] { { 3, 0 }, { 0, 1 }, { -1, 1 } }), Of(new double[,] { { 1, 2 } })],
            [Of(new double[,] { { 1 }, { 1 } }), Of(new double[,] { { 2000, -3000, 1000 } }), Of(new double[,] { { 100, 0, 200 }, { -100, 500, 0 } })],
        ],
        randomCase: random =>
        {
            int[] sizes = [2, 3, 4, 5];
            random.Shuffle(sizes);
            var (n, m, d) = (sizes[0], sizes[1], sizes[2]);
            return [Softmax.Forward(random.NormalMatrix(n, m)), random.NormalMatrix(m, d), random.NormalMatrix(n, d)];
        },
        hints:
        [
            "One number at a time. In which numbers of O does a_ij stand, and with which factors? In which does v_jc?",
            "a_ij stands in o_ic for every feature c, with the factor v_jc. v_jc stands in o_ic for every query i, with the factor a_ij. Multiply each output's gradient by the factor, and add up.",
            "da_ij = Σ_c do_ic · v_jc: row i of dO with row j of V. dv_jc = Σ_i a_ij · do_ic: column j of A with column c of dO. Rows with rows, or columns with columns, is a product in which one factor is turned.",
        ],
        mistakes:
        [
            new("transpose forgotten in dV", "dA is right. dV is A · dO: with as many queries as keys it has the right shape, and the wrong numbers. It hands gradients to the tokens that looked, and not to those that were looked at. Value j collects down column j of A.",
                (A, V, dO) => (dA(dO, V), Fit(A, dO, V.RowCount))),
            new("transpose forgotten in dA", "dV is right. dA is dO · V: with as many keys as features it has the right shape, and the wrong numbers. Entry (i, j) is the dot product of row i of dO and row j of V.",
                (A, V, dO) => (Fit(dO, V, dO.RowCount, V.RowCount), A.Transpose() * dO)),
            new("both transposes forgotten", "These are dO · V and A · dO. Where all sizes are the same they have the right shapes, and the wrong numbers: ask of one number in which outputs it stands.",
                (A, V, dO) => (Fit(dO, V, dO.RowCount, V.RowCount), Fit(A, dO, V.RowCount))) { Variants = [(A, V, dO) => (dO * V, A * dO)] },
            new("each meets itself", "Each factor was multiplied by itself: the slope of a product by one factor is the *other* factor.",
                (A, V, dO) => (dA(dO, dO, V.RowCount), DenseMatrix.Create(V.RowCount, V.ColumnCount, (j, c) => V[j, c] * dO.Column(c).Sum()))),
            new("exchanged", "Both matrices are right, and handed back in the wrong order: dA first.",
                (A, V, dO) => (A.Transpose() * dO, dO * V.Transpose())),
            new("weights forgotten in dV", "dA is right. In dV every value gets the plain sum of dO. A value that had a small weight in an output moves it little: its share of the gradient is a_ij.",
                (A, V, dO) => (dA(dO, V), DenseMatrix.Create(V.RowCount, V.ColumnCount, (_, c) => dO.Column(c).Sum()))),
            new("only its own token", "dA is right. In dV each value hears from its own token's output alone. But value j was used by every query that gave it a weight: sum over all of them.",
                (A, V, dO) => (dA(dO, V), DenseMatrix.Create(V.RowCount, V.ColumnCount, (j, c) => j < A.RowCount ? A[j, j] * dO[j, c] : 0))),
            new("averaged over the queries", "dA is right; dV is divided by the number of queries. A value that is used n times gets the sum of n gradients, not their average.",
                (A, V, dO) => (dA(dO, V), A.Transpose() * dO / A.RowCount)),
            new("columns made to add up to 1", "dA is right. For dV the columns of A were made to add up to 1 first. They need not: a value that many tokens look at gets more gradient than one that nobody looks at.",
                (A, V, dO) => (dA(dO, V), (A.Transpose() * dO).MapIndexed((j, _, v) => v / A.Column(j).Sum()))),
            new("only the last query", "dA is right. In dV only the last query's part is left, as with = where += belongs. Value j collects from every query.",
                (A, V, dO) => (dA(dO, V), A.Row(A.RowCount - 1).OuterProduct(dO.Row(A.RowCount - 1)))),
            new("only the first query", "dA is right. In dV only the first query's part is there. Value j collects from every query.",
                (A, V, dO) => (dA(dO, V), A.Row(0).OuterProduct(dO.Row(0)))),
            new("dV turned", "dA is right; dV is dOᵀ · A: the right numbers, turned. dV has the shape of V, a row for each key.",
                (A, V, dO) => (dA(dO, V), dO.Transpose() * A)),
            new("dA turned", "dV is right; dA is V · dOᵀ, with a row for each key. The weights have a row for each query: da_ij belongs to query i.",
                (A, V, dO) => (V * dO.Transpose(), A.Transpose() * dO)),
            new("scaled", "dV is right; dA is divided by √d. The scale stands before the softmax, on the scores; the weights and the values are multiplied as they are.",
                (A, V, dO) => (dA(dO, V) / Math.Sqrt(V.ColumnCount), A.Transpose() * dO)),
            new("features summed first", "dV is right. In dA both rows were added up before they were multiplied. Multiply feature by feature, then add.",
                (A, V, dO) => (DenseMatrix.Create(dO.RowCount, V.RowCount, (i, j) => dO.Row(i).Sum() * V.Row(j).Sum()), A.Transpose() * dO)),
            new("first feature only", "dV is right. In dA only the first feature is counted. A weight moves all features of its output.",
                (A, V, dO) => (dO.Column(0).OuterProduct(V.Column(0)), A.Transpose() * dO)),
            new("last feature dropped", "dV is right. In dA the last feature is missing. Do the bounds of your loop reach it?",
                (A, V, dO) => (DenseMatrix.Create(dO.RowCount, V.RowCount, (i, j) => dO.Row(i) * V.Row(j) - dO[i, dO.ColumnCount - 1] * V[j, V.ColumnCount - 1]), A.Transpose() * dO)),
            new("averaged over the features", "dV is right; dA is divided by the number of features. A weight that moves d_v numbers gets the sum of what they say, not their average.",
                (A, V, dO) => (dA(dO, V) / V.ColumnCount, A.Transpose() * dO)),
            new("times the weights", "dV is right; dA was multiplied by A. What a weight gets is what the loss would gain from more of it; how large it is comes in later, in the softmax.",
                (A, V, dO) => (A.PointwiseMultiply(dA(dO, V)), A.Transpose() * dO)),
            new("weights taken as constants", "dV is right, and dA is zero, as if the weights were given. They come from queries and keys, which are to learn too.",
                (A, V, dO) => (A * 0, A.Transpose() * dO)),
        ]);

    private static Matrix<double> dA(Matrix<double> dO, Matrix<double> V) => dO * V.Transpose();

    /// <summary>dO·dOᵀ, with as many columns as there are keys: what is missing counts as 0.</summary>
    private static Matrix<double> dA(Matrix<double> a, Matrix<double> b, int keys) =>
        DenseMatrix.Create(a.RowCount, keys, (i, j) => j < b.RowCount ? a.Row(i) * b.Row(j) : 0);

    /// <summary>A product of two matrices that need not fit, in the shape asked for: what is missing counts as 0.</summary>
    private static Matrix<double> Fit(Matrix<double> a, Matrix<double> b, int rows, int? columns = null) =>
        DenseMatrix.Create(rows, columns ?? b.ColumnCount, (i, c) =>
            i < a.RowCount && c < b.ColumnCount ? Enumerable.Range(0, Math.Min(a.ColumnCount, b.RowCount)).Sum(k => a[i, k] * b[k, c]) : 0);
}
