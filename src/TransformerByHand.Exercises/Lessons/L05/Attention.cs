using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson05
{
    public delegate double[,] AttentionFunction(double[,] X, double[,] W_Q, double[,] W_K, double[,] W_V, bool causal);

    public static FunctionExercise<AttentionFunction> Attention { get; } = new(
        id: "05.6",
        title: "Attention, the whole of it",
        statement: "Project, score, scale, mask if `causal`, softmax row by row, weighted sum.",
        solution: (X, W_Q, W_K, W_V, causal) =>
        {
            var tokens = DenseMatrix.OfArray(X);
            var Q = tokens * DenseMatrix.OfArray(W_Q);                  // (n × d_k)
            var K = tokens * DenseMatrix.OfArray(W_K);                  // (n × d_k)
            var V = tokens * DenseMatrix.OfArray(W_V);                  // (n × d_v)

            var Z = Q * K.Transpose() / Math.Sqrt(Q.ColumnCount);       // (n × n)
            if (causal)
                for (int i = 0; i < Z.RowCount; i++)
                    for (int j = i + 1; j < Z.ColumnCount; j++)
                        Z[i, j] = double.NegativeInfinity;

            for (int i = 0; i < Z.RowCount; i++)                        // Z becomes A, row by row
            {
                double m = Z.Row(i).Maximum();
                var e = Z.Row(i).Map(z => Math.Exp(z - m));
                Z.SetRow(i, e / e.Sum());
            }
            return (Z * V).ToArray();                                   // (n × d_v)
        },
        cases:
        [
            [Tokens, Asks, Offers, Carries, false],
            [Tokens, Asks, Offers, Carries, true],
            [new double[,] { { 60, 0, 10 }, { 0, 50, 20 } }, new double[,] { { 2, 1 }, { -2, -1 }, { 1, 0 } }, new double[,] { { 0, 1 }, { 1, 0 }, { 3, 0 } }, new double[,] { { 4 }, { 1 }, { 2 } }, false],
        ],
        randomCase: random =>
        {
            // Four sizes, no two alike, so that none can be taken for another.
            int[] sizes = [2, 3, 4, 5];
            random.Shuffle(sizes);
            var (n, dModel, dK, dV) = (sizes[0], sizes[1], sizes[2], sizes[3]);
            return [random.NormalMatrix(n, dModel).ToArray(), random.NormalMatrix(dModel, dK).ToArray(), random.NormalMatrix(dModel, dK).ToArray(), random.NormalMatrix(dModel, dV).ToArray(), random.Next(2) == 0];
        },
        hints:
        [
            "You have nearly all of it: `Scores`, `Scale`, `CausalMask`, `SoftmaxOfRow` and `WeightedSum` can be called here. What is missing are the three projections, X · W, which are sums of products like the weighted sum: `WeightedSum(X, W_Q)` computes X · W_Q.",
            "The order: Q, K and V; S = scores of Q and K; Z = S / √d_k; the mask, if there is one; softmax of each row; the weighted sum of V.",
            "d_k is the width of a query, `W_Q.GetLength(1)`, not the width of a token.",
            "The mask comes before the softmax. After it, the weights of a row would no longer add up to 1.",
            "With your own functions: `double[,] Z = Scale(Scores(Q, K), W_Q.GetLength(1));`, then `if (causal) Z = CausalMask(Z);`. For each row of Z, put its entries into a `double[]`, hand it to `SoftmaxOfRow`, and write the weights into a row of A. Return `WeightedSum(A, V)`.",
        ],
        mistakes:
        [
            new("not scaled", "The scores were not divided by √d_k.",
                (X, W_Q, W_K, W_V, causal) => Head(X, W_Q, W_K, W_V, causal, scale: 1)),
            new("scaled by the width of a token", "The scores were divided by √d_model. What counts is the width of a query: `W_Q.GetLength(1)`.",
                (X, W_Q, W_K, W_V, causal) => Head(X, W_Q, W_K, W_V, causal, scale: 1 / Math.Sqrt(X.GetLength(1)))),
            new("divided by d_k", "The scores were divided by d_k. It is its square root that divides.",
                (X, W_Q, W_K, W_V, causal) => Head(X, W_Q, W_K, W_V, causal, scale: 1.0 / W_Q.GetLength(1))),
            new("queries and keys exchanged", "Queries and keys have changed places: row i should hold the scores of *query* i.",
                (X, W_Q, W_K, W_V, causal) => Head(X, W_K, W_Q, W_V, causal)),
            new("no values", "The weights average the tokens X themselves. They average the values, X · W_V.",
                (X, W_Q, W_K, W_V, causal) => Attend(Product(X, W_Q), Product(X, W_K), X, causal)),
            new("mask ignored", "`causal` makes no difference here: the future is seen.",
                (X, W_Q, W_K, W_V, causal) => Head(X, W_Q, W_K, W_V, causal: false)),
            new("softmax down the columns", "The softmax was taken down the columns, so that the weights of a *key* add up to 1. It goes along each row: the weights of a query.",
                (X, W_Q, W_K, W_V, causal) =>
                {
                    double[,] Z = HeadScores(X, W_Q, W_K);
                    return Averaged(Transposed(RowWeights(Transposed(causal ? Masked(Z, (i, j) => j <= i) : Z))), Product(X, W_V));
                }),
            new("masked after the softmax", "The mask was put on the weights, after the softmax, so the rows no longer add up to 1, and the future still counts in the denominator. Mask the scores.",
                (X, W_Q, W_K, W_V, causal) =>
                {
                    double[,] A = RowWeights(HeadScores(X, W_Q, W_K));
                    return Averaged(causal ? Masked(A, (i, j) => j <= i, filler: 0) : A, Product(X, W_V));
                }),
            new("overflow", "Small scores come out right, large ones give NaN: the softmax needs its largest score subtracted first.",
                (X, W_Q, W_K, W_V, causal) =>
                {
                    double[,] Z = HeadScores(X, W_Q, W_K);
                    return Averaged(PlainRowWeights(causal ? Masked(Z, (i, j) => j <= i) : Z), Product(X, W_V));
                }),
            new("mask ignored, and overflow", "Two things: `causal` makes no difference here, so the future is seen; and large scores give NaN, since the softmax subtracts no maximum. (The loops that this lesson shows after the exercise have both.)",
                (X, W_Q, W_K, W_V, causal) => Averaged(PlainRowWeights(HeadScores(X, W_Q, W_K)), Product(X, W_V))),
            new("scaled by the width of a value", "The scores were divided by √d_v. What counts is the width of a query: `W_Q.GetLength(1)`.",
                (X, W_Q, W_K, W_V, causal) => Head(X, W_Q, W_K, W_V, causal, scale: 1 / Math.Sqrt(W_V.GetLength(1)))),
            new("scaled by the number of tokens", "The scores were divided by √n. How many tokens there are does not matter; what counts is the width of a query: `W_Q.GetLength(1)`.",
                (X, W_Q, W_K, W_V, causal) => Head(X, W_Q, W_K, W_V, causal, scale: 1 / Math.Sqrt(X.GetLength(0)))),
            new("output scaled", "The scale was applied to the output. It belongs on the scores, before the softmax, where it changes the weights.",
                (X, W_Q, W_K, W_V, causal) => Times(Head(X, W_Q, W_K, W_V, causal, scale: 1), 1 / Math.Sqrt(W_Q.GetLength(1)))),
            new("causal the other way round", "The mask is put on where `causal` is false, and left out where it is true.",
                (X, W_Q, W_K, W_V, causal) => Head(X, W_Q, W_K, W_V, !causal)),
            new("always causal", "The mask is always on. Without `causal`, every token sees every other.",
                (X, W_Q, W_K, W_V, causal) => Head(X, W_Q, W_K, W_V, causal: true)),
            new("masked with 0", "The future has the score 0 here, and e⁰ = 1 is a weight. Use −∞, whose exponential is 0.",
                (X, W_Q, W_K, W_V, causal) => Averaged(RowWeights(causal ? Masked(HeadScores(X, W_Q, W_K), (i, j) => j <= i, filler: 0) : HeadScores(X, W_Q, W_K)), Product(X, W_V))),
            new("sees one token ahead", "The mask begins one token too late: each token still sees the one after it.",
                (X, W_Q, W_K, W_V, causal) => Averaged(RowWeights(causal ? Masked(HeadScores(X, W_Q, W_K), (i, j) => j <= i + 1) : HeadScores(X, W_Q, W_K)), Product(X, W_V))),
            new("hides a token from itself", "The diagonal is masked too. A token may look at itself, and the first has nothing else to look at.",
                (X, W_Q, W_K, W_V, causal) => Averaged(RowWeights(causal ? Masked(HeadScores(X, W_Q, W_K), (i, j) => j < i) : HeadScores(X, W_Q, W_K)), Product(X, W_V)))
            {
                Variants =
                [
                    (X, W_Q, W_K, W_V, causal) =>
                    {
                        double[,] O = Averaged(RowWeights(causal ? Masked(HeadScores(X, W_Q, W_K), (i, j) => j < i) : HeadScores(X, W_Q, W_K)), Product(X, W_V));
                        return causal ? With(O, 0, double.NaN) : O;   // a softmax that knows no row of −∞
                    },
                ],
            },
            new("−∞ on the weights", "−∞ was put on the *weights*, after the softmax. It belongs on the scores: the exponential turns it into a weight of 0.",
                (X, W_Q, W_K, W_V, causal) => Averaged(causal ? Masked(RowWeights(HeadScores(X, W_Q, W_K)), (i, j) => j <= i) : RowWeights(HeadScores(X, W_Q, W_K)), Product(X, W_V))),
            new("softmax over the whole matrix", "The softmax was taken over all of the matrix, so that all weights together add up to 1. Each row has a softmax of its own.",
                (X, W_Q, W_K, W_V, causal) =>
                {
                    double[,] Z = HeadScores(X, W_Q, W_K);
                    double[] weights = Weights([.. (causal ? Masked(Z, (i, j) => j <= i) : Z).Cast<double>()]);
                    return Averaged(Build(Z.GetLength(0), Z.GetLength(1), (i, j) => weights[i * Z.GetLength(1) + j]), Product(X, W_V));
                }),
            new("no softmax", "The scaled scores themselves were used as weights. The softmax is missing: e to the power of each, divided by the sum of the row.",
                (X, W_Q, W_K, W_V, causal) => Averaged(causal ? Masked(HeadScores(X, W_Q, W_K), (i, j) => j <= i) : HeadScores(X, W_Q, W_K), Product(X, W_V)))
            {
                Variants = [(X, W_Q, W_K, W_V, causal) => Averaged(causal ? Masked(HeadScores(X, W_Q, W_K), (i, j) => j <= i, filler: 0) : HeadScores(X, W_Q, W_K), Product(X, W_V))],
            },
            new("softmax twice", "The softmax was taken twice. The second time it evens the weights out, and what was hidden gets a weight again.",
                (X, W_Q, W_K, W_V, causal) => Averaged(RowWeights(RowWeights(causal ? Masked(HeadScores(X, W_Q, W_K), (i, j) => j <= i) : HeadScores(X, W_Q, W_K))), Product(X, W_V))),
            new("queries as keys", "Queries were compared with queries: W_K plays no part. Compare them with the keys, X · W_K.",
                (X, W_Q, W_K, W_V, causal) => Head(X, W_Q, W_Q, W_V, causal)),
            new("keys as queries", "Keys were compared with keys: W_Q plays no part. The row i belongs to query i of X · W_Q.",
                (X, W_Q, W_K, W_V, causal) => Head(X, W_K, W_K, W_V, causal)),
            new("keys as values", "The weights average the keys, X · W_K. They average the values, X · W_V.",
                (X, W_Q, W_K, W_V, causal) => Head(X, W_Q, W_K, W_K, causal)),
            new("no projections", "The tokens were compared with each other and averaged as they are. Project them first: queries, keys and values are X · W_Q, X · W_K and X · W_V.",
                (X, W_Q, W_K, W_V, causal) => Attend(X, X, X, causal))
            {
                Variants = [(X, W_Q, W_K, W_V, causal) => Attend(X, X, X, causal, scale: 1 / Math.Sqrt(W_Q.GetLength(1)))],
            },
        ]);
}
