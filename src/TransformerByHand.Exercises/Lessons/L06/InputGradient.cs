using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson06
{
    public delegate Matrix<double> InputGradientFunction(
        Matrix<double> dQ, Matrix<double> dK, Matrix<double> dV, Matrix<double> W_Q, Matrix<double> W_K, Matrix<double> W_V);

    public static FunctionExercise<InputGradientFunction> InputGradient { get; } = new(
        id: "06.9",
        title: "The gradient of the input, a sum of three",
        statement: "The same X makes queries, keys and values. Return dX.",
        solution: (dQ, dK, dV, W_Q, W_K, W_V) =>
            dQ * W_Q.Transpose() + dK * W_K.Transpose() + dV * W_V.Transpose(),   // (tokens × d_model)
        cases:
        [
            [
                Of(new double[,] { { 1, 0 }, { 0, 1 }, { 1, -1 } }), Of(new double[,] { { 2, 1 }, { 0, 1 }, { 0, -2 } }), Of(new double[,] { { 1, 1 }, { 3, 0 }, { 0, 1 } }),
                Of(new double[,] { { 2, 1 }, { -2, -1 } }), Of(new double[,] { { 0, 1 }, { 3, 0 } }), Of(new double[,] { { 4, 0 }, { 1, 3 } }),
            ],
            [
                Of(new double[,] { { 1, 0 }, { 2, 1 } }), Of(new double[,] { { 0, 1 }, { 1, 1 } }), Of(new double[,] { { 1, 0, 1, 0 }, { 2, 1, 0, 1 } }),
                Of(new double[,] { { 1, 2 }, { 0, 1 }, { 3, 0 } }), Of(new double[,] { { 0, 1 }, { 1, 1 }, { 2, 0 } }), Of(new double[,] { { 1, 0, 0, 1 }, { 0, 1, 2, 0 }, { 1, 1, 0, 3 } }),
            ],
        ],
        randomCase: random =>
        {
            (int n, int d, int dK, int dV) = (random.Next(2, 5), random.Next(2, 6), random.Next(2, 5), random.Next(2, 5));
            return
            [
                random.NormalMatrix(n, dK), random.NormalMatrix(n, dK), random.NormalMatrix(n, dV),
                random.NormalMatrix(d, dK), random.NormalMatrix(d, dK), random.NormalMatrix(d, dV),
            ];
        },
        hints:
        [
            "One path first: Q = X · W_Q. What does dQ say about X?",
            "A token that moves also moves its query, its key and its value. What comes back on the three paths adds up.",
            "Each path is of the form dQ · W_Qᵀ: from (tokens × d_k) back to (tokens × d_model).",
        ],
        mistakes:
        [
            new("path through the queries forgotten", "The path through the queries is missing: dQ · W_Qᵀ. Every token asks, too.",
                (dQ, dK, dV, W_Q, W_K, W_V) => dK * W_K.Transpose() + dV * W_V.Transpose()),
            new("path through the keys forgotten", "The path through the keys is missing: dK · W_Kᵀ. A token is also asked, and its key moves with it.",
                (dQ, dK, dV, W_Q, W_K, W_V) => dQ * W_Q.Transpose() + dV * W_V.Transpose()),
            new("path through the values forgotten", "The path through the values is missing: dV · W_Vᵀ. What a token carries moves with it.",
                (dQ, dK, dV, W_Q, W_K, W_V) => dQ * W_Q.Transpose() + dK * W_K.Transpose()),
            new("transposes forgotten", "The weights are not turned: dQ · W_Q. With d_k = d_model this has the right shape, and the wrong numbers. X was multiplied by W_Q on the way there, so the way back is by W_Qᵀ.",
                (dQ, dK, dV, W_Q, W_K, W_V) => dQ * W_Q + dK * W_K + dV * W_V),
            new("average of the three", "This is the average of the three paths. They add up: L changes by the sum of what each path changes.",
                (dQ, dK, dV, W_Q, W_K, W_V) => (dQ * W_Q.Transpose() + dK * W_K.Transpose() + dV * W_V.Transpose()) / 3),
            new("keys and queries exchanged", "dQ went back through W_K, and dK through W_Q. Each goes back through the matrix that made it.",
                (dQ, dK, dV, W_Q, W_K, W_V) => dQ * W_K.Transpose() + dK * W_Q.Transpose() + dV * W_V.Transpose()),
            new("only one path", "Only one of the three paths is there. A token is query, key and value at once, and what comes back on the three adds up.",
                (dQ, dK, dV, W_Q, W_K, W_V) => dV * W_V.Transpose())
            {
                Variants = [(dQ, dK, dV, W_Q, W_K, W_V) => dQ * W_Q.Transpose(), (dQ, dK, dV, W_Q, W_K, W_V) => dK * W_K.Transpose()],
            },
            new("one transpose forgotten", "One of the three weights is not turned. With d_k = d_model it has the right shape, and the wrong numbers.",
                (dQ, dK, dV, W_Q, W_K, W_V) => dQ * W_Q + dK * W_K.Transpose() + dV * W_V.Transpose())
            {
                Variants =
                [
                    (dQ, dK, dV, W_Q, W_K, W_V) => dQ * W_Q.Transpose() + dK * W_K + dV * W_V.Transpose(),
                    (dQ, dK, dV, W_Q, W_K, W_V) => dQ * W_Q.Transpose() + dK * W_K.Transpose() + dV * W_V,
                ],
            },
            new("both through W_Q", "dQ and dK both went back through W_Q. Each goes back through the matrix that made it.",
                (dQ, dK, dV, W_Q, W_K, W_V) => (dQ + dK) * W_Q.Transpose() + dV * W_V.Transpose()),
            new("dQ twice", "The path through the keys was made from dQ. Keys have a gradient of their own.",
                (dQ, dK, dV, W_Q, W_K, W_V) => dQ * W_Q.Transpose() + dQ * W_K.Transpose() + dV * W_V.Transpose()),
            new("scaled again", "The paths through queries and keys are divided by √d_k. That was done on the way from dZ to dS; here it would be the second time.",
                (dQ, dK, dV, W_Q, W_K, W_V) => (dQ * W_Q.Transpose() + dK * W_K.Transpose()) / Math.Sqrt(dQ.ColumnCount) + dV * W_V.Transpose()),
        ]);
}
