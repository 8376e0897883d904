using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using static TransformerByHand.Exercises.Arrays;

namespace TransformerByHand.Exercises;

/// <summary>The exercises of lesson 08, multi-head attention.</summary>
public static partial class Lesson08
{
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
    public static Matrix<double> SelfAttention(Matrix<double> X, Matrix<double> W_Q, Matrix<double> W_K, Matrix<double> W_V, Matrix<double> W_O, int h) =>
        new MultiHeadAttention(h, W_Q, W_K, W_V, W_O).Forward(X).Y;

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

    /// <summary>The heads side by side, times W_O. (Where the shapes do not fit, `*` of two dense matrices throws something else than that of any two.)</summary>
    private static double[,] Mixed(double[][,] heads, double[,] W_O) => Of(SideBySide(heads)).Multiply(Of(W_O)).ToArray();

    private static DenseMatrix SideBySide(double[,] X, double[,] M, double[,] W_Q, double[,] W_K, double[,] W_V, int h, bool causal = false, double? scale = null) =>
        Of(SideBySide(Attended(X, M, W_Q, W_K, W_V, h, causal, scale)));

    /// <summary>Random numbers for exercise 08.2, with d_model = 2h.</summary>
    /// <param name="random">Draws them.</param>
    /// <param name="n">Tokens that ask.</param>
    /// <param name="m">Tokens that are asked, or null where they are the same.</param>
    /// <param name="h">Heads.</param>
    /// <param name="dK">Width of a head's queries and keys.</param>
    /// <param name="dV">Width of a head's values.</param>
    /// <param name="causal">Whether there is a mask.</param>
    private static object[] MultiHeadCase(Random random, int n, int? m, int h, int dK, int dV, bool causal)
    {
        Matrix<double> X = random.NormalMatrix(n, 2 * h);
        Matrix<double> M = m is { } asked ? random.NormalMatrix(asked, 2 * h) : X;
        Matrix<double> Weights(int rows, int columns) => random.NormalMatrix(rows, columns, 0.7);
        return [X, M, Weights(2 * h, h * dK), Weights(2 * h, h * dK), Weights(2 * h, h * dV), Weights(h * dV, 2 * h), h, causal];
    }

    private static object[] OnMatrices(double[,] X, double[,] M, double[,] W_Q, double[,] W_K, double[,] W_V, double[,] W_O, int h, bool causal) =>
        [Of(X), Of(M), Of(W_Q), Of(W_K), Of(W_V), Of(W_O), h, causal];

    /// <summary>An answer to exercise 08.2 over arrays, as one over matrices.</summary>
    private static MultiHeadFunction On(Func<double[,], double[,], double[,], double[,], double[,], double[,], int, bool, double[,]> onArrays) =>
        (X, M, W_Q, W_K, W_V, W_O, h, causal) => Of(onArrays(X.ToArray(), M.ToArray(), W_Q.ToArray(), W_K.ToArray(), W_V.ToArray(), W_O.ToArray(), h, causal));

    /// <summary>An implementation that exercise 08.4 tests, over arrays, as one over matrices.</summary>
    private static Func<Matrix<double>, Matrix<double>, Matrix<double>, Matrix<double>, Matrix<double>, int, Matrix<double>> On(
        Func<double[,], double[,], double[,], double[,], double[,], int, double[,]> onArrays) =>
        (X, W_Q, W_K, W_V, W_O, h) => Of(onArrays(X.ToArray(), W_Q.ToArray(), W_K.ToArray(), W_V.ToArray(), W_O.ToArray(), h));

    private static double[,] SelfAttention(double[,] X, double[,] W_Q, double[,] W_K, double[,] W_V, double[,] W_O, int h) =>
        SelfAttention(Of(X), Of(W_Q), Of(W_K), Of(W_V), Of(W_O), h).ToArray();

    /// <summary>An answer to exercise 08.4 that calls what it tests with arrays.</summary>
    private static MultiHeadTest Test(Func<Func<double[,], double[,], double[,], double[,], double[,], int, double[,]>, bool> onArrays) =>
        multiHead => onArrays((X, W_Q, W_K, W_V, W_O, h) => multiHead(Of(X), Of(W_Q), Of(W_K), Of(W_V), Of(W_O), h).ToArray());

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
