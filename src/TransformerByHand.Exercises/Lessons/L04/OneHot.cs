using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson04
{
    public delegate double[,] OneHotFunction(int[] ids, int words);

    public static FunctionExercise<OneHotFunction> OneHot { get; } = new(
        id: "04.7",
        title: "One-hot rows",
        statement: "Return one row for each token, with a 1 in column `ids[i]` and 0 elsewhere.",
        solution: (ids, words) =>
        {
            var H = new double[ids.Length, words];
            for (int i = 0; i < ids.Length; i++)
                H[i, ids[i]] = 1;
            return H;
        },
        cases: [[Ids(1, 2, 3, 1), 5], [Ids(0, 3), 4]],
        randomCase: random =>
        {
            int words = random.Next(6, 10);
            return [Sentence(random, words), words];
        },
        hints:
        [
            "A new array of `double` is full of zeros already.",
            "One loop over the tokens; in row i one number has to be set.",
            "`H[i, ids[i]] = 1`",
        ],
        mistakes:
        [
            new("the id in place of 1", "The number in the row is the id itself. One-hot means a 1: multiplied with it, a row of the table comes out unchanged.",
                (ids, words) => Build(ids.Length, words, (i, k) => k == ids[i] ? ids[i] : 0)),
            new("a token a column", "Here each token is a column. A token is a row, so the shape is (tokens × words).",
                (ids, words) => Build(words, ids.Length, (k, i) => k == ids[i] ? 1 : 0)),
            new("the place in place of the id", "The 1 of token i stands in column i. It belongs in the column of its word, `ids[i]`.",
                (ids, words) => Build(ids.Length, words, (i, k) => k == i ? 1 : 0)),
            new("the words of the sentence in every row", "Every row marks all the words that occur in the sentence. Row i marks the word of token i alone.",
                (ids, words) => Build(ids.Length, words, (_, k) => ids.Contains(k) ? 1 : 0)),
            new("one row for the sentence", "This is one row for the whole sentence: which words occur, or how often, and the order is gone. There is one row for each token.",
                (ids, words) => Build(1, words, (_, k) => ids.Count(id => id == k))) { Variants = [(ids, words) => Build(1, words, (_, k) => ids.Contains(k) ? 1 : 0)] },
            new("counts from 1", "The 1 stands one column too far to the left. Ids count from 0, as columns do.",
                (ids, words) => Build(ids.Length, words, (i, k) => k == ids[i] - 1 ? 1 : 0)) { Variants = [(ids, words) => Marked(ids, words, id => id - 1)] },
            new("one too far to the right", "The 1 stands one column too far to the right. Ids count from 0, as columns do.",
                (ids, words) => Build(ids.Length, words, (i, k) => k == ids[i] + 1 ? 1 : 0)) { Variants = [(ids, words) => Marked(ids, words, id => id + 1)] },
            new("earlier words stay marked", "Each row still has the marks of the tokens before it. Row i marks the word of token i alone: begin each row with zeros.",
                (ids, words) => Build(ids.Length, words, (i, k) => ids.Take(i + 1).Contains(k) ? 1 : 0)),
            new("each word once", "A word that occurs twice is marked only once here. Every token has a row with a 1 of its own, also where rows are the same.",
                (ids, words) => Build(ids.Length, words, (i, k) => k == ids[i] && Array.IndexOf(ids, k) == i ? 1 : 0)),
            new("zeros and ones exchanged", "Every row has ones, and a 0 in the place of its word. It is the other way round: multiplied with a row of the table, only the 1 picks.",
                (ids, words) => Build(ids.Length, words, (i, k) => k == ids[i] ? 0 : 1)),
            new("word 0 left out", "The word with the id 0 has no 1. Ids count from 0, and 0 is a word like any other here.",
                (ids, words) => Build(ids.Length, words, (i, k) => k == ids[i] && k != 0 ? 1 : 0)),
        ]);
}
