using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

/// <summary>How many of 1000 random queries get an output outside the triangle of the three tokens' values.</summary>
/// <param name="Attention">As it is used.</param>
/// <param name="Dropout">In training, with dropout 0.1 on the weights.</param>
/// <param name="LosslessRows">Rows that lose no weight in that dropout, and are only multiplied by 1/0.9.</param>
/// <param name="LosslessOutside">Of these, outputs outside.</param>
/// <param name="Masked">With everything masked: the output is 0.</param>
public sealed record OutsideTheHull(int Attention, int Dropout, int LosslessRows, int LosslessOutside, int Masked);

public static partial class Lesson05
{
    /// <summary>The five steps as plain loops: no matrix library, no mask, and a softmax by the plain formula.</summary>
    /// <param name="X">The tokens (n × d_model).</param>
    /// <param name="W_Q">Makes queries (d_model × d_k).</param>
    /// <param name="W_K">Makes keys (d_model × d_k).</param>
    /// <param name="W_V">Makes values (d_model × d_v).</param>
    /// <returns>O (n × d_v).</returns>
    public static Matrix<double> FiveSteps(Matrix<double> X, Matrix<double> W_Q, Matrix<double> W_K, Matrix<double> W_V)
    {
        double[,] tokens = X.ToArray();
        double[,] Q = Arrays.Product(tokens, W_Q.ToArray()), K = Arrays.Product(tokens, W_K.ToArray()), V = Arrays.Product(tokens, W_V.ToArray());
        (int n, int dK, int dV) = (Q.GetLength(0), Q.GetLength(1), V.GetLength(1));
        var O = new double[n, dV];
        for (int i = 0; i < n; i++)
        {
            var e = new double[n];
            for (int j = 0; j < n; j++)
            {
                double score = 0;
                for (int c = 0; c < dK; c++) score += Q[i, c] * K[j, c];
                e[j] = Math.Exp(score / Math.Sqrt(dK));
            }
            double sum = e.Sum();
            for (int j = 0; j < n; j++)
                for (int c = 0; c < dV; c++) O[i, c] += e[j] / sum * V[j, c];
        }
        return Of(O);
    }

    /// <summary>Three random tokens of width 10 and a head for them (d_k = d_v = 4).</summary>
    public static (Matrix<double> X, AttentionHead Head) Wide() => (SeededRandom.Create(40).NormalMatrix(3, 10), AttentionHead.Random(SeededRandom.Create(41), dModel: 10, dK: 4));

    /// <summary>The figures of claim A1.</summary>
    public static (string Name, double Value)[] MeasureA1()
    {
        var O = FiveSteps(ThreeTokens.X, ThreeTokens.W_Q, ThreeTokens.W_K, ThreeTokens.W_V);
        var (wide, head) = Wide();
        return
        [
            ("output of “the”, first number", O[0, 0]),
            ("output of “the”, second number", O[0, 1]),
            ("output of “sat”, first number", O[2, 0]),
            ("3 × 10: loops and library differ by", (FiveSteps(wide, head.W_Q, head.W_K, head.W_V) - head.Forward(wide).Y).Enumerate().Max(Math.Abs)),
        ];
    }

    /// <summary>Six tokens through a layer: by how much it misses the shuffle test, and how many outputs move when token 2 is changed.</summary>
    /// <param name="layer">Tokens in, outputs out.</param>
    public static (double ShuffleMiss, int OutputsMoved) ReduceOrMap(Func<Matrix<double>, Matrix<double>> layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        static Matrix<double> Shuffled(Matrix<double> M) => DenseMatrix.OfRows(new[] { 3, 0, 5, 1, 4, 2 }.Select(i => M.Row(i)));
        return ((layer(Shuffled(SixTokens)) - Shuffled(layer(SixTokens))).Enumerate().Max(Math.Abs), Moved(layer, SixTokens).Column(2).Count(v => v != 0));
    }

    /// <summary>The layers that <see cref="ReduceOrMap"/> tells apart, by name: a map, and attention without positions, with them, and under a causal mask.</summary>
    public static IReadOnlyList<(string Name, Func<Matrix<double>, Matrix<double>> Layer)> ReducesAndMaps()
    {
        var head = SentenceHead;
        var feedForward = FeedForward.Random(SeededRandom.Create(46), dModel: 10, dFF: 40);
        return
        [
            ("feed-forward", X => feedForward.Forward(X).Y),
            ("attention", X => head.Forward(X).Y),
            ("attention with positions", X => head.Forward(X + SinusoidalPositions.Of(6, 10)).Y),
            ("attention with a causal mask", X => head.Forward(X, Mask.Causal(6)).O),
        ];
    }

    /// <summary>How far the first output of <em>the cat saw the dog</em> moves, in parts of its own length, when another text is read in its place.</summary>
    /// <param name="ids">The text, as in <see cref="Text"/>.</param>
    public static double FirstOutputMoves(params int[] ids)
    {
        var once = SentenceHead.Forward(Text()).Y.Row(0);
        return (SentenceHead.Forward(Text(ids)).Y.Row(0) - once).L2Norm() / once.L2Norm();
    }

    /// <summary>Counts outputs outside the triangle of the three tokens' values.</summary>
    public static OutsideTheHull CountOutsideTheHull()
    {
        var t = ThreeTokens.Head.Forward(ThreeTokens.X).Trace;
        var queries = SeededRandom.Create(48).NormalMatrix(1000, 2, standardDeviation: 4);
        var (dropped, trace) = ScaledDotProductAttention.Forward(queries, t.K, t.V, dropout: new Dropout(0.1), random: SeededRandom.Create(49));
        int[] lossless = [.. Enumerable.Range(0, 1000).Where(i => trace.Dropped!.Y.Row(i).All(weight => weight != 0))];
        return new OutsideTheHull(
            Count(ScaledDotProductAttention.Forward(queries, t.K, t.V).O), Count(dropped), lossless.Length, lossless.Count(i => IsOutside(dropped.Row(i))),
            Count(ScaledDotProductAttention.Forward(queries, t.K, t.V, Mask.Where(1000, 3, (_, _) => false)).O));

        static int Count(Matrix<double> outputs) => outputs.EnumerateRows().Count(IsOutside);
    }

    /// <summary>Whether a point lies outside the triangle (4, 0), (5, 3), (1, 3), from its coordinates alone: on the wrong side of an edge.</summary>
    private static bool IsOutside(Vector<double> p)
    {
        (double X, double Y)[] corners = [(4, 0), (5, 3), (1, 3)];   // counter-clockwise
        return Enumerable.Range(0, 3).Any(i =>
        {
            var (a, b) = (corners[i], corners[(i + 1) % 3]);
            return (b.X - a.X) * (p[1] - a.Y) - (b.Y - a.Y) * (p[0] - a.X) < -1e-12;
        });
    }

    /// <summary>What lesson 05 has to say to claim A6: who moves whom, the shuffle, the hull. The laboratory of 05 has the averages' further habits.</summary>
    public static (string Name, double Value)[] MeasureA6()
    {
        var layers = ReducesAndMaps().ToDictionary(one => one.Name, one => ReduceOrMap(one.Layer));
        return
        [
            ("outputs moved by one of 6 tokens, attention", layers["attention"].OutputsMoved),
            ("outputs moved by one of 6 tokens, feed-forward", layers["feed-forward"].OutputsMoved),
            ("shuffle test missed by, attention", layers["attention"].ShuffleMiss),
            ("shuffle test missed by, feed-forward", layers["feed-forward"].ShuffleMiss),
            ("outputs outside the hull, of 1000", CountOutsideTheHull().Attention),
        ];
    }

    /// <summary>A number, or "0, to rounding" where it is nothing else.</summary>
    public static string OrRounding(double v, int digits = 3) => Math.Abs(v) < 1e-12 ? "0, to rounding" : Numbers.Format(v, digits);
}
