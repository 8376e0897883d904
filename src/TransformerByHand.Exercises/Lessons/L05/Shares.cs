using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

/// <summary>What rows of attention weights add up to, in use and in training.</summary>
/// <param name="Smallest">The smallest of 12,800 weights.</param>
/// <param name="RowSumOff">The largest distance of a row's sum from 1.</param>
/// <param name="Masked">The sum of a row in which everything is masked.</param>
/// <param name="Dropped">The sums of the five rows of a sentence with dropout 0.5 on the weights, one draw.</param>
/// <param name="MeanDropped">The mean of such sums over 2000 draws.</param>
public sealed record Shares(double Smallest, double RowSumOff, double Masked, IReadOnlyList<double> Dropped, double MeanDropped);

public static partial class Lesson05
{
    /// <summary>The words of the sentence that the experiments read: <em>the cat saw the dog</em>.</summary>
    public static string[] Sentence => ["the", "cat", "saw", "the", "dog"];

    /// <summary>The random head that reads it (d_model = 10, d_k = d_v = 4).</summary>
    public static AttentionHead SentenceHead => AttentionHead.Random(SeededRandom.Create(43), dModel: 10, dK: 4);

    /// <summary>A text of the words 0 <em>the</em>, 1 <em>cat</em>, 2 <em>saw</em>, 3 <em>dog</em>, as tokens without positions (words × 10).</summary>
    /// <param name="ids">The words; the sentence if there are none.</param>
    public static Matrix<double> Text(params int[] ids)
    {
        var words = SeededRandom.Create(42).NormalMatrix(4, 10);
        return DenseMatrix.OfRows((ids.Length == 0 ? [0, 1, 2, 0, 3] : ids).Select(id => words.Row(id)));
    }

    /// <summary>Measures whether rows of weights are distributions: 200 random rows of each kind, a row without keys, dropout.</summary>
    public static Shares MeasureShares()
    {
        double smallest = double.MaxValue, off = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            var draw = SeededRandom.Create(seed);
            var A = ScaledDotProductAttention.Forward(draw.NormalMatrix(8, 4), draw.NormalMatrix(8, 4), draw.NormalMatrix(8, 4)).Trace.A;
            smallest = Math.Min(smallest, A.Enumerate().Min());
            off = Math.Max(off, A.RowSums().Max(sum => Math.Abs(sum - 1)));
        }
        double masked = SentenceHead.Forward(Text(), Mask.Where(5, 5, (i, _) => i != 2)).Trace.A.Row(2).Sum();
        var trace = SentenceHead.Forward(Text()).Trace;
        Random random = SeededRandom.Create(44);
        double[][] dropped = [.. Enumerable.Range(0, 2000).Select(_ =>
            ScaledDotProductAttention.Forward(trace.Q, trace.K, trace.V, dropout: new Dropout(0.5), random: random).Trace.Dropped!.Y.RowSums().ToArray())];
        return new Shares(smallest, off, masked, dropped[0], dropped.SelectMany(sums => sums).Average());
    }

    /// <summary>The figures of claim A2.</summary>
    public static (string Name, double Value)[] MeasureA2()
    {
        Shares shares = MeasureShares();
        return
        [
            ("smallest weight", shares.Smallest),
            ("largest distance of a row's sum from 1", shares.RowSumOff),
            ("sum of a row with everything masked", shares.Masked),
            ("sum of a row with dropout 0.5", shares.Dropped[0]),
            ("the same, mean over 2000 draws of 5 rows", shares.MeanDropped),
        ];
    }
}
