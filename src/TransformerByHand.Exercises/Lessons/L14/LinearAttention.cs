using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson14
{
    public delegate double[,] LinearAttentionFunction(double[,] Q, double[,] K, double[,] V);

    public static FunctionExercise<LinearAttentionFunction> LinearAttention { get; } = new(
        id: "14.8",
        title: "Linear attention, token by token",
        statement: "Return the outputs of causal attention in which the weight of key j for query i is φ(q_i)·φ(k_j), divided by the sum of its row; φ(x) is x + 1 for x > 0 and e^x otherwise. Let no token look back: keep sums.",
        solution: (Q, K, V) =>
        {
            int n = Q.GetLength(0), d_k = Q.GetLength(1), d_v = V.GetLength(1);
            double φ(double x) => x > 0 ? x + 1 : Math.Exp(x);
            var state = new double[d_k, d_v];               // Σ φ(k)ᵀ v so far
            var sum = new double[d_k];                      // Σ φ(k) so far
            var O = new double[n, d_v];
            for (int i = 0; i < n; i++)
            {
                double row = 0;
                for (int a = 0; a < d_k; a++)
                {
                    sum[a] += φ(K[i, a]);
                    row += φ(Q[i, a]) * sum[a];
                    for (int c = 0; c < d_v; c++)
                    {
                        state[a, c] += φ(K[i, a]) * V[i, c];
                        O[i, c] += φ(Q[i, a]) * state[a, c];
                    }
                }
                for (int c = 0; c < d_v; c++) O[i, c] /= row;
            }
            return O;
        },
        cases:
        [
            [Some(4, 2, 31), Some(4, 2, 32), Some(4, 3, 33)],
            [Some(5, 3, 34), Some(5, 3, 35), Some(5, 1, 36)],
            [Some(1, 2, 37), Some(1, 2, 38), Some(1, 4, 39)],
            [Some(3, 1, 40), Some(3, 1, 41), Some(3, 2, 42)],
        ],
        randomCase: random =>
        {
            int n = random.Next(2, 7), d_k = random.Next(2, 5), d_v = random.Next(2, 5);
            return [random.NormalMatrix(n, d_k).ToArray(), random.NormalMatrix(n, d_k).ToArray(), random.NormalMatrix(n, d_v).ToArray()];
        },
        derived: DerivedCases.Ties,     // e to the power of a sum in the thousands leaves no digits to compare
        hints:
        [
            "o_i = Σ_j (φ(q_i)·φ(k_j)) v_j. The query stands in front of every term: what is left of the sum knows nothing of it.",
            "Keep Σ φ(k_j)ᵀ v_j, a matrix (d_k × d_v), and Σ φ(k_j), a vector (d_k), over the tokens so far, the token itself included.",
            "The output is φ(q_i) times the matrix, divided by φ(q_i) times the vector.",
        ],
        mistakes:
        [
            new("the token itself left out", "The token's own key and value are added after it has asked. It sees itself.",
                (Q, K, V) => Linear(Q, K, V, (i, j) => j < i)),
            new("not causal", "Every token sees the whole text: the sums were made over all tokens first.",
                (Q, K, V) => Linear(Q, K, V, (_, _) => true)),
            new("not divided", "The outputs are not divided by the sum of the row's weights.",
                (Q, K, V) => Linear(Q, K, V, (i, j) => j <= i, divides: false)),
            new("no φ", "The weights are q·k themselves, without φ. They may be negative, and their sum may be near 0.",
                (Q, K, V) => Linear(Q, K, V, (i, j) => j <= i, x => x)),
            new("φ on the keys alone", "φ is taken of the keys and not of the queries.",
                (Q, K, V) => Linear(Q, K, V, (i, j) => j <= i, ofQuery: x => x)),
            new("the exponential for φ", "φ(x) is e^x here for every x; above 0 it is x + 1.",
                (Q, K, V) => Linear(Q, K, V, (i, j) => j <= i, Math.Exp)),
            new("x + 1 for every x", "φ(x) is x + 1 here for every x; at 0 and below it is e^x.",
                (Q, K, V) => Linear(Q, K, V, (i, j) => j <= i, x => x + 1)),
            new("the query left out of the sum", "The weighted sum leaves the query out: every past token counts by its key alone. What is read off the state is φ(q)·state.",
                (Q, K, V) => Linear(Q, K, V, (i, j) => j <= i, ofQuery: _ => 1, divides: false) is var sums ? Build(sums.GetLength(0), sums.GetLength(1), (i, c) => sums[i, c] / Enumerable.Range(0, i + 1).Sum(j => Row(Q, i).Zip(Row(K, j), (q, k) => Elu(q) * Elu(k)).Sum())) : sums),
            new("ReLU for φ", "φ(x) is max(x, 0) here, and 0 for every x below: below 0 it is e^x.",
                (Q, K, V) => Linear(Q, K, V, (i, j) => j <= i, x => Math.Max(x, 0))),
            new("softmax", "This is attention with a softmax, as in lesson 05.",
                (Q, K, V) => Cached(Q, K, V, (i, _, _) => (0, i), scale: 1)) { Variants = [(Q, K, V) => Cached(Q, K, V, (i, _, _) => (0, i))] },
        ]);

    private static double Elu(double x) => x > 0 ? x + 1 : Math.Exp(x);

    private static double[,] Linear(double[,] Q, double[,] K, double[,] V, Func<int, int, bool> sees, Func<double, double>? φ = null, Func<double, double>? ofQuery = null, bool divides = true)
    {
        int n = Q.GetLength(0);
        double Weight(int i, int j) => sees(i, j) ? Row(Q, i).Zip(Row(K, j), (q, k) => (ofQuery ?? φ ?? Elu)(q) * (φ ?? Elu)(k)).Sum() : 0;
        return Build(n, V.GetLength(1), (i, c) =>
            Enumerable.Range(0, n).Sum(j => Weight(i, j) * V[j, c]) / (divides ? Enumerable.Range(0, n).Sum(j => Weight(i, j)) : 1));
    }
}
