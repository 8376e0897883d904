using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

/// <summary>The exercises of lesson 04, attention forward.</summary>
public static class Lesson04
{
    public delegate double[,] ScoresFunction(double[,] Q, double[,] K);

    public delegate double[,] ScaleFunction(double[,] S, int dK);

    public delegate double[] SoftmaxFunction(double[] s);

    public delegate double[,] WeightedSumFunction(double[,] A, double[,] V);

    public delegate double[,] CausalMaskFunction(double[,] S);

    public delegate double[,] AttentionFunction(double[,] X, double[,] W_Q, double[,] W_K, double[,] W_V, bool causal);

    public delegate double[,] WindowMaskFunction(double[,] S, int w);

    public delegate int PairsFunction(int n, int w);

    public delegate bool AttentionTest(Func<double[,], double[,], double[,], double[,]> attention);

    /// <summary>Causal attention, correct: what a test of an implementation may compare with.</summary>
    /// <param name="Q">Queries (n × d_k).</param>
    /// <param name="K">Keys (n × d_k).</param>
    /// <param name="V">Values (n × d_v).</param>
    /// <returns>O (n × d_v).</returns>
    public static double[,] CausalAttention(double[,] Q, double[,] K, double[,] V) => Attend(Q, K, V);

    public static FunctionExercise<ScoresFunction> Scores { get; } = new(
        id: "04.1",
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

    public static FunctionExercise<WeightedSumFunction> WeightedSum { get; } = new(
        id: "04.2",
        title: "The weighted sum",
        statement: "Return for each token the sum of all values, each times its weight: row i is Σ_j a_ij v_j.",
        solution: (A, V) =>
        {
            var O = new double[A.GetLength(0), V.GetLength(1)];
            for (int i = 0; i < A.GetLength(0); i++)
                for (int j = 0; j < V.GetLength(0); j++)
                    for (int c = 0; c < V.GetLength(1); c++)
                        O[i, c] += A[i, j] * V[j, c];
            return O;
        },
        cases:
        [
            [new double[,] { { 0.5, 0.5, 0 }, { 0, 1, 0 }, { 0.25, 0.25, 0.5 } }, new double[,] { { 4, 0 }, { 1, 3 }, { 5, 3 } }],
            [new double[,] { { 0.75, 0.25 }, { 0.5, 0.5 } }, new double[,] { { 8, 0, 4 }, { 0, 8, 4 } }],
            [new double[,] { { 0.5, 0.25, 0.25 }, { 0, 0, 0 } }, new double[,] { { 8, 0 }, { 0, 8 }, { 4, 4 } }],
        ],
        randomCase: random =>
        {
            (int queries, int keys) = (random.Next(2, 6), random.Next(2, 6));
            return [Softmax.Forward(random.NormalMatrix(queries, keys)).ToArray(), random.NormalMatrix(keys, random.Next(2, 5)).ToArray()];
        },
        hints:
        [
            "Row i of `A` holds the weights of token i: `A[i, j]` goes with value j, which is row j of `V`.",
            "Three loops: the tokens i, the values j, the entries c of a value. Add `A[i, j] * V[j, c]` to `O[i, c]`.",
            "In matrices: O = A · V.",
        ],
        mistakes:
        [
            new("weights down the columns", "The weights of token i were taken from column i of `A`. They are its row.",
                (A, V) => Build(A.GetLength(0), V.GetLength(1), (i, c) => Enumerable.Range(0, V.GetLength(0)).Sum(j => A[j, i] * V[j, c]))),
            new("plain mean", "Every value counts the same here. Multiply value j by the weight `A[i, j]`.",
                (A, V) => Averaged(Build(A.GetLength(0), A.GetLength(1), (_, _) => 1.0 / A.GetLength(1)), V)),
            new("the value with the largest weight", "This picks the value with the largest weight. Attention takes some of every value.",
                (A, V) => Build(A.GetLength(0), V.GetLength(1), (i, c) => V[Array.IndexOf(Row(A, i), Row(A, i).Max()), c])),
            new("divides by n as well", "The weights add up to 1 already, so the weighted sum is the average: do not divide by the number of tokens again.",
                (A, V) => Times(Averaged(A, V), 1.0 / V.GetLength(0)))
            {
                Variants = [(A, V) => Times(Averaged(A, V), 1.0 / A.GetLength(0))],
            },
            new("only its own value", "Each token takes only its own value, times a_ii. Sum over all j.",
                (A, V) => Build(A.GetLength(0), V.GetLength(1), (i, c) => A[i, i] * V[i, c])),
            new("only the last product", "Only the last value is left, times its weight. Each product writes over the one before: `=` where `+=` is needed.",
                (A, V) => Build(A.GetLength(0), V.GetLength(1), (i, c) => A[i, V.GetLength(0) - 1] * V[V.GetLength(0) - 1, c])),
            new("its own value, times every weight", "Every weight is multiplied by the token's own value, `V[i, c]`. Weight `A[i, j]` goes with value j: `V[j, c]`.",
                (A, V) => Build(A.GetLength(0), V.GetLength(1), (i, c) => Enumerable.Range(0, V.GetLength(0)).Sum(j => A[i, j] * V[i, c]))),
            new("only the values so far", "This sums over j ≤ i only. A mask is no part of the weighted sum: sum over all values, and weights of 0 take care of the rest.",
                (A, V) => Build(A.GetLength(0), V.GetLength(1), (i, c) => Enumerable.Range(0, i + 1).Sum(j => A[i, j] * V[j, c]))),
            new("divides by the sum of the weights", "The sum is divided by the sum of the weights. That changes nothing where they add up to 1, and gives 0/0 for a token that may look at nothing, whose weights are all 0. Take the weights as they are.",
                (A, V) => Build(A.GetLength(0), V.GetLength(1), (i, c) => Enumerable.Range(0, V.GetLength(0)).Sum(j => A[i, j] * V[j, c]) / Row(A, i).Sum())),
            new("as many values as queries", "The sum runs over as many values as there are queries. There may be more values, or fewer: `V.GetLength(0)`.",
                (A, V) => Build(A.GetLength(0), V.GetLength(1), (i, c) => Enumerable.Range(0, A.GetLength(0)).Sum(j => A[i, j] * V[j, c]))),
        ]);

    public static FunctionExercise<ScaleFunction> Scale { get; } = new(
        id: "04.3",
        title: "The scale",
        statement: "Return the scores divided by √d_k.",
        solution: (S, dK) =>
        {
            var Z = new double[S.GetLength(0), S.GetLength(1)];
            for (int i = 0; i < S.GetLength(0); i++)
                for (int j = 0; j < S.GetLength(1); j++)
                    Z[i, j] = S[i, j] / Math.Sqrt(dK);
            return Z;
        },
        cases:
        [
            [new double[,] { { 1, 2, 3 }, { -1, -2, -3 }, { 0, 0, 0 } }, 4],
            [new double[,] { { 8, -16 } }, 64],
        ],
        randomCase: random => [random.NormalMatrix(random.Next(2, 5), random.Next(2, 5), 3).ToArray(), random.Next(6, 20)],
        hints:
        [
            "Every entry is divided by the same number.",
            "A score is a sum of d_k products and has the variance d_k. Which number divided by which makes a variance of d_k into 1?",
        ],
        mistakes:
        [
            new("divides by d_k", "The root is missing: this divides by d_k. The *variance* of a score is d_k; its standard deviation is √d_k, and that is what divides.",
                (S, dK) => Times(S, 1.0 / dK)),
            new("divides by the root of the number of keys", "This divides by √n, with n the number of columns. What makes a score large is the width of a query, d_k; how many keys there are does not matter.",
                (S, dK) => Times(S, 1 / Math.Sqrt(S.GetLength(1)))),
            new("multiplies", "This multiplies by √d_k. Wide queries give large scores, and the scale brings them back: divide.",
                (S, dK) => Times(S, Math.Sqrt(dK))),
            new("not scaled", "The scores came back as they were. Divide each by √d_k. (If you wrote `Math.Pow(dK, 1 / 2)`: in C# `1 / 2` is 0. Write 0.5.)",
                (S, dK) => Times(S, 1)),
            new("divides by the root of the number of queries", "This divides by the root of the number of rows. What makes a score large is the width of a query, d_k.",
                (S, dK) => Times(S, 1 / Math.Sqrt(S.GetLength(0)))),
            new("divides by half of d_k", "This divides by d_k / 2. It is the square root of d_k that divides; for d_k = 4 the two happen to be the same.",
                (S, dK) => Times(S, 2.0 / dK))
            {
                Variants = [(S, dK) => Times(S, 1.0 / (dK / 2))],
            },
            new("rounds the root", "The root has lost its decimals: a cast to `int` cuts them off. For 4 and 64 nobody sees it.",
                (S, dK) => Times(S, 1.0 / (int)Math.Sqrt(dK))),
            new("divides whole numbers", "Every number is 0. Is there `1 / dK` in your code? In C# that divides whole numbers and is 0: write `1.0 / dK`.",
                (S, dK) => Times(S, 0)),
        ]);

    public static FunctionExercise<SoftmaxFunction> SoftmaxOfRow { get; } = new(
        id: "04.4",
        title: "A softmax that does not overflow",
        statement: "Return e^(s_i − m) / Σ_k e^(s_k − m), with m the largest score. A score of −∞ gets the weight 0, and where all are −∞, all weights are 0.",
        solution: s =>
        {
            double m = s.Max();
            if (double.IsNegativeInfinity(m)) return new double[s.Length];
            double[] e = [.. s.Select(v => Math.Exp(v - m))];
            double sum = e.Sum();
            return [.. e.Select(v => v / sum)];
        },
        cases:
        [
            [Numbers(0, 0)],
            [Numbers(1, 2, 3)],
            [Numbers(0, double.NegativeInfinity, 1)],
            [Numbers(1000, 1001, 1000)],
            [Numbers(-1000, -1001)],
            [Numbers(0, 1000)],
            [Numbers(0, 2000)],
            [Numbers(2000, 0)],
            [Numbers(double.NegativeInfinity, 1000)],
            [Numbers(1000, double.NegativeInfinity)],
            [Numbers(double.NegativeInfinity, double.NegativeInfinity)],
        ],
        randomCase: random => [random.NormalVector(random.Next(2, 7), 2).ToArray()],
        hints:
        [
            "Find the largest score first: `s.Max()`. Subtract it from every score before you take the exponential: then the largest exponential is e⁰ = 1.",
            "`Math.Exp(double.NegativeInfinity)` is 0, exactly: masked scores take care of themselves, as long as m is finite.",
            "If m itself is −∞, nothing is allowed, and −∞ − (−∞) is not a number. Return zeros before you come to that.",
        ],
        mistakes:
        [
            new("no maximum subtracted", "The formula is right, and e^1000 is too large for a `double`: ∞ / ∞ is NaN. Subtract the largest score first; it cancels in the quotient.",
                Exponentials(_ => 0))
            {
                Variants = [Guarded(Exponentials(_ => 0)), ZerosIfNothingIsLeft(Exponentials(_ => 0))],
            },
            new("a row without any allowed key gives NaN", "All is right but the row in which every score is −∞: there m is −∞ too, and −∞ − (−∞) is NaN. Return zeros for such a row.",
                Exponentials(s => s.Max())),
            new("a row without any allowed key gives equal weights", "All is right but the row in which every score is −∞. Equal weights would look at everything that was forbidden; return zeros.",
                s => double.IsNegativeInfinity(s.Max()) ? [.. s.Select(_ => 1.0 / s.Length)] : Weights(s)),
            new("not divided by the sum", "These are the exponentials, e^(s − m). Divide by their sum, so that the weights add up to 1.",
                s => [.. s.Select(v => Math.Exp(v - s.Max()))])
            {
                Variants = [Guarded(s => [.. s.Select(v => Math.Exp(v - s.Max()))])],
            },
            new("plain exponentials", "These are the exponentials, e^s. Subtract the largest score before, and divide by their sum after.",
                s => [.. s.Select(v => Math.Exp(v))]),
            new("shares without exponentials", "This divides each score by the sum of the scores. Softmax takes the exponential of each first, so that negative scores get a weight too.",
                s => [.. s.Select(v => v / s.Sum())])
            {
                Variants = [Guarded(s => [.. s.Select(v => v / s.Sum())])],
            },
            new("logarithms of the weights", "These are the logarithms of the weights. Take the exponential of each.",
                Guarded(s => [.. Weights(s).Select(weight => Math.Log(weight))]))
            {
                Variants =
                [
                    s => [.. Weights(s).Select(weight => Math.Log(weight))],
                    s => [.. s.Select(v => v - s.Max() - Math.Log(s.Sum(w => Math.Exp(w - s.Max()))))],
                    Guarded(s => [.. s.Select(v => v - s.Max() - Math.Log(s.Sum(w => Math.Exp(w - s.Max()))))]),
                ],
            },
            new("the maximum starts at 0", "Your maximum starts at 0, so that a row of negative scores keeps m = 0, and all its exponentials vanish. Start with `double.NegativeInfinity`, or with the first score.",
                Exponentials(s => Math.Max(0, s.Max())))
            {
                Variants = [Guarded(Exponentials(s => Math.Max(0, s.Max()))), ZerosIfNothingIsLeft(Exponentials(s => Math.Max(0, s.Max())))],
            },
            new("subtracts the first score", "You subtract the first score, not the largest. For (0, 2000) that leaves e^2000, which is too large for a `double`.",
                Exponentials(s => s[0]))
            {
                Variants =
                [
                    Guarded(Exponentials(s => s[0])),
                    s => double.IsNegativeInfinity(s[0]) ? new double[s.Length] : Exponentials(t => t[0])(s),
                    s => [.. Exponentials(t => t[0])(s).Select(weight => double.IsNaN(weight) ? 0 : weight)],
                ],
            },
            new("subtracts the last score", "You subtract the last score, not the largest. For (2000, 0) that leaves e^2000, which is too large for a `double`.",
                Exponentials(s => s[^1]))
            {
                Variants =
                [
                    Guarded(Exponentials(s => s[^1])),
                    s => double.IsNegativeInfinity(s[^1]) ? new double[s.Length] : Exponentials(t => t[^1])(s),
                    s => [.. Exponentials(t => t[^1])(s).Select(weight => double.IsNaN(weight) ? 0 : weight)],
                ],
            },
            new("subtracts the largest absolute value", "You subtract the largest *absolute value*. For (−1000, −1001) that makes the exponents −2001 and less, and every exponential vanishes. Take the largest score, with its sign.",
                Exponentials(s => s.Max(Math.Abs)))
            {
                Variants = [Guarded(Exponentials(s => s.Max(Math.Abs)))],
            },
            new("subtracts the smallest score", "You subtract the smallest score. The exponents are then 0 or more, and the largest overflows as before. Take the largest away.",
                Exponentials(s => s.Min()))
            {
                Variants = [Guarded(Exponentials(s => s.Min())), Guarded(Exponentials(s => s.Where(double.IsFinite).Min()))],
            },
            new("subtracts the mean", "You subtract the mean, which also cancels. But the largest score may lie far above it, and its exponential overflows: take the largest away. (And with a score of −∞ the mean is −∞.)",
                Exponentials(s => s.Average()))
            {
                Variants = [Guarded(Exponentials(s => s.Average())), Guarded(Exponentials(s => s.Where(double.IsFinite).Average()))],
            },
            new("subtracts above only", "The largest score is subtracted in the numerator and not in the sum below, so that it does not cancel. Subtract it in both.",
                s => [.. s.Select(v => Math.Exp(v - s.Max()) / s.Sum(w => Math.Exp(w)))])
            {
                Variants = [Guarded(s => [.. s.Select(v => Math.Exp(v - s.Max()) / s.Sum(w => Math.Exp(w)))])],
            },
            new("cuts large scores off", "Large scores are cut off at some number here. No exponential overflows, and all scores above it get the same weight. Subtract instead: that changes no weight.",
                Exponentials(s => 0, most: 700))
            {
                Variants =
                [
                    Guarded(Exponentials(s => 0, most: 700)), ZerosIfNothingIsLeft(Exponentials(s => 0, most: 700)),
                    Exponentials(s => 0, most: 709), Guarded(Exponentials(s => 0, most: 709)), ZerosIfNothingIsLeft(Exponentials(s => 0, most: 709)),
                    Exponentials(s => 0, most: 500), Guarded(Exponentials(s => 0, most: 500)), ZerosIfNothingIsLeft(Exponentials(s => 0, most: 500)),
                ],
            },
            new("zeros as soon as one score is −∞", "A single score of −∞ makes all weights 0 here. Only that score's weight is 0; all are 0 only where *every* score is −∞.",
                s => s.Contains(double.NegativeInfinity) ? new double[s.Length] : Weights(s)),
            new("the smallest score gets the most", "The signs are turned around, so that the smallest score gets the largest weight. It is e^(s − m), and not e^(m − s).",
                s => [.. s.Select(v => Math.Exp(s.Max() - v) / s.Sum(w => Math.Exp(s.Max() - w)))])
            {
                Variants =
                [
                    Guarded(s => [.. s.Select(v => Math.Exp(s.Max() - v) / s.Sum(w => Math.Exp(s.Max() - w)))]),
                    s => [.. s.Select(v => Math.Exp(-v) / s.Sum(w => Math.Exp(-w)))],
                    Guarded(s => [.. s.Select(v => Math.Exp(-v) / s.Sum(w => Math.Exp(-w)))]),
                    s => [.. s.Select(v => Math.Exp(s.Min() - v) / s.Sum(w => Math.Exp(s.Min() - w)))],
                    Guarded(s => [.. s.Select(v => Math.Exp(s.Min() - v) / s.Sum(w => Math.Exp(s.Min() - w)))]),
                ],
            },
            new("a sigmoid", "This is the sigmoid of each score by itself. In a softmax the scores share one sum, and the weights add up to 1.",
                s => [.. s.Select(v => 1 / (1 + Math.Exp(-v)))]),
        ]);

    public static FunctionExercise<CausalMaskFunction> CausalMask { get; } = new(
        id: "04.5",
        title: "The causal mask",
        statement: "Return a copy of the scores with −∞ wherever the key comes after the query.",
        solution: S =>
        {
            var masked = new double[S.GetLength(0), S.GetLength(1)];
            for (int i = 0; i < S.GetLength(0); i++)
                for (int j = 0; j < S.GetLength(1); j++)
                    masked[i, j] = j <= i ? S[i, j] : double.NegativeInfinity;
            return masked;
        },
        cases: [[new double[,] { { 1, 2, 3 }, { -1, -2, -3 }, { 4, 5, 6 } }], [new double[,] { { 7 } }]],
        randomCase: random =>
        {
            int n = random.Next(2, 6);
            return [random.NormalMatrix(n, n).ToArray()];
        },
        hints:
        [
            "The row i is the token that asks, the column j the token that is asked. Which pairs (i, j) look into the future?",
            "A token may look at itself: j = i is allowed, j > i is not.",
            "Make a new matrix. Where the key is allowed it holds the score, and elsewhere `double.NegativeInfinity`.",
        ],
        mistakes:
        [
            new("hides a token from itself", "The diagonal is masked too. A token may look at itself, and the first token has nothing else to look at: its row would be empty.",
                S => Masked(S, (i, j) => j < i)),
            new("hides the past", "This masks what comes before, below the diagonal. Hide what comes after: j > i.",
                S => Masked(S, (i, j) => j >= i)),
            new("sees one token ahead", "One token of the future can still be seen: j = i + 1. A model that has to predict the next token would read the answer off.",
                S => Masked(S, (i, j) => j <= i + 1)),
            new("zeros", "The future has the score 0 here. The softmax gives a score of 0 the weight e⁰ = 1 before dividing: more than any negative score. Use −∞, whose exponential is 0.",
                S => Masked(S, (i, j) => j <= i, filler: 0)),
            new("a large negative number", "A finite number stands where −∞ should. It gives the same weights while a row has something allowed; this lesson shows what it does when a row has not.",
                S => Masked(S, (i, j) => j <= i, filler: -1e9))
            {
                Variants =
                [
                    .. Fillers.Select(filler => (CausalMaskFunction)(S => Masked(S, (i, j) => j <= i, filler))),
                    .. AddedFillers.Select(filler => (CausalMaskFunction)(S => Plus(S, (i, j) => j <= i, filler))),
                ],
            },
            new("nothing hidden", "Nothing is hidden: the scores came back as they were. Where the key comes after the query, j > i, there should be −∞.",
                S => Masked(S, (_, _) => true)),
            new("plus infinity", "The future has the score +∞ here, so that it would take all the weight. The score of what is hidden is −∞.",
                S => Masked(S, (i, j) => j <= i, filler: double.PositiveInfinity)),
            new("multiplied by −∞", "The scores of the future were *multiplied* by −∞: a negative score becomes +∞, and 0 becomes NaN. Set them to −∞, or add it.",
                S => Build(S.GetLength(0), S.GetLength(1), (i, j) => j <= i ? S[i, j] : S[i, j] * double.NegativeInfinity)),
            new("the mask without the scores", "This is the mask alone. Where a key is allowed, its score should still be there.",
                S => Build(S.GetLength(0), S.GetLength(1), (i, j) => j <= i ? 0 : double.NegativeInfinity))
            {
                Variants =
                [
                    S => Build(S.GetLength(0), S.GetLength(1), (i, j) => j <= i ? 1 : double.NegativeInfinity),
                    S => Build(S.GetLength(0), S.GetLength(1), (i, j) => j <= i ? 1 : 0),
                ],
            },
        ]);

    public static FunctionExercise<AttentionFunction> Attention { get; } = new(
        id: "04.6",
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

    public static FunctionExercise<WindowMaskFunction> WindowMask { get; } = new(
        id: "04.7",
        title: "A window mask",
        statement: "Return a copy of the scores in which each token sees `w` tokens, itself and the w − 1 before it; all else is −∞.",
        solution: (S, w) =>
        {
            var masked = new double[S.GetLength(0), S.GetLength(1)];
            for (int i = 0; i < S.GetLength(0); i++)
                for (int j = 0; j < S.GetLength(1); j++)
                    masked[i, j] = j <= i && j > i - w ? S[i, j] : double.NegativeInfinity;
            return masked;
        },
        cases:
        [
            [Ones(5), 3],
            [Ones(5), 1],
            [Ones(3), 7],
        ],
        randomCase: random =>
        {
            int n = random.Next(5, 8);
            return [random.NormalMatrix(n, n).ToArray(), random.Next(2, 5)];
        },
        hints:
        [
            "Two conditions: not in the future, and not too far in the past.",
            "With w = 1 a token sees itself alone. With w = 3 token 4 sees 4, 3 and 2.",
            "The oldest visible token is i − w + 1, and the youngest is i.",
        ],
        mistakes:
        [
            new("one token too many", "Each token sees w + 1 tokens: itself and w before it. It should see w in all.",
                (S, w) => Masked(S, (i, j) => j <= i && i - j <= w)),
            new("one token too few", "Each token sees w − 1 tokens. It should see w, itself included.",
                (S, w) => Masked(S, (i, j) => j <= i && i - j < w - 1)),
            new("looks ahead too", "This window looks as far ahead as back. Here it is causal: nothing after the token itself.",
                (S, w) => Masked(S, (i, j) => Math.Abs(i - j) < w)),
            new("looks ahead only", "This window looks ahead. It should look back: j ≤ i.",
                (S, w) => Masked(S, (i, j) => j >= i && j - i < w)),
            new("no window", "This is the causal mask: the far past is still visible.",
                (S, w) => Masked(S, (i, j) => j <= i)),
            new("no causal mask", "The far past is hidden, and all of the future is visible. The window ends at the token itself: j ≤ i.",
                (S, w) => Masked(S, (i, j) => j > i - w)),
            new("half to each side", "This window has one half before the token and one after, as in Longformer. Here it looks back only, and has w tokens, the token itself included.",
                (S, w) => Masked(S, (i, j) => Math.Abs(i - j) <= w / 2))
            {
                Variants = [(S, w) => Masked(S, (i, j) => Math.Abs(i - j) <= (w - 1) / 2), (S, w) => Masked(S, (i, j) => j <= i && i - j <= w / 2)],
            },
            new("hides a token from itself", "The token itself is hidden. It is one of the w tokens that it sees.",
                (S, w) => Masked(S, (i, j) => j < i && j >= i - w))
            {
                Variants = [(S, w) => Masked(S, (i, j) => j < i && j > i - w)],
            },
            new("nothing hidden", "Nothing is hidden. A key is hidden if it lies in the future *or* too far in the past; no key is both, and every key is allowed by one of the two conditions.",
                (S, w) => Masked(S, (_, _) => true)),
            new("blocks", "These are blocks: the tokens see only what lies in their own block of w. A window moves along with the token.",
                (S, w) => Masked(S, (i, j) => j <= i && i / w == j / w))
            {
                Variants = [(S, w) => Masked(S, (i, j) => i / w == j / w)],
            },
            new("zeros", "What is hidden has the score 0 here, and e⁰ = 1 is a weight. Use −∞, whose exponential is 0.",
                (S, w) => Masked(S, (i, j) => j <= i && j > i - w, filler: 0)),
            new("a large negative number", "A finite number stands where −∞ should. It gives the same weights while a row has something allowed; this lesson shows what it does when a row has not.",
                (S, w) => Masked(S, (i, j) => j <= i && j > i - w, filler: -1e9))
            {
                Variants =
                [
                    .. Fillers.Select(filler => (WindowMaskFunction)((S, w) => Masked(S, (i, j) => j <= i && j > i - w, filler))),
                    .. AddedFillers.Select(filler => (WindowMaskFunction)((S, w) => Plus(S, (i, j) => j <= i && j > i - w, filler))),
                ],
            },
        ]);

    public static FunctionExercise<PairsFunction> PairsCompared { get; } = new(
        id: "04.8",
        title: "How many pairs a window compares",
        statement: "Return how many pairs of query and key are compared for n tokens with a causal window of w tokens.",
        solution: (n, w) =>
        {
            int pairs = 0;
            for (int i = 0; i < n; i++)
                pairs += Math.Min(i + 1, w);
            return pairs;
        },
        cases: [[5, 3], [5, 1], [3, 7], [1024, 64], [6, 6]],
        randomCase: random => [random.Next(10, 100), random.Next(2, 9)],
        hints:
        [
            "Go through the tokens. How many does token i see, counted from 0, when there is no window? How many can it see at most with one?",
            "Token i sees i + 1 tokens, itself included, but never more than w.",
            "Add up `Math.Min(i + 1, w)`.",
        ],
        mistakes:
        [
            new("n times w", "That is n · w, near enough for long texts. The first w − 1 tokens have fewer than w tokens to look at, so it is a little less.",
                (n, w) => n * w),
            new("all pairs", "That is n²: all pairs, as if there were neither window nor mask.",
                (n, w) => n * n),
            new("causal without the window", "That is n (n + 1) / 2, the causal mask without the window.",
                (n, w) => n * (n + 1) / 2),
            new("itself not counted", "A token sees itself too: token i has i + 1 tokens to look at.",
                (n, w) => Enumerable.Range(0, n).Sum(i => Math.Min(i, w)))
            {
                Variants = [(n, w) => Enumerable.Range(0, n).Sum(i => Math.Min(i, w - 1))],
            },
            new("the past counted without the token", "These are w tokens *before* each token, and itself on top. The window has w tokens in all.",
                (n, w) => Enumerable.Range(0, n).Sum(i => Math.Min(i + 1, w + 1))),
            new("a window longer than the text", "Right while w ≤ n. With w > n no token can see w tokens: put the smaller of the two in its place.",
                (n, w) => n * w - w * (w - 1) / 2),
            new("n times the smaller of n and w", "The first tokens have fewer to look at: token i has i + 1, counted from 0.",
                (n, w) => n * Math.Min(n, w)),
            new("two-sided", "This window looks ahead too. Here it is causal: a token sees itself and what comes before.",
                (n, w) => Enumerable.Range(0, n).Sum(i => Enumerable.Range(0, n).Count(j => Math.Abs(i - j) < w)))
            {
                Variants =
                [
                    (n, w) => Enumerable.Range(0, n).Sum(i => Enumerable.Range(0, n).Count(j => Math.Abs(i - j) <= w / 2)),
                    (n, w) => Enumerable.Range(0, n).Sum(i => Enumerable.Range(0, n).Count(j => Math.Abs(i - j) <= (w - 1) / 2)),
                ],
            },
        ]);

    public static TestExercise<AttentionTest, Func<double[,], double[,], double[,], double[,]>> IsAttentionRight { get; } = new(
        id: "04.9",
        title: "A test for causal attention",
        statement: "Write a test for an implementation of causal attention: true for a correct one, false for a wrong one.",
        solution: attention =>
        {
            // More tokens than d_k, queries unlike keys, uneven values; then the same with scores in the thousands.
            double[,] Q = { { 2, 1 }, { -1, 3 }, { 0.5, -2 } };
            double[,] K = { { 1, -1 }, { 2, 0.5 }, { -1, 1 } };
            double[,] V = { { 4, 0 }, { 1, 3 }, { 5, -2 } };
            double[,] large = { { 2000, 1000 }, { -1000, 3000 }, { 500, -2000 } };
            foreach (double[,] queries in new[] { Q, large })
            {
                double[,] right = Lesson04.CausalAttention(queries, K, V);
                double[,] O = attention(queries, K, V);
                if (O is null || O.GetLength(0) != 3 || O.GetLength(1) != 2) return false;
                for (int i = 0; i < 3; i++)
                    for (int c = 0; c < 2; c++)
                        if (!(Math.Abs(O[i, c] - right[i, c]) < 1e-9)) return false;   // NaN fails too
            }
            return true;
        },
        correct:
        [
            new("follows the five steps", "It is right: scores, scale, mask, softmax, weighted sum.", (Q, K, V) => Attend(Q, K, V)),
            new("meets the keys one by one", "It is right, and never holds a row of weights. It rounds a little differently, so a test must leave room for rounding.",
                (Q, K, V) => OnlineAttention.Forward(DenseMatrix.OfArray(Q), DenseMatrix.OfArray(K), DenseMatrix.OfArray(V), causal: true).O.ToArray()),
        ],
        wrong:
        [
            new("does not scale", "It leaves out the division by √d_k. With d_k = 1, or queries of zeros, nobody sees it.", (Q, K, V) => Attend(Q, K, V, scale: 1)),
            new("divides by √n", "It divides by the root of the number of tokens. With as many tokens as d_k nobody sees it.", (Q, K, V) => Attend(Q, K, V, scale: 1 / Math.Sqrt(Q.GetLength(0)))),
            new("exchanges queries and keys", "It computes K · Qᵀ. With Q = K nobody sees it.", (Q, K, V) => Attend(K, Q, V)),
            new("sees one token ahead", "Its mask begins one token too late. The last row of the output is right, and values that are all the same hide the rest.",
                (Q, K, V) => Averaged(RowWeights(Masked(Times(Scored(Q, K), 1 / Math.Sqrt(Q.GetLength(1))), (i, j) => j <= i + 1)), V)),
            new("masks with 0", "It puts the score 0 in place of −∞, so the future keeps a weight. Values that are all the same hide it.",
                (Q, K, V) => Averaged(RowWeights(Masked(Times(Scored(Q, K), 1 / Math.Sqrt(Q.GetLength(1))), (i, j) => j <= i, filler: 0)), V)),
            new("masks after the softmax", "The future counts in the denominator, and the weights of a row add up to less than 1.",
                (Q, K, V) => Averaged(Masked(RowWeights(Times(Scored(Q, K), 1 / Math.Sqrt(Q.GetLength(1)))), (i, j) => j <= i, filler: 0), V)),
            new("overflows", "Its softmax subtracts no maximum. With small scores nobody sees it.",
                (Q, K, V) => Averaged(PlainRowWeights(Masked(Times(Scored(Q, K), 1 / Math.Sqrt(Q.GetLength(1))), (i, j) => j <= i)), V)),
        ],
        hints:
        [
            "Compare every number with `Lesson04.CausalAttention(Q, K, V)`, leaving room for rounding. The art is in the choice of Q, K and V.",
            "Choose so that no mistake can hide: more tokens than d_k, Q unlike K, values that differ, nothing zero.",
            "One mistake shows only when scores are large, in the thousands. But with such scores all weights are 0 or 1, and others hide. So try two inputs.",
            "NaN is not smaller than anything, and not larger either: `!(Math.Abs(a - b) < 1e-9)` is true for NaN, `Math.Abs(a - b) > 1e-9` is not.",
        ],
        mistakes:
        [
            new("values of ones", "With all values 1, every average is 1, whatever the weights. This finds out whether the weights add up to 1, and nothing else.",
                attention => Near(attention(TestQ, TestK, Build(3, 2, (_, _) => 1)), Build(3, 2, (_, _) => 1))),
            new("only the future", "This changes the last token and looks whether the earlier outputs move. That finds every leak from the future, and nothing else: also compare numbers.",
                attention =>
                {
                    double[,] before = attention(TestQ, TestK, TestV), after = attention(TestQ, With(TestK, 2, 7), With(TestV, 2, -9));
                    return Enumerable.Range(0, 2).All(i => Math.Abs(before[i, 0] - after[i, 0]) < 1e-12 && Math.Abs(before[i, 1] - after[i, 1]) < 1e-12);
                }),
            new("as many tokens as d_k", "Numbers are compared, and most mistakes show. But this input has as many tokens as d_k, so that √n and √d_k are the same, and its scores are small.",
                attention => Near(attention(SquareQ, SquareK, SquareV), Attend(SquareQ, SquareK, SquareV))),
            new("queries that are the keys", "Numbers are compared, and most mistakes show. But Q = K here, so nobody sees whether they change places, and the scores are small.",
                attention => Near(attention(TestQ, TestQ, TestV), Attend(TestQ, TestQ, TestV))),
            new("small scores", "All but one are caught. Try scores in the thousands too: e^1000 is too large for a `double`. If you did: the wrong one gives NaN there, and every comparison with NaN is false. Write `!(Math.Abs(a - b) < 1e-9)`, which is true for NaN.",
                attention => Near(attention(TestQ, TestK, TestV), Attend(TestQ, TestK, TestV)))
            {
                Variants = [attention => !Far(attention(TestQ, TestK, TestV), Attend(TestQ, TestK, TestV)) && !Far(attention(Times(TestQ, 1000), TestK, TestV), Attend(Times(TestQ, 1000), TestK, TestV))],
            },
            new("large scores alone", "Either all your scores are in the thousands, where every weight is 0 or 1 and the scale no longer shows, or your tolerance is so wide that it does not.",
                attention => Near(attention(Times(TestQ, 1000), TestK, TestV), Attend(Times(TestQ, 1000), TestK, TestV))),
            new("as many tokens as d_k, small and large scores", "All but one are caught. This input has as many tokens as d_k, so that √n and √d_k are the same: take more tokens.",
                attention => new[] { 1.0, 1000 }.All(size => Near(attention(Times(SquareQ, size), SquareK, SquareV), Attend(Times(SquareQ, size), SquareK, SquareV)))),
            new("queries that are the keys, small and large scores", "All but one are caught. Q = K here, so that nobody sees whether they change places: take two that differ.",
                attention => new[] { 1.0, 1000 }.All(size => Near(attention(Times(TestQ, size), Times(TestQ, size), TestV), Attend(Times(TestQ, size), Times(TestQ, size), TestV)))),
            new("no room for rounding", "This asks for the same bits. Whoever adds up in another order rounds a little differently, and is right too: leave room, 1e-9.",
                attention => new[] { 1.0, 1000 }.All(size => attention(Times(TestQ, size), TestK, TestV).Cast<double>().SequenceEqual(Attend(Times(TestQ, size), TestK, TestV).Cast<double>()))),
            new("says no to everything", "Your test says no to everything, to correct implementations too. If you compare arrays by `==` or `Equals`: these ask whether both are the same array, not whether they hold the same numbers. Compare entry by entry, with room for rounding.",
                _ => false),
        ]);

    private static double[,] Tokens => new double[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } };

    private static double[,] Asks => new double[,] { { 2, 1 }, { -2, -1 } };

    private static double[,] Offers => new double[,] { { 0, 1 }, { 1, 0 } };

    private static double[,] Carries => new double[,] { { 4, 0 }, { 1, 3 } };

    private static double[,] TestQ => new double[,] { { 2, 1 }, { -1, 3 }, { 0.5, -2 } };

    private static double[,] TestK => new double[,] { { 1, -1 }, { 2, 0.5 }, { -1, 1 } };

    private static double[,] TestV => new double[,] { { 4, 0 }, { 1, 3 }, { 5, -2 } };

    private static double[,] SquareQ => new double[,] { { 2, 1, 0 }, { -1, 3, 1 }, { 0.5, -2, 1 } };

    private static double[,] SquareK => new double[,] { { 1, -1, 2 }, { 2, 0.5, -1 }, { -1, 1, 1 } };

    private static double[,] SquareV => new double[,] { { 4, 0 }, { 1, 3 }, { 5, -2 } };

    /// <summary>What stands in for −∞ in code that people write.</summary>
    private static double[] Fillers =>
        [double.MinValue, float.MinValue, -65504, int.MinValue, -1e30, -1e20, -1e18, -1e15, -1e12, -1e10, -1e8, -1e7, -1e6, -1e5, -1e4, -1e3, -1e2, -999, -9999, -99999, -999999, -1];

    /// <summary>The same, where it is added to the score.</summary>
    private static double[] AddedFillers => [-1e9, -1e10, -1e8, -1e7, -1e6, -1e5, -1e4, -1e3, -1e2];

    private static double[] Numbers(params double[] values) => values;

    /// <summary>A softmax that subtracts something before it takes the exponentials.</summary>
    private static SoftmaxFunction Exponentials(Func<double[], double> subtracted, double most = double.PositiveInfinity) => s =>
    {
        double m = subtracted(s);
        double[] e = [.. s.Select(v => Math.Exp(Math.Min(v - m, most)))];
        return [.. e.Select(v => v / e.Sum())];
    };

    /// <summary>With zeros where all scores are −∞.</summary>
    private static SoftmaxFunction Guarded(SoftmaxFunction softmax) =>
        s => double.IsNegativeInfinity(s.Max()) ? new double[s.Length] : softmax(s);

    /// <summary>With zeros where every plain exponential vanishes.</summary>
    private static SoftmaxFunction ZerosIfNothingIsLeft(SoftmaxFunction softmax) =>
        s => s.Sum(v => Math.Exp(v)) == 0 ? new double[s.Length] : softmax(s);

    private static double[,] Ones(int n) => Build(n, n, (_, _) => 1);

    private static double[] Row(double[,] M, int i) => [.. Enumerable.Range(0, M.GetLength(1)).Select(j => M[i, j])];

    private static double[,] Times(double[,] M, double factor) => Build(M.GetLength(0), M.GetLength(1), (i, j) => M[i, j] * factor);

    private static double[,] With(double[,] M, int row, double value) => Build(M.GetLength(0), M.GetLength(1), (i, j) => i == row ? value : M[i, j]);

    private static double Dot(double[,] A, int i, double[,] B, int j) => Row(A, i).Zip(Row(B, j), (a, b) => a * b).Sum();

    private static double[,] Scored(double[,] Q, double[,] K) => Build(Q.GetLength(0), K.GetLength(0), (i, j) => Dot(Q, i, K, j));

    private static double[,] Averaged(double[,] A, double[,] V) => Product(A, V);

    private static double[,] Masked(double[,] S, Func<int, int, bool> allowed, double filler = double.NegativeInfinity) =>
        Build(S.GetLength(0), S.GetLength(1), (i, j) => allowed(i, j) ? S[i, j] : filler);

    private static double[,] Plus(double[,] S, Func<int, int, bool> allowed, double filler) =>
        Build(S.GetLength(0), S.GetLength(1), (i, j) => allowed(i, j) ? S[i, j] : S[i, j] + filler);

    /// <summary>The softmax of one row, zeros where all is −∞.</summary>
    private static double[] Weights(double[] s) => Softmax.Of(DenseVector.OfArray(s)).ToArray();

    private static double[,] RowWeights(double[,] Z)
    {
        double[][] rows = [.. Enumerable.Range(0, Z.GetLength(0)).Select(i => Weights(Row(Z, i)))];
        return Build(Z.GetLength(0), Z.GetLength(1), (i, j) => rows[i][j]);
    }

    /// <summary>Softmax without the maximum subtracted.</summary>
    private static double[,] PlainRowWeights(double[,] Z) =>
        Build(Z.GetLength(0), Z.GetLength(1), (i, j) => Math.Exp(Z[i, j]) / Row(Z, i).Sum(z => Math.Exp(z)));

    private static double[,] Attend(double[,] Q, double[,] K, double[,] V, bool causal = true, double? scale = null)
    {
        double[,] Z = Times(Scored(Q, K), scale ?? 1 / Math.Sqrt(Q.GetLength(1)));
        return Averaged(RowWeights(causal ? Masked(Z, (i, j) => j <= i) : Z), V);
    }

    /// <summary>The scaled scores of a head.</summary>
    private static double[,] HeadScores(double[,] X, double[,] W_Q, double[,] W_K) =>
        Times(Scored(Product(X, W_Q), Product(X, W_K)), 1 / Math.Sqrt(W_Q.GetLength(1)));

    private static double[,] Head(double[,] X, double[,] W_Q, double[,] W_K, double[,] W_V, bool causal, double? scale = null) =>
        Attend(Product(X, W_Q), Product(X, W_K), Product(X, W_V), causal, scale);

    /// <summary>Whether some number is far off, asked so that NaN is not.</summary>
    private static bool Far(double[,] a, double[,] b) =>
        a.Cast<double>().Zip(b.Cast<double>()).Any(pair => Math.Abs(pair.First - pair.Second) > 1e-9);

    private static bool Near(double[,] a, double[,] b) =>
        a.GetLength(0) == b.GetLength(0) && a.GetLength(1) == b.GetLength(1) && a.Cast<double>().Zip(b.Cast<double>()).All(pair => Math.Abs(pair.First - pair.Second) < 1e-9);
}
