using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

/// <summary>The exercises of lesson 06, multi-head attention.</summary>
public static class Lesson06
{
    public delegate double[][,] SplitFunction(double[,] Q, int h);

    public delegate double[,] JoinFunction(double[][,] heads);

    public delegate double[,] HeadWriteFunction(double[,] O, double[,] W_O, int head, int h);

    public delegate (long parameters, long products, long weights) CostFunction(int n, int dModel, int h);

    public delegate double[,] MultiHeadFunction(double[,] X, double[,] M, double[,] W_Q, double[,] W_K, double[,] W_V, double[,] W_O, int h, bool causal);

    public delegate double[,] FetchTwoFunction(Func<double[,], double[,], double[,], double[,], double[,]> twoHeads);

    public delegate (double[,] dW_O, double[][,] dO) JoinBackwardFunction(double[,] O, double[,] W_O, double[,] dY, int h);

    public delegate double[,] InputGradientFunction(double[][,] dQ, double[][,] dK, double[][,] dV, double[,] W_Q, double[,] W_K, double[,] W_V);

    public delegate bool MultiHeadTest(Func<double[,], double[,], double[,], double[,], double[,], int, double[,]> multiHead);

    /// <summary>The four questions: a row of two questions each, 'is it the first noun, is it the second', for who saw and for who was seen.</summary>
    /// <returns>1 saw 2, 2 saw 1, 1 saw 1, 2 saw 2 (4 × 4).</returns>
    public static double[,] Questions() => new double[,] { { 1, 0, 0, 1 }, { 0, 1, 1, 0 }, { 1, 0, 1, 0 }, { 0, 1, 0, 1 } };

    /// <summary>The two nouns of a sentence.</summary>
    /// <param name="first">What the first noun carries: 1 for the cat, −1 for the dog.</param>
    /// <param name="second">What the second noun carries.</param>
    /// <returns>A noun a row: 'is the first', 'is the second', what it carries (2 × 3).</returns>
    public static double[,] Nouns(double first, double second) => new double[,] { { 1, 0, first }, { 0, 1, second } };

    /// <summary>The right answers to <see cref="Questions"/>.</summary>
    /// <param name="first">What the first noun carries.</param>
    /// <param name="second">What the second noun carries.</param>
    /// <returns>A question a row: who saw, and who was seen (4 × 2).</returns>
    public static double[,] Answers(double first, double second) => new double[,] { { first, second }, { second, first }, { first, first }, { second, second } };

    /// <summary>Multi-head self-attention without mask and biases, correct: what a test of an implementation may compare with.</summary>
    /// <param name="X">The tokens (n × d_model).</param>
    /// <param name="W_Q">Makes queries (d_model × h·d_k).</param>
    /// <param name="W_K">Makes keys (d_model × h·d_k).</param>
    /// <param name="W_V">Makes values (d_model × h·d_v).</param>
    /// <param name="W_O">Mixes the heads (h·d_v × d_model).</param>
    /// <param name="h">The number of heads.</param>
    /// <returns>Y (n × d_model).</returns>
    public static double[,] SelfAttention(double[,] X, double[,] W_Q, double[,] W_K, double[,] W_V, double[,] W_O, int h) =>
        Layer(h, W_Q, W_K, W_V, W_O).Forward(Of(X)).Y.ToArray();

    public static FunctionExercise<SplitFunction> Split { get; } = new(
        id: "06.1",
        title: "Cut a matrix for the heads",
        statement: "Return h matrices: head i gets the i-th block of `Q.GetLength(1) / h` columns, with all rows.",
        solution: (Q, h) =>
        {
            (int n, int dK) = (Q.GetLength(0), Q.GetLength(1) / h);
            var heads = new double[h][,];
            for (int head = 0; head < h; head++)
            {
                heads[head] = new double[n, dK];
                for (int i = 0; i < n; i++)
                    for (int c = 0; c < dK; c++)
                        heads[head][i, c] = Q[i, head * dK + c];
            }
            return heads;
        },
        cases:
        [
            [new double[,] { { 1, 2, 3, 4 }, { 5, 6, 7, 8 }, { 9, 10, 11, 12 }, { 13, 14, 15, 16 } }, 2],
            [new double[,] { { 1, 2, 3, 4, 5, 6 }, { 7, 8, 9, 10, 11, 12 } }, 3],
            [new double[,] { { 2, 1 }, { -2, -1 }, { 0, 0 } }, 2],
            [new double[,] { { 1, 2 } }, 1],
        ],
        randomCase: random =>
        {
            int h = random.Next(2, 5);
            return [random.NormalMatrix(random.Next(2, 6), h * random.Next(2, 4)).ToArray(), h];
        },
        hints:
        [
            "Every head keeps all the tokens, so all the rows. What is shared out is the columns.",
            "With d_k = `Q.GetLength(1) / h`, head 0 has the columns 0 to d_k − 1, head 1 the next d_k, and so on.",
            "Column c of head i is column i·d_k + c of `Q`.",
        ],
        mistakes:
        [
            new("rows shared out", "The rows were shared out: each head has got some of the tokens. A head sees every token; it is the columns that are shared out.",
                (Q, h) => [.. Enumerable.Range(0, h).Select(i => Build(Math.Max(1, Q.GetLength(0) / h), Q.GetLength(1), (r, c) => Q[Math.Min(Q.GetLength(0) - 1, (i * Math.Max(1, Q.GetLength(0) / h)) + r), c]))])
            {
                Variants =
                [
                    (Q, h) => [.. Enumerable.Range(0, h).Select(i => Build(Q.GetLength(0) / h, Q.GetLength(1), (r, c) => Q[(i * (Q.GetLength(0) / h)) + r, c]))],
                ],
            },
            new("the first block for everyone", "Every head has got the first block of columns. Where a head's block begins depends on which head it is.",
                (Q, h) => [.. Enumerable.Range(0, h).Select(_ => Block(Q, 0, Q.GetLength(1) / h))]),
            new("blocks that overlap", "Head i begins at column i here, so the heads share columns. Each block begins where the one before it ends.",
                (Q, h) => [.. Enumerable.Range(0, h).Select(i => Block(Q, i, Q.GetLength(1) / h))]),
            new("blocks that begin at i·h", "Head i begins at column i·h here. The blocks before it are i blocks of d_k columns.",
                (Q, h) => [.. Enumerable.Range(0, h).Select(i => Block(Q, i * h, Q.GetLength(1) / h))]),
            new("the last block for everyone", "Every head holds the last block, as happens when one matrix is made before the loop and filled again for each head: then all heads are the same object.",
                (Q, h) => [.. Enumerable.Range(0, h).Select(_ => Block(Q, Q.GetLength(1) / h * (h - 1), Q.GetLength(1) / h))]),
            new("last head first", "The blocks are right, and the heads are in the opposite order. The first head has the first columns.",
                (Q, h) => [.. Cut(Q, h).Reverse()]),
            new("the other columns at 0", "Each head has the full width, with 0 in the columns of the others. A head's matrix is only d_k wide.",
                (Q, h) => [.. Enumerable.Range(0, h).Select(i => Build(Q.GetLength(0), Q.GetLength(1), (r, c) => c / (Q.GetLength(1) / h) == i ? Q[r, c] : 0))]),
            new("transposed", "The blocks are right, and each is transposed: a token is a row.",
                (Q, h) => [.. Cut(Q, h).Select(block => Of(block).Transpose().ToArray())]),
            new("every h-th column", "Head i has the columns i, i + h, i + 2h, … here. The heads' columns lie side by side: head i has a block of neighbours.",
                (Q, h) => [.. Enumerable.Range(0, h).Select(i => Build(Q.GetLength(0), Q.GetLength(1) / h, (r, c) => Q[r, (c * h) + i]))]),
            new("the numbers in a row, cut in h", "All numbers were laid in one row, token after token, and that row was cut in h pieces: the first head has the first tokens' numbers. Go through the columns of each token instead.",
                (Q, h) => CutStraight(Q, h)),
            new("h columns for each head", "Each head has h columns here. It has d_k of them, the width divided by h.",
                (Q, h) => [.. Enumerable.Range(0, Q.GetLength(1) / h).Select(i => Build(Q.GetLength(0), h, (r, c) => Q[r, (i * h) + c]))]),
            new("everything for everyone", "Every head has got all the columns. Each gets a block of its own.",
                (Q, h) => [.. Enumerable.Range(0, h).Select(_ => Build(Q.GetLength(0), Q.GetLength(1), (r, c) => Q[r, c]))]),
        ]);

    public static FunctionExercise<JoinFunction> Join { get; } = new(
        id: "06.2",
        title: "Join the heads",
        statement: "Return one matrix with the heads side by side: row i holds what every head has for token i, head after head.",
        solution: heads =>
        {
            (int n, int dV) = (heads[0].GetLength(0), heads[0].GetLength(1));
            var O = new double[n, heads.Length * dV];
            for (int head = 0; head < heads.Length; head++)
                for (int i = 0; i < n; i++)
                    for (int c = 0; c < dV; c++)
                        O[i, head * dV + c] = heads[head][i, c];
            return O;
        },
        cases:
        [
            [Heads(new double[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } }, new double[,] { { 10, 20 }, { 30, 40 }, { 50, 60 } })],
            [Heads(new double[,] { { 1 }, { 2 } }, new double[,] { { 10 }, { 20 } }, new double[,] { { 100 }, { 200 } })],
            [Heads(new double[,] { { 1, 2 } })],
        ],
        randomCase: random =>
        {
            (int n, int dV) = (random.Next(2, 5), random.Next(2, 4));
            return [Enumerable.Range(0, random.Next(2, 4)).Select(_ => random.NormalMatrix(n, dV).ToArray()).ToArray()];
        },
        hints:
        [
            "There are as many rows as tokens, and h·d_v columns.",
            "Three loops: the heads, the tokens i, the columns c of a head. Where does `heads[head][i, c]` go?",
            "To row i, column head·d_v + c.",
        ],
        mistakes:
        [
            new("one below the other", "The heads are one below the other. Side by side, a token keeps its row: it has one row and h·d_v columns.",
                heads => Build(heads.Length * heads[0].GetLength(0), heads[0].GetLength(1), (r, c) => heads[r / heads[0].GetLength(0)][r % heads[0].GetLength(0), c])),
            new("joined without the transpose", "The numbers of the first head come first, all tokens of it, then those of the second, and the long row was cut into rows of the right length. The shape is right, and the rows mix tokens: each row should hold one token, from all heads.",
                JoinStraight),
            new("first numbers first", "The first numbers of all heads come first, then the second ones. Keep each head's numbers together: head after head.",
                Interleaved),
            new("heads added", "The heads were added up. Side by side they keep their own columns; the adding comes with W_O.",
                heads => Build(heads[0].GetLength(0), heads[0].GetLength(1), (r, c) => heads.Sum(head => head[r, c]))),
            new("last head first", "The heads are in the opposite order. The first head has the first columns.",
                heads => SideBySide([.. heads.Reverse()])),
            new("one head alone", "This is one head. All of them belong side by side.",
                heads => Of(heads[0]).ToArray()) { Variants = [heads => Of(heads[^1]).ToArray()] },
            new("blocks that begin at head·h", "Head i was written from column i·h on. The heads before it take i blocks of d_v columns.",
                heads => Placed(heads, head => head * heads.Length)),
            new("blocks that overlap", "Head i was written from column i on, over what the heads before it had written. Each block begins where the one before it ends.",
                heads => Placed(heads, head => head)),
            new("all heads in the first block", "Every head was written into the first columns, so only the last is left. Where a head's block begins depends on which head it is.",
                heads => Placed(heads, _ => 0)),
        ]);

    public static FunctionExercise<HeadWriteFunction> HeadWrite { get; } = new(
        id: "06.3",
        title: "What one head writes",
        statement: "Return what head `head` (from 0) writes into the stream: its columns of `O` times its rows of `W_O`.",
        solution: (O, W_O, head, h) =>
        {
            int dV = O.GetLength(1) / h;
            var write = new double[O.GetLength(0), W_O.GetLength(1)];
            for (int i = 0; i < write.GetLength(0); i++)
                for (int j = 0; j < write.GetLength(1); j++)
                    for (int c = head * dV; c < (head + 1) * dV; c++)
                        write[i, j] += O[i, c] * W_O[c, j];
            return write;
        },
        cases:
        [
            [new double[,] { { 3, 2 }, { 1, 4 } }, Mixes, 1, 2],
            [new double[,] { { 3, 2 }, { 1, 4 } }, Mixes, 0, 2],
            [new double[,] { { 1, 2, 3, 4 } }, Four, 1, 2],
            [new double[,] { { 1, 2, 3, 4 } }, new double[,] { { 1, 0, 2, 1, 1, 0 }, { 0, 1, -1, 3, 0, 2 }, { 1, 1, 0, 2, -1, 1 }, { 2, 0, 0, -1, 3, 1 } }, 1, 2],
        ],
        randomCase: random =>
        {
            (int h, int dV) = (random.Next(2, 4), 2);
            int d = h * dV;
            return [random.NormalMatrix(random.Next(2, 5), d).ToArray(), random.NormalMatrix(d, d).ToArray(), random.Next(1, h), h];
        },
        hints:
        [
            "The product O·W_O adds up over the columns c of `O` and the rows c of `W_O`. Which c belong to this head?",
            "With d_v = `O.GetLength(1) / h` they are those from head·d_v up to, and without, (head + 1)·d_v.",
            "It is the ordinary matrix product with a shorter inner loop.",
        ],
        mistakes:
        [
            new("columns of W_O", "This uses the head's *columns* of W_O, with all of O. The columns of W_O are the features of the output; what belongs to a head is its rows.",
                (O, W_O, head, h) => (Of(O) * Of(W_O)).MapIndexed((_, j, v) => j / (W_O.GetLength(1) / h) == head ? v : 0, Zeros.Include).ToArray()),
            new("the whole product", "This is what all heads write together. Only the head's own d_v columns of O and rows of W_O belong in the sum.",
                (O, W_O, head, h) => (Of(O) * Of(W_O)).ToArray()),
            new("what the others write", "This is what all the *other* heads write, the output without this head.",
                (O, W_O, head, h) => ((Of(O) * Of(W_O)) - (Of(O).ColumnBlock(head, h) * Of(W_O).RowBlock(head, h))).ToArray()),
            new("heads counted from 1", "This is what the head before writes: the heads are counted from 0.",
                (O, W_O, head, h) => WriteFrom(O, W_O, (head - 1) * (O.GetLength(1) / h), (head - 1) * (O.GetLength(1) / h), h))
            {
                Variants =
                [
                    (O, W_O, head, h) => (Of(O).ColumnBlock((head + h - 1) % h, h) * Of(W_O).RowBlock((head + h - 1) % h, h)).ToArray(),
                    (O, W_O, head, h) => (Of(O).ColumnBlock(head - 1, h) * Of(W_O).RowBlock(head - 1, h)).ToArray(),
                ],
            },
            new("every h-th row", "Head i has every h-th column and row here. It has a block of d_v neighbours.",
                (O, W_O, head, h) => (Of(O).MapIndexed((_, c, v) => c % h == head ? v : 0, Zeros.Include) * Of(W_O)).ToArray()),
            new("W_O transposed", "W_O came in transposed. Row c of W_O says what one unit of column c of O writes into the features of the token.",
                (O, W_O, head, h) => (Of(O).ColumnBlock(head, h) * Of(W_O).Transpose().RowBlock(head, h)).ToArray())
            {
                Variants =
                [
                    (O, W_O, head, h) => Build(O.GetLength(0), W_O.GetLength(1), (i, j) =>
                        Enumerable.Range(head * (O.GetLength(1) / h), O.GetLength(1) / h).Sum(c => O[i, c] * W_O[j, c])),
                ],
            },
            new("the first rows of W_O", "The head's own columns of O meet the first rows of W_O. Every head has rows of its own: column c of O meets row c.",
                (O, W_O, head, h) => WriteFrom(O, W_O, head * (O.GetLength(1) / h), 0, h)),
            new("the first columns of O", "The first columns of O meet the head's rows of W_O. Row c of W_O meets column c of O.",
                (O, W_O, head, h) => WriteFrom(O, W_O, 0, head * (O.GetLength(1) / h), h)),
            new("always the first head", "This is what head 0 writes, whichever head was asked for.",
                (O, W_O, head, h) => WriteFrom(O, W_O, 0, 0, h)),
            new("counted from the end", "This is what another head writes: the heads were counted from the last.",
                (O, W_O, head, h) => WriteFrom(O, W_O, (h - 1 - head) * (O.GetLength(1) / h), (h - 1 - head) * (O.GetLength(1) / h), h)),
            new("a slice of the output", "These are some columns of what all heads write together. No head owns a slice of the output: each writes into all d_model features.",
                (O, W_O, head, h) => Block((Of(O) * Of(W_O)).ToArray(), head * (W_O.GetLength(1) / h), W_O.GetLength(1) / h)),
            new("the last product alone", "Only the last of the head's d_v products is left: each one has overwritten the one before it. They add up.",
                (O, W_O, head, h) => Build(O.GetLength(0), W_O.GetLength(1), (i, j) => O[i, ((head + 1) * (O.GetLength(1) / h)) - 1] * W_O[((head + 1) * (O.GetLength(1) / h)) - 1, j])),
            new("width taken from d_model", "The head's width was taken from the columns of W_O, d_model / h. It is d_v, and comes from the columns of O (or the rows of W_O).",
                (O, W_O, head, h) => Build(O.GetLength(0), W_O.GetLength(1), (i, j) =>
                    Enumerable.Range(head * (W_O.GetLength(1) / h), W_O.GetLength(1) / h).Sum(c => O[i, c] * W_O[c, j])))
            {
                Variants =
                [
                    (O, W_O, head, h) => (Of(O).SubMatrix(0, O.GetLength(0), head * (W_O.GetLength(1) / h), W_O.GetLength(1) / h)
                        * Of(W_O).SubMatrix(head * (W_O.GetLength(1) / h), W_O.GetLength(1) / h, 0, W_O.GetLength(1))).ToArray(),
                ],
            },
        ]);

    public static FunctionExercise<CostFunction> Cost { get; } = new(
        id: "06.4",
        title: "What it costs",
        statement: "Return the numbers in W_Q, W_K, W_V and W_O; the multiplications in all matrix products; and the attention weights of all heads.",
        solution: (n, dModel, h) =>
        {
            int dK = dModel / h;
            long parameters = 4L * dModel * dModel;                     // three projections and W_O
            long products = 4L * n * dModel * dModel                    // the same four, for every token
                + h * (2L * n * n * dK);                                // each head: scores and weighted sums
            long weights = (long)h * n * n;                             // a square of weights for each head
            return (parameters, products, weights);
        },
        cases: [[3, 2, 2], [5, 10, 2], [10, 6, 3], [1000, 768, 12], [7, 4, 1]],
        randomCase: random =>
        {
            int h = random.Next(2, 9);
            return [random.Next(5, 50), h * random.Next(2, 9), h];
        },
        hints:
        [
            "Parameters: W_Q, W_K, W_V and W_O are d_model × d_model each, whatever h is, for h·d_k = d_model.",
            "A product of an (a × b) matrix with a (b × c) matrix takes a·b·c multiplications. Each head makes two: Q_i·K_iᵀ, which is (n × d_k)·(d_k × n), and A_i·V_i.",
            "Each head has its own n × n weights.",
        ],
        mistakes:
        [
            new("every head at full width", "Every head is as wide as the whole here, so that everything counts h times. With h heads each is d_model / h wide.",
                (n, d, h) => (4L * h * d * d, (4L * h * n * d * d) + (2L * h * n * n * d), (long)h * n * n)),
            new("W_O forgotten", "W_O is missing. It is as large as each of the three projections, and every token is multiplied by it.",
                (n, d, h) => (3L * d * d, (3L * n * d * d) + (2L * n * n * d), (long)h * n * n)),
            new("weights of one head", "Parameters and products are right. But every head has its own n × n attention weights.",
                (n, d, h) => (4L * d * d, (4L * n * d * d) + (2L * n * n * d), (long)n * n)),
            new("scores without the weighted sums", "Each head makes two products with n² in them: the scores, Q_i·K_iᵀ, and the weighted sums, A_i·V_i. One is missing.",
                (n, d, h) => (4L * d * d, (4L * n * d * d) + ((long)n * n * d), (long)h * n * n)),
            new("full width in the scores", "The scores and sums count d_model for each of the h heads. A head's queries, keys and values are only d_k = d_model / h wide.",
                (n, d, h) => (4L * d * d, (4L * n * d * d) + (2L * h * n * n * d), (long)h * n * n)),
            new("additions counted too", "The additions are counted too, so that the second number is twice what was asked.",
                (n, d, h) => (4L * d * d, (8L * n * d * d) + (4L * n * n * d), (long)h * n * n)),
            new("biases counted", "There are biases in the first number. They were left out here.",
                (n, d, h) => ((4L * d * d) + (4L * d), (4L * n * d * d) + (2L * n * n * d), (long)h * n * n)),
            new("counted in int", "The formula is right, and it was counted in `int`: 3 895 296 000 is more than an `int` holds (2 147 483 647), and went round to a negative number. Let the first factor of a product be a `long`: `4L * n * …`.",
                (n, d, h) => (4L * d * d, unchecked((int)((4L * n * d * d) + (2L * n * n * d))), (long)h * n * n)),
            new("W_O forgotten in the products", "The parameters are right. In the products W_O is missing: every token is multiplied by it too.",
                (n, d, h) => (4L * d * d, (3L * n * d * d) + (2L * n * n * d), (long)h * n * n)),
            new("parameters of one head", "The parameters were divided by h. Each head has 1/h of the columns, and there are h heads.",
                (n, d, h) => (4L * d * d / h, (4L * n * d * d) + (2L * n * n * d), (long)h * n * n))
                { Variants = [(n, d, h) => (4L * d * (d / h), (4L * n * d * d) + (2L * n * n * d), (long)h * n * n), (n, d, h) => (3L * d * (d / h) + (long)d * d, (4L * n * d * d) + (2L * n * n * d), (long)h * n * n)] },
            new("projections alone", "The second number counts the four products with weight matrices only. Each head makes two more: Q_i·K_iᵀ and A_i·V_i.",
                (n, d, h) => (4L * d * d, 4L * n * d * d, (long)h * n * n)),
            new("products of one head", "Scores and weighted sums are those of one head here, 2·n²·d_k. There are h heads.",
                (n, d, h) => (4L * d * d, (4L * n * d * d) + (2L * n * n * (d / h)), (long)h * n * n)),
            new("the scale counted", "There is one multiplication too many for each attention weight: the scale or the softmax. Only those in matrix products were asked for.",
                (n, d, h) => (4L * d * d, (4L * n * d * d) + (2L * n * n * d) + ((long)h * n * n), (long)h * n * n)),
            new("weights for every feature", "The third number counts a weight for every feature. A head has one weight for a pair of tokens, whatever its width.",
                (n, d, h) => (4L * d * d, (4L * n * d * d) + (2L * n * n * d), (long)n * n * d))
                { Variants = [(n, d, h) => (4L * d * d, (4L * n * d * d) + (2L * n * n * d), (long)n * n * (d / h))] },
            new("first two exchanged", "The first two numbers have changed places: parameters first, then the products.",
                (n, d, h) => ((4L * n * d * d) + (2L * n * n * d), 4L * d * d, (long)h * n * n)),
        ]);

    public static FunctionExercise<MultiHeadFunction> MultiHead { get; } = new(
        id: "06.5",
        title: "Multi-head attention, the whole of it",
        statement: "Project, cut, let each head attend, join, and multiply by W_O. The queries come from `X`, keys and values from `M`; if `causal`, token i sees the tokens up to i.",
        solution: (X, M, W_Q, W_K, W_V, W_O, h, causal) =>
        {
            var Q = DenseMatrix.OfArray(X) * DenseMatrix.OfArray(W_Q);  // (n × h·d_k)
            var K = DenseMatrix.OfArray(M) * DenseMatrix.OfArray(W_K);  // (m × h·d_k)
            var V = DenseMatrix.OfArray(M) * DenseMatrix.OfArray(W_V);  // (m × h·d_v)
            Mask mask = causal ? Mask.Causal(Q.RowCount) : Mask.All(Q.RowCount, K.RowCount);

            (int dK, int dV) = (Q.ColumnCount / h, V.ColumnCount / h);
            var O = new DenseMatrix(Q.RowCount, V.ColumnCount);         // (n × h·d_v)
            for (int i = 0; i < h; i++)
            {
                var Q_i = Q.SubMatrix(0, Q.RowCount, i * dK, dK);       // (n × d_k)
                var K_i = K.SubMatrix(0, K.RowCount, i * dK, dK);       // (m × d_k)
                var V_i = V.SubMatrix(0, V.RowCount, i * dV, dV);       // (m × d_v)
                var O_i = ScaledDotProductAttention.Forward(Q_i, K_i, V_i, mask).O;   // (n × d_v)
                O.SetSubMatrix(0, i * dV, O_i);
            }
            return (O * DenseMatrix.OfArray(W_O)).ToArray();            // (n × d_model)
        },
        cases:
        [
            [Wide, Wide, WideAsks, WideOffers, Four, TestO, 2, false],
            [ThreeTokens, ThreeTokens, Asks, Offers, Carries, Mixes, 2, false],
            [ThreeTokens, ThreeTokens, Asks, Offers, Carries, Mixes, 2, true],
            [ThreeTokens, OtherTokens, Asks, Offers, Carries, Mixes, 2, false],
            [ThreeTokens, ThreeTokens, Asks, Offers, Carries, Mixes, 1, false],
            MultiHeadCase(SeededRandom.Create(6051), n: 2, m: 4, h: 2, dK: 2, dV: 3, causal: false),
            MultiHeadCase(SeededRandom.Create(6052), n: 4, m: null, h: 3, dK: 2, dV: 2, causal: true),
        ],
        randomCase: random =>
        {
            bool causal = random.Next(2) == 0;
            int? m = causal || random.Next(3) == 0 ? null : random.Next(2, 5);
            return MultiHeadCase(random, random.Next(2, 5), m, h: random.Next(2, 4), dK: 3, dV: random.Next(2, 5), causal);
        },
        hints:
        [
            "Three wide products first: queries from `X`, keys and values from `M`. Then cut each into h blocks of columns.",
            "`ScaledDotProductAttention.Forward(Q_i, K_i, V_i, mask).O` does the five steps of lesson 04 for one head, with the scale that fits its width. `Q.ColumnBlock(i, h)` is the i-th of h blocks of columns.",
            "`Mask.Causal(n)` is the mask; `Mask.All(n, m)` allows everything. `heads.SideBySide()` joins a list of matrices, and the last step is a product with `W_O`.",
        ],
        mistakes:
        [
            new("one head", "This is one head of full width: the scores of all heads are added up before the softmax. Cut Q, K and V first, so that each head has a softmax of its own.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => Layer(1, W_Q, W_K, W_V, W_O).Forward(Of(X), Of(M), causal ? Mask.Causal(X.GetLength(0)) : null).Y.ToArray()),
            new("scaled by the whole width", "The scores are divided by the root of the whole width, √(h·d_k). A head's scores are sums of d_k products: divide by √d_k.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => (SideBySide(X, M, W_Q, W_K, W_V, h, causal, scale: 1 / Math.Sqrt(W_Q.GetLength(1))) * Of(W_O)).ToArray()),
            new("not scaled", "The scores are not divided by √d_k.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => (SideBySide(X, M, W_Q, W_K, W_V, h, causal, scale: 1) * Of(W_O)).ToArray()),
            new("W_O forgotten", "The heads are joined and all is right so far. The last step is missing: multiply by W_O.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => SideBySide(X, M, W_Q, W_K, W_V, h, causal).ToArray()),
            new("joined without the transpose", "The heads' outputs were laid in one long row, head after head, and cut into rows of the right length. The shape is right, and the rows mix tokens.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => (Of(JoinStraight(Attended(X, M, W_Q, W_K, W_V, h, causal))) * Of(W_O)).ToArray()),
            new("self-attention only", "Keys and values come from `X` here. They are made from `M`, which is another matrix in cross-attention.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => Layer(h, W_Q, W_K, W_V, W_O).Forward(Of(X), Of(X), causal ? Mask.Causal(X.GetLength(0)) : null).Y.ToArray()),
            new("no mask", "All is right without the mask. If `causal`, token i sees the tokens up to i, in every head.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => Layer(h, W_Q, W_K, W_V, W_O).Forward(Of(X), Of(M), mask: null).Y.ToArray()),
            new("every h-th column", "Head i has the columns i, i + h, i + 2h, … here. Each head has a block of neighbouring columns.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, causal, cut: Every), W_O)),
            new("each head its own features", "Each head reads only its own columns of X here. Every head reads the whole token: it is the columns of X·W_Q that are cut, not those of X.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed([.. Enumerable.Range(0, h).Select(i =>
                {
                    Matrix<double> Own(double[,] tokens, double[,] W) => Of(tokens).ColumnBlock(i, h) * Of(W).ColumnBlock(i, h).RowBlock(i, h);
                    return ScaledDotProductAttention.Forward(Own(X, W_Q), Own(M, W_K), Own(M, W_V), causal ? Mask.Causal(X.GetLength(0)) : null).O.ToArray();
                })], W_O)),
            new("scaled by the values' width", "The scores are divided by the root of the values' width, √d_v. They are sums of d_k products of queries and keys.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, causal, scale: 1 / Math.Sqrt(W_V.GetLength(1) / h)), W_O)),
            new("scaled by d_model", "The scores are divided by √d_model, the root of the tokens' width. A head's scores are sums of d_k products: divide by √d_k.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, causal, scale: 1 / Math.Sqrt(X.GetLength(1))), W_O)),
            new("d_k taken as d_model / h", "The scores are divided by √(d_model / h). What counts is the width of a head's queries and keys, d_k: the columns of W_Q, divided by h.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, causal, scale: 1 / Math.Sqrt(X.GetLength(1) / h)), W_O)),
            new("root forgotten", "The scores are divided by d_k. The root is missing.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, causal, scale: 1.0 / (W_Q.GetLength(1) / h)), W_O)),
            new("scaled by h", "The scores are divided by √h, the root of the number of heads. What counts is the width of a head, d_k.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, causal, scale: 1 / Math.Sqrt(h)), W_O)),
            new("a token does not see itself", "Under the mask token i sees only the tokens *before* it here. It sees itself too.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, mask: Mask.Where(X.GetLength(0), M.GetLength(0), (i, j) => !causal || j < i)), W_O))
            {
                // by hand, the softmax of a row in which all is hidden is 0/0
                Variants = [(X, M, W_Q, W_K, W_V, W_O, h, causal) => MapRows(
                    Mixed(Attended(X, M, W_Q, W_K, W_V, h, mask: Mask.Where(X.GetLength(0), M.GetLength(0), (i, j) => !causal || j < i)), W_O),
                    (Y, i, j) => causal && i == 0 ? double.NaN : Y[i, j])],
            },
            new("the mask turned around", "The mask is turned around: token i sees itself and the tokens *after* it.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, mask: Mask.Where(X.GetLength(0), M.GetLength(0), (i, j) => !causal || j >= i)), W_O)),
            new("masked unasked", "The mask is there although `causal` is false.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, X.GetLength(0) == M.GetLength(0)), W_O))
            {
                Variants =
                [
                    (X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, causal: true), W_O),
                    (X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, mask: Mask.Where(X.GetLength(0), M.GetLength(0), (i, j) => j <= i)), W_O),
                ],
            },
            new("the first block for every head", "Every head works with the first block of columns, so all of them say the same. Head i has the i-th block.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, causal, cut: (W, _, count) => W.ColumnBlock(0, count)), W_O)),
            new("W_O transposed", "W_O came in transposed. Row c of W_O meets column c of the joined heads.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => (Of(SideBySide(Attended(X, M, W_Q, W_K, W_V, h, causal))) * Of(W_O).Transpose()).ToArray()),
            new("last head first", "The heads were joined in the opposite order, so each writes through another head's rows of W_O.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed([.. Attended(X, M, W_Q, W_K, W_V, h, causal).Reverse()], W_O)),
            new("joined number by number", "The first numbers of all heads come first, then the second ones. Keep each head's numbers together: head after head.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => (Of(Interleaved(Attended(X, M, W_Q, W_K, W_V, h, causal))) * Of(W_O)).ToArray()),
            new("queries and keys exchanged", "W_Q and W_K have changed places: W_Q makes the queries, of `X`, and W_K the keys, of `M`.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_K, W_Q, W_V, h, causal), W_O)),
            new("keys and values exchanged", "W_K and W_V have changed places: keys are compared with the queries, and values are what is averaged.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_V, W_K, h, causal), W_O)),
            new("averaged over the heads", "The output was divided by the number of heads. What the heads write adds up, in full.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => (Of(SideBySide(Attended(X, M, W_Q, W_K, W_V, h, causal))) * Of(W_O) / h).ToArray()),
            new("X added", "X is added here. That is the residual connection around the layer, which comes in lesson 07; it is no part of attention.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => (Of(X) + (Of(SideBySide(Attended(X, M, W_Q, W_K, W_V, h, causal))) * Of(W_O))).ToArray()),
            new("shapes that fit one head alone", "With one head it is right; with more the shapes do not fit. Either something was not cut (the values have h blocks of columns too), or the heads were added up before W_O. They stand side by side: W_O has rows for each of them.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => (Attended(X, M, W_Q, W_K, W_V, h, causal).Select(Of).Aggregate((a, b) => a + b) * Of(W_O)).ToArray())
                { Variants = [(X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, causal, cutValues: (W, _, _) => W), W_O)] },
            new("X and M exchanged", "Queries come from `M` here, and keys and values from `X`: who asks and who is asked have changed places.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(M, X, W_Q, W_K, W_V, h, causal), W_O)),
            new("queries from M", "The queries come from `M` too here. They are made from `X`: those are the tokens that ask.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(M, M, W_Q, W_K, W_V, h, causal), W_O)),
            new("values from X", "The values come from `X`. Keys *and* values come from `M`: a token is asked and answers with the same row.",
                (X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed([.. Enumerable.Range(0, h).Select(i => ScaledDotProductAttention.Forward(
                    (Of(X) * Of(W_Q)).ColumnBlock(i, h), (Of(M) * Of(W_K)).ColumnBlock(i, h), (Of(X) * Of(W_V)).ColumnBlock(i, h), causal ? Mask.Causal(X.GetLength(0)) : null).O.ToArray())], W_O)),
        ]);

    public static FunctionExercise<FetchTwoFunction> FetchTwo { get; } = new(
        id: "06.6",
        title: "Fetch two nouns at once",
        statement: "Choose W_Q (4 × 4), W_K (3 × 4), W_V (3 × 2) and W_O (2 × 2) by hand so that two heads answer all four questions, and return what `twoHeads` makes of them.",
        solution: twoHeads =>
        {
            const double c = 100;                            // a score of 100/√2 leaves the other noun a weight below 1e-30
            double[,] W_Q =
            {
                { c, 0, 0, 0 }, { 0, c, 0, 0 },              // head 1 asks with the first two numbers: who saw?
                { 0, 0, c, 0 }, { 0, 0, 0, c },              // head 2 with the last two: who was seen?
            };
            double[,] W_K = { { 1, 0, 1, 0 }, { 0, 1, 0, 1 }, { 0, 0, 0, 0 } };   // both find a noun by its place
            double[,] W_V = { { 0, 0 }, { 0, 0 }, { 1, 1 } };                     // both carry what the noun is
            double[,] W_O = { { 1, 0 }, { 0, 1 } };          // head 1 writes the first answer, head 2 the second
            return twoHeads(W_Q, W_K, W_V, W_O);
        },
        cases: [[TwoHeads(1, -1)], [TwoHeads(-1, 1)], [TwoHeads(1, 1)], [TwoHeads(-1, -1)], [TwoHeads(0.5, -0.25)]],
        tolerance: new Tolerance(0, 0.01),
        hints:
        [
            "Give each head one job: head 1 finds out who saw, head 2 who was seen. Head 1 has the first two columns of W_Q and W_K and the first column of W_V.",
            "A question is two pairs, (saw: first?, second?; seen: first?, second?), and a noun is (is first?, is second?, cat or dog). Let head 1's query be the first pair and its key the first two numbers of a noun: then the score is large where they agree.",
            "The value is the third number of a noun, and W_O can be the identity: head 1 writes the first answer, head 2 the second.",
            "Softmax leaves the other noun a weight. Multiply W_Q by something like 20, and it is gone.",
        ],
        mistakes:
        [
            new("both heads ask who saw", "Both answers are the same: both heads ask with the first pair of numbers. Head 2's queries should come from the last two rows of W_Q.",
                twoHeads => twoHeads(Sharp(new double[,] { { 1, 0, 1, 0 }, { 0, 1, 0, 1 }, { 0, 0, 0, 0 }, { 0, 0, 0, 0 } }), ByPlace, ByNoun, Straight)),
            new("both heads ask who was seen", "Both answers are the same: both heads ask with the last pair of numbers. Head 1's queries should come from the first two rows of W_Q.",
                twoHeads => twoHeads(Sharp(new double[,] { { 0, 0, 0, 0 }, { 0, 0, 0, 0 }, { 1, 0, 1, 0 }, { 0, 1, 0, 1 } }), ByPlace, ByNoun, Straight)),
            new("answers changed places", "Everything is fetched, and the two answers have changed places: who saw comes first.",
                twoHeads => twoHeads(Sharp(Each), ByPlace, ByNoun, new double[,] { { 0, 1 }, { 1, 0 } })),
            new("the other noun", "Each head fetches the other noun: the score is large where question and noun do *not* agree.",
                twoHeads => twoHeads(Sharp(Each, -20), ByPlace, ByNoun, Straight)),
            new("equal weights", "Every question gets the average of the two nouns: all scores of a row are the same, so both weights are one half. Where the question and the noun's place agree the score must be larger.",
                twoHeads => twoHeads(Sharp(Each, 0), ByPlace, ByNoun, Straight)),
            new("scores too small", "The heads look at the right nouns, and not firmly enough: the other noun keeps a good part of the weight. Make the queries longer.",
                twoHeads => twoHeads(Sharp(Each, 1), ByPlace, ByNoun, Straight))
            {
                // 1 to 7, the root of 2, and what gives a score of ln 3, before the scale or after it
                Variants = [.. new[] { 2, 3, 4, 5, 6, 7, Math.Sqrt(2), Math.Log(3), Math.Sqrt(2) * Math.Log(3) }
                    .Select(c => (FetchTwoFunction)(twoHeads => twoHeads(Sharp(Each, c), ByPlace, ByNoun, Straight)))],
            },
            new("made for opposite nouns", "Right for a cat and a dog, and twice too much for two cats: weights of ¾ and ¼ with a value of 2 give 1 only if the other noun is the opposite. Look firmly, and let the value be what the noun is.",
                twoHeads => twoHeads(Sharp(Each, Math.Sqrt(2) * Math.Log(3)), ByPlace, Sharp(ByNoun, 2), Straight))
                { Variants = [twoHeads => twoHeads(Sharp(Each, Math.Sqrt(2) * Math.Log(3)), ByPlace, ByNoun, Sharp(Straight, 2))] },
            new("rounded", "The answers were rounded: with a noun that carries 0.5 that shows. Return what `twoHeads` gave, and make the heads look firmly.",
                twoHeads => Round(twoHeads(Sharp(Each, 3), ByPlace, ByNoun, Straight))),
            new("the place as the value", "These are the answers for *cat, dog*, whatever the nouns are, as when the value is where a noun stands. It should be what the noun *is*, its third number, and the answers what `twoHeads` makes of them.",
                twoHeads => twoHeads(Sharp(Each), ByPlace, new double[,] { { 1, 1 }, { -1, -1 }, { 0, 0 } }, Straight))
                { Variants = [_ => Answers(1, -1)] },
            new("keys that know the noun", "The keys look at what the noun is as well. Which noun is asked for depends on its place alone.",
                twoHeads => twoHeads(Sharp(Each), new double[,] { { 1, 0, 1, 0 }, { 0, 1, 0, 1 }, { 1, 1, 1, 1 } }, ByNoun, Straight))
                { Variants = [twoHeads => twoHeads(Sharp(Each), new double[,] { { 1, 0, 1, 0 }, { 0, 1, 0, 1 }, { 1, 0, 1, 0 } }, ByNoun, Straight)] },
            new("keys shared out by noun", "The first noun's key is made of the first head's columns, and the second noun's of the second head's. Each head has to tell the two nouns apart by its *own* two columns.",
                twoHeads => twoHeads(Sharp(Each), new double[,] { { 1, 1, 0, 0 }, { 0, 0, 1, 1 }, { 0, 0, 0, 0 } }, ByNoun, Straight)),
            new("heads added", "Each answer is the sum of what both heads fetch. W_O has to keep them apart: each head writes into a column of its own.",
                twoHeads => twoHeads(Sharp(Each), ByPlace, ByNoun, new double[,] { { 1, 1 }, { 1, 1 } })),
            new("the second head writes nothing", "The first answer is right, the second is always 0: head 2 writes nothing into its column.",
                twoHeads => twoHeads(Sharp(Each), ByPlace, ByNoun, new double[,] { { 1, 0 }, { 0, 0 } })),
        ]);

    public static FunctionExercise<JoinBackwardFunction> JoinBackward { get; } = new(
        id: "06.7",
        title: "Back through W_O and the join",
        statement: "From ∂L/∂Y return ∂L/∂W_O, and ∂L/∂O cut for the heads: one (n × d_v) matrix for each.",
        solution: (O, W_O, dY, h) =>
        {
            var dOut = DenseMatrix.OfArray(dY);
            var dW_O = DenseMatrix.OfArray(O).Transpose() * dOut;       // (h·d_v × d_model)
            var dO = dOut * DenseMatrix.OfArray(W_O).Transpose();       // (n × h·d_v)

            int dV = dO.ColumnCount / h;
            var heads = new double[h][,];
            for (int i = 0; i < h; i++)
                heads[i] = dO.SubMatrix(0, dO.RowCount, i * dV, dV).ToArray();   // (n × d_v), head i's own columns
            return (dW_O.ToArray(), heads);
        },
        cases:
        [
            [new double[,] { { 3, 2 }, { 1, 4 }, { 2, 2 } }, Mixes, new double[,] { { 1, 0 }, { 0, 1 }, { 1, -1 } }, 2],
            [new double[,] { { 1, 2, 3, 4 }, { 0, 1, 0, -1 } }, Four, new double[,] { { 1, 0, 0, 2 }, { 0, 1, -1, 0 } }, 2],
            [new double[,] { { 1, 2, 3, 4 } }, new double[,] { { 1, 0, 2, 1, 1, 0 }, { 0, 1, -1, 3, 0, 2 }, { 1, 1, 0, 2, -1, 1 }, { 2, 0, 0, -1, 3, 1 } }, new double[,] { { 1, 0, 0, 2, -1, 1 } }, 2],
        ],
        randomCase: random =>
        {
            (int n, int h) = (random.Next(2, 5), random.Next(2, 4));
            return [random.NormalMatrix(n, 2 * h).ToArray(), random.NormalMatrix(2 * h, 2 * h).ToArray(), random.NormalMatrix(n, 2 * h).ToArray(), h];
        },
        hints:
        [
            "Y = O·W_O is a matrix product. Each factor's gradient is dY times the other factor, transposed, on the side where the shapes fit.",
            "dW_O = Oᵀ·dY is (h·d_v × d_model), dO = dY·W_Oᵀ is (n × h·d_v).",
            "Joining only moved numbers, so going back moves their gradients the other way: cut dO into the same blocks of columns.",
        ],
        mistakes:
        [
            new("W_O not transposed", "dO is dY·W_O here; with a square W_O the shape is right all the same. Forward, row c of W_O carries column c of O into the output. Backward the same row carries it home, so W_O is transposed.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), Cut((Of(dY) * Of(W_O)).ToArray(), h))),
            new("dW_O transposed", "This is dYᵀ·O, the transpose of dW_O. Row c of W_O belongs to column c of O, so dW_O = Oᵀ·dY.",
                (O, W_O, dY, h) => ((Of(dY).Transpose() * Of(O)).ToArray(), Cut((Of(dY) * Of(W_O).Transpose()).ToArray(), h))),
            new("cut without the transpose", "dO itself is right. It was laid in one row, token after token, and cut into h pieces, so the first head gets the first tokens' gradients. Cut the columns, as they were joined.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), CutStraight((Of(dY) * Of(W_O).Transpose()).ToArray(), h))),
            new("every h-th column", "Head i gets the columns i, i + h, … of dO. Its block is made of neighbours.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), [.. Enumerable.Range(0, h).Select(i => Every(Of(dY) * Of(W_O).Transpose(), i, h).ToArray())])),
            new("shared among the heads", "The gradient was divided by the number of heads. The heads' writes are added, and a sum hands its gradient to every term in full.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), Cut((Of(dY) * Of(W_O).Transpose() / h).ToArray(), h))),
            new("averaged over the tokens", "dW_O was divided by the number of tokens. Every token used W_O, and their gradients add up.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY) / O.GetLength(0)).ToArray(), Cut((Of(dY) * Of(W_O).Transpose()).ToArray(), h))),
            new("past W_O", "W_O was left out on the way back: the heads get dY itself, cut in pieces.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), Cut(dY, h))),
            new("dW_O from dO", "dW_O was made of dO, which is already behind W_O. The product Y = O·W_O came out as Y: its factors' gradients are both made from dY.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY) * Of(W_O).Transpose()).ToArray(), Cut((Of(dY) * Of(W_O).Transpose()).ToArray(), h))),
            new("last head first", "The heads' gradients are in the opposite order. Head 0 was joined first: it has the first columns of dO.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), [.. Cut((Of(dY) * Of(W_O).Transpose()).ToArray(), h).Reverse()])),
            new("all of dO for every head", "Every head gets all of dO. Each wrote its own columns of O, and gets the gradient of those.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), [.. Enumerable.Range(0, h).Select(_ => (Of(dY) * Of(W_O).Transpose()).ToArray())])),
            new("the first block for every head", "Every head gets the first block of dO. Head i has the i-th.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), [.. Enumerable.Range(0, h).Select(_ => Cut((Of(dY) * Of(W_O).Transpose()).ToArray(), h)[0])])),
            new("the other columns at 0", "Each head's gradient has the full width, with 0 in the columns of the others. It is as wide as the head's output, d_v.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), [.. Enumerable.Range(0, h).Select(i => Build(O.GetLength(0), O.GetLength(1),
                    (r, c) => c / (O.GetLength(1) / h) == i ? (Of(dY) * Of(W_O).Transpose())[r, c] : 0))])),
            new("rows shared out", "The rows of dO were shared out. Every head put something out for every token: it gets all rows, and its own columns.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), [.. Enumerable.Range(0, h).Select(i => Build(O.GetLength(0) / h, O.GetLength(1),
                    (r, c) => (Of(dY) * Of(W_O).Transpose())[(i * (O.GetLength(0) / h)) + r, c]))])),
            new("a slice of dY for each head", "Each head gets its gradient from a slice of dY here. No head owns a slice of the output: each wrote into all features, and hears from all of them.",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), [.. Enumerable.Range(0, h).Select(i => (Of(dY).ColumnBlock(i, h) * Of(W_O).ColumnBlock(i, h).RowBlock(i, h).Transpose()).ToArray())]))
                { Variants = [(O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), [.. Enumerable.Range(0, h).Select(i => (Of(dY).ColumnBlock(i, h) * Of(W_O).ColumnBlock(i, h).Transpose()).ToArray())])] },
            new("width taken from d_model", "The head's width was taken from the columns of dY, d_model / h. It is d_v, and comes from the columns of O (or the rows of W_O).",
                (O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), [.. Enumerable.Range(0, h).Select(i =>
                    (Of(dY) * Of(W_O).Transpose()).SubMatrix(0, dY.GetLength(0), i * (dY.GetLength(1) / h), dY.GetLength(1) / h).ToArray())]))
                { Variants = [(O, W_O, dY, h) => ((Of(O).Transpose() * Of(dY)).ToArray(), [.. Enumerable.Range(0, h).Select(i => Block((Of(dY) * Of(W_O).Transpose()).ToArray(), i * (dY.GetLength(1) / h), dY.GetLength(1) / h))])] },
        ]);

    public static FunctionExercise<InputGradientFunction> InputGradient { get; } = new(
        id: "06.8",
        title: "The gradient at the input",
        statement: "From each head's dQ, dK and dV (self-attention) return dX: what comes back through queries, keys and values of all heads.",
        solution: (dQ, dK, dV, W_Q, W_K, W_V) =>
        {
            int h = dQ.Length;
            var dX = new DenseMatrix(dQ[0].GetLength(0), W_Q.GetLength(0));     // (n × d_model)
            void Add(double[][,] gradients, double[,] W)
            {
                for (int i = 0; i < h; i++)                                     // every head through its own columns of W
                    dX += DenseMatrix.OfArray(gradients[i]) * (DenseMatrix)DenseMatrix.OfArray(W).ColumnBlock(i, h).Transpose();
            }
            Add(dQ, W_Q);
            Add(dK, W_K);
            Add(dV, W_V);
            return dX.ToArray();
        },
        cases:
        [
            [Heads(new double[,] { { 1 }, { 2 } }, new double[,] { { 0 }, { 1 } }), Heads(new double[,] { { 1 }, { 0 } }, new double[,] { { -1 }, { 1 } }),
                Heads(new double[,] { { 2 }, { 1 } }, new double[,] { { 1 }, { 3 } }), Asks, Offers, Carries],
        ],
        randomCase: random =>
        {
            (int n, int h, int d) = (random.Next(2, 4), random.Next(2, 4), random.Next(3, 6));
            double[][,] Each() => [.. Enumerable.Range(0, h).Select(_ => random.NormalMatrix(n, 2).ToArray())];
            double[,] Weights() => random.NormalMatrix(d, 2 * h).ToArray();
            return [Each(), Each(), Each(), Weights(), Weights(), Weights()];
        },
        hints:
        [
            "X went into every head three times: as queries, as keys, as values. What came out in many places comes back as a sum.",
            "One head's queries are X·W_Q,i, with W_Q,i its d_k columns of W_Q. So they send back dQ_i·W_Q,iᵀ.",
            "dX = Σ_i (dQ_i·W_Q,iᵀ + dK_i·W_K,iᵀ + dV_i·W_V,iᵀ). Joined, that is dQ·W_Qᵀ + dK·W_Kᵀ + dV·W_Vᵀ.",
        ],
        mistakes:
        [
            new("the last head alone", "Only the last head is in it. X went into every head, and their gradients add up: `+=`, not `=`.",
                (dQ, dK, dV, W_Q, W_K, W_V) => SumBack([(dQ, W_Q), (dK, W_K), (dV, W_V)], (i, h) => i == h - 1 ? 1 : 0)),
            new("the first head alone", "Only the first head is in it. X went into every head, and their gradients add up.",
                (dQ, dK, dV, W_Q, W_K, W_V) => SumBack([(dQ, W_Q), (dK, W_K), (dV, W_V)], (i, _) => i == 0 ? 1 : 0)),
            new("averaged over the heads", "The heads' gradients were averaged. They add up, in full.",
                (dQ, dK, dV, W_Q, W_K, W_V) => SumBack([(dQ, W_Q), (dK, W_K), (dV, W_V)], (_, h) => 1.0 / h)),
            new("values forgotten", "What comes back through the values is missing.",
                (dQ, dK, dV, W_Q, W_K, W_V) => SumBack([(dQ, W_Q), (dK, W_K)], (_, _) => 1)),
            new("keys forgotten", "What comes back through the keys is missing. A token is asked as well as it asks.",
                (dQ, dK, dV, W_Q, W_K, W_V) => SumBack([(dQ, W_Q), (dV, W_V)], (_, _) => 1)),
            new("queries alone", "Only what comes back through the queries is in it. X made keys and values too.",
                (dQ, dK, dV, W_Q, W_K, W_V) => SumBack([(dQ, W_Q)], (_, _) => 1)),
            new("every head through the first columns", "Every head goes back through the first head's columns of W. Head i came through its own, from column i·d_k on.",
                (dQ, dK, dV, W_Q, W_K, W_V) => SumBack([(dQ, W_Q), (dK, W_K), (dV, W_V)], (_, _) => 1, block: _ => 0)),
            new("no transpose", "dQ is multiplied by W_Q itself here; with a square W_Q the shape is right all the same. Forward, column c of W_Q made column c of Q from the token's features. Backward the same column carries it home, so W_Q is transposed, and W_K and W_V alike.",
                (dQ, dK, dV, W_Q, W_K, W_V) => ((Of(SideBySide(dQ)) * Of(W_Q)) + (Of(SideBySide(dK)) * Of(W_K)) + (Of(SideBySide(dV)) * Of(W_V))).ToArray()),
            new("W_Q and W_K exchanged", "dQ goes back through W_K here, and dK through W_Q. Each goes back through the matrix that it came through.",
                (dQ, dK, dV, W_Q, W_K, W_V) => SumBack([(dQ, W_K), (dK, W_Q), (dV, W_V)], (_, _) => 1)),
            new("W_Q for all three", "All three go back through W_Q. Keys came through W_K, and values through W_V.",
                (dQ, dK, dV, W_Q, W_K, W_V) => SumBack([(dQ, W_Q), (dK, W_Q), (dV, W_Q)], (_, _) => 1)),
            new("queries forgotten", "What comes back through the queries is missing. A token asks as well as it is asked.",
                (dQ, dK, dV, W_Q, W_K, W_V) => SumBack([(dK, W_K), (dV, W_V)], (_, _) => 1)),
            new("last head first", "The heads go back through one another's columns, in the opposite order. Head 0 came through the first columns of W.",
                (dQ, dK, dV, W_Q, W_K, W_V) => SumBack([(dQ, W_Q), (dK, W_K), (dV, W_V)], (_, _) => 1, block: i => dQ.Length - 1 - i)),
            new("joined without the transpose", "The heads' gradients were laid in one long row, head after head, and cut into rows of the right length. The shape is right, and the rows mix tokens.",
                (dQ, dK, dV, W_Q, W_K, W_V) => Back(JoinStraight, dQ, dK, dV, W_Q, W_K, W_V)),
            new("joined number by number", "The first numbers of all heads come first, then the second ones. Keep each head's numbers together, as its columns of W are.",
                (dQ, dK, dV, W_Q, W_K, W_V) => Back(Interleaved, dQ, dK, dV, W_Q, W_K, W_V)),
        ]);

    public static TestExercise<MultiHeadTest, Func<double[,], double[,], double[,], double[,], double[,], int, double[,]>> IsMultiHeadRight { get; } = new(
        id: "06.9",
        title: "Find the bug",
        statement: "Write a test for an implementation of multi-head attention: true for a correct one, false for a wrong one.",
        solution: multiHead =>
        {
            // More tokens than one, more heads than one, heads wider than 1, and no two numbers alike.
            double[,] X = { { 1, -2, 0.5, 3 }, { 0, 1, 2, -1 }, { 2, 0.3, -1, 1 } };
            double[,] W_Q = { { 1, 0.5, -1, 0.2 }, { 0, 1, 0.7, -1 }, { 0.4, -0.6, 1, 0 }, { 1, 0, 0.3, 0.8 } };
            double[,] W_K = { { 0.5, -1, 0, 1 }, { 1, 0.2, 0.6, 0 }, { 0, 0.9, -0.4, 1 }, { -1, 0, 1, 0.1 } };
            double[,] W_V = { { 1, 2, 0, -1 }, { 0, 1, 1, 3 }, { -2, 0, 1, 0.5 }, { 1, 1, 0, 2 } };
            double[,] W_O = { { 1, 0, 2, -1 }, { 0.5, 1, 0, 0 }, { -1, 3, 1, 0.2 }, { 0, 0.4, -2, 1 } };
            double[,] right = Lesson06.SelfAttention(X, W_Q, W_K, W_V, W_O, 2);
            double[,] Y = multiHead(X, W_Q, W_K, W_V, W_O, 2);
            if (Y is null || Y.GetLength(0) != 3 || Y.GetLength(1) != 4) return false;
            for (int i = 0; i < 3; i++)
                for (int j = 0; j < 4; j++)
                    if (!(Math.Abs(Y[i, j] - right[i, j]) < 1e-9)) return false;   // NaN fails too
            return true;
        },
        correct:
        [
            new("cuts the columns and joins them again", "It is right: project, cut, attend, join, W_O.", SelfAttention),
            new("adds up what the heads write", "It is right: it never joins, but adds each head's output times its rows of W_O. It rounds a little differently, so a test must leave room for rounding.",
                (X, W_Q, W_K, W_V, W_O, h) => Attended(X, X, W_Q, W_K, W_V, h).Select((O, i) => Of(O) * Of(W_O).RowBlock(i, h)).Aggregate((a, b) => b + a).ToArray()),
        ],
        wrong:
        [
            new("joins without the transpose", "Its heads are right. It lays their outputs in one long row, head after head, and cuts that into rows. The shape is right; with a single token or a single head the numbers are too.",
                (X, W_Q, W_K, W_V, W_O, h) => (Of(JoinStraight(Attended(X, X, W_Q, W_K, W_V, h))) * Of(W_O)).ToArray()),
            new("cuts and joins without the transpose", "It cuts the long row of numbers in h pieces, lets each attend, and lays the pieces back: its heads share out the tokens instead of the columns. With a single head nobody sees it.",
                (X, W_Q, W_K, W_V, W_O, h) => (Of(JoinStraight(
                    [.. CutStraight((Of(X) * Of(W_Q)).ToArray(), h).Zip(CutStraight((Of(X) * Of(W_K)).ToArray(), h), CutStraight((Of(X) * Of(W_V)).ToArray(), h))
                        .Select(head => ScaledDotProductAttention.Forward(Of(head.First), Of(head.Second), Of(head.Third)).O.ToArray())])) * Of(W_O)).ToArray()),
            new("attends with one head", "It forgets to cut: one softmax for the sum of all heads' scores. With one head that is right.",
                (X, W_Q, W_K, W_V, W_O, h) => SelfAttention(X, W_Q, W_K, W_V, W_O, 1)),
            new("scales by the whole width", "It divides the scores by √(h·d_k) instead of √d_k. With a single head, a single token, or tokens that are all the same, nobody sees it.",
                (X, W_Q, W_K, W_V, W_O, h) => (SideBySide(X, X, W_Q, W_K, W_V, h, scale: 1 / Math.Sqrt(W_Q.GetLength(1))) * Of(W_O)).ToArray()),
            new("uses the first head's keys everywhere", "Every head compares its queries with the keys of the first. With a single head, or tokens that are all the same, nobody sees it.",
                (X, W_Q, W_K, W_V, W_O, h) => SelfAttention(X, W_Q, SideBySide([.. Enumerable.Range(0, h).Select(_ => Of(W_K).ColumnBlock(0, h).ToArray())]), W_V, W_O, h)),
            new("turns W_O around", "It multiplies by the transpose of W_O. With a symmetric W_O, such as the identity, nobody sees it.",
                (X, W_Q, W_K, W_V, W_O, h) => SelfAttention(X, W_Q, W_K, W_V, Of(W_O).Transpose().ToArray(), h)),
            new("joins the heads in the opposite order", "The last head comes first, so each head writes through another head's rows of W_O. With a single head nobody sees it.",
                (X, W_Q, W_K, W_V, W_O, h) => (Of(SideBySide([.. Attended(X, X, W_Q, W_K, W_V, h).Reverse()])) * Of(W_O)).ToArray()),
            new("leaves the last token out", "Its loop ends one token too early, and the last row stays 0. Who looks at the first row alone does not see it.",
                (X, W_Q, W_K, W_V, W_O, h) => MapRows(SelfAttention(X, W_Q, W_K, W_V, W_O, h), (Y, i, j) => i == X.GetLength(0) - 1 ? 0 : Y[i, j])),
            new("hands the rows back in another order", "Its numbers are right, and all rows after the first come in the opposite order. Who adds all numbers up, or looks at the first row alone, does not see it.",
                (X, W_Q, W_K, W_V, W_O, h) => MapRows(SelfAttention(X, W_Q, W_K, W_V, W_O, h), (Y, i, j) => Y[i == 0 ? 0 : X.GetLength(0) - i, j])),
            new("masks unasked", "It hides the tokens to come, which nobody asked for. The last token sees everything anyway, so its row is right.",
                (X, W_Q, W_K, W_V, W_O, h) => Mixed(Attended(X, X, W_Q, W_K, W_V, h, causal: true), W_O)),
            new("guards its softmax", "It adds 0.001 to every softmax's denominator, against a division by 0, so that the weights add up to a little less than 1. Who leaves too much room does not see it.",
                (X, W_Q, W_K, W_V, W_O, h) => Guarded(X, W_Q, W_K, W_V, W_O, h)),
        ],
        hints:
        [
            "Compare every number with `Lesson06.SelfAttention(X, W_Q, W_K, W_V, W_O, h)`, leaving room for rounding. The art is in the choice of the input.",
            "What does the join without the transpose do to a single token? And to a single head? Choose so that no mistake can hide.",
            "Three tokens that differ, two heads of width 2, four weight matrices without any symmetry, and every number compared: that catches all of them.",
        ],
        mistakes:
        [
            new("the shape alone", "All of them have the right shape. Look at the numbers.",
                multiHead => multiHead(TestX, TestQ, TestK, TestV, TestO, 2) is { } Y && Y.GetLength(0) == 3 && Y.GetLength(1) == 4),
            new("a single token", "With a single token each head's only weight is 1, whatever the scores are, and the join without the transpose changes nothing. Use more tokens.",
                multiHead => Agree(multiHead, TestX1, TestO, 2)),
            new("a single head", "With a single head there is nothing to cut, to join or to scale wrongly. Use more.",
                multiHead => Agree(multiHead, TestX, TestO, 1)),
            new("tokens that are all the same", "The scores are never looked at here: either all tokens are the same, so that every average is the same, or all scores are. Use tokens that differ, and queries and keys that are not 0.",
                multiHead => Agree(multiHead, Build(3, 4, (_, c) => TestX[0, c]), TestO, 2))
                { Variants = [multiHead => Near(multiHead(TestX, new double[4, 4], TestK, TestV, TestO, 2), SelfAttention(TestX, new double[4, 4], TestK, TestV, TestO, 2))] },
            new("the first row alone", "Only the first row, or a number of it, is looked at. Some are right there and wrong further down: compare every number.",
                multiHead => Math.Abs(multiHead(TestX, TestQ, TestK, TestV, TestO, 2)[0, 0] - SelfAttention(TestX, TestQ, TestK, TestV, TestO, 2)[0, 0]) < 1e-9),
            new("the last row alone", "Only the last row, or a number of it, is looked at. One is right there and wrong above: compare every number.",
                multiHead => Math.Abs(multiHead(TestX, TestQ, TestK, TestV, TestO, 2)[2, 3] - SelfAttention(TestX, TestQ, TestK, TestV, TestO, 2)[2, 3]) < 1e-9),
            new("the sum alone", "The sum of all numbers is right even if the rows come in another order. Compare every number.",
                multiHead => Math.Abs(multiHead(TestX, TestQ, TestK, TestV, TestO, 2).Cast<double>().Sum() - SelfAttention(TestX, TestQ, TestK, TestV, TestO, 2).Cast<double>().Sum()) < 1e-9),
            new("too much room", "There is more room than rounding needs. One is off in the third digit: 1e-9 is plenty for rounding.",
                multiHead => Near(multiHead(TestX, TestQ, TestK, TestV, TestO, 2), SelfAttention(TestX, TestQ, TestK, TestV, TestO, 2), room: 0.1))
                { Variants = [multiHead => Near(multiHead(TestX, TestQ, TestK, TestV, TestO, 2), SelfAttention(TestX, TestQ, TestK, TestV, TestO, 2), room: 1)] },
            new("the other way around", "Your test says the opposite: `true` where the numbers differ. `true` is for those that are right.",
                multiHead => !Near(multiHead(TestX, TestQ, TestK, TestV, TestO, 2), SelfAttention(TestX, TestQ, TestK, TestV, TestO, 2))),
            new("a symmetric W_O", "Nearly all are caught. But this W_O is its own transpose, so nobody sees whether it came in the right way around.",
                multiHead => Agree(multiHead, TestX, Build(4, 4, (i, j) => i == j ? 1 : 0), 2)),
            new("shuffled tokens", "This shuffles the tokens and looks whether the outputs are shuffled alike. Without a reference, that finds the mixed-up tokens, and nothing that treats all tokens alike. Also compare numbers.",
                multiHead => Near(Shuffled(multiHead(TestX, TestQ, TestK, TestV, TestO, 2)), multiHead(Shuffled(TestX), TestQ, TestK, TestV, TestO, 2))),
            new("no room for rounding", "It asks for the same bits. One of the correct ones adds in another order and differs in the last digit: leave room for rounding.",
                multiHead => multiHead(TestX, TestQ, TestK, TestV, TestO, 2).Cast<double>().SequenceEqual(SelfAttention(TestX, TestQ, TestK, TestV, TestO, 2).Cast<double>())),
        ]);

    private static double[,] ThreeTokens => new double[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } };

    private static double[,] OtherTokens => new double[,] { { 2, 0 }, { -1, 1 }, { 0, 1 } };

    private static double[,] Wide => new double[,] { { 1, 0, 1, 0 }, { 0, 1, 0, 1 }, { 1, 1, 0, 0 } };

    private static double[,] WideAsks => new double[,] { { 1, 0, 0, 1 }, { 0, 1, 1, 0 }, { 0, 1, -1, 0 }, { 1, 0, 0, 2 } };

    private static double[,] WideOffers => new double[,] { { 0, 1, 1, 0 }, { 1, 0, 0, -1 }, { 1, 0, 1, 0 }, { 0, 0, 2, 1 } };

    private static double[,] Asks => new double[,] { { 2, 1 }, { -2, -1 } };

    private static double[,] Offers => new double[,] { { 0, 1 }, { 1, 0 } };

    private static double[,] Carries => new double[,] { { 4, 0 }, { 1, 3 } };

    private static double[,] Mixes => new double[,] { { 1, 2 }, { -1, 1 } };

    private static double[,] Four => new double[,] { { 1, 0, 2, 1 }, { 0, 1, -1, 3 }, { 1, 1, 0, 2 }, { 2, 0, 0, -1 } };

    private static double[,] Each => new double[,] { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } };

    private static double[,] ByPlace => new double[,] { { 1, 0, 1, 0 }, { 0, 1, 0, 1 }, { 0, 0, 0, 0 } };

    private static double[,] ByNoun => new double[,] { { 0, 0 }, { 0, 0 }, { 1, 1 } };

    private static double[,] Straight => new double[,] { { 1, 0 }, { 0, 1 } };

    private static double[,] TestX => new double[,] { { 1, -2, 0.5, 3 }, { 0, 1, 2, -1 }, { 2, 0.3, -1, 1 } };

    private static double[,] TestX1 => new double[,] { { 1, -2, 0.5, 3 } };

    private static double[,] TestQ => new double[,] { { 1, 0.5, -1, 0.2 }, { 0, 1, 0.7, -1 }, { 0.4, -0.6, 1, 0 }, { 1, 0, 0.3, 0.8 } };

    private static double[,] TestK => new double[,] { { 0.5, -1, 0, 1 }, { 1, 0.2, 0.6, 0 }, { 0, 0.9, -0.4, 1 }, { -1, 0, 1, 0.1 } };

    private static double[,] TestV => new double[,] { { 1, 2, 0, -1 }, { 0, 1, 1, 3 }, { -2, 0, 1, 0.5 }, { 1, 1, 0, 2 } };

    private static double[,] TestO => new double[,] { { 1, 0, 2, -1 }, { 0.5, 1, 0, 0 }, { -1, 3, 1, 0.2 }, { 0, 0.4, -2, 1 } };

    private static DenseMatrix Of(double[,] M) => DenseMatrix.OfArray(M);

    private static MultiHeadAttention Layer(int h, double[,] W_Q, double[,] W_K, double[,] W_V, double[,] W_O) => new(h, Of(W_Q), Of(W_K), Of(W_V), Of(W_O));

    private static double[][,] Heads(params double[][,] heads) => heads;

    private static double[,] SideBySide(double[][,] heads) => heads.Select(head => (Matrix<double>)Of(head)).SideBySide().ToArray();

    private static double[][,] Cut(double[,] M, int h) => [.. Enumerable.Range(0, h).Select(i => Of(M).ColumnBlock(i, h).ToArray())];

    /// <summary>Neighbouring columns, read number by number.</summary>
    private static double[,] Block(double[,] M, int first, int width) => Build(M.GetLength(0), width, (r, c) => M[r, first + c]);

    /// <summary>Heads written one after the other into a matrix with room for all, each from a column on.</summary>
    private static double[,] Placed(double[][,] heads, Func<int, int> first)
    {
        (int n, int dV) = (heads[0].GetLength(0), heads[0].GetLength(1));
        var O = new double[n, heads.Length * dV];
        for (int head = 0; head < heads.Length; head++)
            for (int i = 0; i < n; i++)
                for (int c = 0; c < dV; c++)
                    O[i, first(head) + c] = heads[head][i, c];
        return O;
    }

    /// <summary>The first columns of all heads, then the second ones.</summary>
    private static double[,] Interleaved(double[][,] heads) =>
        Build(heads[0].GetLength(0), heads.Length * heads[0].GetLength(1), (r, c) => heads[c % heads.Length][r, c / heads.Length]);

    /// <summary>d_v columns of O from one place on, times as many rows of W_O from another.</summary>
    private static double[,] WriteFrom(double[,] O, double[,] W_O, int column, int row, int h) => Build(O.GetLength(0), W_O.GetLength(1), (i, j) =>
        Enumerable.Range(0, O.GetLength(1) / h).Sum(c => O[i, column + c] * W_O[row + c, j]));

    /// <summary>The three gradients, joined in some way, times their transposed weights.</summary>
    private static double[,] Back(Func<double[][,], double[,]> join, double[][,] dQ, double[][,] dK, double[][,] dV, double[,] W_Q, double[,] W_K, double[,] W_V) =>
        new[] { (dQ, W_Q), (dK, W_K), (dV, W_V) }.Select(term => Of(join(term.Item1)) * Of(term.Item2).Transpose()).Aggregate((a, b) => a + b).ToArray();

    /// <summary>Every h-th column, from the i-th on.</summary>
    private static Matrix<double> Every(Matrix<double> M, int i, int h) =>
        DenseMatrix.OfColumns(Enumerable.Range(0, M.ColumnCount / h).Select(c => M.Column((c * h) + i)));

    /// <summary>(n × h·d) read row by row as h matrices of n × d: cut in memory, without the transpose.</summary>
    private static double[][,] CutStraight(double[,] M, int h)
    {
        double[] row = [.. M.Cast<double>()];
        (int n, int d) = (M.GetLength(0), M.GetLength(1) / h);
        return [.. Enumerable.Range(0, h).Select(i => Build(n, d, (r, c) => row[(((i * n) + r) * d) + c]))];
    }

    /// <summary>h matrices of n × d laid out row by row and read as (n × h·d): joined in memory, without the transpose.</summary>
    private static double[,] JoinStraight(double[][,] heads)
    {
        double[] row = [.. heads.SelectMany(head => head.Cast<double>())];
        int width = heads.Length * heads[0].GetLength(1);
        return Build(heads[0].GetLength(0), width, (r, c) => row[(r * width) + c]);
    }

    /// <summary>What each head attends to, before they are joined.</summary>
    private static double[][,] Attended(
        double[,] X, double[,] M, double[,] W_Q, double[,] W_K, double[,] W_V, int h, bool causal = false, double? scale = null,
        Mask? mask = null, Func<Matrix<double>, int, int, Matrix<double>>? cut = null, Func<Matrix<double>, int, int, Matrix<double>>? cutValues = null)
    {
        cut ??= Blocks.ColumnBlock;
        cutValues ??= cut;
        return [.. Enumerable.Range(0, h).Select(i => ScaledDotProductAttention.Forward(
            cut(Of(X) * Of(W_Q), i, h), cut(Of(M) * Of(W_K), i, h), cutValues(Of(M) * Of(W_V), i, h),
            mask ?? (causal ? Mask.Causal(X.GetLength(0)) : null), scale).O.ToArray())];
    }

    /// <summary>The heads side by side, times W_O.</summary>
    private static double[,] Mixed(double[][,] heads, double[,] W_O) => (Of(SideBySide(heads)) * Of(W_O)).ToArray();

    private static DenseMatrix SideBySide(double[,] X, double[,] M, double[,] W_Q, double[,] W_K, double[,] W_V, int h, bool causal = false, double? scale = null) =>
        Of(SideBySide(Attended(X, M, W_Q, W_K, W_V, h, causal, scale)));

    /// <summary>Random numbers for exercise 06.5, with d_model = 2h.</summary>
    /// <param name="random">Draws them.</param>
    /// <param name="n">Tokens that ask.</param>
    /// <param name="m">Tokens that are asked, or null where they are the same.</param>
    /// <param name="h">Heads.</param>
    /// <param name="dK">Width of a head's queries and keys.</param>
    /// <param name="dV">Width of a head's values.</param>
    /// <param name="causal">Whether there is a mask.</param>
    private static object[] MultiHeadCase(Random random, int n, int? m, int h, int dK, int dV, bool causal)
    {
        double[,] X = random.NormalMatrix(n, 2 * h).ToArray();
        double[,] M = m is { } asked ? random.NormalMatrix(asked, 2 * h).ToArray() : X;
        double[,] Weights(int rows, int columns) => random.NormalMatrix(rows, columns, 0.7).ToArray();
        return [X, M, Weights(2 * h, h * dK), Weights(2 * h, h * dK), Weights(2 * h, h * dV), Weights(h * dV, 2 * h), h, causal];
    }

    /// <summary>Two heads on the four questions about a sentence: given W_Q, W_K, W_V and W_O, the answers.</summary>
    private static Func<double[,], double[,], double[,], double[,], double[,]> TwoHeads(double first, double second) =>
        (W_Q, W_K, W_V, W_O) => Layer(2, W_Q, W_K, W_V, W_O).Forward(Of(Questions()), Of(Nouns(first, second)), mask: null).Y.ToArray();

    private static double[,] Sharp(double[,] W, double c = 20) => Build(W.GetLength(0), W.GetLength(1), (i, j) => c * W[i, j]);

    /// <summary>Σ over heads of gradient times transposed weights, each head with a factor and through a block of columns.</summary>
    private static double[,] SumBack((double[][,] Gradients, double[,] W)[] terms, Func<int, int, double> factor, Func<int, int>? block = null) =>
        terms.SelectMany(term => term.Gradients.Select((g, i) => factor(i, term.Gradients.Length) * (Of(g) * Of(term.W).ColumnBlock(block?.Invoke(i) ?? i, term.Gradients.Length).Transpose())))
            .Aggregate((a, b) => a + b).ToArray();

    private static bool Agree(Func<double[,], double[,], double[,], double[,], double[,], int, double[,]> multiHead, double[,] X, double[,] W_O, int h) =>
        Near(multiHead(X, TestQ, TestK, TestV, W_O, h), SelfAttention(X, TestQ, TestK, TestV, W_O, h));

    private static double[,] Shuffled(double[,] M) => Build(M.GetLength(0), M.GetLength(1), (i, j) => M[(i + 1) % M.GetLength(0), j]);

    private static bool Near(double[,] a, double[,] b, double room = 1e-9) =>
        a.GetLength(0) == b.GetLength(0) && a.GetLength(1) == b.GetLength(1) && a.Cast<double>().Zip(b.Cast<double>()).All(pair => Math.Abs(pair.First - pair.Second) < room);

    private static double[,] MapRows(double[,] Y, Func<double[,], int, int, double> entry) => Build(Y.GetLength(0), Y.GetLength(1), (i, j) => entry(Y, i, j));

    private static double[,] Round(double[,] M) => Build(M.GetLength(0), M.GetLength(1), (i, j) => Math.Round(M[i, j]));

    /// <summary>Self-attention with 0.001 added to every softmax's denominator.</summary>
    private static double[,] Guarded(double[,] X, double[,] W_Q, double[,] W_K, double[,] W_V, double[,] W_O, int h) => Mixed([.. Enumerable.Range(0, h).Select(i =>
    {
        Matrix<double> Project(double[,] W) => (Of(X) * Of(W)).ColumnBlock(i, h);
        var scores = Project(W_Q) * Project(W_K).Transpose() / Math.Sqrt(W_Q.GetLength(1) / h);
        var powers = DenseMatrix.OfRows(scores.EnumerateRows().Select(row => (row - row.Maximum()).PointwiseExp()));
        return (DenseMatrix.OfRows(powers.EnumerateRows().Select(row => row / (row.Sum() + 0.001))) * Project(W_V)).ToArray();
    })], W_O);
}
