using MathNet.Numerics.LinearAlgebra;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson05
{
    public delegate Matrix<double> AttentionFunction(Matrix<double> X, Matrix<double> W_Q, Matrix<double> W_K, Matrix<double> W_V, bool causal);

    public static FunctionExercise<AttentionFunction> Attention { get; } = new(
        id: "05.3",
        title: "Attention, the whole of it",
        statement: "Project, score, scale, mask if `causal`, softmax row by row, weighted sum.",
        solution: (X, W_Q, W_K, W_V, causal) =>
        {
            var (Q, K, V) = (X * W_Q, X * W_K, X * W_V);                // (n × d_k), (n × d_k), (n × d_v)
            var Z = Q * K.Transpose() / Math.Sqrt(Q.ColumnCount);       // (n × n)
            for (int i = 0; i < Z.RowCount; i++)                        // Z becomes A, row by row
            {
                for (int j = i + 1; causal && j < Z.ColumnCount; j++) Z[i, j] = double.NegativeInfinity;
                double m = Z.Row(i).Maximum();
                var e = Z.Row(i).Map(z => Math.Exp(z - m));
                Z.SetRow(i, e / e.Sum());
            }
            return Z * V;                                               // (n × d_v)
        },
        cases:
        [
            [Of(Tokens), Of(Asks), Of(Offers), Of(Carries), false],
            [Of(Tokens), Of(Asks), Of(Offers), Of(Carries), true],
            [Of(new double[,] { { 60, 0, 10 }, { 0, 50, 20 } }), Of(new double[,] { { 2, 1 }, { -2, -1 }, { 1, 0 } }), Of(new double[,] { { 0, 1 }, { 1, 0 }, { 3, 0 } }), Of(new double[,] { { 4 }, { 1 }, { 2 } }), false],
            [Of(new double[,] { { 1, -2 } }), Of(new double[,] { { 1, 0, 2 }, { 0, 1, 1 } }), Of(new double[,] { { 2, 0, 1 }, { 1, 1, 0 } }), Of(new double[,] { { 3, 1 }, { 0, 2 } }), true],       // one token
            [Of(new double[,] { { 1, 2 }, { 1, 2 }, { 0, 1 }, { 0, 1 } }), Of(new double[,] { { 1 }, { 2 } }), Of(new double[,] { { -1 }, { 3 } }), Of(new double[,] { { 8, 0, 1 }, { 0, 8, 2 } }), true],   // ties, and d_k = 1
            [Of(new double[,] { { 20, 1 }, { -30, 0 }, { 25, 2 } }), Of(new double[,] { { 1 }, { 0 } }), Of(new double[,] { { -1 }, { 0 } }), Of(new double[,] { { 2, 1, 0 }, { 0, 1, 3 } }), true],   // the future scores hundreds more than what may be seen
        ],
        randomCase: random =>
        {
            // Four sizes, no two alike, so that none can be taken for another.
            int[] sizes = [2, 3, 4, 5];
            random.Shuffle(sizes);
            var (n, dModel, dK, dV) = (sizes[0], sizes[1], sizes[2], sizes[3]);
            return [random.NormalMatrix(n, dModel), random.NormalMatrix(dModel, dK), random.NormalMatrix(dModel, dK), random.NormalMatrix(dModel, dV), random.Next(2) == 0];
        },
        hints:
        [
            "For all tokens at once the five steps are matrix products: `X * W_Q` makes all queries, and `Q * K.Transpose()` all scores, a query a row and a key a column.",
            "The order: Q, K and V; scores; divided by √d_k; the mask, if there is one; softmax of each row; times V.",
            "d_k is the width of a query, `Q.ColumnCount` or `W_Q.ColumnCount`, not the width of a token.",
            "The mask comes before the softmax: where the key comes after the query, j > i, the score becomes `double.NegativeInfinity`. After the softmax, the weights of a row would no longer add up to 1.",
            "With your own function, row by row: `A.SetRow(i, SoftmaxOfRow(Z.Row(i).ToArray()))`. Then `A * V`.",
        ],
        mistakes: OnMatrices(
        [
            new("not scaled", "The scores were not divided by √d_k.",
                (X, W_Q, W_K, W_V, causal) => Head(X, W_Q, W_K, W_V, causal, scale: 1)),
            new("scaled by the width of a token", "The scores were divided by √d_model. What counts is the width of a query: `W_Q.ColumnCount`.",
                (X, W_Q, W_K, W_V, causal) => Head(X, W_Q, W_K, W_V, causal, scale: 1 / Math.Sqrt(X.GetLength(1)))),
            new("divided by d_k", "The scores were divided by d_k. It is its square root that divides.",
                (X, W_Q, W_K, W_V, causal) => Head(X, W_Q, W_K, W_V, causal, scale: 1.0 / W_Q.GetLength(1))),
            new("multiplied by the root", "The scores were multiplied by √d_k, which makes large scores larger. Divide.",
                (X, W_Q, W_K, W_V, causal) => Head(X, W_Q, W_K, W_V, causal, scale: Math.Sqrt(W_Q.GetLength(1)))),
            new("divided by the root of 2", "The scores were divided by √2, whatever d_k is. Take the root of the width of a query: `W_Q.ColumnCount`.",
                (X, W_Q, W_K, W_V, causal) => Head(X, W_Q, W_K, W_V, causal, scale: 1 / Math.Sqrt(2))),
            new("not scaled, mask ignored", "Two things: the scores were not divided by √d_k, and `causal` makes no difference here, so that the future is seen.",
                (X, W_Q, W_K, W_V, causal) => Head(X, W_Q, W_K, W_V, causal: false, scale: 1)),
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
                })
            {
                Variants =
                [
                    (X, W_Q, W_K, W_V, causal) =>   // column i was put into row i
                    {
                        double[,] Z = HeadScores(X, W_Q, W_K);
                        return Averaged(RowWeights(Transposed(causal ? Masked(Z, (i, j) => j <= i) : Z)), Product(X, W_V));
                    },
                ],
            },
            new("masked after the softmax", "The mask was put on the weights, after the softmax, so the rows no longer add up to 1, and the future still counts in the denominator. Mask the scores.",
                (X, W_Q, W_K, W_V, causal) =>
                {
                    double[,] A = RowWeights(HeadScores(X, W_Q, W_K));
                    return Averaged(causal ? Masked(A, (i, j) => j <= i, filler: 0) : A, Product(X, W_V));
                }),
            new("masked after the softmax, and divided again", "To set weights to 0 after the softmax and divide by what is left is the same on paper. But where the future scores far more, the past has no weight left, and 0 / 0 is NaN. Mask the scores.",
                (X, W_Q, W_K, W_V, causal) =>
                {
                    double[,] A = RowWeights(HeadScores(X, W_Q, W_K)), left = causal ? Masked(A, (i, j) => j <= i, filler: 0) : A;
                    return Averaged(Build(A.GetLength(0), A.GetLength(1), (i, j) => left[i, j] / Row(left, i).Sum()), Product(X, W_V));
                })
            {
                Variants =
                [
                    (X, W_Q, W_K, W_V, causal) =>   // with a guard: nothing is left, and nothing is divided
                    {
                        double[,] A = RowWeights(HeadScores(X, W_Q, W_K)), left = causal ? Masked(A, (i, j) => j <= i, filler: 0) : A;
                        return Averaged(Build(A.GetLength(0), A.GetLength(1), (i, j) => Row(left, i).Sum() is var sum && sum > 0 ? left[i, j] / sum : 0), Product(X, W_V));
                    },
                ],
            },
            new("overflow", "Small scores come out right, large ones give NaN: the softmax needs its largest score subtracted first.",
                (X, W_Q, W_K, W_V, causal) =>
                {
                    double[,] Z = HeadScores(X, W_Q, W_K);
                    return Averaged(PlainRowWeights(causal ? Masked(Z, (i, j) => j <= i) : Z), Product(X, W_V));
                }),
            new("mask ignored, and overflow", "Two things: `causal` makes no difference here, so the future is seen; and large scores give NaN, since the softmax subtracts no maximum.",
                (X, W_Q, W_K, W_V, causal) => Averaged(PlainRowWeights(HeadScores(X, W_Q, W_K)), Product(X, W_V))),
            new("scaled by the width of a value", "The scores were divided by √d_v. What counts is the width of a query: `W_Q.ColumnCount`.",
                (X, W_Q, W_K, W_V, causal) => Head(X, W_Q, W_K, W_V, causal, scale: 1 / Math.Sqrt(W_V.GetLength(1)))),
            new("scaled by the number of tokens", "The scores were divided by √n. How many tokens there are does not matter; what counts is the width of a query: `W_Q.ColumnCount`.",
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
            new("hides the past", "The mask is on the wrong side: each token sees itself and what comes after it. Hidden is the future, the keys with j > i.",
                (X, W_Q, W_K, W_V, causal) => Averaged(RowWeights(causal ? Masked(HeadScores(X, W_Q, W_K), (i, j) => j >= i) : HeadScores(X, W_Q, W_K)), Product(X, W_V))),
            new("sees only the future", "The mask is the wrong way round: hidden are a token itself and what came before it, and what is left is the future. Hidden should be the keys with j > i.",
                (X, W_Q, W_K, W_V, causal) => Averaged(RowWeights(causal ? Masked(HeadScores(X, W_Q, W_K), (i, j) => j > i) : HeadScores(X, W_Q, W_K)), Product(X, W_V)))
            {
                Variants =
                [
                    (X, W_Q, W_K, W_V, causal) =>
                    {
                        double[,] O = Averaged(RowWeights(causal ? Masked(HeadScores(X, W_Q, W_K), (i, j) => j > i) : HeadScores(X, W_Q, W_K)), Product(X, W_V));
                        return causal ? With(O, O.GetLength(0) - 1, double.NaN) : O;   // a softmax that knows no row of −∞
                    },
                ],
            },
            new("the weights on their side", "The weights were transposed before they met the values, Aᵀ · V: each value was collected by the weights of its column. Row i of A belongs to query i: A · V.",
                (X, W_Q, W_K, W_V, causal) => Averaged(Transposed(RowWeights(causal ? Masked(HeadScores(X, W_Q, W_K), (i, j) => j <= i) : HeadScores(X, W_Q, W_K))), Product(X, W_V))),
            new("a small number for −∞", "The future has a score like −1 or −100 here, or is lowered by as much. That is no −∞: where the allowed scores are lower still, or not far above, the future is seen. Use `double.NegativeInfinity`.",
                (X, W_Q, W_K, W_V, causal) => Averaged(RowWeights(causal ? Masked(HeadScores(X, W_Q, W_K), (i, j) => j <= i, filler: -100) : HeadScores(X, W_Q, W_K)), Product(X, W_V)))
            {
                Variants = [.. new[] { -1.0, -10, -50 }.Select(filler => Filled(filler, isAdded: false)), .. new[] { -1.0, -10, -50, -100, -999, -1000 }.Select(filler => Filled(filler, isAdded: true))],
            },
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
                })
            {
                Variants =
                [
                    // Without the maximum: number by number, and as MathNet divides a matrix, by which an infinite sum makes zeros and not NaN.
                    (X, W_Q, W_K, W_V, causal) => WholeMatrix(X, W_Q, W_K, W_V, causal, (e, sum) => e / sum),
                    (X, W_Q, W_K, W_V, causal) => WholeMatrix(X, W_Q, W_K, W_V, causal, (e, sum) => double.IsInfinity(sum) ? 0 : e / sum),
                ],
            },
            new("no softmax", "The scaled scores themselves were used as weights. The softmax is missing: e to the power of each, divided by the sum of the row.",
                (X, W_Q, W_K, W_V, causal) => Averaged(causal ? Masked(HeadScores(X, W_Q, W_K), (i, j) => j <= i) : HeadScores(X, W_Q, W_K), Product(X, W_V)))
            {
                Variants = [(X, W_Q, W_K, W_V, causal) => Averaged(causal ? Masked(HeadScores(X, W_Q, W_K), (i, j) => j <= i, filler: 0) : HeadScores(X, W_Q, W_K), Product(X, W_V))],
            },
            new("not divided by the sum", "The exponentials were used as weights. Divide each by the sum of its row, so that the weights of a query add up to 1.",
                (X, W_Q, W_K, W_V, causal) => Averaged(Exponentiated(causal ? Masked(HeadScores(X, W_Q, W_K), (i, j) => j <= i) : HeadScores(X, W_Q, W_K), lessLargest: true), Product(X, W_V)))
            {
                Variants = [(X, W_Q, W_K, W_V, causal) => Averaged(Exponentiated(causal ? Masked(HeadScores(X, W_Q, W_K), (i, j) => j <= i) : HeadScores(X, W_Q, W_K), lessLargest: false), Product(X, W_V))],
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
        ]));

    private static double[,] WholeMatrix(double[,] X, double[,] W_Q, double[,] W_K, double[,] W_V, bool causal, Func<double, double, double> share)
    {
        double[,] Z = HeadScores(X, W_Q, W_K), e = Build(Z.GetLength(0), Z.GetLength(1), (i, j) => causal && j > i ? 0 : Math.Exp(Z[i, j]));
        double sum = e.Cast<double>().Sum();
        return Averaged(Build(Z.GetLength(0), Z.GetLength(1), (i, j) => share(e[i, j], sum)), Product(X, W_V));
    }

    /// <summary>Attention whose future has a number of its own in place of −∞, or added to its score.</summary>
    private static AttentionOnArrays Filled(double filler, bool isAdded) => (X, W_Q, W_K, W_V, causal) =>
    {
        double[,] Z = HeadScores(X, W_Q, W_K);
        return Averaged(RowWeights(!causal ? Z : isAdded ? Plus(Z, (i, j) => j <= i, filler) : Masked(Z, (i, j) => j <= i, filler)), Product(X, W_V));
    };

    private static double[,] Exponentiated(double[,] Z, bool lessLargest) =>
        Build(Z.GetLength(0), Z.GetLength(1), (i, j) => Math.Exp(Z[i, j] - (lessLargest ? Row(Z, i).Max() : 0)));

    private delegate double[,] AttentionOnArrays(double[,] X, double[,] W_Q, double[,] W_K, double[,] W_V, bool causal);

    private static KnownMistake<AttentionFunction>[] OnMatrices(IReadOnlyList<KnownMistake<AttentionOnArrays>> mistakes)
    {
        AttentionFunction Lifted(AttentionOnArrays f) => (X, W_Q, W_K, W_V, causal) => Of(f(X.ToArray(), W_Q.ToArray(), W_K.ToArray(), W_V.ToArray(), causal));
        return [.. mistakes.Select(mistake => new KnownMistake<AttentionFunction>(mistake.Name, mistake.Sentence, Lifted(mistake.Answer)) { Variants = [.. mistake.Variants.Select(Lifted)] })];
    }
}
