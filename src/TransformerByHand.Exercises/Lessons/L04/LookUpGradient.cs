using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson04
{
    public delegate double[,] LookUpGradientFunction(int[] ids, double[,] dX, int words);

    public static FunctionExercise<LookUpGradientFunction> LookUpGradient { get; } = new(
        id: "04.1",
        title: "The gradient of a look-up",
        statement: "Return ∂L/∂E for a table of `words` rows, given the ids that were looked up and `dX`, the gradient at the rows that came out.",
        solution: (ids, dX, words) =>
        {
            var dE = new double[words, dX.GetLength(1)];
            for (int i = 0; i < ids.Length; i++)
                for (int j = 0; j < dX.GetLength(1); j++)
                    dE[ids[i], j] += dX[i, j];
            return dE;
        },
        cases:
        [
            [Ids(1, 2, 3, 1), new double[,] { { 1, 2 }, { 3, 4 }, { 5, 6 }, { 10, 20 } }, 5],
            [Ids(0, 0, 0), new double[,] { { 1 }, { 2 }, { 4 } }, 3],
            [Ids(2, 0), new double[,] { { 1, -1 }, { 0.5, 7 } }, 4],
            [Ids(1), new double[,] { { 2, 3, 4 } }, 2],
            [Ids(4, 0, 4, 2), new double[,] { { 1e6, -2e6, 3 }, { 4, 5e-3, 6e6 }, { -7e6, 8, 9 }, { 1, 2, 3 } }, 6],
            [Ids(3, 3, 1), new double[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } }, 7],
        ],
        randomCase: random =>
        {
            int words = random.Next(6, 10);
            int[] ids = Sentence(random, words);
            return [ids, random.NormalMatrix(ids.Length, random.Next(2, 5)).ToArray(), words];
        },
        hints:
        [
            "The gradient has the shape of the table, one row a word. Nearly all of it stays zero.",
            "Token i came from row `ids[i]`, so that is where row i of `dX` goes back to.",
            "A row that was used twice receives both gradients: add, do not assign. `dE[ids[i], j] += dX[i, j]`",
        ],
        mistakes:
        [
            new("overwrites", "A row that was used twice keeps only its last gradient. It was used in both places, so both gradients count: add them up.",
                (ids, dX, words) => Build(words, dX.GetLength(1), (k, j) => ids.Contains(k) ? dX[Array.LastIndexOf(ids, k), j] : 0)),
            new("keeps the first", "A row that was used twice keeps only its first gradient. It was used in both places, so both gradients count: add them up.",
                (ids, dX, words) => Build(words, dX.GetLength(1), (k, j) => ids.Contains(k) ? dX[Array.IndexOf(ids, k), j] : 0)),
            new("averages", "A row that was used twice gets the average of its gradients. A change of the row changes the loss through both places, and the two effects add up.",
                (ids, dX, words) => Build(words, dX.GetLength(1), (k, j) => ids.Contains(k) ? ScatteredBack(ids, dX, words)[k, j] / ids.Count(id => id == k) : 0)),
            new("every row of the table", "Every row receives the sum of all gradients. A row that was not looked up has had no part in the loss: its gradient is zero.",
                (ids, dX, words) => Build(words, dX.GetLength(1), (_, j) => Enumerable.Range(0, ids.Length).Sum(i => dX[i, j]))),
            new("every used row gets everything", "Every row that was used receives the sum of all gradients. Row k receives those of the tokens whose id is k.",
                (ids, dX, words) => Build(words, dX.GetLength(1), (k, j) => ids.Contains(k) ? Enumerable.Range(0, ids.Length).Sum(i => dX[i, j]) : 0)),
            new("in the order of the tokens", "Row i of `dX` went to row i of the result. It belongs to the row of the table that token i came from, `ids[i]`.",
                (ids, dX, words) => Build(words, dX.GetLength(1), (k, j) => k < ids.Length ? dX[k, j] : 0))
            {
                Variants = [(ids, dX, words) => Build(words, dX.GetLength(1), (k, j) => ids.Contains(k) ? dX[k, j] : 0)],
            },
            new("looked up once more", "This looks up rows of `dX` by id. It has to go the other way: row i of `dX` is added to row `ids[i]` of the result.",
                (ids, dX, words) =>
                {
                    var dE = new double[words, dX.GetLength(1)];
                    for (int i = 0; i < ids.Length; i++)
                        for (int j = 0; j < dX.GetLength(1); j++)
                            dE[i, j] += dX[ids[i], j];
                    return dE;
                })
            {
                Variants = [(ids, dX, words) => ScatteredBack(ids, Build(ids.Length, dX.GetLength(1), (i, j) => dX[ids[i], j]), words)],
            },
            new("not taken back to the table", "This is `dX`, one row a token. The gradient of the table has the table's shape, one row a word of the vocabulary.",
                (ids, dX, words) => Build(ids.Length, dX.GetLength(1), (i, j) => dX[i, j])),
            new("divided by the number of tokens", "Everything is divided by the number of tokens. Whether the loss is a mean has been settled in `dX` already: each token's gradient counts in full.",
                (ids, dX, words) => Scaled(ScatteredBack(ids, dX, words), 1.0 / ids.Length)),
            new("row 0 skipped", "Row 0 received nothing. It is a row of the table like any other here, also where a vocabulary keeps it for padding.",
                (ids, dX, words) => Build(words, dX.GetLength(1), (k, j) => k == 0 ? 0 : ScatteredBack(ids, dX, words)[k, j])),
            new("as many rows as the largest id", "The result ends at the largest id of this sentence. The table has `words` rows, and its gradient has a row for each.",
                (ids, dX, words) => Build(ids.Max() + 1, dX.GetLength(1), (k, j) => ScatteredBack(ids, dX, words)[k, j])),
            new("counts in place of adding", "This counts how often each row was used. What arrives at a row is the gradient `dX` of each token that used it.",
                (ids, dX, words) => Build(words, dX.GetLength(1), (k, _) => ids.Count(id => id == k))),
            new("times the id", "Each gradient was multiplied by the id. An id is a name and says only which row; it is not multiplied.",
                (ids, dX, words) => Build(words, dX.GetLength(1), (k, j) => k * ScatteredBack(ids, dX, words)[k, j])),
            new("adds only for neighbours", "Only a repeat directly after the first was added; any other overwrote. Every token that used the row counts, wherever it stands.",
                (ids, dX, words) =>
                {
                    var dE = new double[words, dX.GetLength(1)];
                    for (int i = 0; i < ids.Length; i++)
                        for (int j = 0; j < dX.GetLength(1); j++)
                            dE[ids[i], j] = i > 0 && ids[i] == ids[i - 1] ? dE[ids[i], j] + dX[i, j] : dX[i, j];
                    return dE;
                }),
        ])
    {
        Formulas = [@"dE=H^\top dX"],
    };
}
