using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson04
{
    public delegate (double[,] Q, double[,] K, double[,] V) ProjectFunction(double[,] X, double[,] W_Q, double[,] W_K, double[,] W_V);

    public static FunctionExercise<ProjectFunction> Project { get; } = new(
        id: "04.4",
        title: "Queries, keys and values",
        statement: "Return Q = X·W_Q, K = X·W_K and V = X·W_V.",
        solution: (X, W_Q, W_K, W_V) =>
        {
            double[,] Times(double[,] W)
            {
                var Y = new double[X.GetLength(0), W.GetLength(1)];
                for (int i = 0; i < X.GetLength(0); i++)
                    for (int j = 0; j < W.GetLength(1); j++)
                        for (int c = 0; c < X.GetLength(1); c++)
                            Y[i, j] += X[i, c] * W[c, j];
                return Y;
            }

            return (Times(W_Q), Times(W_K), Times(W_V));
        },
        cases:
        [
            [new double[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } }, new double[,] { { 2, 1 }, { -2, -1 } }, new double[,] { { 0, 1 }, { 1, 0 } }, new double[,] { { 4, 0 }, { 1, 3 } }],
            [new double[,] { { 1, 2, 3 } }, new double[,] { { 1, 0, 2 }, { 0, 1, 0 }, { 1, 1, 0 } }, new double[,] { { 0, 1, 1 }, { 2, 0, 1 }, { 0, 0, 3 } }, new double[,] { { 1, 4 }, { 2, 5 }, { 3, 6 } }],
            [new double[,] { { 1, -2 }, { 3, 0.5 }, { 2, 2 } }, new double[,] { { 1, 0, 2, 1 }, { -1, 3, 0, 1 } }, new double[,] { { 2, 1, 0, -1 }, { 1, 1, 4, 0 } }, new double[,] { { 1, 0, 2, 3, 5 }, { 0, 1, 1, -1, 2 } }],   // all sizes differ
            [new double[,] { { 2 }, { -3 } }, new double[,] { { 4 } }, new double[,] { { 5 } }, new double[,] { { 6 } }],
            [new double[,] { { 1e6, 2 }, { -3, 4e6 } }, new double[,] { { 1e3, 0 }, { 5, -2e3 } }, new double[,] { { 0, 7 }, { 1e5, 1 } }, new double[,] { { 3, -1 }, { 2e4, 8 } }],
        ],
        randomCase: random =>
        {
            int d = random.Next(3, 5);
            return [random.NormalMatrix(random.Next(2, 6), d).ToArray(), random.NormalMatrix(d, d).ToArray(), random.NormalMatrix(d, d).ToArray(), random.NormalMatrix(d, d - 1).ToArray()];
        },
        hints:
        [
            "The same thing three times, with three matrices: write it once, as a local function.",
            "Entry (i, j) is Σ_c `X[i, c] * W[c, j]`: three loops. It is exercise 00.2 for every row.",
            "A pair or triple is returned as `return (Q, K, V);`.",
        ],
        mistakes:
        [
            new("one matrix for all three", "Q, K and V are the same here, up to their width. Each has a matrix of its own, and needs an array of its own.",
                (X, W_Q, W_K, W_V) => (Product(X, W_Q), Product(X, W_Q), Product(X, W_Q))) { Variants = [(X, W_Q, W_K, W_V) => (Product(X, W_K), Product(X, W_K), Product(X, W_K)), (X, W_Q, W_K, W_V) => (Product(X, W_V), Product(X, W_V), Product(X, W_V))] },
            new("all three in one array", "Q, K and V were added up in one and the same array. Each needs an array of its own, made anew.",
                (X, W_Q, W_K, W_V) => Build(X.GetLength(0), W_Q.GetLength(1), (i, j) => Enumerable.Range(0, X.GetLength(1)).Sum(c => X[i, c] * (W_Q[c, j] + W_K[c, j] + W_V[c, j]))) is var sum
                    ? (sum, sum, sum) : default),
            new("keys like queries", "The keys were made with W_Q. They have a matrix of their own, W_K.",
                (X, W_Q, W_K, W_V) => (Product(X, W_Q), Product(X, W_Q), Product(X, W_V))),
            new("queries like keys", "The queries were made with W_K. They have a matrix of their own, W_Q.",
                (X, W_Q, W_K, W_V) => (Product(X, W_K), Product(X, W_K), Product(X, W_V))),
            new("values like keys", "The values were made with the matrix of the keys or of the queries. They have one of their own, W_V.",
                (X, W_Q, W_K, W_V) => (Product(X, W_Q), Product(X, W_K), Product(X, W_K))) { Variants = [(X, W_Q, W_K, W_V) => (Product(X, W_Q), Product(X, W_K), Product(X, W_Q))] },
            new("in another order", "The results, or the matrices, stand in another order: Q belongs to W_Q, K to W_K, V to W_V, and the triple is (Q, K, V).",
                (X, W_Q, W_K, W_V) => (Product(X, W_Q), Product(X, W_V), Product(X, W_K)))
            {
                Variants =
                [
                    (X, W_Q, W_K, W_V) => (Product(X, W_V), Product(X, W_K), Product(X, W_Q)), (X, W_Q, W_K, W_V) => (Product(X, W_K), Product(X, W_V), Product(X, W_Q)),
                    (X, W_Q, W_K, W_V) => (Product(X, W_V), Product(X, W_Q), Product(X, W_K)),
                ],
            },
            new("values from the keys", "The values were made from the keys, or from the queries. They are made from X, as the other two are.",
                (X, W_Q, W_K, W_V) => (Product(X, W_Q), Product(X, W_K), Product(Product(X, W_K), W_V))) { Variants = [(X, W_Q, W_K, W_V) => (Product(X, W_Q), Product(X, W_K), Product(Product(X, W_Q), W_V))] },
            new("queries and keys exchanged", "W_Q and W_K have changed places.",
                (X, W_Q, W_K, W_V) => (Product(X, W_K), Product(X, W_Q), Product(X, W_V))),
            new("one after the other", "The keys were made from the queries, and the values from the keys. All three are made from X.",
                (X, W_Q, W_K, W_V) => (Product(X, W_Q), Product(Product(X, W_Q), W_K), Product(Product(Product(X, W_Q), W_K), W_V))),
            new("assigned, not added", "Each entry holds only its last product: an `=` where `+=` should be. An entry is the sum over all c.",
                (X, W_Q, W_K, W_V) => (LastProduct(X, W_Q), LastProduct(X, W_K), LastProduct(X, W_V))),
            new("times the transpose", "This computes X·Wᵀ, as code does that keeps its matrices the other way round. Here a token multiplies on the right: X·W.",
                (X, W_Q, W_K, W_V) => ((M(X) * M(W_Q).Transpose()).ToArray(), (M(X) * M(W_K).Transpose()).ToArray(), (M(X) * M(W_V).Transpose()).ToArray())),
            new("as wide as the tokens, or as the queries", "It comes out right only where all widths are the same. A result is as wide as its own matrix, `W.GetLength(1)`: not as X, and V not as Q.",
                (X, W_Q, W_K, W_V) => (Wide(X, W_Q, X.GetLength(1)), Wide(X, W_K, X.GetLength(1)), Wide(X, W_V, X.GetLength(1))))
            {
                HoldsWithoutNumbers = true,
                Variants = [(X, W_Q, W_K, W_V) => (Product(X, W_Q), Product(X, W_K), Wide(X, W_V, W_Q.GetLength(1)))],
            },
            new("the sum over the columns of W", "The innermost loop runs to the number of columns of W. It goes along the token, over its `X.GetLength(1)` numbers.",
                (X, W_Q, W_K, W_V) => (SummedOver(X, W_Q, W_Q.GetLength(1)), SummedOver(X, W_K, W_K.GetLength(1)), SummedOver(X, W_V, W_V.GetLength(1)))),
            new("the values are the tokens", "The values are X itself. They are projected too: X·W_V.",
                (X, W_Q, W_K, W_V) => (Product(X, W_Q), Product(X, W_K), Build(X.GetLength(0), X.GetLength(1), (i, j) => X[i, j]))),
            new("scaled already", "Queries or keys, or both, are divided by √d_k here. These are the plain projections; the scale comes with the scores, in lesson 05.",
                (X, W_Q, W_K, W_V) => ((M(Product(X, W_Q)) / Math.Sqrt(W_Q.GetLength(1))).ToArray(), (M(Product(X, W_K)) / Math.Sqrt(W_K.GetLength(1))).ToArray(), Product(X, W_V)))
            {
                Variants =
                [
                    (X, W_Q, W_K, W_V) => (Scaled(Product(X, W_Q), 1 / Math.Sqrt(W_Q.GetLength(1))), Product(X, W_K), Product(X, W_V)),
                    (X, W_Q, W_K, W_V) => (Product(X, W_Q), Scaled(Product(X, W_K), 1 / Math.Sqrt(W_K.GetLength(1))), Product(X, W_V)),
                ],
            },
            new("rows and columns of W exchanged", "This multiplies with the rows of W, X·Wᵀ, as code does that keeps its matrices the other way round. Here a token multiplies on the right: Σ_c x_c W[c, j].",
                (X, W_Q, W_K, W_V) => (WithRowsOf(X, W_Q), WithRowsOf(X, W_K), WithRowsOf(X, W_V))),
            new("rows and columns of one W exchanged", "One of the three is multiplied with the rows of its matrix, X·Wᵀ. All three are X·W: Σ_c x_c W[c, j].",
                (X, W_Q, W_K, W_V) => (Product(X, W_Q), WithRowsOf(X, W_K), Product(X, W_V)))
            {
                Variants =
                [
                    (X, W_Q, W_K, W_V) => (WithRowsOf(X, W_Q), Product(X, W_K), Product(X, W_V)), (X, W_Q, W_K, W_V) => (WithRowsOf(X, W_Q), WithRowsOf(X, W_K), Product(X, W_V)),
                ],
            },
        ]);
}
