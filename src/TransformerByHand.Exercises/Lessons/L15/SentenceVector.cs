using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson15
{
    /// <summary>The vector (d_model) of a sentence from its tokens X (n × d_model) and a mask (n): 1 for a token, 0 for padding.</summary>
    public delegate double[] SentenceVectorFunction(double[,] X, int[] mask);

    /// <summary>15.4: one vector for a sentence.</summary>
    public static FunctionExercise<SentenceVectorFunction> SentenceVector { get; } = new(
        id: "15.4",
        title: "One vector for a sentence",
        statement: "Return the mean of the tokens' rows, those left out whose mask is 0 (padding), brought to length 1.",
        solution: (X, mask) =>
        {
            var v = new double[X.GetLength(1)];                 // (d_model)
            for (int i = 0; i < mask.Length; i++)
                for (int j = 0; j < v.Length; j++)
                    v[j] += mask[i] * X[i, j];
            double length = Math.Sqrt(v.Sum(x => x * x));       // a mean points where the sum does
            return [.. v.Select(x => x / length)];
        },
        cases:
        [
            [new double[,] { { 2, -1 }, { 1, 5 }, { 7, 7 } }, new[] { 1, 1, 0 }],
            [new double[,] { { 1, 2, 2 }, { 3, 4, -2 } }, new[] { 1, 1 }],
            [new double[,] { { 0, -3, 4 } }, new[] { 1 }],
            [new double[,] { { -4 }, { 1 } }, new[] { 1, 1 }],
            [new double[,] { { 1, 0, 0, 2 }, { 9, 9, 9, 9 }, { 2, 1, 1, -3 } }, new[] { 1, 0, 1 }],
            [new double[,] { { 3, 1 }, { 1, -2 }, { 5, 4 }, { -8, 1 }, { 2, 2 } }, new[] { 1, 1, 1, 0, 0 }],
        ],
        randomCase: random =>
        {
            int n = random.Next(3, 6), real = random.Next(2, n);
            return [random.NormalMatrix(n, random.Next(2, 5)).ToArray(), Enumerable.Range(0, n).Select(i => i < real ? 1 : 0).ToArray()];
        },
        hints:
        [
            "Add up the rows whose mask is 1, feature by feature.",
            "The length of a vector is the root of the sum of its squares. Divide every number by it.",
            "Whether you divide by the number of tokens before makes no difference: the length takes it out again.",
        ],
        mistakes:
        [
            new("padding counted", "The padding was added in. Its rows are whatever the model made of nothing: leave them out.",
                (X, mask) => Unit(Mean(X, [.. mask.Select(_ => 1)]))),
            new("not brought to length 1", "This is the mean, and its length is not 1 yet.",
                (X, mask) => Mean(X, mask)),
            new("the sum", "This is the sum of the tokens, and its length is not 1 yet.",
                (X, mask) => [.. Mean(X, mask).Select(x => x * mask.Sum())]),
            new("the mean over the padding too", "The sum was divided by all rows, padding included, and not brought to length 1.",
                (X, mask) => [.. Mean(X, mask).Select(x => x * mask.Sum() / mask.Length)]),
            new("[CLS] alone", "This is the first token alone, [CLS]. Some models are trained so; this one takes the mean of all.",
                (X, mask) => Unit(Row(X, 0)))
                { Variants = [(X, mask) => Row(X, 0)] },
            new("the largest of each feature", "This takes the largest number of each feature. The mean is asked for.",
                (X, mask) => Unit([.. Enumerable.Range(0, X.GetLength(1)).Select(j => Enumerable.Range(0, mask.Length).Where(i => mask[i] == 1).Max(i => X[i, j]))]))
                { Variants = [(X, mask) => Unit([.. Enumerable.Range(0, X.GetLength(1)).Select(j => Enumerable.Range(0, mask.Length).Where(i => mask[i] == 1).Max(i => Math.Max(0, X[i, j])))])] },
            new("as many as there are tokens", "The first rows were taken, as many as the mask has ones. The mask says which rows are tokens: padding need not stand at the end.",
                (X, mask) => Unit(Mean(X, [.. mask.Select((_, i) => i < mask.Sum() ? 1 : 0)]))),
            new("each token first", "Each token was brought to length 1 before the mean. Long tokens then count for less than they should: the mean first, then the length.",
                (X, mask) => Unit(Mean(Stacked([.. Enumerable.Range(0, mask.Length).Select(i => Unit(Row(X, i)))]), mask)))
                { Variants = [(X, mask) => Mean(Stacked([.. Enumerable.Range(0, mask.Length).Select(i => Unit(Row(X, i)))]), mask)] },
            new("root forgotten", "The mean was divided by the sum of its squares. The length is the root of that.",
                (X, mask) => Mean(X, mask) is var m ? [.. m.Select(x => x / m.Sum(y => y * y))] : [])
                { Variants = [(X, mask) => Mean(X, mask).Select(x => x * mask.Sum()).ToArray() is var m ? [.. m.Select(x => x / m.Sum(y => y * y))] : []] },
            new("squares forgotten", "The numbers were divided by the root of their sum. The length is the root of the sum of their *squares*.",
                (X, mask) => Mean(X, mask).Select(x => x * mask.Sum()).ToArray() is var sum ? [.. sum.Select(x => x / Math.Sqrt(sum.Sum()))] : [])
                { Variants = [(X, mask) => Mean(X, mask) is var m ? [.. m.Select(x => x / Math.Sqrt(m.Sum()))] : []] },
            new("divided by the root of the mean square", "The mean was divided by the root of the *mean* of the squares, so that its length is √d. The length is the root of their sum.",
                (X, mask) => Mean(X, mask) is var m ? [.. m.Select(x => x / Math.Sqrt(m.Average(y => y * y)))] : []),
            new("divided by the sum", "The numbers add up to 1 here. The length is another thing: the root of the sum of the squares.",
                (X, mask) => Mean(X, mask) is var m ? [.. m.Select(x => x / m.Sum())] : []),
            new("divided by the sum of the sizes", "The sizes of the numbers add up to 1 here. The length is the root of the sum of the squares.",
                (X, mask) => Mean(X, mask) is var m ? [.. m.Select(x => x / m.Sum(Math.Abs))] : []),
            new("divided by the largest", "The largest number is 1 here. The length is the root of the sum of the squares.",
                (X, mask) => Mean(X, mask) is var m ? [.. m.Select(x => x / m.Max(Math.Abs))] : []),
            new("without [CLS]", "The first token was left out. [CLS] and [SEP] are tokens like the others here: only padding is left out.",
                (X, mask) => Unit(Mean(X, [0, .. mask[1..]]))),
            new("the padding instead", "This is the padding: 1 stands for a token and 0 for padding.",
                (X, mask) => Unit(Mean(X, [.. mask.Select(m => 1 - m)]))),
            new("centred and scaled", "This is LayerNorm: the mean taken away, divided by the deviation. Only the length is brought to 1.",
                (X, mask) => Mean(X, mask) is var m && Math.Sqrt(m.Average(x => Math.Pow(x - m.Average(), 2))) is var s ? [.. m.Select(x => (x - m.Average()) / s)] : []),
        ]);

    private static double[] Row(double[,] X, int i) => [.. Enumerable.Range(0, X.GetLength(1)).Select(j => X[i, j])];

    private static double[,] Stacked(double[][] rows) => Build(rows.Length, rows[0].Length, (i, j) => rows[i][j]);

    private static double[] Mean(double[,] X, int[] mask) =>
        [.. Enumerable.Range(0, X.GetLength(1)).Select(j => Enumerable.Range(0, mask.Length).Sum(i => mask[i] * X[i, j]) / mask.Sum())];

    private static double[] Unit(double[] v) => [.. v.Select(x => x / Math.Sqrt(v.Sum(y => y * y)))];
}
