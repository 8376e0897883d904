using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson07
{
    /// <summary>Y (n × d_model) from X (n × d_model), W_1 (d_model × d_ff), b_1 (d_ff), W_2 (d_ff × d_model) and b_2 (d_model).</summary>
    public delegate Matrix<double> FeedForwardFunction(Matrix<double> X, Matrix<double> W_1, Vector<double> b_1, Matrix<double> W_2, Vector<double> b_2);

    /// <summary>07.1: the feed-forward block.</summary>
    public static FunctionExercise<FeedForwardFunction> FeedForwardRows { get; } = new(
        id: "07.1",
        title: "Up, ReLU, and down again",
        statement: "Return Y: each row of X times W_1, plus b_1; every negative number set to 0; the result times W_2, plus b_2.",
        solution: (X, W_1, b_1, W_2, b_2) =>
        {
            var Y = new DenseMatrix(X.RowCount, W_2.ColumnCount);
            for (int t = 0; t < X.RowCount; t++)
            {
                var h = X.Row(t) * W_1 + b_1;                       // up (d_ff)
                Y.SetRow(t, h.PointwiseMaximum(0) * W_2 + b_2);     // ReLU, and down (d_model)
            }
            return Y;
        },
        cases:
        [
            [Of(new double[,] { { 1, 2 }, { -1, 3 } }), Of(new double[,] { { 1, -1, 2 }, { 0, 2, -2 } }), Of(0, 1, 1), Of(new double[,] { { 1, 0 }, { 2, -1 }, { 0, 3 } }), Of(1, -2)],
            [Of(new double[,] { { 2 } }), Of(new double[,] { { -1 } }), Of(3.0), Of(new double[,] { { 4 } }), Of(5.0)],
            [Of(new double[,] { { 1, 1 }, { 1, 1 } }), Of(new double[,] { { 1, -1 }, { -1, 1 } }), Of(0, 0), Of(new double[,] { { 7, 8 }, { 9, 10 } }), Of(0, 3)],
            [Of(new double[,] { { 1000, -2000, 500 } }), Of(new double[,] { { 1, 2 }, { 0.5, -1 }, { 3, 1 } }), Of(-100, 50), Of(new double[,] { { 1, 2, -1 }, { 0, -3, 2 } }), Of(1, 2, 3)],
            [SeededRandom.Create(71).NormalMatrix(4, 3), SeededRandom.Create(72).NormalMatrix(3, 7), SeededRandom.Create(73).NormalVector(7), SeededRandom.Create(74).NormalMatrix(7, 3), SeededRandom.Create(75).NormalVector(3)],
        ],
        randomCase: random =>
        {
            (int n, int d, int f) = (random.Next(1, 5), random.Next(1, 6), random.Next(2, 9));
            return [random.NormalMatrix(n, d), random.NormalMatrix(d, f), random.NormalVector(f), random.NormalMatrix(f, d), random.NormalVector(d)];
        },
        hints:
        [
            "Take one row: `X.Row(t) * W_1` is a row vector times a matrix, with d_ff numbers.",
            "ReLU is max(0, ·) for each number: `h.PointwiseMaximum(0)`. It stands between the two products, after b_1 is added.",
            "The row of Y is `h.PointwiseMaximum(0) * W_2 + b_2`; put it in place with `Y.SetRow(t, …)`.",
        ],
        mistakes:
        [
            new("no ReLU", "There is no ReLU between the two products. Then they are one product, X·(W_1·W_2), and the block can do no more than a single matrix.",
                (X, W_1, b_1, W_2, b_2) => (X * W_1).AddRow(b_1) * W_2 is var Y ? Y.AddRow(b_2) : Y),
            new("ReLU before b_1", "ReLU was applied before b_1 was added. The bias comes first: it decides where each of the d_ff numbers opens.",
                (X, W_1, b_1, W_2, b_2) => (Open(X * W_1).AddRow(b_1) * W_2).AddRow(b_2)),
            new("ReLU at the end", "ReLU was applied to Y. The block may write negative numbers to the stream: ReLU stands in the middle, on the d_ff numbers.",
                (X, W_1, b_1, W_2, b_2) => Open(((X * W_1).AddRow(b_1) * W_2).AddRow(b_2))) { Variants = [(X, W_1, b_1, W_2, b_2) => Open((Open((X * W_1).AddRow(b_1)) * W_2).AddRow(b_2))] },
            new("b_1 forgotten", "b_1 is missing: it is added to the d_ff numbers before ReLU.",
                (X, W_1, b_1, W_2, b_2) => (Open(X * W_1) * W_2).AddRow(b_2)),
            new("b_2 forgotten", "b_2 is missing: it is added to every row at the end.",
                (X, W_1, b_1, W_2, b_2) => Open((X * W_1).AddRow(b_1)) * W_2),
            new("both biases forgotten", "Both biases are missing.",
                (X, W_1, b_1, W_2, b_2) => Open(X * W_1) * W_2),
            new("ReLU turned round", "The positive numbers were set to 0 and the negative ones kept. ReLU is max(0, ·).",
                (X, W_1, b_1, W_2, b_2) => ((X * W_1).AddRow(b_1).PointwiseMinimum(0) * W_2).AddRow(b_2)),
            new("absolute value", "The negative numbers were made positive. ReLU makes them 0.",
                (X, W_1, b_1, W_2, b_2) => ((X * W_1).AddRow(b_1).PointwiseAbs() * W_2).AddRow(b_2)),
            new("X added", "X was added: that is the residual connection, which stands outside the block. Return what the block writes.",
                (X, W_1, b_1, W_2, b_2) => X + (Open((X * W_1).AddRow(b_1)) * W_2).AddRow(b_2)),
            new("ReLU on X too", "The negative numbers of X were set to 0 as well. ReLU stands in one place, on the d_ff numbers inside.",
                (X, W_1, b_1, W_2, b_2) => (Open((Open(X) * W_1).AddRow(b_1)) * W_2).AddRow(b_2)) { Variants = [(X, W_1, b_1, W_2, b_2) => ((Open(X) * W_1).AddRow(b_1) * W_2).AddRow(b_2)] },
            new("biases in the first row only", "The biases reach the first row only. They are the same for every token.",
                (X, W_1, b_1, W_2, b_2) => FirstRowPlus(Open(FirstRowPlus(X * W_1, b_1)) * W_2, b_2)),
            new("the first row for all", "Every row is the first token's. Each token goes through the block by itself: take row t.",
                (X, W_1, b_1, W_2, b_2) => DenseMatrix.OfRows(Enumerable.Repeat((Open((X * W_1).AddRow(b_1)) * W_2).AddRow(b_2).Row(0), X.RowCount))),
        ])
    {
        Formulas = [@"\max(0, XW_1 + b_1)\,W_2 + b_2"],
    };

    private static Matrix<double> Open(Matrix<double> H) => H.PointwiseMaximum(0);

    private static Matrix<double> FirstRowPlus(Matrix<double> M, Vector<double> b)
    {
        var sum = M.Clone();
        sum.SetRow(0, M.Row(0) + b);
        return sum;
    }
}
