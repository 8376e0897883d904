using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson06
{
    public delegate (Matrix<double> dQ, Matrix<double> dK) QueryKeyGradientsFunction(Matrix<double> dS, Matrix<double> Q, Matrix<double> K);

    public static FunctionExercise<QueryKeyGradientsFunction> QueryKeyGradients { get; } = new(
        id: "06.7",
        title: "The gradients of queries and keys",
        statement: "S = Q·Kᵀ. Return dQ and dK, given dS (queries × keys), Q and K.",
        solution: (dS, Q, K) => (dS * K, dS.Transpose() * Q),   // (queries × d_k), (keys × d_k)
        cases:
        [
            [Of(new double[,] { { 1, -2, 1 }, { 0, 3, -3 }, { 2, -1, -1 } }), Of(new double[,] { { 2, 1 }, { -2, -1 }, { 1, 3 } }), Of(new double[,] { { 0, 1 }, { 1, 0 }, { 1, 2 } })],
            [Of(new double[,] { { 1, -2, 1 }, { 4, -1, -3 } }), Of(new double[,] { { 1, 0, 2, 1 }, { 0, 1, 1, -1 } }), Of(new double[,] { { 1, 2, 0, 1 }, { 0, 1, 1, 0 }, { 3, 0, 1, 2 } })],
        ],
        randomCase: random =>
        {
            (int n, int m, int d) = (random.Next(2, 6), random.Next(2, 6), random.Next(2, 5));
            return [random.NormalMatrix(n, m), random.NormalMatrix(n, d), random.NormalMatrix(m, d)];
        },
        hints:
        [
            "s_ij = Σ_c q_ic k_jc. It is a product: the derivative by one factor is the other.",
            "dq_ic = Σ_j ds_ij k_jc: query i collects along row i of dS. dk_jc = Σ_i ds_ij q_ic: key j collects down column j.",
            "Down a column means that dS is turned. Check with the shapes of two queries and three keys.",
        ],
        mistakes:
        [
            new("transpose forgotten in dK", "dQ is right; dK is dS · Q. With as many queries as keys it has the right shape, and the wrong numbers: key j was compared with all queries, down column j, so dS has to be turned.",
                (dS, Q, K) => (dS * K, dS * Q)),
            new("transpose in dQ too", "dK is right; in dQ, dS was turned as well. Query i was compared with the keys of row i.",
                (dS, Q, K) => (dS.Transpose() * K, dS.Transpose() * Q)),
            new("each meets itself", "Each factor was multiplied by itself: dS · Q and dSᵀ · K. The slope of a product by one factor is the *other* factor.",
                (dS, Q, K) => (dS * Q, dS.Transpose() * K)),
            new("exchanged", "Both matrices are right, and handed back in the wrong order: dQ first.",
                (dS, Q, K) => (dS.Transpose() * Q, dS * K)),
            new("scale twice", "Both are divided by √d_k. That was done on the way from dZ to dS; here it would be the second time.",
                (dS, Q, K) => (dS * K / Math.Sqrt(Q.ColumnCount), dS.Transpose() * Q / Math.Sqrt(Q.ColumnCount))),
            new("keys taken as constants", "dQ is right, and dK is zero, as if keys were given. They are made from the tokens too, and the score moves with both of its factors.",
                (dS, Q, K) => (dS * K, K * 0)),
            new("both turned wrongly", "In both, dS stands the wrong way: dSᵀ · K and dS · Q. Query i collects along row i of dS, key j down column j.",
                (dS, Q, K) => (dS.Transpose() * K, dS * Q)),
            new("queries taken as constants", "dK is right, and dQ is zero, as if queries were given. The score moves with both of its factors.",
                (dS, Q, K) => (Q * 0, dS.Transpose() * Q)),
            new("dK made from the keys", "dQ is right; dK is dSᵀ · K, made from the keys themselves. The other factor is Q.",
                (dS, Q, K) => (dS * K, dS.Transpose() * K)),
            new("dQ made from the queries", "dK is right; dQ is dS · Q, made from the queries themselves. The other factor is K.",
                (dS, Q, K) => (dS * Q, dS.Transpose() * Q)),
            new("averaged over the queries", "dQ is right; dK is divided by the number of queries. A key that is asked n times gets the sum.",
                (dS, Q, K) => (dS * K, dS.Transpose() * Q / Q.RowCount)),
            new("sign of dK", "dQ is right; dK has the wrong sign. A score grows with both of its factors alike.",
                (dS, Q, K) => (dS * K, -(dS.Transpose() * Q))),
        ]);
}
