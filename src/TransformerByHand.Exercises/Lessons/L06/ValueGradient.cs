using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson06
{
    public delegate Matrix<double> ValueGradientFunction(Matrix<double> A, Matrix<double> dO);

    public static FunctionExercise<ValueGradientFunction> ValueGradient { get; } = new(
        id: "06.1",
        title: "The gradient of the values",
        statement: "O = A·V. Return dV, given A (queries × keys) and dO (queries × d_v).",
        solution: (A, dO) => A.Transpose() * dO,   // (keys × d_v)
        cases:
        [
            [Of(new double[,] { { 0.5, 0.5, 0 }, { 0, 1, 0 }, { 0.25, 0.25, 0.5 } }), Of(new double[,] { { 1, 0 }, { 0, 1 }, { 1, -1 } })],
            [Of(new double[,] { { 0.5, 0.25, 0.25 }, { 0, 0.25, 0.75 } }), Of(new double[,] { { 4, 0, 8, 1 }, { 0, 4, 4, -2 } })],
        ],
        randomCase: random =>
        {
            (int n, int m) = (random.Next(2, 6), random.Next(2, 6));
            return [Softmax.Forward(random.NormalMatrix(n, m)), random.NormalMatrix(n, random.Next(2, 5))];
        },
        hints:
        [
            "Take the example: in which rows of O does the first number of v_1 stand, and with which factors?",
            "dv_jc = Σ_i a_ij · do_ic. Which of the two matrices has to be turned, so that the sum runs over rows with rows?",
            "The shape decides it: dV is (keys × d_v), A is (queries × keys), dO is (queries × d_v).",
        ],
        mistakes:
        [
            new("transpose forgotten", "This is A · dO. With as many queries as keys it has the right shape, and the wrong numbers: it hands gradients to the tokens that looked, and not to those that were looked at. Value j collects down column j of A.",
                (A, dO) => A * dO),
            new("only its own token", "Each value hears from its own token's output alone, times a_jj. But value j was used by every query that gave it a weight: sum over all of them.",
                (A, dO) => DenseMatrix.Create(A.ColumnCount, dO.ColumnCount, (j, c) => j < A.RowCount ? A[j, j] * dO[j, c] : 0)),
            new("weights forgotten", "Every value gets the plain sum of dO. A value that had a small weight in an output moves it little: its share of the gradient is a_ij.",
                (A, dO) => DenseMatrix.Create(A.ColumnCount, dO.ColumnCount, (_, c) => dO.Column(c).Sum())),
            new("averaged over the queries", "This divides by the number of queries. A value that is used n times gets the sum of n gradients, not their average.",
                (A, dO) => A.Transpose() * dO / A.RowCount),
            new("columns made to add up to 1", "The columns of A were made to add up to 1 first. They need not: a value that many tokens look at gets more gradient than one that nobody looks at.",
                (A, dO) => (A.Transpose() * dO).MapIndexed((j, _, v) => v / A.Column(j).Sum())),
            new("only the last query", "Only the last query's part is left, as with = where += belongs. Value j collects from every query.",
                (A, dO) => A.Row(A.RowCount - 1).OuterProduct(dO.Row(A.RowCount - 1))),
            new("only the first query", "Only the first query's part is there. Value j collects from every query.",
                (A, dO) => A.Row(0).OuterProduct(dO.Row(0))),
            new("turned", "This is dOᵀ · A: the right numbers, turned. dV has the shape of V, a row for each key.",
                (A, dO) => dO.Transpose() * A),
        ]);
}
