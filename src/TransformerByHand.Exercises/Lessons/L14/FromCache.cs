
namespace TransformerByHand.Exercises;

public static partial class Lesson14
{
    public delegate double[,] FromCacheFunction(double[,] Q, double[,] K, double[,] V, int w);

    public static FunctionExercise<FromCacheFunction> FromCache { get; } = new(
        id: "14.2",
        title: "From the cache",
        statement: "Return the outputs of the newest tokens alone: causal attention with a window of `w`, scaled by 1/√d_k. Q has the queries of the newest tokens; K and V those of all tokens so far, the newest included.",
        solution: (Q, K, V, w) =>
        {
            int fresh = Q.GetLength(0), n = K.GetLength(0), d_k = Q.GetLength(1), d_v = V.GetLength(1);
            var O = new double[fresh, d_v];
            for (int i = 0; i < fresh; i++)
            {
                int place = n - fresh + i;                                  // the cache comes first
                int first = Math.Max(0, place - w + 1);
                double[] s = [.. Enumerable.Range(first, place - first + 1).Select(j =>
                    Enumerable.Range(0, d_k).Sum(c => Q[i, c] * K[j, c]) / Math.Sqrt(d_k))];
                double m = s.Max(), ℓ = s.Sum(x => Math.Exp(x - m));
                for (int j = 0; j < s.Length; j++)
                    for (int c = 0; c < d_v; c++)
                        O[i, c] += Math.Exp(s[j] - m) / ℓ * V[first + j, c];
            }
            return O;
        },
        cases:
        [
            [Some(2, 3, 1), Some(5, 3, 2), Some(5, 4, 3), 9],
            [Some(2, 3, 4), Some(6, 3, 5), Some(6, 4, 6), 3],
            [Some(1, 2, 7), Some(4, 2, 8), Some(4, 3, 9), 2],
            [Some(3, 2, 10), Some(3, 2, 11), Some(3, 2, 12), 3],
            [Some(4, 1, 13), Some(7, 1, 14), Some(7, 1, 15), 5],
            [Some(1, 3, 16), Some(1, 3, 17), Some(1, 2, 18), 4],
            [Some(2, 4, 19), Some(6, 4, 20), Some(6, 2, 21), 1],
        ],
        randomCase: random =>
        {
            int fresh = random.Next(1, 4), n = fresh + random.Next(1, 6), d_k = random.Next(2, 5), d_v = random.Next(2, 5);
            return [random.NormalMatrix(fresh, d_k).ToArray(), random.NormalMatrix(n, d_k).ToArray(), random.NormalMatrix(n, d_v).ToArray(), random.Next(2, 9)];
        },
        derived: DerivedCases.Ties | DerivedCases.Large,     // a single key has a single query, and both are among the cases
        hints:
        [
            "Row i of Q is not token i of the text. There are n keys, and the newest tokens are the last of them: where does row i stand?",
            "It stands at place n − (rows of Q) + i. From there on it visits the keys from place − w + 1, or 0, to its own place.",
            "For each query go through its keys: score, scaled by 1/√d_k, and your `OnlineStep(m, ℓ, o, x, v)`, from −∞, 0 and zeros on. The output is o/ℓ.",
        ],
        mistakes:
        [
            new("the offset forgotten", "Row i of Q is taken for token i of the text. The cache stands before it: row i is token n − (rows of Q) + i. Without the offset the newest token sees the oldest keys alone.",
                (Q, K, V, w) => Cached(Q, K, V, (i, _, _) => (Math.Max(0, i - w + 1), i))),
            new("the newest see each other's future", "Every one of the newest tokens sees all keys up to the last. The newest are causal among themselves too.",
                (Q, K, V, w) => Cached(Q, K, V, (i, n, fresh) => (Math.Max(0, n - fresh + i - w + 1), n - 1)))
                { Variants = [(Q, K, V, w) => Cached(Q, K, V, (_, n, _) => (Math.Max(0, n - w), n - 1))] },
            new("no window", "Every key of the past is visited; the window of w is not there.",
                (Q, K, V, w) => Cached(Q, K, V, (i, n, fresh) => (0, n - fresh + i))),
            new("one token too many", "The window has w + 1 tokens: the token itself is one of the w.",
                (Q, K, V, w) => Cached(Q, K, V, (i, n, fresh) => (Math.Max(0, n - fresh + i - w), n - fresh + i))),
            new("one token too few", "The window has w − 1 tokens, or the token does not see itself.",
                (Q, K, V, w) => Cached(Q, K, V, (i, n, fresh) => (Math.Max(0, n - fresh + i - w + 2), n - fresh + i)))
                { Variants = [(Q, K, V, w) => Cached(Q, K, V, (i, n, fresh) => (Math.Max(0, n - fresh + i - w + 1), n - fresh + i - 1))] },
            new("only the cache", "Only the keys before the newest tokens are visited. The newest see themselves and each other, as far as they stand before.",
                (Q, K, V, w) => Cached(Q, K, V, (i, n, fresh) => (Math.Max(0, n - fresh + i - w + 1), n - fresh - 1))),
            new("no scale", "The scores are not divided by √d_k.",
                (Q, K, V, w) => Cached(Q, K, V, (i, n, fresh) => (Math.Max(0, n - fresh + i - w + 1), n - fresh + i), scale: 1)),
            new("divided by d_k", "The scores are divided by d_k; it should be by its root.",
                (Q, K, V, w) => Cached(Q, K, V, (i, n, fresh) => (Math.Max(0, n - fresh + i - w + 1), n - fresh + i), scale: 1.0 / Q.GetLength(1))),
            new("not divided by the sum", "The weighted sums are not divided by the sum of the weights: o/ℓ is missing, after the last key.",
                (Q, K, V, w) => Cached(Q, K, V, (i, n, fresh) => (Math.Max(0, n - fresh + i - w + 1), n - fresh + i), divides: false)),
        ]);

    private static double[,] Some(int rows, int columns, int seed) => SeededRandom.Create(1400 + seed).NormalMatrix(rows, columns, standardDeviation: 1.5).ToArray();

    private static double[,] Cached(double[,] Q, double[,] K, double[,] V, Func<int, int, int, (int First, int Last)> keys, double? scale = null, bool divides = true)
    {
        int fresh = Q.GetLength(0), n = K.GetLength(0), d_v = V.GetLength(1);
        var O = new double[fresh, d_v];
        for (int i = 0; i < fresh; i++)
        {
            var (first, last) = keys(i, n, fresh);
            var (m, ℓ, o) = (double.NegativeInfinity, 0.0, new double[d_v]);
            for (int j = first; j <= last; j++)
                (m, ℓ, o) = Step(m, ℓ, o, Dot(Row(Q, i), Row(K, j)) * (scale ?? 1 / Math.Sqrt(Q.GetLength(1))), Row(V, j));
            for (int c = 0; c < d_v; c++) O[i, c] = divides && ℓ > 0 ? o[c] / ℓ : o[c];
        }
        return O;
    }
}
