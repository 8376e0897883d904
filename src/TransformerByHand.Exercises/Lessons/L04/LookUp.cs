using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson04
{
    public delegate double[,] LookUpFunction(int[] ids, double[,] E);

    public static FunctionExercise<LookUpFunction> LookUp { get; } = new(
        id: "04.6",
        title: "The look-up",
        statement: "Return one row for each token: row i is the row `ids[i]` of the table `E`.",
        solution: (ids, E) =>
        {
            var X = new double[ids.Length, E.GetLength(1)];
            for (int i = 0; i < ids.Length; i++)
                for (int j = 0; j < E.GetLength(1); j++)
                    X[i, j] = E[ids[i], j];
            return X;
        },
        cases:
        [
            [Ids(1, 2, 3, 1), new double[,] { { 9, 9 }, { 1, 0 }, { 0, 1 }, { 1, 1 }, { 2, -1 } }],
            [Ids(0, 0), new double[,] { { 5, -7 } }],
            [Ids(1, 0, 1), new double[,] { { 1, 2 }, { 3, 4 } }],
            [Ids(0, 3), new double[,] { { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 }, { 10, 11, 12 } }],
        ],
        randomCase: random =>
        {
            int words = random.Next(6, 10);
            return [Sentence(random, words), random.NormalMatrix(words, random.Next(2, 5)).ToArray()];
        },
        neverOne: ["rows of E"],                 // the ids lead to several rows
        hints:
        [
            "The result has as many rows as there are ids, and as many columns as the table.",
            "Two loops: the tokens i, and the features j. Which row of the table belongs to token i?",
            "`X[i, j] = E[ids[i], j]`",
        ],
        mistakes:
        [
            new("ids not used", "These are the first rows of the table, in the table's order. Token i needs the row with the number `ids[i]`.",
                (ids, E) => Build(ids.Length, E.GetLength(1), (i, j) => E[i, j])),
            new("counts from 1", "This takes the row before the right one. Ids count from 0, as rows do: there is nothing to subtract.",
                (ids, E) => Build(ids.Length, E.GetLength(1), (i, j) => E[ids[i] - 1, j])),
            new("each word once", "A word that occurs twice has one row here. There is a row for every token of the sentence, also where rows are the same.",
                (ids, E) => Build(ids.Distinct().Count(), E.GetLength(1), (i, j) => E[ids.Distinct().ElementAt(i), j])),
            new("columns in place of rows", "This reads column `ids[i]` of the table. A word's vector is a row: `E[ids[i], j]`.",
                (ids, E) => Build(ids.Length, E.GetLength(1), (i, j) => E[j, ids[i]])),
            new("in the order of the ids", "These rows are sorted by id. Row i belongs to token i of the sentence.",
                (ids, E) => Build(ids.Length, E.GetLength(1), (i, j) => E[ids.Order().ElementAt(i), j])),
            new("a token a column", "Here each token is a column. In this course a token is a row.",
                (ids, E) => Build(E.GetLength(1), ids.Length, (j, i) => E[ids[i], j])),
            new("times the id", "The row was multiplied by the id, or the id itself was written down. An id is a name and says only which row; it is not multiplied.",
                (ids, E) => Build(ids.Length, E.GetLength(1), (i, j) => ids[i] * E[ids[i], j])) { Variants = [(ids, E) => Build(ids.Length, E.GetLength(1), (i, _) => ids[i])] },
            new("the other way", "Row i of the table went to row `ids[i]` of the result. It goes the other way: row i of the result *is* row `ids[i]` of the table.",
                (ids, E) =>
                {
                    var X = new double[ids.Length, E.GetLength(1)];
                    for (int i = 0; i < ids.Length; i++)
                        for (int j = 0; j < E.GetLength(1); j++)
                            X[ids[i], j] = E[i, j];
                    return X;
                })
            {
                Variants = [(ids, E) => Build(E.GetLength(0), E.GetLength(1), (k, j) => ids.Contains(k) ? E[Array.LastIndexOf(ids, k), j] : 0)],
            },
            new("the last column left out", "The last column is 0: the loop over the features stops one too early.",
                (ids, E) => Build(ids.Length, E.GetLength(1), (i, j) => j < E.GetLength(1) - 1 ? E[ids[i], j] : 0)),
            new("from the last token to the first", "The rows are right and stand in reverse order. Row i belongs to token i.",
                (ids, E) => Build(ids.Length, E.GetLength(1), (i, j) => E[ids[^(i + 1)], j])),
        ]);
}
