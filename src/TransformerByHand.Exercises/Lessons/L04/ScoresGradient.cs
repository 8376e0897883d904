using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson04
{
    public delegate (double[,] dQ, double[,] dK) ScoresGradientFunction(double[,] Q, double[,] K, double[,] dS);

    public static FunctionExercise<ScoresGradientFunction> ScoresGradient { get; } = new(
        id: "04.5",
        title: "The gradient of a product of two inputs",
        statement: "For the scores S = Q·Kᵀ return ∂L/∂Q and ∂L/∂K, given `dS`, the gradient at the scores.",
        solution: (Q, K, dS) =>
        {
            (int n, int m, int width) = (Q.GetLength(0), K.GetLength(0), Q.GetLength(1));
            double[,] dQ = new double[n, width], dK = new double[m, width];
            for (int i = 0; i < n; i++)
                for (int j = 0; j < m; j++)
                    for (int c = 0; c < width; c++)
                    {
                        dQ[i, c] += dS[i, j] * K[j, c];   // the query receives the key
                        dK[j, c] += dS[i, j] * Q[i, c];   // the key receives the query
                    }
            return (dQ, dK);
        },
        cases:
        [
            [new double[,] { { 2, 1 }, { -2, -1 }, { 0, 0 } }, new double[,] { { 0, 1 }, { 1, 0 }, { 1, 1 } }, new double[,] { { 0, 1, 0 }, { -1, 0, 2 }, { 0, 0, 0 } }],
            [new double[,] { { 2, 1 } }, new double[,] { { 1, 3 } }, new double[,] { { 1 } }],
            [new double[,] { { 1, 2, 3 }, { -1, 0, 2 } }, new double[,] { { 1, 0, 1 }, { 2, -1, 0 }, { 0, 3, 1 }, { 1, 1, 4 } }, new double[,] { { 1, 2, 0, -1 }, { 3, 0.5, 1, 2 } }],   // fewer queries than keys
            [new double[,] { { 1, 2 }, { 3, -1 }, { 0, 1 }, { 2, 2 } }, new double[,] { { 2, 1 }, { -1, 3 }, { 1, 4 } }, new double[,] { { 1, 0, 2 }, { 0, 1, -1 }, { 2, 3, 1 }, { -2, 1, 0.5 } }],
            [new double[,] { { 1e6 }, { -2e6 }, { 3 } }, new double[,] { { 4 }, { 5e6 }, { -6 } }, new double[,] { { 1, -2, 3 }, { 4e3, 5, 6 }, { 7, 8e3, 9 } }],
        ],
        randomCase: random =>
        {
            (int n, int m, int width) = (random.Next(2, 6), random.Next(2, 6), random.Next(2, 5));   // queries and keys may come from two texts
            return [random.NormalMatrix(n, width).ToArray(), random.NormalMatrix(m, width).ToArray(), random.NormalMatrix(n, m).ToArray()];
        },
        hints:
        [
            "One score at a time: s_ij = Σ_c q_ic k_jc. What is ∂s_ij/∂q_ic? And ∂s_ij/∂k_jc?",
            "Each factor receives the other: from dS[i, j], query i gets `dS[i, j] * K[j, c]`, and key j gets `dS[i, j] * Q[i, c]`. Add up over all scores.",
            "In matrices: dQ = dS · K and dK = dSᵀ · Q.",
        ],
        mistakes:
        [
            new("each factor receives itself", "The factors have changed places: queries received queries, keys received keys. The slope of q·k by q is k.",
                (Q, K, dS) => Summed(Q, K, dS, (dQ, dK, i, j, c) => { dQ[i, c] += dS[i, j] * Q[j, c]; dK[j, c] += dS[i, j] * K[i, c]; }))
            {
                Variants =
                [
                    (Q, K, dS) => ((M(dS) * M(Q)).ToArray(), (M(dS).Transpose() * M(K)).ToArray()),
                    (Q, K, dS) => Summed(Q, K, dS, (dQ, dK, i, j, c) => { dQ[i, c] += dS[i, j] * Q[i, c]; dK[j, c] += dS[i, j] * K[j, c]; }),
                ],
            },
            new("the transpose forgotten", "dQ is right. In dK the rows and columns of dS have changed places: key j stands in *column* j of the scores, so dK = dSᵀ · Q.",
                (Q, K, dS) => Summed(Q, K, dS, (dQ, dK, i, j, c) => { dQ[i, c] += dS[i, j] * K[j, c]; dK[j, c] += dS[j, i] * Q[i, c]; }))
            {
                Variants = [(Q, K, dS) => ((M(dS) * M(K)).ToArray(), (M(dS) * M(Q)).ToArray())],
            },
            new("the transpose in the wrong place", "The transpose is at the wrong one: query i stands in row i of the scores, so dQ = dS · K, and key j in column j, so dK = dSᵀ · Q.",
                (Q, K, dS) => Summed(Q, K, dS, (dQ, dK, i, j, c) => { dQ[i, c] += dS[j, i] * K[j, c]; dK[j, c] += dS[j, i] * Q[i, c]; }))
            {
                Variants = [(Q, K, dS) => ((M(dS).Transpose() * M(K)).ToArray(), (M(dS) * M(Q)).ToArray())],
            },
            new("the transpose both times", "dK is right. In dQ the rows and columns of dS have changed places: query i stands in *row* i of the scores, so dQ = dS · K.",
                (Q, K, dS) => Summed(Q, K, dS, (dQ, dK, i, j, c) => { dQ[i, c] += dS[j, i] * K[j, c]; dK[j, c] += dS[i, j] * Q[i, c]; }))
            {
                Variants = [(Q, K, dS) => ((M(dS).Transpose() * M(K)).ToArray(), (M(dS).Transpose() * M(Q)).ToArray())],
            },
            new("as many keys as queries", "The loops and `dK` take it that there are as many keys as queries. Their numbers may differ: one comes from Q, the other from K.",
                (Q, K, dS) => (Build(Q.GetLength(0), Q.GetLength(1), (i, c) => Enumerable.Range(0, Q.GetLength(0)).Sum(j => dS[i, j] * K[j, c])),
                    Build(Q.GetLength(0), Q.GetLength(1), (j, c) => Enumerable.Range(0, Q.GetLength(0)).Sum(i => dS[i, j] * Q[i, c])))),
            new("dK on its side", "dQ is right, and dK lies on its side: this is Qᵀ · dS, one key a column. Keys are rows: dK = dSᵀ · Q.",
                (Q, K, dS) => ((M(dS) * M(K)).ToArray(), (M(Q).Transpose() * M(dS)).ToArray())),
            new("dS not used", "These are K and Q themselves. They are the slopes of one score; each has to be multiplied by the gradient that arrives at that score, and added up.",
                (Q, K, dS) => (M(K).ToArray(), M(Q).ToArray())),
            new("keys taken for constants", "The keys receive nothing. They come from the tokens just as the queries do, and both factors of a product have a slope.",
                (Q, K, dS) => ((M(dS) * M(K)).ToArray(), (0 * M(K)).ToArray())),
            new("queries taken for constants", "The queries receive nothing. Both factors of a product have a slope.",
                (Q, K, dS) => ((0 * M(Q)).ToArray(), (M(dS).Transpose() * M(Q)).ToArray())),
            new("only its own score", "Token i received only from its score with itself, dS[i, i]. Query i has a part in the whole row i of the scores, key j in the whole column j.",
                (Q, K, dS) => Summed(Q, K, dS, (dQ, dK, i, j, c) => { if (i == j) { dQ[i, c] += dS[i, i] * K[i, c]; dK[i, c] += dS[i, i] * Q[i, c]; } })),
            new("assigned, not added", "Only the last score of each row and column counts here: an `=` where `+=` should be. Query i has a part in all the scores of row i.",
                (Q, K, dS) => (Build(Q.GetLength(0), Q.GetLength(1), (i, c) => dS[i, K.GetLength(0) - 1] * K[K.GetLength(0) - 1, c]), Build(K.GetLength(0), K.GetLength(1), (j, c) => dS[Q.GetLength(0) - 1, j] * Q[Q.GetLength(0) - 1, c]))),
            new("the outputs exchanged", "Both are right, in the wrong order: the pair is (dQ, dK).",
                (Q, K, dS) => (Product(Transposed(dS), Q), Product(dS, K))),
            new("the same twice", "dK is a copy of dQ. Key j receives the queries that asked it: dK = dSᵀ · Q.",
                (Q, K, dS) => (Product(dS, K), Product(dS, K))),
            new("keys received keys", "dQ is right, but the keys received keys. The slope of q·k by k is q: dK = dSᵀ · Q.",
                (Q, K, dS) => Summed(Q, K, dS, (dQ, dK, i, j, c) => { dQ[i, c] += dS[i, j] * K[j, c]; dK[j, c] += dS[i, j] * K[i, c]; }))
            {
                Variants = [(Q, K, dS) => ((M(dS) * M(K)).ToArray(), (M(dS).Transpose() * M(K)).ToArray())],
            },
            new("queries received queries", "dK is right, but the queries received queries. The slope of q·k by q is k: dQ = dS · K.",
                (Q, K, dS) => Summed(Q, K, dS, (dQ, dK, i, j, c) => { dQ[i, c] += dS[i, j] * Q[j, c]; dK[j, c] += dS[i, j] * Q[i, c]; }))
            {
                Variants = [(Q, K, dS) => ((M(dS) * M(Q)).ToArray(), (M(dS).Transpose() * M(Q)).ToArray())],
            },
            new("itself, and the transpose forgotten", "Two things: each factor receives itself where it should receive the other, and in dK the rows and columns of dS have changed places.",
                (Q, K, dS) => Summed(Q, K, dS, (dQ, dK, i, j, c) => { dQ[i, c] += dS[i, j] * Q[j, c]; dK[j, c] += dS[j, i] * K[i, c]; })),
            new("the factor of the token itself", "The gradient of a score is multiplied by the vector of the token itself, not of the one it met. Query i receives from dS[i, j] the key K[j, c], key j the query Q[i, c]: mind the index.",
                (Q, K, dS) => Summed(Q, K, dS, (dQ, dK, i, j, c) => { dQ[i, c] += dS[i, j] * K[j, c]; dK[j, c] += dS[i, j] * Q[j, c]; }))
            {
                Variants =
                [
                    (Q, K, dS) => Summed(Q, K, dS, (dQ, dK, i, j, c) => { dQ[i, c] += dS[i, j] * K[i, c]; dK[j, c] += dS[i, j] * Q[i, c]; }),
                    (Q, K, dS) => Summed(Q, K, dS, (dQ, dK, i, j, c) => { dQ[i, c] += dS[i, j] * K[i, c]; dK[j, c] += dS[i, j] * Q[j, c]; }),
                ],
            },
            new("averages", "These are averages over the tokens. A change of one query changes a whole row of scores, and the effects add up.",
                (Q, K, dS) => (Scaled(Product(dS, K), 1.0 / K.GetLength(0)), Scaled(Product(Transposed(dS), Q), 1.0 / Q.GetLength(0)))),
            new("sums without dS", "These add up all keys for each query and all queries for each key, as if dS were full of ones. Each counts with the gradient that arrives at its score.",
                (Q, K, dS) => (Build(Q.GetLength(0), Q.GetLength(1), (_, c) => M(K).Column(c).Sum()), Build(K.GetLength(0), K.GetLength(1), (_, c) => M(Q).Column(c).Sum()))),
            new("dS alone", "These are sums of dS, along its rows and down its columns. Each dS[i, j] has to be multiplied by the other factor: by key j for dQ, by query i for dK.",
                (Q, K, dS) => (Build(Q.GetLength(0), Q.GetLength(1), (i, _) => M(dS).Row(i).Sum()), Build(K.GetLength(0), K.GetLength(1), (j, _) => M(dS).Column(j).Sum()))),
            new("S in place of dS", "This multiplies by the scores S themselves, not by dS, the gradient that arrives at them.",
                (Q, K, dS) => (Product(Product(Q, Transposed(K)), K), Product(Product(K, Transposed(Q)), Q))),
            new("only the past", "Only scores with j ≤ i count here. There is no mask in this exercise: every score has a part.",
                (Q, K, dS) => (Product(Past(dS), K), Product(Transposed(Past(dS)), Q))),
            new("the sign of one", "One of the two has the opposite sign. The slope of q·k is k by q, and q by k: both with a plus.",
                (Q, K, dS) => (Product(dS, K), Scaled(Product(Transposed(dS), Q), -1))) { Variants = [(Q, K, dS) => (Scaled(Product(dS, K), -1), Product(Transposed(dS), Q))] },
            new("dK from dQ", "dK was computed from dQ. It needs the queries themselves: dK = dSᵀ · Q.",
                (Q, K, dS) => (Product(dS, K), Product(Transposed(dS), Product(dS, K)))),
            new("divided by √d_k", "These are divided by √d_k. The scale is a step of its own, in lesson 05; these are the plain scores.",
                (Q, K, dS) => ((M(dS) * M(K) / Math.Sqrt(Q.GetLength(1))).ToArray(), (M(dS).Transpose() * M(Q) / Math.Sqrt(Q.GetLength(1))).ToArray())),
        ])
    {
        Formulas = [@"dQ=dS\,K", @"dK=dS^\top Q"],
    };

    /// <summary>Goes through every score and number of a vector, as an answer in loops does, with a sum of its own.</summary>
    private static (double[,] dQ, double[,] dK) Summed(double[,] Q, double[,] K, double[,] dS, Action<double[,], double[,], int, int, int> add)
    {
        double[,] dQ = new double[Q.GetLength(0), Q.GetLength(1)], dK = new double[K.GetLength(0), K.GetLength(1)];
        for (int i = 0; i < dS.GetLength(0); i++)
            for (int j = 0; j < dS.GetLength(1); j++)
                for (int c = 0; c < Q.GetLength(1); c++) add(dQ, dK, i, j, c);
        return (dQ, dK);
    }
}
