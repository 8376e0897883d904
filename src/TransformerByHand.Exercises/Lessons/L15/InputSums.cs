using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson15
{
    /// <summary>X (n × d_model) from the ids (n), E (V × d_model), P (longest × d_model) and T (texts × d_model).</summary>
    public delegate double[,] InputSumsFunction(int[] ids, double[,] E, double[,] P, double[,] T);

    /// <summary>15.2: the three sums at the input.</summary>
    public static FunctionExercise<InputSumsFunction> InputSums { get; } = new(
        id: "15.2",
        title: "What the first norm reads",
        statement: "Return the sum of three rows for each token: its piece's row of `E`, its position's row of `P`, and the row of `T` for the first text, in which all tokens stand.",
        solution: (ids, E, P, T) =>
        {
            var X = new double[ids.Length, E.GetLength(1)];     // (n × d_model)
            for (int i = 0; i < ids.Length; i++)
                for (int j = 0; j < E.GetLength(1); j++)
                    X[i, j] = E[ids[i], j] + P[i, j] + T[0, j];
            return X;
        },
        cases:
        [
            [new[] { 2, 0, 2 }, new double[,] { { 1, 2 }, { 10, 20 }, { 3, -5 } }, new double[,] { { 0.1, 0.2 }, { 0.3, 0.4 }, { 0.5, 0.6 }, { 0.7, 0.8 } }, new double[,] { { 100, 200 }, { -1, -3 } }],
            [new[] { 1, 0 }, Sums(2, 4, 1), Sums(5, 4, 2), Sums(1, 4, 3)],
            [new[] { 0 }, Sums(1, 3, 4), Sums(1, 3, 5), Sums(2, 3, 6)],
            [new[] { 4, 1, 4, 3 }, Sums(5, 1, 7), Sums(6, 1, 8), Sums(2, 1, 9)],
            [new[] { 1, 3, 2, 0 }, Sums(5, 3, 10), Sums(4, 3, 11), Sums(2, 3, 12)],         // the last position is used
        ],
        randomCase: random =>
        {
            int n = random.Next(2, 5), V = random.Next(3, 7), d = random.Next(2, 5), longest = n + random.Next(1, 4);
            return [Enumerable.Range(0, n).Select(_ => random.Next(V)).ToArray(), Drawn(random, V, d), Drawn(random, longest, d), Drawn(random, 2, d)];
        },
        hints:
        [
            "A loop over the tokens, and in it one over the features. Which row of each table belongs to token i?",
            "The piece is `ids[i]`; the position is i, from 0; the text is the first one, so its row is 0.",
        ],
        mistakes:
        [
            new("the text left out", "T is missing. Its first row is added to every token: the model was trained with it.",
                (ids, E, P, T) => Sum(ids, E, P, T, (i, j) => E[ids[i], j] + P[i, j])),
            new("the position left out", "P is missing: the model could not tell 'dog bites man' from 'man bites dog'.",
                (ids, E, P, T) => Sum(ids, E, P, T, (i, j) => E[ids[i], j] + T[0, j])),
            new("the piece alone", "This is the piece's row alone. Two more are added to it.",
                (ids, E, P, T) => Sum(ids, E, P, T, (i, j) => E[ids[i], j])),
            new("the position by the id", "P was asked for the id. A position is where the token stands: i.",
                (ids, E, P, T) => Sum(ids, E, P, T, (i, j) => E[ids[i], j] + P[ids[i], j] + T[0, j]))
                { Variants = [(ids, E, P, T) => Sum(ids, E, P, T, (i, j) => E[ids[i], j] + P[ids[i] % P.GetLength(0), j] + T[0, j])] },
            new("the piece by the position", "E was asked for the place i. The piece that stands there is `ids[i]`.",
                (ids, E, P, T) => Sum(ids, E, P, T, (i, j) => E[i % E.GetLength(0), j] + P[i, j] + T[0, j]))
                { Variants = [(ids, E, P, T) => Sum(ids, E, P, T, (i, j) => E[i, j] + P[i, j] + T[0, j])] },
            new("positions from 1", "The positions were counted from 1. They are counted from 0 here.",
                (ids, E, P, T) => Sum(ids, E, P, T, (i, j) => E[ids[i], j] + P[i + 1, j] + T[0, j]))
                { Variants = [(ids, E, P, T) => Sum(ids, E, P, T, (i, j) => E[ids[i], j] + P[Math.Min(i + 1, P.GetLength(0) - 1), j] + T[0, j])] },
            new("the second text", "T's second row was added. It is for the second of two texts; all tokens here stand in the first, row 0.",
                (ids, E, P, T) => Sum(ids, E, P, T, (i, j) => E[ids[i], j] + P[i, j] + T[1, j]))
                { Variants = [(ids, E, P, T) => Sum(ids, E, P, T, (i, j) => E[ids[i], j] + P[i, j] + T[T.GetLength(0) - 1, j])] },
            new("a row of T for each place", "T was asked for the place i. Its rows stand for texts, and all tokens stand in the first: row 0.",
                (ids, E, P, T) => Sum(ids, E, P, T, (i, j) => E[ids[i], j] + P[i, j] + T[i % T.GetLength(0), j]))
                { Variants = [(ids, E, P, T) => Sum(ids, E, P, T, (i, j) => E[ids[i], j] + P[i, j] + T[i, j])] },
            new("both rows of T", "Both rows of T were added. A token stands in one text: row 0.",
                (ids, E, P, T) => Sum(ids, E, P, T, (i, j) => E[ids[i], j] + P[i, j] + Enumerable.Range(0, T.GetLength(0)).Sum(k => T[k, j]))),
            new("the mean of the three", "The sum was divided by 3. The three rows are added up, and that is all.",
                (ids, E, P, T) => Sum(ids, E, P, T, (i, j) => (E[ids[i], j] + P[i, j] + T[0, j]) / 3)),
            new("E times √d", "E was multiplied by √d_model, as in the model of 2017. This one does not do that.",
                (ids, E, P, T) => Sum(ids, E, P, T, (i, j) => E[ids[i], j] * Math.Sqrt(E.GetLength(1)) + P[i, j] + T[0, j])),
            new("each token with those before it", "Each token has the sums of those before it as well: begin each row anew.",
                (ids, E, P, T) => Sum(ids, E, P, T, (i, j) => Enumerable.Range(0, i + 1).Sum(k => E[ids[k], j] + P[k, j] + T[0, j]))),
        ]);

    private static double[,] Sum(int[] ids, double[,] E, double[,] P, double[,] T, Func<int, int, double> entry) => Build(ids.Length, E.GetLength(1), entry);

    private static double[,] Sums(int rows, int columns, int seed) => Drawn(SeededRandom.Create(15200 + seed), rows, columns);

    private static double[,] Drawn(Random random, int rows, int columns) => random.NormalMatrix(rows, columns).ToArray();
}
