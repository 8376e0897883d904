using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson13
{
    public delegate double[,] MeanAblateFunction(double[,] O, double[][,] others);

    public static FunctionExercise<MeanAblateFunction> MeanAblate { get; } = new(
        id: "13.4",
        title: "Take a head away",
        statement: "Return what stands in for a head's output: a matrix as large as `O`, each row of which is the mean of all rows of all the matrices in `others`.",
        solution: (O, others) =>
        {
            int n = O.GetLength(0), d_k = O.GetLength(1);
            var mean = new double[n, d_k];
            int tokens = others.Sum(other => other.GetLength(0));
            foreach (double[,] other in others)
                for (int t = 0; t < other.GetLength(0); t++)
                    for (int j = 0; j < d_k; j++)
                        for (int i = 0; i < n; i++)
                            mean[i, j] += other[t, j] / tokens;
            return mean;
        },
        cases:
        [
            [new double[,] { { 9, 9 }, { 9, 9 } }, Matrices(new double[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } }, new double[,] { { 7, 0 } })],
            [new double[,] { { 5, -5, 2 } }, Matrices(new double[,] { { 1, 0, 2 }, { 0, 1, 0 } }, new double[,] { { 3, 3, 3 } })],
            [new double[,] { { 2 }, { 4 }, { 6 } }, Matrices(new double[,] { { 1 } })],
        ],
        randomCase: random =>
        {
            int d = random.Next(2, 5);
            return [random.NormalMatrix(random.Next(2, 6), d).ToArray(), Enumerable.Range(0, random.Next(2, 4)).Select(_ => random.NormalMatrix(random.Next(2, 6), d).ToArray()).ToArray()];
        },
        hints:
        [
            "`O` gives the size alone. Its numbers are what is to be taken away.",
            "The mean is one row of d_k numbers: add up every row of every matrix of `others`, and divide by how many rows there are in all.",
            "Sentences have different lengths. Every token weighs the same, so do not take the mean of the sentences' means.",
        ],
        mistakes:
        [
            new("the mean of the means", "This is the mean of the matrices' means: a token of a short sentence weighs more than one of a long sentence. Divide by the number of all rows.",
                (O, others) => Build(O.GetLength(0), O.GetLength(1), (_, j) => others.Average(other => Column(other, j).Average()))),
            new("zeros", "These are zeros. (Is the mean ever filled in?) A head that writes the same into the stream at every token has become a part of what later layers expect: with zeros they meet a stream that they never saw, and what breaks is not what the head *told* them.",
                (O, _) => new double[O.GetLength(0), O.GetLength(1)]) { HoldsWithoutNumbers = true },
            new("its own mean", "This is the mean over the rows of `O` itself. What the head has to say about this sentence is still in it. Take the mean of the others.",
                (O, _) => Build(O.GetLength(0), O.GetLength(1), (_, j) => Column(O, j).Average())),
            new("its own among the others", "The rows of `O` are in the mean too. Take the mean of `others` alone.",
                (O, others) => Build(O.GetLength(0), O.GetLength(1), (_, j) => others.Append(O).SelectMany(other => Column(other, j)).Average())),
            new("the sum", "These are sums. Divide by the number of all rows.",
                (O, others) => Build(O.GetLength(0), O.GetLength(1), (_, j) => others.Sum(other => Column(other, j).Sum()))),
            new("divided by the sentences", "The rows are added up and divided by the number of *matrices*. Divide by the number of rows in all of them.",
                (O, others) => Build(O.GetLength(0), O.GetLength(1), (_, j) => others.Sum(other => Column(other, j).Sum()) / others.Length)),
            new("one number", "This is one number, the mean over tokens and features. Each of the d_k features has a mean of its own.",
                (O, others) => Build(O.GetLength(0), O.GetLength(1), (_, _) => others.SelectMany(other => other.Cast<double>()).Average())),
            new("the first sentence alone", "Only the first of the matrices is in this mean.",
                (O, others) => Build(O.GetLength(0), O.GetLength(1), (_, j) => Column(others[0], j).Average())),
            new("a mean for every place", "Each row is the mean of the others' rows at the same place, in those that are long enough. There is one mean for all places: that of all rows.",
                (O, others) => Build(O.GetLength(0), O.GetLength(1), (i, j) => others.Where(other => other.GetLength(0) > i).Select(other => other[i, j]).DefaultIfEmpty(double.NaN).Average()))
                { Variants = [(O, others) => Build(O.GetLength(0), O.GetLength(1), (i, j) => others.Where(other => other.GetLength(0) > i).Select(other => other[i, j]).DefaultIfEmpty(0).Average())] },
            new("O less the mean", "The mean is taken off O. What makes the head differ from its mean is then all that is left; it should be all that is gone.",
                (O, others) => Build(O.GetLength(0), O.GetLength(1), (i, j) => O[i, j] - others.SelectMany(other => Column(other, j)).Average())),
            new("the first row alone", "Only the first row is the mean, and the others are 0. The head is to be taken away at every token.",
                (O, others) => Build(O.GetLength(0), O.GetLength(1), (i, j) => i == 0 ? others.SelectMany(other => Column(other, j)).Average() : 0)),
        ]);

    private static double[][,] Matrices(params double[][,] matrices) => matrices;

    private static IEnumerable<double> Column(double[,] M, int j) => Enumerable.Range(0, M.GetLength(0)).Select(i => M[i, j]);
}
