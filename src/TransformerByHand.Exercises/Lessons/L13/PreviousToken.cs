using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

public static partial class Lesson13
{
    public delegate double[,] PreviousTokenFunction(int V, int n, Func<double[,], double[,], double[,]> head);

    public static FunctionExercise<PreviousTokenFunction> PreviousToken { get; } = new(
        id: "13.1",
        title: "A head that looks one place back",
        statement: "Choose W_Q and W_K ((2·V + n) × d_k) by hand so that every token looks at the one before it, and return what `head` makes of them.",
        solution: (V, n, head) =>
        {
            var W_Q = new double[2 * V + n, n];
            var W_K = new double[2 * V + n, n];
            for (int i = 0; i < n; i++)
            {
                W_K[V + i, i] = 1;                          // place i offers: I am place i
                if (i > 0) W_Q[V + i, i - 1] = 100;         // place i asks for place i − 1
            }
            return head(W_Q, W_K);
        },
        cases:
        [
            [3, 5, HeadOn(3, 0, 1, 2, 0, 1)],
            [4, 3, HeadOn(4, 3, 3, 1)],
            [2, 7, HeadOn(2, 0, 0, 1, 0, 1, 1, 0)],
            [5, 2, HeadOn(5, 4, 2)],
            [1, 4, HeadOn(1, 0, 0, 0, 0)],
            [2, 1, HeadOn(2, 1)],
        ],
        tolerance: new Tolerance(0, 0.01),
        hints:
        [
            "What a token is does not matter here: use the rows of W_Q and W_K that meet the one-hot place, V to V + n − 1, and leave the others 0.",
            "Give every place a column of its own, d_k = n. Let the key of place i be the i-th column: W_K[V + i, i] = 1.",
            "Then the query of place i should have a large number in column i − 1, and place 0 nothing.",
            "The scores are divided by √d_k before the softmax. A number like 100 is large enough.",
        ],
        mistakes:
        [
            new("looks at itself", "Every token looks at itself: the query of place i fits the key of place i. It should fit that of place i − 1.",
                (V, n, head) => head(Places(V, n, 0, 100), Places(V, n, 0, 1))),
            new("two places back", "Every token looks two places back.",
                (V, n, head) => head(Places(V, n, -2, 100), Places(V, n, 0, 1))),
            new("scores too small", "The head looks in the right direction and not firmly enough: the others keep a good part of the weight. Make the queries longer.",
                (V, n, head) => head(Places(V, n, -1, 1), Places(V, n, 0, 1)))
                { Variants = [.. new double[] { 2, 3, 4, 5, 6, 8, 10 }.Select(c => (PreviousTokenFunction)((V, n, head) => head(Places(V, n, -1, c), Places(V, n, 0, 1))))] },
            new("away from it", "The head looks at everything *but* the token before: its score is the lowest of the row. Turn the sign around.",
                (V, n, head) => head(Places(V, n, -1, -100), Places(V, n, 0, 1))),
            new("all alike", "Every token looks at all that it may see alike. Its query meets no key that it may see: all queries or all keys are 0 (is one of the two filled at all, and in rows where tokens have a 1?), or they have no column in common, or each place asks for the one *after* it, which the mask hides.",
                (V, n, head) => head(new double[2 * V + n, n], new double[2 * V + n, n])) { Variants = [(V, n, head) => head(Places(V, n, 1, 100), Places(V, n, 0, 1))] },
            new("by the token and not by the place", "The rows of W_Q and W_K that you filled begin with those that meet the one-hot *token*, 0 to V − 1: the head goes by letters. The place stands in rows V to V + n − 1.",
                (V, n, head) => head(Build(2 * V + n, V, (r, c) => r == c ? 100 : 0), Build(2 * V + n, V, (r, c) => r == c ? 1 : 0)))
                { Variants = [(V, n, head) => head(Shifted(V, n, 0, -1, 100), Shifted(V, n, 0, 0, 1))] },
            new("in the last rows", "The rows of W_Q and W_K that you filled are the last n. The place stands before the V zeros, in rows V to V + n − 1.",
                (V, n, head) => head(Shifted(V, n, 2 * V, -1, 100), Shifted(V, n, 2 * V, 0, 1))),
            new("all the earlier places", "Every token looks at all the earlier ones alike. Its query should fit the key of one place, i − 1.",
                (V, n, head) => head(Build(2 * V + n, n, (r, c) => r >= V && r < V + n && c < r - V ? 100 : 0), Places(V, n, 0, 1))),
            new("one weight a row, written without the head", "Those are the weights of 0 and 1 that one would wish for, written down; not for the first token, though, which has only itself to look at. Return what `head` returned.",
                (V, n, head) => Build(n, n, (i, j) => j == i - 1 ? 1 : 0)),
        ]);

    /// <summary>The stream of the hand-made model: token, place and 'what stood before' one after the other, each as a 1 among zeros.</summary>
    /// <param name="V">How many letters there are.</param>
    /// <param name="ids">The letters of a row (n).</param>
    /// <returns>The stream (n × (2·V + n)); the last V columns are empty.</returns>
    public static double[,] OneHotStream(int V, IReadOnlyList<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return Build(ids.Count, 2 * V + ids.Count, (i, c) => c == ids[i] || c == V + i ? 1 : 0);
    }

    /// <summary>Runs a causal head on a stream and returns its weights.</summary>
    /// <param name="X">The stream (n × d_model).</param>
    /// <param name="W_Q">Makes queries (d_model × d_k).</param>
    /// <param name="W_K">Makes keys (d_model × d_k).</param>
    /// <returns>A (n × n).</returns>
    public static double[,] WeightsOf(double[,] X, double[,] W_Q, double[,] W_K)
    {
        ArgumentNullException.ThrowIfNull(X);
        var stream = DenseMatrix.OfArray(X);
        return ScaledDotProductAttention.Forward(stream * DenseMatrix.OfArray(W_Q), stream * DenseMatrix.OfArray(W_K), stream, Mask.Causal(X.GetLength(0))).Trace.A.ToArray();
    }

    private static Func<double[,], double[,], double[,]> HeadOn(int V, params int[] ids) => (W_Q, W_K) => WeightsOf(OneHotStream(V, ids), W_Q, W_K);

    /// <summary>A column for each place: the row of place i has a number in column i + shift.</summary>
    private static double[,] Places(int V, int n, int shift, double number) => Shifted(V, n, V, shift, number);

    /// <summary>The same in n rows that begin elsewhere.</summary>
    private static double[,] Shifted(int V, int n, int first, int shift, double number) =>
        Build(2 * V + n, n, (r, c) => r >= first && r < first + n && c == r - first + shift ? number : 0);
}
