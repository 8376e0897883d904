using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson08
{
    public delegate (double[,] dW_O, double[][,] dO) JoinBackwardFunction(double[,] O, double[,] W_O, double[,] dY, int h);

    public static FunctionExercise<JoinBackwardFunction> JoinBackward { get; } = new(
        id: "08.5",
        title: "Back through W_O and the join",
        statement: "From ∂L/∂Y return ∂L/∂W_O, and ∂L/∂O cut for the heads: one (n × d_v) matrix for each.",
        solution: (O, W_O, dY, h) =>
        {
            var dOut = DenseMatrix.OfArray(dY);
            var dW_O = DenseMatrix.OfArray(O).Transpose() * dOut;       // (h·d_v × d_model)
            var dO = dOut * DenseMatrix.OfArray(W_O).Transpose();       // (n × h·d_v)

            int dV = dO.ColumnCount / h;
            var heads = new double[h][,];
            for (int i = 0; i < h; i++)
                heads[i] = dO.SubMatrix(0, dO.RowCount, i * dV, dV).ToArray();   // (n × d_v), head i's own columns
            return (dW_O.ToArray(), heads);
        },
        cases:
        [
            [new double[,] { { 3, 2 }, { 1, 4 }, { 2, 2 } }, Mixes, new double[,] { { 1, 0 }, { 0, 1 }, { 1, -1 } }, 2],
            [new double[,] { { 1, 2, 3, 4 }, { 0, 1, 0, -1 } }, Four, new double[,] { { 1, 0, 0, 2 }, { 0, 1, -1, 0 } }, 2],
            [new double[,] { { 1, 2, 3, 4 } }, new double[,] { { 1, 0, 2, 1, 1, 0 }, { 0, 1, -1, 3, 0, 2 }, { 1, 1, 0, 2, -1, 1 }, { 2, 0, 0, -1, 3, 1 } }, new double[,] { { 1, 0, 0, 2, -1, 1 } }, 2],
            [new double[,] { { 3 } }, new double[,] { { 2 } }, new double[,] { { -1 } }, 1],
        ],
        randomCase: random =>
        {
            (int n, int h) = (random.Next(2, 5), random.Next(2, 4));
            return [random.NormalMatrix(n, 2 * h).ToArray(), random.NormalMatrix(2 * h, 2 * h).ToArray(), random.NormalMatrix(n, 2 * h).ToArray(), h];
        },
        hints:
        [
            "Y = O·W_O is a matrix product. Each factor's gradient is dY times the other factor, transposed, on the side where the shapes fit.",
            "dW_O = Oᵀ·dY is (h·d_v × d_model), dO = dY·W_Oᵀ is (n × h·d_v).",
            "Joining only moved numbers, so going back moves their gradients the other way: cut dO into the same blocks of columns.",
        ],
        mistakes:
        [
            new("W_O not transposed", "dO is dY·W_O here; with a square W_O the shape is right all the same. Forward, row c of W_O carries column c of O into the output. Backward the same row carries it home, so W_O is transposed.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), Cut((Of(dY) * Of(W_O)).ToArray(), h))),
            new("dW_O transposed", "This is dYᵀ·O, the transpose of dW_O. Row c of W_O belongs to column c of O, so dW_O = Oᵀ·dY.",
                (O, W_O, dY, h) => ((Of(dY).Transpose() * Of(O)).ToArray(), Cut((Of(dY) * Of(W_O).Transpose()).ToArray(), h))),
            new("cut without the transpose", "dO itself is right. It was laid in one row, token after token, and cut into h pieces, so the first head gets the first tokens' gradients. Cut the columns, as they were joined.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), CutStraight((Of(dY) * Of(W_O).Transpose()).ToArray(), h))),
            new("every h-th column", "Head i gets the columns i, i + h, … of dO. Its block is made of neighbours.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), [.. Enumerable.Range(0, h).Select(i => Every(Of(dY) * Of(W_O).Transpose(), i, h).ToArray())])),
            new("shared among the heads", "The gradient was divided by the number of heads. The heads' writes are added, and a sum hands its gradient to every term in full.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), Cut((Of(dY) * Of(W_O).Transpose() / h).ToArray(), h))),
            new("averaged over the tokens", "dW_O was divided by the number of tokens. Every token used W_O, and their gradients add up.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY) / O.GetLength(0)).ToArray(), Cut((Of(dY) * Of(W_O).Transpose()).ToArray(), h))),
            new("past W_O", "W_O was left out on the way back: the heads get dY itself, cut in pieces.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), Cut(dY, h))),
            new("dW_O from dO", "dW_O was made of dO, which is already behind W_O. The product Y = O·W_O came out as Y: its factors' gradients are both made from dY.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY) * Of(W_O).Transpose()).ToArray(), Cut((Of(dY) * Of(W_O).Transpose()).ToArray(), h))),
            new("last head first", "The heads' gradients are in the opposite order. Head 0 was joined first: it has the first columns of dO.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), [.. Cut((Of(dY) * Of(W_O).Transpose()).ToArray(), h).Reverse()])),
            new("all of dO for every head", "Every head gets all of dO. Each wrote its own columns of O, and gets the gradient of those.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), [.. Enumerable.Range(0, h).Select(_ => (Of(dY) * Of(W_O).Transpose()).ToArray())])),
            new("the first block for every head", "Every head gets the first block of dO. Head i has the i-th.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), [.. Enumerable.Range(0, h).Select(_ => Cut((Of(dY) * Of(W_O).Transpose()).ToArray(), h)[0])])),
            new("the other columns at 0", "Each head's gradient has the full width, with 0 in the columns of the others. It is as wide as the head's output, d_v.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), [.. Enumerable.Range(0, h).Select(i => Build(O.GetLength(0), O.GetLength(1),
                    (r, c) => c / (O.GetLength(1) / h) == i ? (Of(dY) * Of(W_O).Transpose())[r, c] : 0))])),
            new("rows shared out", "The rows of dO were shared out. Every head put something out for every token: it gets all rows, and its own columns.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), [.. Enumerable.Range(0, h).Select(i => Build(O.GetLength(0) / h, O.GetLength(1),
                    (r, c) => (Of(dY) * Of(W_O).Transpose())[(i * (O.GetLength(0) / h)) + r, c]))])),
            new("a slice of dY for each head", "Each head gets its gradient from a slice of dY here. No head owns a slice of the output: each wrote into all features, and hears from all of them.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), [.. Enumerable.Range(0, h).Select(i => (Of(dY).ColumnBlock(i, h) * Of(W_O).ColumnBlock(i, h).RowBlock(i, h).Transpose()).ToArray())]))
                { Variants = [(O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), [.. Enumerable.Range(0, h).Select(i => (Of(dY).ColumnBlock(i, h) * Of(W_O).ColumnBlock(i, h).Transpose()).ToArray())])] },
            new("width taken from d_model", "It is right where d_model = h·d_v, and only there. Is the head's width taken from the columns of dY, d_model / h? It is d_v, and comes from the columns of O (or the rows of W_O).",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), [.. Enumerable.Range(0, h).Select(i =>
                    (Of(dY) * Of(W_O).Transpose()).SubMatrix(0, dY.GetLength(0), i * (dY.GetLength(1) / h), dY.GetLength(1) / h).ToArray())]))
                { Variants = [(O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), [.. Enumerable.Range(0, h).Select(i => Block((Of(dY) * Of(W_O).Transpose()).ToArray(), i * (dY.GetLength(1) / h), dY.GetLength(1) / h))])], HoldsWithoutNumbers = true },
        ]);
}
