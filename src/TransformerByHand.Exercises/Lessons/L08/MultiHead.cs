using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson08
{
    public delegate Matrix<double> MultiHeadFunction(
        Matrix<double> X, Matrix<double> M, Matrix<double> W_Q, Matrix<double> W_K, Matrix<double> W_V, Matrix<double> W_O, int h, bool causal);

    public static FunctionExercise<MultiHeadFunction> MultiHead { get; } = new(
        id: "08.2",
        title: "Multi-head attention, the whole of it",
        statement: "Project, cut, let each head attend, join, and multiply by W_O. The queries come from `X`, keys and values from `M`; if `causal`, token i sees the tokens up to i.",
        solution: (X, M, W_Q, W_K, W_V, W_O, h, causal) =>
        {
            var Q = X * W_Q;                                            // (n × h·d_k)
            var K = M * W_K;                                            // (m × h·d_k)
            var V = M * W_V;                                            // (m × h·d_v)
            Mask mask = causal ? Mask.Causal(Q.RowCount) : Mask.All(Q.RowCount, K.RowCount);

            var heads = new Matrix<double>[h];                          // each (n × d_v)
            for (int i = 0; i < h; i++)
                heads[i] = ScaledDotProductAttention.Forward(Q.ColumnBlock(i, h), K.ColumnBlock(i, h), V.ColumnBlock(i, h), mask).O;
            return heads.SideBySide() * W_O;                            // (n × d_model)
        },
        cases:
        [
            OnMatrices(Wide, Wide, WideAsks, WideOffers, Four, TestO, 2, false),
            OnMatrices(ThreeTokens, ThreeTokens, Asks, Offers, Carries, Mixes, 2, false),
            OnMatrices(ThreeTokens, ThreeTokens, Asks, Offers, Carries, Mixes, 2, true),
            OnMatrices(ThreeTokens, OtherTokens, Asks, Offers, Carries, Mixes, 2, false),
            OnMatrices(ThreeTokens, ThreeTokens, Asks, Offers, Carries, Mixes, 1, false),
            MultiHeadCase(SeededRandom.Create(6051), n: 2, m: 4, h: 2, dK: 2, dV: 3, causal: false),
            MultiHeadCase(SeededRandom.Create(6052), n: 4, m: null, h: 3, dK: 2, dV: 2, causal: true),
            MultiHeadCase(SeededRandom.Create(6053), n: 5, m: 3, h: 2, dK: 4, dV: 1, causal: false),
            MultiHeadCase(SeededRandom.Create(6054), n: 1, m: null, h: 1, dK: 1, dV: 1, causal: true),
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
            "`ScaledDotProductAttention.Forward(Q_i, K_i, V_i, mask).O` does the five steps of lesson 05 for one head, with the scale that fits its width. `Q.ColumnBlock(i, h)` is the i-th of h blocks of columns.",
            "`Mask.Causal(n)` is the mask; `Mask.All(n, m)` allows everything. `heads.SideBySide()` joins a list of matrices, and the last step is a product with `W_O`.",
        ],
        mistakes:
        [
            new("one head", "This is one head of full width: the scores of all heads are added up before the softmax. Cut Q, K and V first, so that each head has a softmax of its own.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Layer(1, W_Q, W_K, W_V, W_O).Forward(Of(X), Of(M), causal ? Mask.Causal(X.GetLength(0)) : null).Y.ToArray())),
            new("scaled by the whole width", "The scores are divided by the root of the whole width, √(h·d_k). A head's scores are sums of d_k products: divide by √d_k.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => (SideBySide(X, M, W_Q, W_K, W_V, h, causal, scale: 1 / Math.Sqrt(W_Q.GetLength(1))) * Of(W_O)).ToArray())),
            new("not scaled", "The scores are not divided by √d_k.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => (SideBySide(X, M, W_Q, W_K, W_V, h, causal, scale: 1) * Of(W_O)).ToArray())),
            new("W_O forgotten", "The heads are joined and all is right so far. The last step is missing: multiply by W_O.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => SideBySide(X, M, W_Q, W_K, W_V, h, causal).ToArray())),
            new("joined without the transpose", "The heads' outputs were laid in one long row, head after head, and cut into rows of the right length. The shape is right, and the rows mix tokens.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => (Of(JoinStraight(Attended(X, M, W_Q, W_K, W_V, h, causal))) * Of(W_O)).ToArray())),
            new("self-attention only", "Keys and values come from `X` here. They are made from `M`, which is another matrix in cross-attention.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Layer(h, W_Q, W_K, W_V, W_O).Forward(Of(X), Of(X), causal ? Mask.Causal(X.GetLength(0)) : null).Y.ToArray()))
            {
                Variants =
                [
                    On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Layer(h, W_Q, W_K, W_V, W_O)
                        .Forward(Of(X), Of(X), causal ? Mask.Causal(X.GetLength(0)) : Mask.All(X.GetLength(0), M.GetLength(0))).Y.ToArray()),
                ],
            },
            new("no mask", "All is right without the mask. If `causal`, token i sees the tokens up to i, in every head.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Layer(h, W_Q, W_K, W_V, W_O).Forward(Of(X), Of(M), mask: null).Y.ToArray())),
            new("every h-th column", "Head i has the columns i, i + h, i + 2h, … here. Each head has a block of neighbouring columns.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, causal, cut: Every), W_O))),
            new("each head its own features", "Each head reads only its own columns of X here. Every head reads the whole token: it is the columns of X·W_Q that are cut, not those of X.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed([.. Enumerable.Range(0, h).Select(i =>
                {
                    Matrix<double> Own(double[,] tokens, double[,] W) => Of(tokens).ColumnBlock(i, h) * Of(W).ColumnBlock(i, h).RowBlock(i, h);
                    return ScaledDotProductAttention.Forward(Own(X, W_Q), Own(M, W_K), Own(M, W_V), causal ? Mask.Causal(X.GetLength(0)) : null).O.ToArray();
                })], W_O))),
            new("scaled by the values' width", "The scores are divided by the root of the values' width, √d_v. They are sums of d_k products of queries and keys.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, causal, scale: 1 / Math.Sqrt(W_V.GetLength(1) / h)), W_O))),
            new("scaled by d_model", "The scores are divided by √d_model, the root of the tokens' width. A head's scores are sums of d_k products: divide by √d_k.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, causal, scale: 1 / Math.Sqrt(X.GetLength(1))), W_O))),
            new("d_k taken as d_model / h", "The scores are divided by √(d_model / h). What counts is the width of a head's queries and keys, d_k: the columns of W_Q, divided by h.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, causal, scale: 1 / Math.Sqrt(X.GetLength(1) / h)), W_O))),
            new("root forgotten", "The scores are divided by d_k. The root is missing.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, causal, scale: 1.0 / (W_Q.GetLength(1) / h)), W_O))),
            new("scaled by h", "The scores are divided by √h, the root of the number of heads. What counts is the width of a head, d_k.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, causal, scale: 1 / Math.Sqrt(h)), W_O))),
            new("a token does not see itself", "Under the mask token i sees only the tokens *before* it here. It sees itself too.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, mask: Mask.Where(X.GetLength(0), M.GetLength(0), (i, j) => !causal || j < i)), W_O)))
            {
                // by hand, the softmax of a row in which all is hidden is 0/0
                Variants = [On((X, M, W_Q, W_K, W_V, W_O, h, causal) => MapRows(
                    Mixed(Attended(X, M, W_Q, W_K, W_V, h, mask: Mask.Where(X.GetLength(0), M.GetLength(0), (i, j) => !causal || j < i)), W_O),
                    (Y, i, j) => causal && i == 0 ? double.NaN : Y[i, j]))],
            },
            new("the mask turned around", "The mask is turned around: token i sees itself and the tokens *after* it.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, mask: Mask.Where(X.GetLength(0), M.GetLength(0), (i, j) => !causal || j >= i)), W_O))),
            new("masked unasked", "The mask is there although `causal` is false.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, X.GetLength(0) == M.GetLength(0)), W_O)))
            {
                Variants =
                [
                    On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, causal: true), W_O)),
                    On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, mask: Mask.Where(X.GetLength(0), M.GetLength(0), (i, j) => j <= i)), W_O)),
                ],
            },
            new("the first block for every head", "Every head works with the first block of columns, so all of them say the same. Head i has the i-th block.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, causal, cut: (W, _, count) => W.ColumnBlock(0, count)), W_O))),
            new("the first head's keys for all", "Every head compares its queries with the keys of head 0. Head i has keys of its own, the i-th block.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed([.. Enumerable.Range(0, h).Select(i => ScaledDotProductAttention.Forward(
                    (Of(X) * Of(W_Q)).ColumnBlock(i, h), (Of(M) * Of(W_K)).ColumnBlock(0, h), (Of(M) * Of(W_V)).ColumnBlock(i, h), causal ? Mask.Causal(X.GetLength(0)) : null).O.ToArray())], W_O))),
            new("W_O transposed", "W_O came in transposed. Row c of W_O meets column c of the joined heads.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => (Of(SideBySide(Attended(X, M, W_Q, W_K, W_V, h, causal))) * Of(W_O).Transpose()).ToArray())),
            new("last head first", "The heads were joined in the opposite order, so each writes through another head's rows of W_O.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed([.. Attended(X, M, W_Q, W_K, W_V, h, causal).Reverse()], W_O))),
            new("joined number by number", "The first numbers of all heads come first, then the second ones. Keep each head's numbers together: head after head.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => (Of(Interleaved(Attended(X, M, W_Q, W_K, W_V, h, causal))) * Of(W_O)).ToArray())),
            new("queries and keys exchanged", "W_Q and W_K have changed places: W_Q makes the queries, of `X`, and W_K the keys, of `M`.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_K, W_Q, W_V, h, causal), W_O))),
            new("keys and values exchanged", "W_K and W_V have changed places: keys are compared with the queries, and values are what is averaged.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_V, W_K, h, causal), W_O))),
            new("averaged over the heads", "The output was divided by the number of heads. What the heads write adds up, in full.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => (Of(SideBySide(Attended(X, M, W_Q, W_K, W_V, h, causal))) * Of(W_O) / h).ToArray())),
            new("X added", "X is added here. That is the residual connection around the layer, which comes in lesson 07; it is no part of attention.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => (Of(X) + (Of(SideBySide(Attended(X, M, W_Q, W_K, W_V, h, causal))) * Of(W_O))).ToArray())),
            new("shapes that fit one head alone", "With one head it is right; with more the shapes do not fit. Is something not cut (the values have h blocks of columns too), or are the heads added up, or put one below the other, before W_O? They stand side by side: W_O has rows for each of them.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => (Attended(X, M, W_Q, W_K, W_V, h, causal).Select(Of).Aggregate((a, b) => a + b).Multiply(Of(W_O))).ToArray()))
                { Variants = [On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(X, M, W_Q, W_K, W_V, h, causal, cutValues: (W, _, _) => W), W_O))], HoldsWithoutNumbers = true },
            new("X and M exchanged", "Queries come from `M` here, and keys and values from `X`: who asks and who is asked have changed places.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(M, X, W_Q, W_K, W_V, h, causal), W_O))),
            new("queries from M", "The queries come from `M` too here. They are made from `X`: those are the tokens that ask.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed(Attended(M, M, W_Q, W_K, W_V, h, causal), W_O))),
            new("keys from X", "The keys come from `X`. Keys *and* values come from `M`: a token is asked and answers with the same row.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed([.. Enumerable.Range(0, h).Select(i => ScaledDotProductAttention.Forward(
                    (Of(X) * Of(W_Q)).ColumnBlock(i, h), (Of(X) * Of(W_K)).ColumnBlock(i, h), (Of(M) * Of(W_V)).ColumnBlock(i, h), causal ? Mask.Causal(X.GetLength(0)) : null).O.ToArray())], W_O))),
            new("values from X", "The values come from `X`. Keys *and* values come from `M`: a token is asked and answers with the same row.",
                On((X, M, W_Q, W_K, W_V, W_O, h, causal) => Mixed([.. Enumerable.Range(0, h).Select(i => ScaledDotProductAttention.Forward(
                    (Of(X) * Of(W_Q)).ColumnBlock(i, h), (Of(M) * Of(W_K)).ColumnBlock(i, h), (Of(X) * Of(W_V)).ColumnBlock(i, h), causal ? Mask.Causal(X.GetLength(0)) : null).O.ToArray())], W_O))),
        ]);
}
