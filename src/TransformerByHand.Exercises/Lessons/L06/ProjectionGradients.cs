using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson06
{
    public delegate (Matrix<double> dW_Q, Matrix<double> dW_K, Matrix<double> dW_V) ProjectionGradientsFunction(
        Matrix<double> X, Matrix<double> dQ, Matrix<double> dK, Matrix<double> dV);

    public static FunctionExercise<ProjectionGradientsFunction> ProjectionGradients { get; } = new(
        id: "06.8",
        title: "The gradients of the three projections",
        statement: "Q = X·W_Q, K = X·W_K, V = X·W_V. Return dW_Q, dW_K and dW_V.",
        solution: (X, dQ, dK, dV) =>
        {
            var XT = X.Transpose();              // (d_model × tokens)
            return (XT * dQ, XT * dK, XT * dV);  // (d_model × d_k), (d_model × d_k), (d_model × d_v)
        },
        cases:
        [
            [Of(new double[,] { { 1, 2 }, { 0, 1 } }), Of(new double[,] { { 1, -1 }, { 2, 0 } }), Of(new double[,] { { 0, 3 }, { 1, 1 } }), Of(new double[,] { { 2, 1 }, { -1, 4 } })],
            [
                Of(new double[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } }), Of(new double[,] { { 1, 0, 2 }, { 0, 1, 1 }, { 1, -1, 0 } }),
                Of(new double[,] { { 2, 1, 0 }, { 1, 0, 1 }, { 0, 3, -1 } }), Of(new double[,] { { 1, 0, 0, 2 }, { 0, 1, 1, 0 }, { 4, 0, 1, 1 } }),
            ],
        ],
        randomCase: random =>
        {
            (int n, int d, int dK, int dV) = (random.Next(2, 6), random.Next(2, 6), random.Next(2, 5), random.Next(2, 5));
            return [random.NormalMatrix(n, d), random.NormalMatrix(n, dK), random.NormalMatrix(n, dK), random.NormalMatrix(n, dV)];
        },
        hints:
        [
            "One projection is enough to think about: Q = X · W_Q. It is the rule of the values again, with X in the place of A.",
            "The weight w_rc is used by every token t, with the factor x_tr: dw_rc = Σ_t x_tr · dq_tc.",
            "Rows of X go with rows of dQ, so X is turned.",
        ],
        mistakes:
        [
            new("transpose forgotten", "These are X · dQ, X · dK and X · dV. With as many tokens as features they have the right shape, and the wrong numbers. A weight collects from all tokens: the sum runs over the rows.",
                (X, dQ, dK, dV) => (X * dQ, X * dK, X * dV)),
            new("each one turned", "These are the right matrices, turned: dQᵀ · X where Xᵀ · dQ belongs. A gradient has the shape of what it belongs to, (d_model × d_k).",
                (X, dQ, dK, dV) => (dQ.Transpose() * X, dK.Transpose() * X, dV.Transpose() * X)),
            new("averaged over the tokens", "These are averages over the tokens. A weight that is used by n tokens gets the sum of n gradients.",
                (X, dQ, dK, dV) => (X.Transpose() * dQ / X.RowCount, X.Transpose() * dK / X.RowCount, X.Transpose() * dV / X.RowCount)),
            new("only the first token", "Only the first token was counted. All tokens share the weights: sum over the rows of X.",
                (X, dQ, dK, dV) => (X.Row(0).OuterProduct(dQ.Row(0)), X.Row(0).OuterProduct(dK.Row(0)), X.Row(0).OuterProduct(dV.Row(0)))),
            new("one for keys and queries", "The gradient of W_K was made from dQ. Keys have a gradient of their own.",
                (X, dQ, dK, dV) => (X.Transpose() * dQ, X.Transpose() * dQ, X.Transpose() * dV)),
            new("dW_V from the keys", "The gradient of W_V was made from dK. Values have a gradient of their own.",
                (X, dQ, dK, dV) => (X.Transpose() * dQ, X.Transpose() * dK, X.Transpose() * dK)),
            new("queries and keys exchanged", "dW_Q and dW_K are right, and handed back in the wrong order: dW_Q first.",
                (X, dQ, dK, dV) => (X.Transpose() * dK, X.Transpose() * dQ, X.Transpose() * dV)),
            new("queries and values exchanged", "dW_Q and dW_V are right, and handed back in the wrong order: dW_Q first, dW_V last.",
                (X, dQ, dK, dV) => (X.Transpose() * dV, X.Transpose() * dK, X.Transpose() * dQ)),
            new("keys and values exchanged", "dW_K and dW_V are right, and handed back in the wrong order: dW_V last.",
                (X, dQ, dK, dV) => (X.Transpose() * dQ, X.Transpose() * dV, X.Transpose() * dK)),
            new("only the last token", "Only the last token is left, as with = where += belongs. All tokens share the weights: sum over the rows of X.",
                (X, dQ, dK, dV) => (X.Row(X.RowCount - 1).OuterProduct(dQ.Row(X.RowCount - 1)), X.Row(X.RowCount - 1).OuterProduct(dK.Row(X.RowCount - 1)), X.Row(X.RowCount - 1).OuterProduct(dV.Row(X.RowCount - 1)))),
            new("scaled again", "dW_Q and dW_K are divided by √d_k. That was done on the way from dZ to dS; here it would be the second time.",
                (X, dQ, dK, dV) => (X.Transpose() * dQ / Math.Sqrt(dQ.ColumnCount), X.Transpose() * dK / Math.Sqrt(dQ.ColumnCount), X.Transpose() * dV)),
            new("one of them not turned", "Two of the three are right; in one X is not turned. All three are made in the same way.",
                (X, dQ, dK, dV) => (X.Transpose() * dQ, X.Transpose() * dK, X * dV))
            {
                Variants = [(X, dQ, dK, dV) => (X * dQ, X.Transpose() * dK, X.Transpose() * dV), (X, dQ, dK, dV) => (X.Transpose() * dQ, X * dK, X.Transpose() * dV)],
            },
        ]);
}
