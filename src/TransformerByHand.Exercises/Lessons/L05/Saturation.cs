using System.Collections.Concurrent;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Statistics;
using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

/// <summary>What the width of a query does to the softmax: 1000 random queries, each with 16 random keys of its own.</summary>
/// <param name="Width">d_k.</param>
/// <param name="Variance">The variance of a score.</param>
/// <param name="ScaledVariance">The variance of a score divided by √d_k.</param>
/// <param name="Above12">The part of the scores that are at least 12, where e^s is too large for 16 bits.</param>
/// <param name="Profile">The mean of the largest weight, of the second largest, … (16 numbers), without the scale.</param>
/// <param name="ProfileScaled">The same with it.</param>
/// <param name="Slope">For each query the length of the 16 slopes ∂p_i/∂z_i = p_i (1 − p_i), without the scale.</param>
/// <param name="SlopeScaled">The same with it.</param>
/// <param name="AtQuery">For each query the length of the gradient that reaches it from a random one at its weights, without the scale.</param>
/// <param name="AtQueryScaled">The same with it.</param>
/// <param name="Lead">For each query by how much the best score leads, before any scale.</param>
public sealed record Saturation(
    int Width, double Variance, double ScaledVariance, double Above12, IReadOnlyList<double> Profile, IReadOnlyList<double> ProfileScaled,
    IReadOnlyList<double> Slope, IReadOnlyList<double> SlopeScaled, IReadOnlyList<double> AtQuery, IReadOnlyList<double> AtQueryScaled, IReadOnlyList<double> Lead)
{
    /// <summary>The largest of the 16 weights on average, without the scale.</summary>
    public double Largest => Profile[0];

    /// <summary>The largest of the 16 weights on average, with the scale.</summary>
    public double LargestScaled => ProfileScaled[0];

    /// <summary>The part of the queries whose gradient, without the scale, fulfils a condition.</summary>
    public double Part(Func<double, bool> condition) => AtQuery.Count(condition) / (double)AtQuery.Count;

    /// <summary>The part of the queries whose best two keys are nearly tied: the best score leads by less than 3.</summary>
    public double Tied => Lead.Count(lead => lead < 3) / (double)Lead.Count;

    /// <summary>The part of all gradients, without the scale, that reaches those queries.</summary>
    public double PartOfTheTied => Lead.Zip(AtQuery).Where(pair => pair.First < 3).Sum(pair => pair.Second) / AtQuery.Sum();

    /// <summary>The mean gradient of those queries, and of the others.</summary>
    public (double Tied, double Others) MeanGradient =>
        (Lead.Zip(AtQuery).Where(pair => pair.First < 3).Average(pair => pair.Second), Lead.Zip(AtQuery).Where(pair => pair.First >= 3).Average(pair => pair.Second));
}

public static partial class Lesson05
{
    private static readonly ConcurrentDictionary<int, Saturation> Saturations = new();

    /// <summary>Measures the softmax of 1000 random queries of a width, each with 16 keys. Source of the question: Vaswani et al. 2017, §3.2.1, footnote 4.</summary>
    /// <param name="dK">The width of queries and keys, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The width is below 1.</exception>
    public static Saturation Saturate(int dK)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dK, 1);
        return Saturations.GetOrAdd(dK, Measure);
    }

    private static Saturation Measure(int dK)
    {
        const int askers = 1000, keys = 16;
        var draw = SeededRandom.Create(dK);
        List<double> all = [], lead = [];
        double[][] profile = [new double[keys], new double[keys]];
        List<double>[] slope = [[], []], atQuery = [[], []];
        for (int t = 0; t < askers; t++)
        {
            var query = draw.NormalVector(dK);
            var K = draw.NormalMatrix(keys, dK);                         // (keys × d_k)
            var s = K * query;                                           // (keys)
            var dp = draw.NormalVector(keys).ToRowMatrix();              // a gradient that arrives at the weights
            all.AddRange(s);
            lead.Add(s.Order().ToArray() is [.., var second, var best] ? best - second : 0);
            for (int scaling = 0; scaling < 2; scaling++)
            {
                double c = scaling == 0 ? 1 : 1 / Math.Sqrt(dK);
                var p = Softmax.Of(s * c);
                foreach (var (weight, rank) in p.OrderDescending().Select((weight, rank) => (weight, rank))) profile[scaling][rank] += weight / askers;
                slope[scaling].Add(Math.Sqrt(p.Sum(v => v * v * (1 - v) * (1 - v))));
                atQuery[scaling].Add((Softmax.Backward(p.ToRowMatrix(), dp) * c * K).L2Norm());
            }
        }
        return new Saturation(
            dK, all.PopulationVariance(), all.Select(s => s / Math.Sqrt(dK)).PopulationVariance(), all.Count(s => s >= 12) / (double)all.Count,
            profile[0], profile[1], slope[0], slope[1], atQuery[0], atQuery[1], lead);
    }

    /// <summary>The 16 weights of a query as bars, the largest first, on average over 1000 queries: without the scale above, with it below.</summary>
    /// <param name="widths">The widths d_k to compare.</param>
    public static Figure SaturationBars(params int[] widths)
    {
        BarChart Bars(string title, IReadOnlyList<double> profile) => new()
        {
            Title = title, Height = 110, Max = 1, ShowNumbers = false,
            Categories = [.. profile.Select(_ => "")], Series = [new Bars("", profile)],
        };
        return new SmallMultiples
        {
            Title = "16 weights, the largest first: without the scale (above) one takes nearly all, with it (below) they share",
            Columns = widths.Length,
            Figures =
            [
                .. widths.Select(Saturate).Select(m => Bars($"d_k = {m.Width}: largest {Numbers.Format(m.Largest, 2)}", m.Profile)),
                .. widths.Select(Saturate).Select(m => Bars($"scaled: largest {Numbers.Format(m.LargestScaled, 2)}", m.ProfileScaled)),
            ],
        };
    }

    /// <summary>Scaled scores at d_k = 64 of 2000 random queries: with another random vector, and with themselves as key.</summary>
    /// <returns>Mean and standard deviation of both.</returns>
    public static ((double Mean, double Deviation) Other, (double Mean, double Deviation) Itself) ScoresWithItself()
    {
        var draw = SeededRandom.Create(57);
        double[] other = new double[2000], itself = new double[2000];
        for (int t = 0; t < 2000; t++)
        {
            var (query, key) = (draw.NormalVector(64), draw.NormalVector(64));
            (other[t], itself[t]) = (query * key / Math.Sqrt(64), query * query / Math.Sqrt(64));
        }
        return ((other.Average(), other.PopulationStandardDeviation()), (itself.Average(), itself.PopulationStandardDeviation()));
    }

    /// <summary>The figures of claim A3.</summary>
    public static (string Name, double Value)[] MeasureA3() =>
    [
        .. new[] { 4, 16, 64, 256 }.Select(dK => ($"Var(q·k), d_k = {dK}", Saturate(dK).Variance)),
        .. new[] { 4, 256 }.Select(dK => ($"Var(q·k / √d_k), d_k = {dK}", Saturate(dK).ScaledVariance)),
        ("mean of q·q / √d_k, d_k = 64", ScoresWithItself().Itself.Mean),
    ];

    /// <summary>The figures of claim A4.</summary>
    public static (string Name, double Value)[] MeasureA4()
    {
        var (narrow, middle, wide) = (Saturate(4), Saturate(64), Saturate(256));
        return
        [
            ("largest of 16 weights, d_k = 4", narrow.Largest),
            ("largest of 16 weights, d_k = 256", wide.Largest),
            ("largest of 16 weights, d_k = 256, scaled", wide.LargestScaled),
            ("slope, median, d_k = 256", wide.Slope.Median()),
            ("slope, mean, d_k = 256, scaled", wide.SlopeScaled.Average()),
            ("gradient at the query, median, d_k = 64", middle.AtQuery.Median()),
            ("gradient at the query, mean, d_k = 64, scaled", middle.AtQueryScaled.Average()),
            ("gradient at the query, median, d_k = 256", wide.AtQuery.Median()),
            ("gradient at the query, mean, d_k = 4", narrow.AtQuery.Average()),
            ("gradient at the query, mean, d_k = 256", wide.AtQuery.Average()),
            ("gradient at the query, mean, d_k = 256, scaled", wide.AtQueryScaled.Average()),
        ];
    }
}
