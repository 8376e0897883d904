using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson05
{
    public delegate double[] AskFunction(double[] q, double[,] K, double[,] V);

    public static FunctionExercise<AskFunction> Ask { get; } = new(
        id: "05.1",
        title: "One token asks",
        statement: "Return what one query takes home: score it with every key, scale, softmax, and add up the values by their weights.",
        solution: (q, K, V) =>
        {
            (int keys, int dK, int dV) = (K.GetLength(0), K.GetLength(1), V.GetLength(1));
            var e = new double[keys];                                        // e to the scaled score
            for (int j = 0; j < keys; j++)
            {
                double s = 0;
                for (int c = 0; c < dK; c++) s += q[c] * K[j, c];            // score
                e[j] = Math.Exp(s / Math.Sqrt(dK));                          // scale
            }
            double sum = e.Sum();
            var o = new double[dV];
            for (int j = 0; j < keys; j++)
                for (int c = 0; c < dV; c++) o[c] += e[j] / sum * V[j, c];   // weight · value
            return o;
        },
        cases:
        [
            // Three keys of width 2, and four of width 3 with values of width 2: all sizes differ.
            [Listed(2, 1), KeysOfThree, ValuesOfThree],
            [Listed(1, -1, 2), new double[,] { { 1, 0, 1 }, { 0, 1, 0.5 }, { -1, 1, 0 }, { 2, 1, -1 } }, new double[,] { { 8, 0 }, { 0, 8 }, { 4, -4 }, { 1, 2 } }],
            [Listed(0, 0), KeysOfThree, ValuesOfThree],
            [Listed(3, 1), new double[,] { { 1, 2 } }, new double[,] { { 7, -3, 5 } }],                                               // one key
            [Listed(1, 1), new double[,] { { 1, 0 }, { 0, 1 }, { -1, 0 } }, new double[,] { { 6, 0, 0 }, { 0, 6, 0 }, { 0, 0, 6 } }],   // a tie
            [Listed(300, 200), new double[,] { { 1, 0 }, { 0, 1 }, { 0.5, 0.7 } }, new double[,] { { 100, 0 }, { 0, 100 }, { -100, 100 } }],
        ],
        randomCase: random =>
        {
            int[] sizes = [2, 3, 5, 6];
            random.Shuffle(sizes);
            var (keys, dK, dV) = (sizes[0], sizes[1], sizes[2]);
            return [random.NormalVector(dK).ToArray(), random.NormalMatrix(keys, dK).ToArray(), random.NormalMatrix(keys, dV).ToArray()];
        },
        derived: DerivedCases.Ties | DerivedCases.Single,   // of scores in the thousands the exponentials are infinite: that comes with the next exercise
        hints:
        [
            "Key j is row j of `K`. Its score is the dot product with q: add up `q[c] * K[j, c]` over c.",
            "d_k is how many numbers a query has: `q.Length`. Divide each score by its root, then take `Math.Exp` of each, then divide each by the sum of all.",
            "Value j is row j of `V`, and goes with weight j: add `a[j] * V[j, c]` to `o[c]`, for each j and each c.",
        ],
        mistakes:
        [
            new("not scaled", "The scores were not divided by √d_k. (If you wrote `Math.Pow(dK, 1 / 2)`: in C# `1 / 2` is 0. Write 0.5.)",
                (q, K, V) => Asked(q, K, V, scale: 1)),
            new("divided by d_k", "The scores were divided by d_k. It is its square root that divides.",
                (q, K, V) => Asked(q, K, V, scale: 1.0 / q.Length)),
            new("multiplied by the root", "The scores were multiplied by √d_k, which makes large scores larger. Divide.",
                (q, K, V) => Asked(q, K, V, scale: Math.Sqrt(q.Length))),
            new("divided by half of d_k", "The scores were divided by d_k / 2. It is the square root of d_k that divides; for d_k = 4 the two happen to be the same.",
                (q, K, V) => Asked(q, K, V, scale: 2.0 / q.Length)) { Variants = [(q, K, V) => Asked(q, K, V, scale: 1.0 / (q.Length / 2)), (q, K, V) => PlainlyTaken([.. ScoresOf(q, K).Select(s => s / (q.Length / 2))], V)] },
            new("the root as a whole number", "The root has lost its decimals: a cast to `int` cuts them off. √2 is 1.414…, not 1.",
                (q, K, V) => Asked(q, K, V, scale: 1.0 / (int)Math.Sqrt(q.Length))),
            new("divided by the root of the number of keys", "The scores were divided by the root of the number of keys. What makes a score large is the width of a query, d_k.",
                (q, K, V) => Asked(q, K, V, scale: 1 / Math.Sqrt(K.GetLength(0)))),
            new("divided by the root of the width of a value", "The scores were divided by √d_v, the width of a value. What makes a score large is the width of a query, d_k.",
                (q, K, V) => Asked(q, K, V, scale: 1 / Math.Sqrt(V.GetLength(1)))),
            new("divided by the root of 2", "The scores were divided by √2, whatever d_k is. Take the root of d_k: `Math.Sqrt(q.Length)`.",
                (q, K, V) => Asked(q, K, V, scale: 1 / Math.Sqrt(2))),
            new("divided by the length of the query", "The scores were divided by the length of the query as an arrow, the root of the sum of its squares. Take the root of *how many* numbers it has, d_k.",
                (q, K, V) => PlainlyTaken([.. ScoresOf(q, K).Select(s => s / Length(q))], V)),
            new("divided by the root of all numbers in K", "The scores were divided by the root of `K.Length`, which counts all numbers of K. d_k is how many stand in one row.",
                (q, K, V) => Asked(q, K, V, scale: 1 / Math.Sqrt(K.Length))),
            new("plain mean", "Every value counts the same here: this is their plain mean. Either the weights are not used, or all scores are 0 (in C# `1 / q.Length` divides whole numbers and is 0).",
                (q, K, V) => Asked(q, K, V, scale: 0)),
            new("the value with the largest weight", "This picks the value with the largest score. Attention takes some of every value.",
                (q, K, V) => Value(V, j: Array.IndexOf(ScoresOf(q, K), ScoresOf(q, K).Max())))
            {
                Variants = [(q, K, V) => Averaged([.. ScoresOf(q, K).Select(s => s == ScoresOf(q, K).Max() ? 1.0 : 0)], V)],   // all that are the largest
            },
            new("powers of 2", "These are powers of 2, not of e: `Math.Pow(2, …)` or a shift. Softmax takes e to the power, `Math.Exp`.",
                (q, K, V) => Taken([.. ScaledOf(q, K).Select(z => z * Math.Log(2))], V)),
            new("cosines", "The scores are cosines here: the lengths of query and key were divided out. A score is the plain dot product, so a long key counts for more.",
                (q, K, V) => Taken([.. ScoresOf(q, K).Select((s, j) => s / (Length(q) * Length(Row(K, j)) is var l && l > 0 ? l : 1) / Math.Sqrt(q.Length))], V)),
            new("only the first numbers", "Only the first number of query and key was multiplied. The dot product adds up the products of all of them.",
                (q, K, V) => Taken([.. Enumerable.Range(0, K.GetLength(0)).Select(j => q[0] * K[j, 0] / Math.Sqrt(q.Length))], V)),
            new("only the last product", "Of each dot product only the last product is left. Each product writes over the one before: `=` where `+=` is needed.",
                (q, K, V) => Taken([.. Enumerable.Range(0, K.GetLength(0)).Select(j => q[^1] * K[j, q.Length - 1] / Math.Sqrt(q.Length))], V)),
            new("scores counted from 1", "The first number of query and key is left out of the dot product: the loop begins at 0.",
                (q, K, V) => Taken([.. ScoresOf(q, K).Select((s, j) => (s - q[0] * K[j, 0]) / Math.Sqrt(q.Length))], V)),
            new("the score carried on", "The score of one key is still in the sum when the next begins. Start each key's score at 0.",
                (q, K, V) => Taken([.. Enumerable.Range(0, K.GetLength(0)).Select(j => ScoresOf(q, K).Take(j + 1).Sum() / Math.Sqrt(q.Length))], V)),
            new("only the last value", "Only the last value is left, times its weight. Each product writes over the one before: `=` where `+=` is needed.",
                (q, K, V) => [.. Value(V, V.GetLength(0) - 1).Select(v => v * WeightsOf(q, K)[^1])]),
            new("divided by the number of keys as well", "The weights add up to 1 already, so the weighted sum is the average: do not divide by the number of keys again.",
                (q, K, V) => [.. Asked(q, K, V).Select(v => v / K.GetLength(0))]),
            new("not divided by the sum", "The exponentials were used as weights. Divide each by the sum of all, so that they add up to 1.",
                (q, K, V) => Averaged([.. ScaledOf(q, K).Select(z => Math.Exp(z))], V)),
            new("divided by the sum so far", "Each exponential was divided by the sum as it stood then. Add up all of them first, and divide in a loop of its own.",
                (q, K, V) => ScaledOf(q, K) is var z ? Averaged([.. z.Select((v, j) => Math.Exp(v) / z.Take(j + 1).Sum(w => Math.Exp(w)))], V) : []),
            new("the sum taken anew", "The sum was taken anew after each division, when the exponentials before were weights already. Keep it in a variable before the first division.",
                (q, K, V) => Averaged(DividedInTurn([.. ScaledOf(q, K).Select(v => Math.Exp(v))]), V)),
            new("as many keys as the query is wide", "Only the first d_k keys were looked at. How many keys there are says `K.GetLength(0)`, and not `q.Length`.",
                (q, K, V) =>
                {
                    double[] a = Weights([.. Enumerable.Range(0, q.Length).Select(j => q.Select((v, c) => v * K[j, c]).Sum() / Math.Sqrt(q.Length))]);
                    return Averaged([.. Enumerable.Range(0, K.GetLength(0)).Select(j => j < a.Length ? a[j] : 0)], V);
                }),
            new("no exponentials", "The scaled scores themselves were used as weights. Take e to the power of each, and divide by the sum.",
                (q, K, V) => Averaged(ScaledOf(q, K), V)),
            new("shares of the scores", "Each score was divided by the sum of the scores, without exponentials. A score may be negative; a share may not. Take e to the power of each first.",
                (q, K, V) => Averaged([.. ScaledOf(q, K).Select(z => z / ScaledOf(q, K).Sum())], V)),
            new("keys for values", "The keys were added up, by the right weights. The weights go with the *values*, the rows of `V`.",
                (q, K, V) => Averaged(WeightsOf(q, K), K)),
            new("the output scaled", "The scale was applied to the output. It belongs on the scores, before the softmax, where it changes the weights.",
                (q, K, V) => [.. Asked(q, K, V, scale: 1).Select(v => v / Math.Sqrt(q.Length))]),
            new("values compared with the query", "The query was compared with the values. Compare it with the keys; the values are what it takes home.",
                (q, K, V) => Taken([.. Enumerable.Range(0, V.GetLength(0)).Select(j => q.Zip(Row(V, j), (a, b) => a * b).Sum() / Math.Sqrt(q.Length))], V)),
            new("the weights themselves", "These are the weights, one a key. What is asked for is what they make of the values: a vector as long as a value.",
                (q, K, _) => WeightsOf(q, K)),
        ]);

    private static double[,] KeysOfThree => new double[,] { { 0, 1 }, { 1, 0 }, { 1, 1 } };

    private static double[,] ValuesOfThree => new double[,] { { 4, 0 }, { 1, 3 }, { 5, 3 } };

    private static double Length(double[] v) => Math.Sqrt(v.Sum(x => x * x));

    private static double[] Value(double[,] V, int j) => Row(V, j);

    private static double[] ScoresOf(double[] q, double[,] K) => [.. Enumerable.Range(0, K.GetLength(0)).Select(j => q.Zip(Row(K, j), (a, b) => a * b).Sum())];

    private static double[] ScaledOf(double[] q, double[,] K) => [.. ScoresOf(q, K).Select(s => s / Math.Sqrt(q.Length))];

    private static double[] WeightsOf(double[] q, double[,] K) => Weights(ScaledOf(q, K));

    private static double[] Averaged(double[] a, double[,] V) => Row(Product(Build(1, a.Length, (_, j) => a[j]), V), 0);

    /// <summary>The values, by the softmax of scaled scores.</summary>
    private static double[] Taken(double[] z, double[,] V) => Averaged(Weights(z), V);

    /// <summary>The same, with exponentials as they are: scores that are not numbers stay so.</summary>
    private static double[] PlainlyTaken(double[] z, double[,] V) => Averaged([.. z.Select(v => Math.Exp(v) / z.Sum(w => Math.Exp(w)))], V);

    private static double[] Asked(double[] q, double[,] K, double[,] V, double? scale = null) =>
        Taken([.. ScoresOf(q, K).Select(s => s * (scale ?? 1 / Math.Sqrt(q.Length)))], V);
}
