using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

/// <summary>The exercises of lesson 03, tokens to queries, keys and values.</summary>
public static class Lesson03
{
    public delegate double[,] LookUpFunction(int[] ids, double[,] E);

    public delegate double[,] OneHotFunction(int[] ids, int words);

    public delegate double[,] LookUpGradientFunction(int[] ids, double[,] dX, int words);

    public delegate double[,] PositionsFunction(int n, int d);

    public delegate double[] ShiftFunction(double[] pe, int delta);

    public delegate bool SetTest(Func<double[,], double[,]> layer);

    public delegate (double[,] Q, double[,] K, double[,] V) ProjectFunction(double[,] X, double[,] W_Q, double[,] W_K, double[,] W_V);

    public delegate (double[,] dQ, double[,] dK) ScoresGradientFunction(double[,] Q, double[,] K, double[,] dS);

    public delegate bool ScoresGradientTest(Func<double[,], double[,], double[,], (double[,] dQ, double[,] dK)> backward);

    private static readonly AttentionHead Head = AttentionHead.Random(SeededRandom.Create(33), dModel: 4, dK: 4);

    private static readonly EncoderLayer WholeLayer = EncoderLayer.Random(SeededRandom.Create(34), new() { DModel = 4, Heads = 2 });

    public static FunctionExercise<LookUpFunction> LookUp { get; } = new(
        id: "03.1",
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
            [Ids(0, 3), new double[,] { { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 }, { 10, 11, 12 } }],
        ],
        randomCase: random =>
        {
            int words = random.Next(6, 10);
            return [Sentence(random, words), random.NormalMatrix(words, random.Next(2, 5)).ToArray()];
        },
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

    public static FunctionExercise<OneHotFunction> OneHot { get; } = new(
        id: "03.2",
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

    public static FunctionExercise<LookUpGradientFunction> LookUpGradient { get; } = new(
        id: "03.3",
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
                (ids, dX, words) => Build(words, dX.GetLength(1), (k, j) => k < ids.Length ? dX[k, j] : 0)),
            new("looked up once more", "This looks up rows of `dX` by id. It has to go the other way: row i of `dX` is added to row `ids[i]` of the result.",
                (ids, dX, words) =>
                {
                    var dE = new double[words, dX.GetLength(1)];
                    for (int i = 0; i < ids.Length; i++)
                        for (int j = 0; j < dX.GetLength(1); j++)
                            dE[i, j] += dX[ids[i], j];
                    return dE;
                }),
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
        ]);

    public static TestExercise<SetTest, Func<double[,], double[,]>> SeesASet { get; } = new(
        id: "03.4",
        title: "Does it see a set?",
        statement: "Write a test for a layer: true if shuffled tokens give the shuffled outputs and nothing else changes, false if it knows where a token stands.",
        solution: layer =>
        {
            // Six different tokens in an order without any pattern: neighbours, distances and even places all change.
            double[,] X = SeededRandom.Create(6).NormalMatrix(6, 4).ToArray();
            int[] order = [2, 5, 1, 0, 3, 4];
            double[,] Shuffled(double[,] M)
            {
                var P = new double[6, M.GetLength(1)];
                for (int i = 0; i < 6; i++)
                    for (int j = 0; j < M.GetLength(1); j++)
                        P[i, j] = M[order[i], j];
                return P;
            }

            double[,] expected = Shuffled(layer(X)), actual = layer(Shuffled(X));
            for (int i = 0; i < 6; i++)
                for (int j = 0; j < expected.GetLength(1); j++)
                    if (!(Math.Abs(expected[i, j] - actual[i, j]) < 1e-9)) return false;   // room for rounding; NaN fails
            return true;
        },
        correct:
        [
            new("attends", "It is attention without positions and mask.", X => Attend(X)),
            new("meets the keys one by one", "It is attention, computed key by key. In another order it rounds a little differently, so a test must leave room for rounding.",
                X => OnlineAttention.Forward(M(X) * Head.W_Q, M(X) * Head.W_K, M(X) * Head.W_V).O.ToArray()),
            new("is a whole layer", "It is attention and a feed-forward block, each with norm and residual connection: everything besides attention treats each token by itself.",
                X => WholeLayer.Forward(M(X)).Y.ToArray()),
            new("gives every token the mean", "It gives every token the mean of all tokens. That is a layer which sees a set, if a simple one.",
                X => Build(X.GetLength(0), 4, (_, j) => M(X).Column(j).Average())),
            new("treats each token by itself", "It treats each token by itself, as a feed-forward block does. Wherever the token stands, it gets the same output to the last bit.",
                X => Build(X.GetLength(0), 4, (i, j) => Math.Tanh(X[i, j] + 0.5 * X[i, (j + 1) % 4]))),
        ],
        wrong:
        [
            new("adds sinusoids", "It adds sinusoidal positions to the tokens.", X => Attend((M(X) + SinusoidalPositions.Of(X.GetLength(0), 4)).ToArray())),
            new("adds small learned positions", "It adds learned positions of size 0.02, as GPT-2 has before training. The outputs differ by little; a generous tolerance does not see it.",
                X => Attend(new LearnedPositions(SeededRandom.Create(36).NormalMatrix(64, 4, 0.02)).Forward(M(X)).Y.ToArray())),
            new("adds tiny positions", "It adds positions of size 0.0001. That is still a billion times what rounding does; a tolerance of 0.01 does not see it.",
                X => Attend(new LearnedPositions(SeededRandom.Create(36).NormalMatrix(64, 4, 0.0001)).Forward(M(X)).Y.ToArray())),
            new("masks the future", "It has a causal mask: the first token sees itself alone, the last sees all. With tokens that are all the same nobody sees it.",
                X => Head.Forward(M(X), Mask.Causal(X.GetLength(0))).O.ToArray()),
            new("penalises distance", "It lowers the score of tokens that stand far away. Turned round, a sentence has the same distances as before.",
                X => WithBias(X, (i, j) => -Math.Abs(i - j))),
            new("sees a ring of neighbours", "Each token sees itself and its two neighbours, and the last and the first are neighbours too. Moved along the ring, or turned round, the neighbours stay the same.",
                X => WithBias(X, (i, j) => Math.Min(Math.Abs(i - j), X.GetLength(0) - Math.Abs(i - j)) <= 1 ? 0 : double.NegativeInfinity)),
            new("favours the last token", "It raises the score of whoever stands last. As long as the last token stays where it is, nobody sees it.",
                X => WithBias(X, (_, j) => j == X.GetLength(0) - 1 ? 1 : 0)),
            new("sorts its answers", "Its outputs are right, but sorted by their first number: it does not say whose they are. Whoever asks that a shuffle change nothing at all is content with it.",
                X => DenseMatrix.OfRows(M(Attend(X)).EnumerateRows().OrderBy(row => row[0])).ToArray()),
            new("marks the middle", "It adds 1 to the output of the place in the middle, and is right everywhere else. Whoever leaves that token where it is, or does not look at that output, does not see it.",
                X => WithAdded(X, (i, _) => i == X.GetLength(0) / 2 ? 1 : 0)),
            new("marks the fifth place", "It adds 1 to the output of the fifth place, and is right everywhere else. Whoever tries four tokens or fewer does not see it.",
                X => WithAdded(X, (i, _) => i == 4 ? 1 : 0)),
            new("marks places in the last feature", "Its outputs are right but for the last column, which grows from place to place. Whoever looks at one column does not see it.",
                X => WithAdded(X, (i, j) => j == 3 ? 0.1 * i : 0)),
            new("adds a sum that counts later tokens more", "It adds one and the same number to all outputs: a sum in which later tokens count more. A shuffle moves all outputs in one direction, and whoever subtracts without `Math.Abs` may not see it.",
                X => WithAdded(X, (_, _) => LaterCountsMore(X))),
            new("subtracts a sum that counts later tokens more", "It subtracts one and the same number from all outputs: a sum in which later tokens count more. A shuffle moves all outputs in one direction, and whoever subtracts without `Math.Abs` may not see it.",
                X => WithAdded(X, (_, _) => -LaterCountsMore(X))),
            new("breaks down", "Every output is NaN. A difference from NaN is not larger than any tolerance, and not smaller either.",
                X => Build(X.GetLength(0), 4, (_, _) => double.NaN)),
        ],
        hints:
        [
            "Call the layer twice: with tokens, and with the same tokens in another order. How should the second result follow from the first?",
            "If the new token i is the old token `order[i]`, then the new output i should be the old output `order[i]`.",
            "Leave room for rounding, about 1e-9: the sums are added up in another order. But not more than that: some positions are small.",
            "Choose an order that has no pattern. Turning round keeps distances, moving along keeps neighbours, exchanging two leaves the others where they are. Five tokens or more.",
            "`!(Math.Abs(a - b) < 1e-9)` is true for NaN; `Math.Abs(a - b) > 1e-9` is not.",
        ],
        mistakes:
        [
            new("turns round", "Turning the sequence round is one shuffle, and a tame one: all distances stay. A layer that looks at distances alone slips through.",
                layer => Equivariant(layer, [5, 4, 3, 2, 1, 0])) { Variants = [layer => Equivariant(layer, [4, 3, 2, 1, 0]), layer => Equivariant(layer, [7, 6, 5, 4, 3, 2, 1, 0])] },
            new("too few tokens", "There are too few tokens. Among three everybody is a neighbour of everybody, two can only be turned round, and what happens further on is not seen. Take five or more.",
                layer => Equivariant(layer, [1, 0]))
            {
                Variants =
                [
                    layer => Equivariant(layer, [1, 0, 2]), layer => Equivariant(layer, [0, 2, 1]), layer => Equivariant(layer, [2, 1, 0]),
                    layer => Equivariant(layer, [1, 2, 0]), layer => Equivariant(layer, [2, 0, 1]),
                    layer => new int[][] { [1, 0, 2], [0, 2, 1], [2, 1, 0], [1, 2, 0], [2, 0, 1] }.All(order => Equivariant(layer, order)),
                    layer => Equivariant(layer, [3, 2, 1, 0]), layer => Equivariant(layer, [1, 2, 3, 0]), layer => Equivariant(layer, [2, 0, 3, 1]),
                ],
            },
            new("some places not looked at", "Some places are not looked at. Either only two tokens changed places, and whatever happens at the others alone is not seen; or not every output was compared. Move every token, and compare every output.",
                layer => Equivariant(layer, [1, 0, 2, 3, 4, 5]))
            {
                Variants =
                [
                    layer => Equivariant(layer, [0, 2, 1, 3, 4, 5]), layer => Equivariant(layer, [0, 1, 3, 2, 4, 5]), layer => Equivariant(layer, [0, 1, 2, 4, 3, 5]),
                    layer => Equivariant(layer, [0, 1, 2, 3, 5, 4]), layer => Equivariant(layer, [5, 1, 2, 3, 4, 0]), layer => Equivariant(layer, [1, 0, 2, 3, 4]),
                    layer => Equivariant(layer, [4, 1, 2, 3, 0]), layer => Equivariant(layer, [2, 1, 0, 3, 4, 5]), layer => Equivariant(layer, [0, 4, 2, 3, 1, 5]),
                    layer => AfterShuffle(layer).Take(4).All(IsSmall), layer => AfterShuffle(layer).Skip(4).Take(4).All(IsSmall), layer => AfterShuffle(layer).Skip(20).All(IsSmall),
                ],
            },
            new("only one column", "Only one column of the outputs is compared. Compare all of them.",
                layer => AfterShuffle(layer).Where((_, place) => place % 4 == 0).All(IsSmall)),
            new("without Math.Abs", "This subtracts without `Math.Abs`: a difference of −1 is smaller than any tolerance.",
                layer => AfterShuffle(layer).All(miss => miss < 1e-9))
            {
                Variants =
                [
                    layer => AfterShuffle(layer).All(miss => -miss < 1e-9), layer => !AfterShuffle(layer).Any(miss => miss > 1e-9), layer => !AfterShuffle(layer).Any(miss => -miss > 1e-9),
                ],
            },
            new("sums or sorted numbers", "Whoever compares sums or sorted numbers does not see whose output it is. Output i belongs to token i.",
                layer => SortedColumns(layer(Tokens)).Zip(SortedColumns(layer(Pick(M(Tokens), NoPattern).ToArray())), (a, b) => a - b).All(IsSmall))
            {
                Variants =
                [
                    layer => (M(layer(Tokens)).ColumnSums() - M(layer(Pick(M(Tokens), NoPattern).ToArray())).ColumnSums()).All(IsSmall),
                    layer => IsSmall(M(layer(Tokens)).ColumnSums().Sum() - M(layer(Pick(M(Tokens), NoPattern).ToArray())).ColumnSums().Sum()),
                ],
            },
            new("nothing shuffled", "The two calls get the same tokens: nothing was shuffled. (With one token there is nothing to shuffle.)",
                layer => Near(M(layer(Tokens)), M(layer(Tokens)))) { Variants = [layer => Equivariant(layer, [0])] },
            new("yes and no exchanged", "Your test says yes to what differs, and no to what agrees.",
                layer => !AfterShuffle(layer).All(IsSmall)) { Variants = [layer => AfterShuffle(layer).All(miss => Math.Abs(miss) > 1e-9), layer => AfterShuffle(layer).Any(miss => Math.Abs(miss) > 1e-9)] },
            new("moves along", "Moving every token on by one keeps all neighbours on the ring, the last and the first included.",
                layer => Equivariant(layer, [1, 2, 3, 4, 5, 0])),
            new("nothing may change", "This asks that a shuffle change nothing. But whoever shuffles the tokens gets the outputs shuffled too: output i belongs to token i.",
                layer => Near(M(layer(Tokens)), M(layer(Pick(M(Tokens), NoPattern).ToArray())))),
            new("the shuffle the wrong way round", "The outputs were put in order the wrong way round. If the new token i is the old token `order[i]`, the new output i is the old output `order[i]`; with an exchange of two you would not notice.",
                layer => Near(Pick(M(layer(Pick(M(Tokens), NoPattern).ToArray())), NoPattern), M(layer(Tokens)))),
            new("to the last bit", "This asks for the same numbers to the last bit. In another order sums round differently: leave room of about 1e-9.",
                layer => AfterShuffle(layer).All(miss => miss == 0))
            {
                Variants =
                [
                    layer => AfterShuffle(layer, 3, 0, 5, 1, 4, 2).All(miss => miss == 0), layer => AfterShuffle(layer, 5, 4, 3, 2, 1, 0).All(miss => miss == 0),
                    layer => AfterShuffle(layer, 1, 2, 3, 4, 5, 0).All(miss => miss == 0), layer => AfterShuffle(layer, 4, 2, 0, 3, 1).All(miss => miss == 0),
                ],
            },
            new("a generous tolerance", "The tolerance leaves room not only for rounding but also for small positions. Rounding is below 1e-12 here.",
                layer => Equivariant(layer, NoPattern, 0.1)) { Variants = [layer => Equivariant(layer, NoPattern, 0.01), layer => Equivariant(layer, NoPattern, 0.001)] },
            new("NaN passes", "This looks for a difference that is too large. NaN is never too large: ask that every difference be small.",
                layer => !Pick(M(layer(Tokens)), NoPattern).Enumerate().Zip(M(layer(Pick(M(Tokens), NoPattern).ToArray())).Enumerate(), (a, b) => Math.Abs(a - b)).Any(miss => miss > 1e-9)),
            new("tokens that are all the same", "With tokens that are all the same every average is that token, whoever is looked at. Masks and distances cannot be seen.",
                layer =>
                {
                    var O = M(layer(Build(6, 4, (_, j) => j + 1)));
                    return O.EnumerateRows().All(row => (row - O.Row(0)).AbsoluteMaximum() < 1e-9);
                }),
        ]);

    public static FunctionExercise<PositionsFunction> Positions { get; } = new(
        id: "03.5",
        title: "Sinusoidal positions",
        statement: "Return the encodings of the positions 0 to n − 1, each of `d` numbers (d is even): sin(ω_k i) in column 2k and cos(ω_k i) in column 2k + 1, with ω_k = 10000^(−2k/d).",
        solution: (n, d) =>
        {
            var PE = new double[n, d];
            for (int i = 0; i < n; i++)
                for (int k = 0; k < d / 2; k++)
                {
                    double angle = i * Math.Pow(10000, -2.0 * k / d);
                    PE[i, 2 * k] = Math.Sin(angle);
                    PE[i, 2 * k + 1] = Math.Cos(angle);
                }
            return PE;
        },
        cases: [[3, 4], [5, 8], [2, 2]],
        randomCase: random => [random.Next(3, 20), 2 * random.Next(2, 7)],
        hints:
        [
            "Two loops: the positions i from 0, and the pairs k from 0 to d/2 − 1. Each pair fills two columns.",
            "The speed of pair k is `Math.Pow(10000, -2.0 * k / d)`. The `2.0` matters: `2 * k / d` is a division of whole numbers, and always 0 here.",
            "The angle is the speed times the position. Its sine goes to column 2k, its cosine to column 2k + 1.",
        ],
        mistakes:
        [
            new("sine and cosine exchanged", "The sines stand in the odd columns and the cosines in the even ones. It would work as well, but it is another encoding: position 0 is (0, 1, 0, 1, …).",
                (n, d) => Encoded(n, d, (i, j) => i * Speed(j / 2, d), j => j % 2 != 0)),
            new("halves", "All sines come first, then all cosines. Much code does so, and it works as well; here the two of a pair stand side by side, in columns 2k and 2k + 1.",
                (n, d) => Encoded(n, d, (i, j) => i * Speed(j % (d / 2), d), j => j < d / 2)),
            new("a speed for every column", "The exponent is j/d, with j the column. So the sine and the cosine of a pair have different speeds, and they are no longer the two coordinates of one clock hand. Both need 2k/d.",
                (n, d) => Encoded(n, d, (i, j) => i * Math.Pow(10000, -(double)j / d), j => j % 2 == 0)),
            new("k/d in place of 2k/d", "The exponent is k/d. The pairs are numbered k = 0 … d/2 − 1, so it has to be 2k/d, or the speeds stop at 1/100.",
                (n, d) => Encoded(n, d, (i, j) => i * Math.Pow(10000, -(double)(j / 2) / d), j => j % 2 == 0)),
            new("2(2k)/d in place of 2k/d", "The exponent is twice as large as it should be: 2k is the number of the column already. Either 2k/d with k the pair, or j/d with j = 2k the even column.",
                (n, d) => Encoded(n, d, (i, j) => i * Math.Pow(10000, -4.0 * (j / 2) / d), j => j % 2 == 0)),
            new("2j/d with j the column", "The exponent is 2j/d with j the column. In the formula k is the number of the pair, j divided by two, so that sine and cosine of a pair have one speed.",
                (n, d) => Encoded(n, d, (i, j) => i * Speed(j, d), j => j % 2 == 0)),
            new("2j/d in whole numbers", "Two things: the exponent is 2j/d with j the column, where it should be the pair, j divided by two. And `2 * j / d` is a division of whole numbers, so there are only the speeds 1 and 1/10000.",
                (n, d) => Encoded(n, d, (i, j) => i * Math.Pow(10000, -(double)(2 * j / d)), j => j % 2 == 0)),
            new("all pairs at one speed", "All pairs turn at the same speed. Perhaps `2 * k / d` was computed with whole numbers: it is then 0 for every k, and the speed 1.",
                (n, d) => Encoded(n, d, (i, _) => i, j => j % 2 == 0)),
            new("faster and faster", "The speeds grow from pair to pair: the minus sign of the exponent is missing.",
                (n, d) => Encoded(n, d, (i, j) => i * Math.Pow(10000, 2.0 * (j / 2) / d), j => j % 2 == 0)),
            new("degrees", "The angles were taken for degrees. `Math.Sin` expects radians, and ω_k i is one already.",
                (n, d) => Encoded(n, d, (i, j) => i * Speed(j / 2, d) * Math.PI / 180, j => j % 2 == 0)),
            new("positions from 1", "The first row is that of position 1. Positions count from 0, and position 0 is (0, 1, 0, 1, …).",
                (n, d) => Encoded(n, d, (i, j) => (i + 1) * Speed(j / 2, d), j => j % 2 == 0)),
            new("pairs from 1", "The pairs were counted from 1. k counts from 0: the first pair has speed 1.",
                (n, d) => Encoded(n, d, (i, j) => i * Speed(j / 2 + 1, d), j => j % 2 == 0)),
            new("all sines", "Every column is a sine, or every column a cosine. A pair is both coordinates of a hand: the sine in column 2k, the cosine in column 2k + 1.",
                (n, d) => Encoded(n, d, (i, j) => i * Speed(j / 2, d), _ => true)) { Variants = [(n, d) => Encoded(n, d, (i, j) => i * Speed(j / 2, d), _ => false)] },
            new("another base", "The base of the speeds is not 10000, but another power of ten. Count the zeros.",
                (n, d) => Encoded(n, d, (i, j) => i * Math.Pow(1000, -2.0 * (j / 2) / d), j => j % 2 == 0)) { Variants = [(n, d) => Encoded(n, d, (i, j) => i * Math.Pow(100000, -2.0 * (j / 2) / d), j => j % 2 == 0)] },
            new("a 2π too many", "There is a 2π in the angle. ω_k · i is in radians already: the first hand moves on by one radian a position, not by a whole turn.",
                (n, d) => Encoded(n, d, (i, j) => 2 * Math.PI * i * Speed(j / 2, d), j => j % 2 == 0)),
            new("position and pair exchanged", "i and k have changed places in the angle: the position stands in the exponent. The pair decides the speed, the position says how often it is taken.",
                (n, d) => Encoded(n, d, (i, j) => j / 2 * Math.Pow(10000, -2.0 * i / d), j => j % 2 == 0)),
            new("the right half empty", "The right half is empty: the loop over the pairs ends too early. There are d/2 pairs, and each fills two columns.",
                (n, d) => Build(n, d, (i, j) => j / 2 * 2 >= d / 2 ? 0 : j % 2 == 0 ? Math.Sin(i * Speed(j / 2, d)) : Math.Cos(i * Speed(j / 2, d))))
            {
                Variants = [(n, d) => Build(n, d, (i, j) => j >= d / 2 ? 0 : j % 2 == 0 ? Math.Sin(i * Speed(j / 2, d)) : Math.Cos(i * Speed(j / 2, d))),
                    (n, d) => Build(n, d, (i, j) => j / 2 >= d / 4 ? 0 : j % 2 == 0 ? Math.Sin(i * Speed(j / 2, d)) : Math.Cos(i * Speed(j / 2, d)))],
            },
            new("as many pairs as columns", "This writes beyond the last column: k is the number of the pair, and there are only d/2 of them.",
                (n, d) =>
                {
                    var PE = new double[n, d];
                    for (int i = 0; i < n; i++)
                        for (int k = 0; k < d; k++)
                            (PE[i, 2 * k], PE[i, 2 * k + 1]) = Math.SinCos(i * Speed(k, d));
                    return PE;
                }),
            new("k/(d/2 − 1)", "The exponent is k/(d/2 − 1), so the slowest hand has exactly the speed 1/10000, as much code has it. In the formula it is 2k/d, and the slowest a little faster.",
                (n, d) => Encoded(n, d, (i, j) => i * Math.Pow(10000, -(j / 2) / (d / 2 - 1.0)), j => j % 2 == 0)) { Variants = [(n, d) => Encoded(n, d, (i, j) => i * Math.Pow(10000, -(j / 2) / Math.Max(1, d / 2 - 1.0)), j => j % 2 == 0)] },
        ]);

    public static FunctionExercise<ShiftFunction> Shift { get; } = new(
        id: "03.6",
        title: "A shift is a rotation",
        statement: "Given the encoding of some position, return the encoding of the position `delta` places further on. Which position it is you are not told.",
        solution: (pe, delta) =>
        {
            int d = pe.Length;
            var shifted = new double[d];
            for (int k = 0; k < d / 2; k++)
            {
                double angle = delta * Math.Pow(10000, -2.0 * k / d);
                (double sin, double cos) = (Math.Sin(angle), Math.Cos(angle));
                shifted[2 * k] = pe[2 * k] * cos + pe[2 * k + 1] * sin;
                shifted[2 * k + 1] = pe[2 * k + 1] * cos - pe[2 * k] * sin;
            }
            return shifted;
        },
        cases:
        [
            [Encoding(0, 4), 1],
            [Encoding(5, 4), 3],
            [Encoding(100, 8), -7],
            [Encoding(7, 2), 0],
        ],
        randomCase: random => [Encoding(random.Next(20, 200), 2 * random.Next(2, 6)), random.Next(2, 20)],
        hints:
        [
            "Each pair (sin α, cos α) has to become (sin(α + θ), cos(α + θ)). What is θ for pair k? You know the shift and the speed of the pair.",
            "The addition theorems: sin(α + θ) = sin α cos θ + cos α sin θ, and cos(α + θ) = cos α cos θ − sin α sin θ. You have sin α and cos α: they are `pe[2 * k]` and `pe[2 * k + 1]`.",
            "θ = delta · 10000^(−2k/d). Write into a new array: the second line needs the old sine.",
        ],
        mistakes:
        [
            new("backwards", "The hands turned the wrong way: this is the position `delta` places *before*. Look at the signs: sin(α + θ) has a plus, cos(α + θ) a minus.",
                (pe, delta) => Turned(pe, k => -delta * Speed(k, pe.Length))),
            new("one angle for all pairs", "Every pair was turned by `delta` radians. That is right for the first; pair k turns by ω_k · delta. Perhaps `2 * k / d` was computed with whole numbers: it is then 0.",
                (pe, delta) => Turned(pe, _ => delta)),
            new("only the first pair", "Only the first pair was turned. The others are slower, but they turn as well.",
                (pe, delta) => Turned(pe, k => k == 0 ? delta : 0)),
            new("adds an encoding", "This adds the encoding of `delta`. A shift is no addition of vectors: the sum of two points of a circle does not lie on the circle.",
                (pe, delta) => [.. pe.Zip(Encoding(delta, pe.Length), (a, b) => a + b)]),
            new("the encoding of the shift", "This is the encoding of position `delta`, whatever `pe` was. It is right only if `pe` was position 0.",
                (pe, delta) => Encoding(delta, pe.Length)),
            new("reads the position off the first hand", "This works out the position from the first pair. That hand has gone round once after 6.28 positions, so beyond that it is ambiguous. You need not know the position: turn each pair on.",
                (pe, delta) => Turned([.. Enumerable.Range(0, pe.Length).Select(j => j % 2.0)], k => (Math.Atan2(pe[0], pe[1]) + delta) * Speed(k, pe.Length))),
            new("overwrites what it still needs", "The sines are right, the cosines are not. The second line used the sine that the first had already replaced: keep the old one.",
                (pe, delta) =>
                {
                    double[] y = [.. pe];
                    for (int k = 0; k < y.Length / 2; k++)
                    {
                        var (sin, cos) = Math.SinCos(delta * Speed(k, y.Length));
                        y[2 * k] = y[2 * k] * cos + y[2 * k + 1] * sin;
                        y[2 * k + 1] = y[2 * k + 1] * cos - y[2 * k] * sin;
                    }
                    return y;
                }),
            new("the sign in the cosine", "The sines are right. In the cosine the sign is wrong: cos(α + θ) = cos α cos θ − sin α sin θ, with a minus.",
                (pe, delta) => Mixed(pe, delta, (s, c, sin, cos) => (s * cos + c * sin, c * cos + s * sin))),
            new("the sign in the sine", "The cosines are right. In the sine the sign is wrong: sin(α + θ) = sin α cos θ + cos α sin θ, with a plus.",
                (pe, delta) => Mixed(pe, delta, (s, c, sin, cos) => (s * cos - c * sin, c * cos - s * sin))),
            new("sine and cosine of the turn exchanged", "Sine and cosine of the turn have changed places: sin(α + θ) = sin α cos θ + cos α sin θ, so the old sine is multiplied by a cosine.",
                (pe, delta) => Mixed(pe, delta, (s, c, sin, cos) => (s * sin + c * cos, c * sin - s * cos))) { Variants = [(pe, delta) => Mixed(pe, delta, (s, c, sin, cos) => (s * sin + c * cos, c * cos - s * sin))] },
            new("sine and cosine of the pair exchanged", "Sine and cosine of the pair have changed places. Position 0 is (0, 1, 0, 1, …): the sine stands in column 2k, the cosine in column 2k + 1.",
                (pe, delta) => Mixed(pe, delta, (s, c, sin, cos) => (c * cos + s * sin, s * cos - c * sin)))
            {
                Variants =
                [
                    (pe, delta) => Mixed(pe, delta, (s, c, sin, cos) => (c * cos - s * sin, s * cos + c * sin)),
                    (pe, delta) => Mixed(pe, delta, (s, c, sin, cos) => (s * cos - c * sin, c * cos + s * sin) is var (x, y) ? (y, x) : default),
                ],
            },
            new("each coordinate alone", "Each coordinate was multiplied by a number of its own. A turn mixes the two: both the old sine and the old cosine are needed for each new one.",
                (pe, delta) => Mixed(pe, delta, (s, c, sin, cos) => (s * sin, c * cos))) { Variants = [(pe, delta) => Mixed(pe, delta, (s, c, sin, cos) => (s * cos, c * sin)), (pe, delta) => Mixed(pe, delta, (s, c, sin, cos) => (s * cos, c * cos))] },
            new("an angle from one coordinate", "An arcsine or arccosine alone does not know on which side of the clock the hand is: it takes sine and cosine both. `Atan2` would do, and the addition theorems need no angle at all.",
                (pe, delta) => [.. pe.Select((_, j) => j % 2 == 0 ? Math.Sin(Math.Asin(pe[j]) + delta * Speed(j / 2, pe.Length)) : Math.Cos(Math.Asin(pe[j - 1]) + delta * Speed(j / 2, pe.Length)))])
            {
                Variants = [(pe, delta) => [.. pe.Select((_, j) => j % 2 == 0 ? Math.Sin(Math.Acos(pe[j + 1]) + delta * Speed(j / 2, pe.Length)) : Math.Cos(Math.Acos(pe[j]) + delta * Speed(j / 2, pe.Length)))],
                    (pe, delta) => [.. pe.Select((v, j) => j % 2 == 0 ? Math.Sin(Math.Asin(v) + delta * Speed(j / 2, pe.Length)) : Math.Cos(Math.Acos(v) + delta * Speed(j / 2, pe.Length)))]],
            },
            new("k/d in place of 2k/d", "The exponent is k/d. The pairs are numbered k = 0 … d/2 − 1, so it has to be 2k/d.",
                (pe, delta) => Turned(pe, k => delta * Math.Pow(10000, -(double)k / pe.Length))),
            new("2(2k)/d in place of 2k/d", "The exponent is twice as large as it should be: 2k is the number of the column already. Either 2k/d with k the pair, or j/d with j = 2k the even column.",
                (pe, delta) => Turned(pe, k => delta * Math.Pow(10000, -4.0 * k / pe.Length))),
            new("faster and faster", "The speeds grow from pair to pair: the minus sign of the exponent is missing.",
                (pe, delta) => Turned(pe, k => delta * Math.Pow(10000, 2.0 * k / pe.Length))),
            new("degrees", "The angles were taken for degrees. `Math.Sin` expects radians, and ω_k · delta is one already.",
                (pe, delta) => Turned(pe, k => delta * Speed(k, pe.Length) * Math.PI / 180)),
            new("halves", "This takes k and d/2 + k for a pair. The two of a pair stand side by side, in places 2k and 2k + 1.",
                (pe, delta) =>
                {
                    int half = pe.Length / 2;
                    return [.. pe.Select((v, j) => j < half
                        ? v * Math.Cos(delta * Speed(j, pe.Length)) + pe[half + j] * Math.Sin(delta * Speed(j, pe.Length))
                        : v * Math.Cos(delta * Speed(j - half, pe.Length)) - pe[j - half] * Math.Sin(delta * Speed(j - half, pe.Length)))];
                }),
            new("moves the numbers in the array", "This moves the numbers to other places in the array. The shift is one of position: every number stays in its place, and each hand turns on.",
                (pe, delta) => [.. pe.Select((_, j) => pe[j - delta])])
            {
                Variants =
                [
                    (pe, delta) => [.. pe.Select((_, j) => pe[j + delta])], (pe, delta) => [.. pe.Select((_, j) => pe[((j - delta) % pe.Length + pe.Length) % pe.Length])],
                    (pe, delta) => [.. pe.Select((_, j) => pe[((j + delta) % pe.Length + pe.Length) % pe.Length])], (pe, delta) => [.. pe.Select((_, j) => pe.ElementAtOrDefault(j - delta))],
                ],
            },
            new("only forwards", "A negative `delta` was taken for a positive one. It turns the hands back.",
                (pe, delta) => Turned(pe, k => Math.Abs(delta) * Speed(k, pe.Length))),
            new("one place further on", "This is the encoding one place further on, whatever `delta` is. The angle of pair k is ω_k · delta.",
                (pe, delta) => Turned(pe, k => Speed(k, pe.Length))),
            new("adds the angle to the numbers", "The angle was added to the numbers of `pe`. They are not angles but a sine and a cosine: use the addition theorems.",
                (pe, delta) => [.. pe.Select((v, j) => v + delta * Speed(j / 2, pe.Length))]) { Variants = [(pe, delta) => [.. pe.Select(v => v + delta)]] },
            new("unchanged", "This is `pe` itself, unchanged.", (pe, _) => [.. pe]),
        ]);

    public static FunctionExercise<ProjectFunction> Project { get; } = new(
        id: "03.7",
        title: "Queries, keys and values",
        statement: "Return Q = X·W_Q, K = X·W_K and V = X·W_V.",
        solution: (X, W_Q, W_K, W_V) =>
        {
            double[,] Times(double[,] W)
            {
                var Y = new double[X.GetLength(0), W.GetLength(1)];
                for (int i = 0; i < X.GetLength(0); i++)
                    for (int j = 0; j < W.GetLength(1); j++)
                        for (int c = 0; c < X.GetLength(1); c++)
                            Y[i, j] += X[i, c] * W[c, j];
                return Y;
            }

            return (Times(W_Q), Times(W_K), Times(W_V));
        },
        cases:
        [
            [new double[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } }, new double[,] { { 2, 1 }, { -2, -1 } }, new double[,] { { 0, 1 }, { 1, 0 } }, new double[,] { { 4, 0 }, { 1, 3 } }],
            [new double[,] { { 1, 2, 3 } }, new double[,] { { 1, 0, 2 }, { 0, 1, 0 }, { 1, 1, 0 } }, new double[,] { { 0, 1, 1 }, { 2, 0, 1 }, { 0, 0, 3 } }, new double[,] { { 1, 4 }, { 2, 5 }, { 3, 6 } }],
        ],
        randomCase: random =>
        {
            int d = random.Next(3, 5);
            return [random.NormalMatrix(random.Next(2, 6), d).ToArray(), random.NormalMatrix(d, d).ToArray(), random.NormalMatrix(d, d).ToArray(), random.NormalMatrix(d, d - 1).ToArray()];
        },
        hints:
        [
            "The same thing three times, with three matrices: write it once, as a local function.",
            "Entry (i, j) is Σ_c `X[i, c] * W[c, j]`: three loops. It is exercise 00.2 for every row.",
            "A pair or triple is returned as `return (Q, K, V);`.",
        ],
        mistakes:
        [
            new("one matrix for all three", "Q, K and V are the same here, up to their width. Each has a matrix of its own, and needs an array of its own.",
                (X, W_Q, W_K, W_V) => (Product(X, W_Q), Product(X, W_Q), Product(X, W_Q))) { Variants = [(X, W_Q, W_K, W_V) => (Product(X, W_K), Product(X, W_K), Product(X, W_K)), (X, W_Q, W_K, W_V) => (Product(X, W_V), Product(X, W_V), Product(X, W_V))] },
            new("keys like queries", "The keys were made with W_Q. They have a matrix of their own, W_K.",
                (X, W_Q, W_K, W_V) => (Product(X, W_Q), Product(X, W_Q), Product(X, W_V))),
            new("queries like keys", "The queries were made with W_K. They have a matrix of their own, W_Q.",
                (X, W_Q, W_K, W_V) => (Product(X, W_K), Product(X, W_K), Product(X, W_V))),
            new("values like keys", "The values were made with the matrix of the keys or of the queries. They have one of their own, W_V.",
                (X, W_Q, W_K, W_V) => (Product(X, W_Q), Product(X, W_K), Product(X, W_K))) { Variants = [(X, W_Q, W_K, W_V) => (Product(X, W_Q), Product(X, W_K), Product(X, W_Q))] },
            new("in another order", "The results, or the matrices, stand in another order: Q belongs to W_Q, K to W_K, V to W_V, and the triple is (Q, K, V).",
                (X, W_Q, W_K, W_V) => (Product(X, W_Q), Product(X, W_V), Product(X, W_K)))
            {
                Variants =
                [
                    (X, W_Q, W_K, W_V) => (Product(X, W_V), Product(X, W_K), Product(X, W_Q)), (X, W_Q, W_K, W_V) => (Product(X, W_K), Product(X, W_V), Product(X, W_Q)),
                    (X, W_Q, W_K, W_V) => (Product(X, W_V), Product(X, W_Q), Product(X, W_K)),
                ],
            },
            new("values from the keys", "The values were made from the keys, or from the queries. They are made from X, as the other two are.",
                (X, W_Q, W_K, W_V) => (Product(X, W_Q), Product(X, W_K), Product(Product(X, W_K), W_V))) { Variants = [(X, W_Q, W_K, W_V) => (Product(X, W_Q), Product(X, W_K), Product(Product(X, W_Q), W_V))] },
            new("queries and keys exchanged", "W_Q and W_K have changed places.",
                (X, W_Q, W_K, W_V) => (Product(X, W_K), Product(X, W_Q), Product(X, W_V))),
            new("one after the other", "The keys were made from the queries, and the values from the keys. All three are made from X.",
                (X, W_Q, W_K, W_V) => (Product(X, W_Q), Product(Product(X, W_Q), W_K), Product(Product(Product(X, W_Q), W_K), W_V))),
            new("assigned, not added", "Each entry holds only its last product: an `=` where `+=` should be. An entry is the sum over all c.",
                (X, W_Q, W_K, W_V) => (LastProduct(X, W_Q), LastProduct(X, W_K), LastProduct(X, W_V))),
            new("times the transpose", "This computes X·Wᵀ, as code does that keeps its matrices the other way round. Here a token multiplies on the right: X·W.",
                (X, W_Q, W_K, W_V) => ((M(X) * M(W_Q).Transpose()).ToArray(), (M(X) * M(W_K).Transpose()).ToArray(), (M(X) * M(W_V).Transpose()).ToArray())),
            new("the values are the tokens", "The values are X itself. They are projected too: X·W_V.",
                (X, W_Q, W_K, W_V) => (Product(X, W_Q), Product(X, W_K), Build(X.GetLength(0), X.GetLength(1), (i, j) => X[i, j]))),
            new("scaled already", "Queries or keys, or both, are divided by √d_k here. These are the plain projections; the scale comes with the scores, in lesson 04.",
                (X, W_Q, W_K, W_V) => ((M(Product(X, W_Q)) / Math.Sqrt(W_Q.GetLength(1))).ToArray(), (M(Product(X, W_K)) / Math.Sqrt(W_K.GetLength(1))).ToArray(), Product(X, W_V)))
            {
                Variants =
                [
                    (X, W_Q, W_K, W_V) => (Scaled(Product(X, W_Q), 1 / Math.Sqrt(W_Q.GetLength(1))), Product(X, W_K), Product(X, W_V)),
                    (X, W_Q, W_K, W_V) => (Product(X, W_Q), Scaled(Product(X, W_K), 1 / Math.Sqrt(W_K.GetLength(1))), Product(X, W_V)),
                ],
            },
            new("rows and columns of W exchanged", "This multiplies with the rows of W, X·Wᵀ, as code does that keeps its matrices the other way round. Here a token multiplies on the right: Σ_c x_c W[c, j].",
                (X, W_Q, W_K, W_V) => (WithRowsOf(X, W_Q), WithRowsOf(X, W_K), WithRowsOf(X, W_V))),
            new("rows and columns of one W exchanged", "One of the three is multiplied with the rows of its matrix, X·Wᵀ. All three are X·W: Σ_c x_c W[c, j].",
                (X, W_Q, W_K, W_V) => (Product(X, W_Q), WithRowsOf(X, W_K), Product(X, W_V)))
            {
                Variants =
                [
                    (X, W_Q, W_K, W_V) => (WithRowsOf(X, W_Q), Product(X, W_K), Product(X, W_V)), (X, W_Q, W_K, W_V) => (WithRowsOf(X, W_Q), WithRowsOf(X, W_K), Product(X, W_V)),
                ],
            },
        ]);

    public static FunctionExercise<ScoresGradientFunction> ScoresGradient { get; } = new(
        id: "03.8",
        title: "The gradient of a product of two inputs",
        statement: "For the scores S = Q·Kᵀ return ∂L/∂Q and ∂L/∂K, given `dS`, the gradient at the scores.",
        solution: (Q, K, dS) =>
        {
            (int n, int m, int width) = (Q.GetLength(0), K.GetLength(0), Q.GetLength(1));
            double[,] dQ = new double[n, width], dK = new double[m, width];
            for (int i = 0; i < n; i++)
                for (int j = 0; j < m; j++)
                    for (int c = 0; c < width; c++)
                    {
                        dQ[i, c] += dS[i, j] * K[j, c];   // the query receives the key
                        dK[j, c] += dS[i, j] * Q[i, c];   // the key receives the query
                    }
            return (dQ, dK);
        },
        cases:
        [
            [new double[,] { { 2, 1 }, { -2, -1 }, { 0, 0 } }, new double[,] { { 0, 1 }, { 1, 0 }, { 1, 1 } }, new double[,] { { 0, 1, 0 }, { -1, 0, 2 }, { 0, 0, 0 } }],
            [new double[,] { { 2, 1 } }, new double[,] { { 1, 3 } }, new double[,] { { 1 } }],
        ],
        randomCase: random =>
        {
            (int n, int width) = (random.Next(3, 6), random.Next(2, 5));
            return [random.NormalMatrix(n, width).ToArray(), random.NormalMatrix(n, width).ToArray(), random.NormalMatrix(n, n).ToArray()];
        },
        hints:
        [
            "One score at a time: s_ij = Σ_c q_ic k_jc. What is ∂s_ij/∂q_ic? And ∂s_ij/∂k_jc?",
            "Each factor receives the other: from dS[i, j], query i gets `dS[i, j] * K[j, c]`, and key j gets `dS[i, j] * Q[i, c]`. Add up over all scores.",
            "In matrices: dQ = dS · K and dK = dSᵀ · Q.",
        ],
        mistakes:
        [
            new("each factor receives itself", "The factors have changed places: queries received queries, keys received keys. The slope of q·k by q is k.",
                (Q, K, dS) => ((M(dS) * M(Q)).ToArray(), (M(dS).Transpose() * M(K)).ToArray())),
            new("the transpose forgotten", "dQ is right. In dK the rows and columns of dS have changed places: key j stands in *column* j of the scores, so dK = dSᵀ · Q.",
                (Q, K, dS) => ((M(dS) * M(K)).ToArray(), (M(dS) * M(Q)).ToArray())),
            new("the transpose in the wrong place", "The transpose is at the wrong one: query i stands in row i of the scores, so dQ = dS · K, and key j in column j, so dK = dSᵀ · Q.",
                (Q, K, dS) => ((M(dS).Transpose() * M(K)).ToArray(), (M(dS) * M(Q)).ToArray())),
            new("the transpose both times", "dK is right. In dQ the rows and columns of dS have changed places: query i stands in *row* i of the scores, so dQ = dS · K.",
                (Q, K, dS) => ((M(dS).Transpose() * M(K)).ToArray(), (M(dS).Transpose() * M(Q)).ToArray())),
            new("dK on its side", "dQ is right, and dK lies on its side: this is Qᵀ · dS, one key a column. Keys are rows: dK = dSᵀ · Q.",
                (Q, K, dS) => ((M(dS) * M(K)).ToArray(), (M(Q).Transpose() * M(dS)).ToArray())),
            new("dS not used", "These are K and Q themselves. They are the slopes of one score; each has to be multiplied by the gradient that arrives at that score, and added up.",
                (Q, K, dS) => (M(K).ToArray(), M(Q).ToArray())),
            new("keys taken for constants", "The keys receive nothing. They come from the tokens just as the queries do, and both factors of a product have a slope.",
                (Q, K, dS) => ((M(dS) * M(K)).ToArray(), (0 * M(K)).ToArray())),
            new("queries taken for constants", "The queries receive nothing. Both factors of a product have a slope.",
                (Q, K, dS) => ((0 * M(Q)).ToArray(), (M(dS).Transpose() * M(Q)).ToArray())),
            new("only its own score", "Token i received only from its score with itself, dS[i, i]. Query i has a part in the whole row i of the scores, key j in the whole column j.",
                (Q, K, dS) => ((Diagonal(dS) * M(K)).ToArray(), (Diagonal(dS) * M(Q)).ToArray())),
            new("assigned, not added", "Only the last score of each row and column counts here: an `=` where `+=` should be. Query i has a part in all the scores of row i.",
                (Q, K, dS) => (Build(Q.GetLength(0), Q.GetLength(1), (i, c) => dS[i, K.GetLength(0) - 1] * K[K.GetLength(0) - 1, c]), Build(K.GetLength(0), K.GetLength(1), (j, c) => dS[Q.GetLength(0) - 1, j] * Q[Q.GetLength(0) - 1, c]))),
            new("the outputs exchanged", "Both are right, in the wrong order: the pair is (dQ, dK).",
                (Q, K, dS) => (Product(Transposed(dS), Q), Product(dS, K))),
            new("the same twice", "dK is a copy of dQ. Key j receives the queries that asked it: dK = dSᵀ · Q.",
                (Q, K, dS) => (Product(dS, K), Product(dS, K))),
            new("keys received keys", "dQ is right, but the keys received keys. The slope of q·k by k is q: dK = dSᵀ · Q.",
                (Q, K, dS) => (Product(dS, K), Product(Transposed(dS), K))),
            new("queries received queries", "dK is right, but the queries received queries. The slope of q·k by q is k: dQ = dS · K.",
                (Q, K, dS) => (Product(dS, Q), Product(Transposed(dS), Q))),
            new("itself, and the transpose forgotten", "Two things: each factor receives itself where it should receive the other, and in dK the rows and columns of dS have changed places.",
                (Q, K, dS) => (Product(dS, Q), Product(dS, K))),
            new("the factor of the token itself", "The gradient of a score is multiplied by the vector of the token itself, not of the one it met. Query i receives from dS[i, j] the key K[j, c], key j the query Q[i, c]: mind the index.",
                (Q, K, dS) => (Product(dS, K), Build(K.GetLength(0), K.GetLength(1), (j, c) => M(dS).Column(j).Sum() * Q[j, c])))
            {
                Variants =
                [
                    (Q, K, dS) => (Build(Q.GetLength(0), Q.GetLength(1), (i, c) => M(dS).Row(i).Sum() * K[i, c]), Product(Transposed(dS), Q)),
                    (Q, K, dS) => (Build(Q.GetLength(0), Q.GetLength(1), (i, c) => M(dS).Row(i).Sum() * K[i, c]), Build(K.GetLength(0), K.GetLength(1), (j, c) => M(dS).Column(j).Sum() * Q[j, c])),
                ],
            },
            new("averages", "These are averages over the tokens. A change of one query changes a whole row of scores, and the effects add up.",
                (Q, K, dS) => (Scaled(Product(dS, K), 1.0 / K.GetLength(0)), Scaled(Product(Transposed(dS), Q), 1.0 / Q.GetLength(0)))),
            new("sums without dS", "These add up all keys for each query and all queries for each key, as if dS were full of ones. Each counts with the gradient that arrives at its score.",
                (Q, K, dS) => (Build(Q.GetLength(0), Q.GetLength(1), (_, c) => M(K).Column(c).Sum()), Build(K.GetLength(0), K.GetLength(1), (_, c) => M(Q).Column(c).Sum()))),
            new("S in place of dS", "This multiplies by the scores S themselves, not by dS, the gradient that arrives at them.",
                (Q, K, dS) => (Product(Product(Q, Transposed(K)), K), Product(Product(K, Transposed(Q)), Q))),
            new("only the past", "Only scores with j ≤ i count here. There is no mask in this exercise: every score has a part.",
                (Q, K, dS) => (Product(Past(dS), K), Product(Transposed(Past(dS)), Q))),
            new("the sign of one", "One of the two has the opposite sign. The slope of q·k is k by q, and q by k: both with a plus.",
                (Q, K, dS) => (Product(dS, K), Scaled(Product(Transposed(dS), Q), -1))) { Variants = [(Q, K, dS) => (Scaled(Product(dS, K), -1), Product(Transposed(dS), Q))] },
            new("dK from dQ", "dK was computed from dQ. It needs the queries themselves: dK = dSᵀ · Q.",
                (Q, K, dS) => (Product(dS, K), Product(Transposed(dS), Product(dS, K)))),
            new("divided by √d_k", "These are divided by √d_k. The scale is a step of its own, in lesson 04; these are the plain scores.",
                (Q, K, dS) => ((M(dS) * M(K) / Math.Sqrt(Q.GetLength(1))).ToArray(), (M(dS).Transpose() * M(Q) / Math.Sqrt(Q.GetLength(1))).ToArray())),
        ]);

    public static TestExercise<ScoresGradientTest, Func<double[,], double[,], double[,], (double[,] dQ, double[,] dK)>> IsScoresGradientRight { get; } = new(
        id: "03.9",
        title: "A test for the scores' gradient",
        statement: "Write a test for the backward pass of the scores S = Q·Kᵀ: true for a correct one, false for a wrong one.",
        solution: backward =>
        {
            // L = Σ dS ⊙ (Q·Kᵀ) is a straight line in each single number, so a difference with step 1 is the slope itself.
            double[,] Q = { { 2, 1 }, { -1, 3 }, { 0.5, -2 } };
            double[,] K = { { 1, -1 }, { 2, 0.5 }, { -1, 4 } };
            double[,] dS = { { 1, 2, -1 }, { 0.5, -2, 3 }, { 4, 1, 0.25 } };
            double L()
            {
                double sum = 0;
                for (int i = 0; i < 3; i++)
                    for (int j = 0; j < 3; j++)
                        sum += dS[i, j] * (Q[i, 0] * K[j, 0] + Q[i, 1] * K[j, 1]);
                return sum;
            }

            (double[,] dQ, double[,] dK) = backward(Q, K, dS);
            foreach ((double[,] factor, double[,] gradient) in new[] { (Q, dQ), (K, dK) })
            {
                if (gradient is null || gradient.GetLength(0) != 3 || gradient.GetLength(1) != 2) return false;
                for (int i = 0; i < 3; i++)
                    for (int c = 0; c < 2; c++)
                    {
                        double before = L();
                        factor[i, c] += 1;
                        double slope = L() - before;
                        factor[i, c] -= 1;
                        if (!(Math.Abs(gradient[i, c] - slope) < 1e-9)) return false;
                    }
            }
            return true;
        },
        correct:
        [
            new("multiplies matrices", "It is right: dQ = dS · K and dK = dSᵀ · Q.", (Q, K, dS) => (Product(dS, K), Product(Transposed(dS), Q))),
            new("adds up from the last score to the first", "It is right, and rounds a little differently, so a test must leave room for rounding.",
                (Q, K, dS) => (Backwards(dS, K), Backwards(Transposed(dS), Q))),
        ],
        wrong:
        [
            new("forgets the transpose", "Its dK is dS · Q. Where dS equals its own transpose, as with a dS of ones (that is what a plain sum of the scores for a loss gives), nobody sees it.",
                (Q, K, dS) => (Product(dS, K), Product(dS, Q))),
            new("puts the transpose in the wrong place", "Its dQ is dSᵀ · K; its dK is right. Whoever looks at dK alone does not see it, nor does a dS that equals its own transpose.",
                (Q, K, dS) => (Product(Transposed(dS), K), Product(Transposed(dS), Q))),
            new("exchanges the factors", "Each factor receives itself. With Q = K nobody sees it.", (Q, K, dS) => (Product(dS, Q), Product(Transposed(dS), K))),
            new("takes the keys for constants", "Its dK is zero. Whoever looks at dQ alone does not see it.", (Q, K, dS) => (Product(dS, K), Build(K.GetLength(0), K.GetLength(1), (_, _) => 0))),
            new("sees a token's own score only", "It uses the diagonal of dS. With one token, or a dS that has nothing else, nobody sees it.",
                (Q, K, dS) => (Product(OnlyDiagonal(dS), K), Product(OnlyDiagonal(dS), Q))),
            new("assigns in place of adding", "Only the last score of each row and column counts. With one token nobody sees it.",
                (Q, K, dS) => (Build(Q.GetLength(0), Q.GetLength(1), (i, c) => dS[i, K.GetLength(0) - 1] * K[K.GetLength(0) - 1, c]), Build(K.GetLength(0), K.GetLength(1), (j, c) => dS[Q.GetLength(0) - 1, j] * Q[Q.GetLength(0) - 1, c]))),
            new("divides by the number of tokens", "It averages over the tokens where it should add up. With one token nobody sees it.",
                (Q, K, dS) => (Scaled(Product(dS, K), 1.0 / K.GetLength(0)), Scaled(Product(Transposed(dS), Q), 1.0 / Q.GetLength(0)))),
            new("has the sign of the descent", "It returns the step downhill, −∂L/∂Q and −∂L/∂K. A gradient points uphill; whoever compares sizes does not see it.",
                (Q, K, dS) => (Scaled(Product(dS, K), -1), Scaled(Product(Transposed(dS), Q), -1))),
            new("keeps only what is positive", "It puts 0 for every negative number. Where it is wrong it is too large; whoever subtracts without `Math.Abs` may not see it.",
                (Q, K, dS) => (Clipped(Product(dS, K), 0, double.MaxValue), Clipped(Product(Transposed(dS), Q), 0, double.MaxValue))),
            new("keeps only what is negative", "It puts 0 for every positive number. Where it is wrong it is too small; whoever subtracts without `Math.Abs` may not see it.",
                (Q, K, dS) => (Clipped(Product(dS, K), double.MinValue, 0), Clipped(Product(Transposed(dS), Q), double.MinValue, 0))),
            new("hands the rows out in the wrong order", "Its rows are right, but the last token gets the first. Whoever compares sums does not see it, nor does a dS of ones, which makes all rows alike.",
                (Q, K, dS) => (Pick(M(Product(dS, K)), Reversed(Q)).ToArray(), Pick(M(Product(Transposed(dS), Q)), Reversed(K)).ToArray())),
            new("errs at right angles", "To each row it adds something at right angles to the query or key. Then Σ dQ ⊙ Q and Σ dK ⊙ K come out right all the same; whoever compares only these does not see it.",
                (Q, K, dS) => ((M(Product(dS, K)) + RightAngles(Q)).ToArray(), (M(Product(Transposed(dS), Q)) + RightAngles(K)).ToArray())),
        ],
        hints:
        [
            "What should dQ and dK be? Compare every number with your own `ScoresGradient`, or with a difference: change one number of Q or K and see what Σ dS ⊙ (Q·Kᵀ) does.",
            "The art is in the choice of Q, K and dS. Three tokens, Q unlike K, nothing zero, and a dS that is not its own transpose.",
            "Look at dQ *and* at dK.",
            "The loss is a straight line in each single number of Q and K. So a difference with step 1 is as exact as one with a small step.",
        ],
        mistakes:
        [
            new("a dS of ones", "With a dS of ones, which is the gradient of the plain sum of the scores, dS is its own transpose: forgetting it changes nothing. Use a dS without symmetry.",
                backward => SameGradient(backward, TestQ, TestK, Build(3, 3, (_, _) => 1))),
            new("queries that are the keys", "With Q = K it does not matter which factor receives which. Use a Q unlike K.",
                backward => SameGradient(backward, TestQ, TestQ, TestDS)),
            new("one token", "With one token there is one score. Rows and columns, sums and averages cannot be told apart.",
                backward => SameGradient(backward, new double[,] { { 2, 1 } }, new double[,] { { 1, 3 } }, new double[,] { { 3 } })),
            new("only dQ", "Only dQ is looked at. Look at dK too: most of the mistakes are there.",
                backward => Near(M(backward(TestQ, TestK, TestDS).dQ), M(Product(TestDS, TestK)))),
            new("only dK", "Only dK is looked at. Look at dQ too.",
                backward => Near(M(backward(TestQ, TestK, TestDS).dK), M(Product(Transposed(TestDS), TestQ)))),
            new("a diagonal dS", "Only the scores of tokens with themselves have a gradient here. Rows and columns cannot be told apart then: fill the whole of dS.",
                backward => SameGradient(backward, TestQ, TestK, OnlyDiagonal(TestDS))),
            new("only the shapes", "The shapes of all of them are right. Compare numbers.",
                backward =>
                {
                    var (dQ, dK) = backward(TestQ, TestK, TestDS);
                    return dQ.GetLength(0) == 3 && dQ.GetLength(1) == 2 && dK.GetLength(0) == 3 && dK.GetLength(1) == 2;
                }),
            new("to the last bit", "This asks for the same numbers to the last bit. Whoever adds up in another order rounds differently: leave room of about 1e-9.",
                backward =>
                {
                    var (dQ, dK) = backward(RoundQ, RoundK, RoundDS);
                    return Same(dQ, Product(RoundDS, RoundK)) && Same(dK, Product(Transposed(RoundDS), RoundQ));
                }),
            new("without Math.Abs", "This subtracts without `Math.Abs`: what is wrong in one direction is not seen.",
                backward => Misses(backward).All(miss => miss < 1e-9)) { Variants = [backward => Misses(backward).All(miss => -miss < 1e-9)] },
            new("one number for all", "Only a sum over all numbers is compared. Who gets what is not seen: compare every number.",
                backward => Near(Sums(backward(TestQ, TestK, TestDS), One, One), Sums((Product(TestDS, TestK), Product(Transposed(TestDS), TestQ)), One, One)))
            {
                Variants =
                [
                    backward => Near(Sums(backward(TestQ, TestK, TestDS), M(TestQ), M(TestK)), Sums((Product(TestDS, TestK), Product(Transposed(TestDS), TestQ)), M(TestQ), M(TestK))),
                    backward => backward(TestQ, TestK, TestDS) is var (dQ, dK) && IsSmall(M(dQ).ColumnSums().Sum() + M(dK).ColumnSums().Sum() - M(Product(TestDS, TestK)).ColumnSums().Sum() - M(Product(Transposed(TestDS), TestQ)).ColumnSums().Sum()),
                ],
            },
            new("the same mistake in the reference", "Your reference makes a mistake itself, the one that is let through. Pass exercise 03.8 first.",
                backward => SameAs(backward, (Product(TestDS, TestK), Product(TestDS, TestQ))))
            {
                Variants =
                [
                    backward => SameAs(backward, (Product(Transposed(TestDS), TestK), Product(Transposed(TestDS), TestQ))),
                    backward => SameAs(backward, (Product(TestDS, TestQ), Product(Transposed(TestDS), TestK))),
                    backward => SameAs(backward, (Scaled(Product(TestDS, TestK), 1.0 / 3), Scaled(Product(Transposed(TestDS), TestQ), 1.0 / 3))),
                    backward => SameAs(backward, (Scaled(Product(TestDS, TestK), -1), Scaled(Product(Transposed(TestDS), TestQ), -1))),
                ],
            },
            new("more keys than queries", "Take as many keys as queries, please: one of the wrong ones breaks otherwise, and a test that breaks says nothing.",
                backward => SameGradient(backward, MoreQ(4), MoreQ(5), MoreDS(4, 5))) { Variants = [backward => SameGradient(backward, MoreQ(5), MoreQ(4), MoreDS(5, 4)), backward => SameGradient(backward, MoreQ(2), MoreQ(3), MoreDS(2, 3))] },
            new("no to everything", "Your test says no to everything, to the right ones too. If it takes differences, let the step be 1 (the loss is a straight line): a tiny step leaves only rounding. If it asks for equal numbers, leave room of about 1e-9.",
                _ => false),
        ]);

    /// <summary>Rows with a 1 where the id leads, which may be beyond the ends.</summary>
    private static double[,] Marked(int[] ids, int words, Func<int, int> column)
    {
        var H = new double[ids.Length, words];
        for (int i = 0; i < ids.Length; i++) H[i, column(ids[i])] = 1;
        return H;
    }

    private static double[,] Tokens => SeededRandom.Create(35).NormalMatrix(6, 4).ToArray();

    /// <summary>An order of six tokens without a pattern; not its own inverse.</summary>
    private static int[] NoPattern => [2, 5, 1, 0, 3, 4];

    private static double[,] TestQ => new double[,] { { 2, 1 }, { -1, 3 }, { 0.5, -2 } };

    private static double[,] TestK => new double[,] { { 1, -1 }, { 2, 0.5 }, { -1, 4 } };

    private static double[,] TestDS => new double[,] { { 1, 2, -1 }, { 0.5, -2, 3 }, { 4, 1, 0.25 } };

    private static double[,] RoundQ => SeededRandom.Create(37).NormalMatrix(6, 3).ToArray();

    private static double[,] RoundK => SeededRandom.Create(38).NormalMatrix(6, 3).ToArray();

    private static double[,] RoundDS => SeededRandom.Create(39).NormalMatrix(6, 6).ToArray();

    private static int[] Ids(params int[] ids) => ids;

    /// <summary>Ids in which one occurs twice, and no two neighbours are in the table's order by chance.</summary>
    private static int[] Sentence(Random random, int words)
    {
        int[] ids = [.. Enumerable.Range(0, random.Next(4, 6)).Select(_ => random.Next(1, words))];
        ids[^1] = ids[0];
        return ids;
    }

    private static Matrix<double> M(double[,] array) => DenseMatrix.OfArray(array);

    private static double[,] ScatteredBack(int[] ids, double[,] dX, int words) =>
        Build(words, dX.GetLength(1), (k, j) => Enumerable.Range(0, ids.Length).Where(i => ids[i] == k).Sum(i => dX[i, j]));

    private static double Speed(int k, int d) => Math.Pow(10000, -2.0 * k / d);

    private static double[,] Encoded(int n, int d, Func<int, int, double> angle, Func<int, bool> isSine) =>
        Build(n, d, (i, j) => isSine(j) ? Math.Sin(angle(i, j)) : Math.Cos(angle(i, j)));

    /// <summary>The encoding of position i, which may be negative.</summary>
    private static double[] Encoding(int i, int d) => Turned([.. Enumerable.Range(0, d).Select(j => j % 2.0)], k => i * Speed(k, d));

    private static double[] Turned(double[] pe, Func<int, double> angle) => [.. pe.Select((v, j) => j % 2 == 0
        ? v * Math.Cos(angle(j / 2)) + pe[j + 1] * Math.Sin(angle(j / 2))
        : v * Math.Cos(angle(j / 2)) - pe[j - 1] * Math.Sin(angle(j / 2)))];

    private static double[,] Attend(double[,] X) => Head.Forward(M(X)).Y.ToArray();

    /// <summary>Attention with something added to every score.</summary>
    private static double[,] WithBias(double[,] X, Func<int, int, double> bias)
    {
        var trace = Head.Forward(M(X)).Trace;
        return (Softmax.Forward(trace.Z.MapIndexed((i, j, z) => z + bias(i, j), Zeros.Include)) * trace.V).ToArray();
    }

    private static Matrix<double> Pick(Matrix<double> rows, int[] order) => DenseMatrix.OfRows(order.Select(i => rows.Row(i)));

    private static bool Near(Matrix<double> a, Matrix<double> b, double tolerance = 1e-9) => (a - b).Enumerate().All(miss => Math.Abs(miss) < tolerance);

    /// <summary>Shuffles as many tokens as the order has.</summary>
    private static bool Equivariant(Func<double[,], double[,]> layer, int[] order, double tolerance = 1e-9)
    {
        double[,] tokens = SeededRandom.Create(35).NormalMatrix(order.Length, 4).ToArray();
        return Near(Pick(M(layer(tokens)), order), M(layer(Pick(M(tokens), order).ToArray())), tolerance);
    }

    /// <summary>By how much each output differs after a shuffle, row by row; without an order, one that has no pattern.</summary>
    private static double[] AfterShuffle(Func<double[,], double[,]> layer, params int[] order)
    {
        if (order.Length == 0) order = NoPattern;
        double[,] tokens = SeededRandom.Create(35).NormalMatrix(order.Length, 4).ToArray();
        return (Pick(M(layer(tokens)), order) - M(layer(Pick(M(tokens), order).ToArray()))).ToRowMajorArray();
    }

    private static bool IsSmall(double miss) => Math.Abs(miss) < 1e-9;

    private static IEnumerable<double> SortedColumns(double[,] A) => M(A).EnumerateColumns().SelectMany(column => column.Order());

    /// <summary>Attention, with something added to every output.</summary>
    private static double[,] WithAdded(double[,] X, Func<int, int, double> added) =>
        M(Attend(X)).MapIndexed((i, j, v) => v + added(i, j), Zeros.Include).ToArray();

    private static double LaterCountsMore(double[,] X) => Enumerable.Range(0, X.GetLength(0)).Sum(i => i * X[i, 0]);

    /// <summary>Makes of each pair (sin α, cos α) and of the turn's sine and cosine a new pair.</summary>
    private static double[] Mixed(double[] pe, int delta, Func<double, double, double, double, (double, double)> mix) =>
        [.. Enumerable.Range(0, pe.Length / 2).SelectMany(k =>
        {
            var (sin, cos) = Math.SinCos(delta * Speed(k, pe.Length));
            var (first, second) = mix(pe[2 * k], pe[2 * k + 1], sin, cos);
            return new[] { first, second };
        })];

    private static double[,] WithRowsOf(double[,] X, double[,] W) =>
        Build(X.GetLength(0), W.GetLength(1), (i, j) => Enumerable.Range(0, X.GetLength(1)).Sum(c => X[i, c] * W[j, c]));

    private static double[,] LastProduct(double[,] X, double[,] W) =>
        Build(X.GetLength(0), W.GetLength(1), (i, j) => X[i, X.GetLength(1) - 1] * W[W.GetLength(0) - 1, j]);

    private static double[,] Scaled(double[,] A, double factor) => (M(A) * factor).ToArray();

    private static Matrix<double> Diagonal(double[,] A) => M(OnlyDiagonal(A));

    private static double[,] OnlyDiagonal(double[,] A) => Build(A.GetLength(0), A.GetLength(1), (i, j) => i == j ? A[i, j] : 0);

    /// <summary>A·B, added up from the last to the first.</summary>
    private static double[,] Backwards(double[,] A, double[,] B) =>
        Build(A.GetLength(0), B.GetLength(1), (i, j) => Enumerable.Range(0, B.GetLength(0)).Reverse().Sum(c => A[i, c] * B[c, j]));

    private static double[,] Past(double[,] A) => Build(A.GetLength(0), A.GetLength(1), (i, j) => j <= i ? A[i, j] : 0);

    private static double[,] Clipped(double[,] A, double from, double to) => M(A).Map(v => Math.Clamp(v, from, to), Zeros.Include).ToArray();

    private static int[] Reversed(double[,] A) => [.. Enumerable.Range(0, A.GetLength(0)).Reverse()];

    /// <summary>For each row another one at right angles to it (a 1, where a row is a single number).</summary>
    private static Matrix<double> RightAngles(double[,] A) => DenseMatrix.Create(A.GetLength(0), A.GetLength(1), (i, c) =>
        A.GetLength(1) == 1 ? 1 : c switch { 0 => A[i, 1], 1 => -A[i, 0], _ => 0 });

    private static double[,] MoreQ(int n) => SeededRandom.Create(40 + n).NormalMatrix(n, 2).ToArray();

    private static double[,] MoreDS(int n, int m) => SeededRandom.Create(50).NormalMatrix(n, m).ToArray();

    private static Matrix<double> One => DenseMatrix.Create(3, 2, 1);

    /// <summary>One weighted sum over dQ and one over dK.</summary>
    private static Matrix<double> Sums((double[,] dQ, double[,] dK) gradient, Matrix<double> atQ, Matrix<double> atK) =>
        DenseMatrix.OfArray(new[,] { { M(gradient.dQ).PointwiseMultiply(atQ).Enumerate().Sum(), M(gradient.dK).PointwiseMultiply(atK).Enumerate().Sum() } });

    private static bool SameAs(Func<double[,], double[,], double[,], (double[,] dQ, double[,] dK)> backward, (double[,] dQ, double[,] dK) expected)
    {
        var (dQ, dK) = backward(TestQ, TestK, TestDS);
        return Near(M(dQ), M(expected.dQ)) && Near(M(dK), M(expected.dK));
    }

    /// <summary>By how much each number of dQ and dK differs from the right one.</summary>
    private static double[] Misses(Func<double[,], double[,], double[,], (double[,] dQ, double[,] dK)> backward)
    {
        var (dQ, dK) = backward(TestQ, TestK, TestDS);
        return [.. (M(dQ) - M(Product(TestDS, TestK))).Enumerate(), .. (M(dK) - M(Product(Transposed(TestDS), TestQ))).Enumerate()];
    }

    private static bool Same(double[,] a, double[,] b) => a.Cast<double>().SequenceEqual(b.Cast<double>());

    private static bool SameGradient(Func<double[,], double[,], double[,], (double[,] dQ, double[,] dK)> backward, double[,] Q, double[,] K, double[,] dS)
    {
        var (dQ, dK) = backward(Q, K, dS);
        return Near(M(dQ), M(Product(dS, K))) && Near(M(dK), M(Product(Transposed(dS), Q)));
    }
}
