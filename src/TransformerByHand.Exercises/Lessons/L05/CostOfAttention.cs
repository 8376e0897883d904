using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Statistics;
using TransformerByHand.Figures;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson05
{
    /// <summary>The lengths of text on which attention's cost is counted.</summary>
    public static int[] Lengths => [64, 128, 256, 512, 1024];

    /// <summary>Random queries, keys and values of width 16, three draws one after another.</summary>
    /// <param name="n">Tokens.</param>
    public static (Matrix<double> Q, Matrix<double> K, Matrix<double> V) RandomInputs(int n)
    {
        var draw = SeededRandom.Create(n);
        return (draw.NormalMatrix(n, 16), draw.NormalMatrix(n, 16), draw.NormalMatrix(n, 16));
    }

    /// <summary>The share of a layer's products and sums that goes into the n² part: 4·n²·d of 24·n·d² + 4·n²·d.</summary>
    /// <param name="n">Tokens.</param>
    /// <param name="d">d_model.</param>
    /// <param name="pairs">The part of all pairs that is computed: 0.5 where only the causal half is.</param>
    public static double ShareOfThePairs(double n, double d = 768, double pairs = 1) => 4 * pairs * n * n * d / (24 * n * d * d + 4 * pairs * n * n * d);

    /// <summary>What attention on n random tokens costs, counted while it runs key by key (d_k = d_v = 16).</summary>
    /// <param name="n">Tokens.</param>
    /// <param name="causal">Whether no token sees a later one.</param>
    /// <param name="w">Tokens in the causal window, or null for none.</param>
    public static AttentionCost CostOf(int n, bool causal = false, int? w = null)
    {
        var (Q, K, V) = RandomInputs(n);
        return OnlineAttention.Forward(Q, K, V, causal, w).Cost;
    }

    /// <summary>How many numbers the five steps keep as matrices: S, Z and A.</summary>
    /// <param name="n">Tokens.</param>
    public static long NumbersKept(int n)
    {
        var (Q, K, V) = RandomInputs(n);
        var trace = ScaledDotProductAttention.Forward(Q, K, V).Trace;
        return new[] { trace.S, trace.Z, trace.A }.Sum(M => (long)M.RowCount * M.ColumnCount);
    }

    /// <summary>The slope of ln y against ln x: the power with which y grows.</summary>
    public static double LogLogSlope(IEnumerable<int> x, IEnumerable<double> y) => Fit.Line([.. x.Select(v => Math.Log(v))], [.. y.Select(v => Math.Log(v))]).B;

    /// <summary>Seconds of processor time that a piece of work takes, on average over at least a tenth of a second.</summary>
    public static double Seconds(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        work();                                                        // once for the compiler
        int runs = 0;
        var (start, spent) = (Environment.CpuUsage.TotalTime, TimeSpan.Zero);
        while (spent.TotalSeconds < 0.1)
        {
            work();
            runs++;
            spent = Environment.CpuUsage.TotalTime - start;
        }
        return spent.TotalSeconds / runs;
    }

    /// <summary>The inputs on which outputs are compared: 200 tokens (d_k = d_v = 16).</summary>
    public static (Matrix<double> Q, Matrix<double> K, Matrix<double> V) TwoHundred()
    {
        var draw = SeededRandom.Create(50);
        return (draw.NormalMatrix(200, 16), draw.NormalMatrix(200, 16), draw.NormalMatrix(200, 16));
    }

    /// <summary>How far changes travel through stacked windows: which outputs move, after 1 to 4 heads that are each added to their input.</summary>
    /// <param name="layers">How many heads, 1 to 4.</param>
    /// <param name="mask">The window, for 12 tokens.</param>
    /// <returns>As <see cref="Moved"/> (12 × 12).</returns>
    public static Matrix<double> MovedThrough(int layers, Mask mask)
    {
        AttentionHead[] heads = [.. Enumerable.Range(51, 4).Select(seed => AttentionHead.Random(SeededRandom.Create(seed), dModel: 8, dK: 8))];
        return Moved(X => heads.Take(layers).Aggregate(X, (stream, head) => stream + head.Forward(stream, mask).O), SeededRandom.Create(55).NormalMatrix(12, 8));
    }

    /// <summary>From how many tokens the last of twelve has heard after so many layers with a causal window of 3.</summary>
    public static int Reach(int layers) => MovedThrough(layers, Mask.SlidingWindow(12, 3)).Row(11).Count(v => v != 0);

    /// <summary>From how many tokens the seventh of twelve has heard after three layers with a two-sided window of 3.</summary>
    public static int TwoSidedReach() => MovedThrough(3, Mask.SlidingWindow(12, 3, causal: false)).Row(6).Count(v => v != 0);

    /// <summary>
    /// Four layers with a causal window of 3, 200 draws of heads and tokens: how far the last of twelve outputs moves when 1 is added to every feature of
    /// the token b places back, in parts of how far it moves for the token itself.
    /// </summary>
    /// <returns>For b = 0 to 8, the 200 numbers.</returns>
    public static double[][] InfluenceByDistance()
    {
        double[][] draws = [.. Enumerable.Range(1000, 200).Select(seed =>
        {
            var draw = SeededRandom.Create(seed);
            AttentionHead[] heads = [.. Enumerable.Range(0, 4).Select(_ => AttentionHead.Random(draw, dModel: 8, dK: 8))];
            var moved = Moved(X => heads.Aggregate(X, (stream, head) => stream + head.Forward(stream, Mask.SlidingWindow(12, 3)).O), draw.NormalMatrix(12, 8)).Row(11);
            return Enumerable.Range(0, 9).Select(back => moved[11 - back] / moved[11]).ToArray();
        })];
        return [.. Enumerable.Range(0, 9).Select(back => draws.Select(one => one[back]).ToArray())];
    }

    /// <summary>The influence by distance as a band: the median, and between the quartiles half of all draws.</summary>
    public static Figure InfluenceFigure()
    {
        double[][] influence = InfluenceByDistance();
        double[] back = [.. Enumerable.Range(0, 9).Select(b => (double)b)];
        return new LineChart
        {
            Title = "Influence on the last output, four layers with a window of 3",
            Description = "The median of 200 draws, and a band between the quartiles that holds half of them.",
            X = Axis.Linear("how many tokens back the change was", ticks: [0, 2, 4, 6, 8]), Y = Axis.Log("part of the token's own influence"),
            Series = [new("median", back, influence.Select(all => all.Median()))],
            Bands = [new("half of all draws", back, influence.Select(all => all.LowerQuartile()), influence.Select(all => all.UpperQuartile()))],
        };
    }

    /// <summary>The figures of claim A9.</summary>
    public static (string Name, double Value)[] MeasureA9()
    {
        var (Q, K, V) = TwoHundred();
        return
        [
            ("pairs, 1024 tokens", CostOf(1024).Pairs),
            ("pairs, 1024 tokens, causal", CostOf(1024, causal: true).Pairs),
            ("slope of the pairs", LogLogSlope(Lengths, Lengths.Select(n => (double)CostOf(n).Pairs))),
            ("numbers kept, 1024 tokens, five steps", NumbersKept(1024)),
            ("numbers kept, 1024 tokens, key by key", CostOf(1024).NumbersHeld),
            ("output, key by key, off by", (OnlineAttention.Forward(Q, K, V).O - ScaledDotProductAttention.Forward(Q, K, V).O).Enumerate().Max(Math.Abs)),
            ("share of the n² part, n = 1000, d = 768", ShareOfThePairs(1000)),
        ];
    }

    /// <summary>The figures of claim A10.</summary>
    public static (string Name, double Value)[] MeasureA10()
    {
        var (Q, K, V) = TwoHundred();
        var masked = ScaledDotProductAttention.Forward(Q, K, V, Mask.SlidingWindow(200, 32)).Trace.S;
        double[][] influence = InfluenceByDistance();
        return
        [
            ("pairs, 1024 tokens, window of 32", CostOf(1024, causal: true, w: 32).Pairs),
            ("slope of the pairs", LogLogSlope(Lengths, Lengths.Select(n => (double)CostOf(n, causal: true, w: 32).Pairs))),
            ("scores computed when the window is a mask, 200 tokens", masked.RowCount * masked.ColumnCount),
            ("reach, causal window of 3, 4 layers", Reach(4)),
            ("reach, two-sided window of 3, 3 layers", TwoSidedReach()),
            ("influence in the middle of the reach, 4 back, as part of the token's own, median of 200", influence[4].Median()),
            ("influence at the edge of the reach, 8 back, lower quartile", influence[8].LowerQuartile()),
            ("influence at the edge of the reach, 8 back, median", influence[8].Median()),
            ("influence at the edge of the reach, 8 back, upper quartile", influence[8].UpperQuartile()),
        ];
    }
}
