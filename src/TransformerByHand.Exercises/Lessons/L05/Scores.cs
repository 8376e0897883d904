using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson05
{
    public delegate double[,] ScoresFunction(double[,] Q, double[,] K);

    public static FunctionExercise<ScoresFunction> Scores { get; } = new(
        id: "05.1",
        title: "The scores",
        statement: "Return the score of every query with every key: entry (i, j) is the dot product of row i of `Q` and row j of `K`.",
        solution: (Q, K) =>
        {
            (int n, int m, int dK) = (Q.GetLength(0), K.GetLength(0), Q.GetLength(1));
            var S = new double[n, m];
            for (int i = 0; i < n; i++)
                for (int j = 0; j < m; j++)
                    for (int c = 0; c < dK; c++)
                        S[i, j] += Q[i, c] * K[j, c];
            return S;
        },
        cases:
        [
            [new double[,] { { 2, 1 }, { -2, -1 }, { 0, 0 } }, new double[,] { { 0, 1 }, { 1, 0 }, { 1, 1 } }],
            [new double[,] { { 1, 2, 3 }, { 4, 5, 6 } }, new double[,] { { 1, 0, 0 }, { 0, 2, 0 }, { 1, -1, 1 } }],
            [new double[,] { { 1, 2 } }, new double[,] { { 3, 4 } }],
        ],
        randomCase: random =>
        {
            int dK = random.Next(2, 5);
            return [random.NormalMatrix(random.Next(2, 6), dK).ToArray(), random.NormalMatrix(random.Next(2, 6), dK).ToArray()];
        },
        hints:
        [
            "A query is a row of `Q`, a key is a row of `K`, and both have the same width, `Q.GetLength(1)`.",
            "Three loops: the queries i, the keys j, and the entries c that the dot product adds up.",
            "In matrices: S = Q · Kᵀ. The transpose is there because a key is a row too.",
        ],
        mistakes:
        [
            new("keys ask", "Rows and columns have changed places: this is K · Qᵀ. The row says who asks (the query), the column who is asked (the key).",
                (Q, K) => Scored(K, Q)),
            new("scaled already", "The scores are divided by √d_k here. That is the next step; these are the plain dot products.",
                (Q, K) => Times(Scored(Q, K), 1 / Math.Sqrt(Q.GetLength(1)))),
            new("cosines", "These are cosines: the lengths of the vectors were divided out. A score is the plain dot product, so a long query or key counts for more.",
                (Q, K) => Build(Q.GetLength(0), K.GetLength(0), (i, j) => Dot(Q, i, K, j) / Math.Sqrt(Dot(Q, i, Q, i) * Dot(K, j, K, j)))),
            new("queries with queries", "Both factors come from `Q`. A query is compared with the keys.",
                (Q, K) => Scored(Q, Q)),
            new("only the first entries", "Only the first entry of each vector was multiplied. The dot product adds up the products of all of them.",
                (Q, K) => Build(Q.GetLength(0), K.GetLength(0), (i, j) => Q[i, 0] * K[j, 0])),
            new("only the last product", "Only the last product is left in each entry. Each product writes over the one before: `=` where `+=` is needed.",
                (Q, K) => Build(Q.GetLength(0), K.GetLength(0), (i, j) => Q[i, Q.GetLength(1) - 1] * K[j, Q.GetLength(1) - 1])),
            new("counts from 1", "The first entry of each vector is left out: the innermost loop begins at 0.",
                (Q, K) => Build(Q.GetLength(0), K.GetLength(0), (i, j) => Dot(Q, i, K, j) - Q[i, 0] * K[j, 0])),
            new("keys with keys", "Both factors come from `K`. The row belongs to a query.",
                (Q, K) => Scored(K, K)),
            new("weights", "These are weights already: a softmax was taken. The scores are the plain dot products, of any size and sign.",
                (Q, K) => RowWeights(Times(Scored(Q, K), 1 / Math.Sqrt(Q.GetLength(1)))))
            {
                Variants = [(Q, K) => RowWeights(Scored(Q, K))],
            },
            new("not transposed", "This looks for entry j of row c of `K`, as in Q · K. Key j is *row* j: its entries are `K[j, c]`.",
                (Q, K) => Build(Q.GetLength(0), K.GetLength(0), (i, j) => Enumerable.Range(0, Q.GetLength(1)).Sum(c => Q[i, c] * K[c, j]))),
            new("as many keys as queries", "Your result has a column for each query. It has one for each *key*, and there may be more of these, or fewer: `K.GetLength(0)`.",
                (Q, K) => Build(Q.GetLength(0), Q.GetLength(0), (i, j) => Dot(Q, i, K, j))),
        ]);
}
