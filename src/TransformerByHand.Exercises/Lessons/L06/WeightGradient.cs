using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson06
{
    public delegate Matrix<double> WeightGradientFunction(Matrix<double> dO, Matrix<double> V);

    public static FunctionExercise<WeightGradientFunction> WeightGradient { get; } = new(
        id: "06.2",
        title: "The gradient of the weights",
        statement: "O = A·V. Return dA, given dO (queries × d_v) and V (keys × d_v).",
        solution: (dO, V) => dO * V.Transpose(),   // (queries × keys)
        cases:
        [
            [Of(new double[,] { { 1, 0, 2 }, { 0, 1, 0 }, { 1, -1, 3 } }), Of(new double[,] { { 4, 0, 1 }, { 1, 3, 0 }, { 5, 3, -1 } })],
            [Of(new double[,] { { 1, 0 }, { 0, 1 }, { 1, -1 } }), Of(new double[,] { { 4, 0 }, { 1, 3 }, { 5, 3 } })],
            [Of(new double[,] { { 1, 2 } }), Of(new double[,] { { 3, 0 }, { 0, 1 }, { -1, 1 } })],
        ],
        randomCase: random =>
        {
            int d = random.Next(2, 5);
            return [random.NormalMatrix(random.Next(2, 6), d), random.NormalMatrix(random.Next(2, 6), d)];
        },
        hints:
        [
            "Take a_32 of the example: in which numbers of O does it stand, and with which factors?",
            "da_ij is the dot product of row i of dO with row j of V.",
            "Rows with rows: the second factor is turned, as it was in the scores Q · Kᵀ.",
        ],
        mistakes:
        [
            new("transpose forgotten", "This is dO · V. Where there are as many keys as features it has the right shape, and the wrong numbers. Entry (i, j) is the dot product of row i of dO and row j of V.",
                (dO, V) => dO * V),
            new("rows and columns exchanged", "This is V · dOᵀ, with a row for each key. The weights have a row for each query: da_ij belongs to query i.",
                (dO, V) => V * dO.Transpose()),
            new("scaled", "This is divided by √d. The scale stands before the softmax, on the scores; the weights and the values are multiplied as they are.",
                (dO, V) => dO * V.Transpose() / Math.Sqrt(V.ColumnCount)),
            new("features summed first", "Both rows were added up before they were multiplied. Multiply feature by feature, then add.",
                (dO, V) => DenseMatrix.Create(dO.RowCount, V.RowCount, (i, j) => dO.Row(i).Sum() * V.Row(j).Sum())),
            new("summed over the queries", "This is dOᵀ · V: the sum runs over the queries. da_ij is one number for *each* query, and its sum runs over the features.",
                (dO, V) => dO.Transpose() * V),
            new("summed over the keys", "This is Vᵀ · dO, a sum over the rows. da_ij is one number for each query and key, and its sum runs over the features.",
                (dO, V) => V.Transpose() * dO),
            new("entry by entry", "This multiplies entry by entry. Entry (i, j) is a dot product: row i of dO with row j of V, added up over the features.",
                (dO, V) => dO.PointwiseMultiply(V)),
            new("first feature only", "Only the first feature is counted. A weight moves all features of its output.",
                (dO, V) => dO.Column(0).OuterProduct(V.Column(0))),
            new("last feature dropped", "The last feature is missing. Do the bounds of your loop reach it?",
                (dO, V) => DenseMatrix.Create(dO.RowCount, V.RowCount, (i, j) => dO.Row(i) * V.Row(j) - dO[i, dO.ColumnCount - 1] * V[j, V.ColumnCount - 1])),
            new("averaged over the features", "This divides by the number of features. A weight that moves d_v numbers gets the sum of what they say, not their average.",
                (dO, V) => dO * V.Transpose() / V.ColumnCount),
        ]);
}
