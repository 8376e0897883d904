using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using MathNet.Numerics.Statistics;
using TransformerByHand.Figures;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson14
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

    /// <summary>How many pairs of a query and a key a causal window visits.</summary>
    /// <param name="window">14.6; the solution where it is not written yet.</param>
    /// <param name="n">Tokens.</param>
    /// <param name="w">The window.</param>
    public static long PairsIn(WindowFunction window, int n, int w)
    {
        WindowFunction own = Stub.IsWritten(window, f => f(0, 1, 1, true)) ? window : Window.ReferenceSolution;
        return Enumerable.Range(0, n).Select(i => own(i, n, w, true)).Sum(keys => keys.last - keys.first + 1L);
    }

    /// <summary>How many bytes a piece of work allocates, all threads together. What it has thrown away meanwhile counts.</summary>
    /// <param name="work">The work; it is run once before, so that what is made once does not count.</param>
    public static long Allocated(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        work();
        // What other threads allocate meanwhile only adds to it: the least of five is the work's own.
        return Enumerable.Range(0, 5).Min(_ =>
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            work();
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        });
    }

    /// <summary>The bytes that attention on n random tokens allocates (d_k = d_v = 16), in five steps or key by key.</summary>
    /// <param name="n">Tokens.</param>
    /// <param name="keyByKey">Whether the keys are met one by one.</param>
    public static long AllocatedBy(int n, bool keyByKey)
    {
        var (Q, K, V) = RandomInputs(n);
        return Allocated(() =>
        {
            if (keyByKey) OnlineAttention.Forward(Q, K, V);
            else ScaledDotProductAttention.Forward(Q, K, V);
        });
    }

    /// <summary>Memory by allocation against the length of the text.</summary>
    /// <param name="lengths">The lengths.</param>
    public static LineChart MemoryFigure(params int[] lengths)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        double[] n = [.. lengths.Select(length => (double)length)];
        return new()
        {
            Title = "Megabytes that attention allocates, one head",
            X = Axis.Log("tokens n", ticks: n), Y = Axis.Log("MB"),
            Series =
            [
                new("five steps", n, lengths.Select(length => TwoDigits(AllocatedBy(length, keyByKey: false) / 1e6))),
                new("key by key", n, lengths.Select(length => TwoDigits(AllocatedBy(length, keyByKey: true) / 1e6))),
            ],
        };
    }

    // No more digits than are the same in every run.
    private static double TwoDigits(double value)
    {
        double unit = Math.Pow(10, Math.Floor(Math.Log10(value)) - 1);
        return Math.Round(value / unit) * unit;
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

    /// <summary>How long the gradient is that a loss at one output (row) sends to each of twelve tokens (column), through stacked windows.</summary>
    /// <remarks>Heads of width 8 with random weights, each added to its input as in a transformer. What a token cannot have heard of has the gradient 0, to the last bit.</remarks>
    /// <param name="layers">How many heads, 1 to 4.</param>
    /// <param name="mask">The window, for 12 tokens.</param>
    /// <returns>Lengths (12 × 12).</returns>
    public static Matrix<double> GradientsThrough(int layers, Mask mask)
    {
        AttentionHead[] heads = [.. Enumerable.Range(51, layers).Select(seed => AttentionHead.Random(SeededRandom.Create(seed), dModel: 8, dK: 8))];
        List<AttentionHeadTrace> traces = [];
        Matrix<double> X = SeededRandom.Create(55).NormalMatrix(12, 8), random = SeededRandom.Create(56).NormalMatrix(12, 8);
        foreach (AttentionHead head in heads)
        {
            var (O, trace) = head.Forward(X, mask);
            traces.Add(trace);
            X += O;                                                     // (12 × 8)
        }
        return DenseMatrix.OfRows(Enumerable.Range(0, 12).Select(i =>
        {
            Matrix<double> dX = new DenseMatrix(12, 8);
            dX.SetRow(i, random.Row(i));                                // the loss looks at output i alone
            for (int l = layers - 1; l >= 0; l--) dX += heads[l].Backward(traces[l], dX).dX;
            return dX.EnumerateRows().Select(row => row.L2Norm());
        }));
    }

    /// <summary>From how many tokens the last of twelve has heard after so many layers with a causal window of 3: gradients that are not 0.</summary>
    /// <param name="layers">How many, 1 to 4.</param>
    public static int Reach(int layers) => GradientsThrough(layers, Mask.SlidingWindow(12, 3)).Row(11).Count(v => v != 0);

    /// <summary>From how many tokens the seventh of twelve has heard after three layers with a two-sided window of 3.</summary>
    public static int TwoSidedReach() => GradientsThrough(3, Mask.SlidingWindow(12, 3, causal: false)).Row(6).Count(v => v != 0);

    /// <summary>Which tokens send a gradient that is not 0, after 1 to 4 layers with a causal window of 3.</summary>
    public static SmallMultiples ReachFigure() => new()
    {
        Title = "Blue: a gradient that is not 0. Causal window of 3", Columns = 2,
        Figures = [.. Enumerable.Range(1, 4).Select(layers => new Heatmap(GradientsThrough(layers, Mask.SlidingWindow(12, 3)).Map(v => v != 0 ? 1.0 : 0))
        {
            Title = $"{layers} layer{(layers > 1 ? "s" : "")}: {Reach(layers)} tokens",
            ShowNumbers = false, ShowLegend = false, RowTitle = "loss at output", ColumnTitle = "token",
        })],
    };

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
            var moved = Lesson05.Moved(X => heads.Aggregate(X, (stream, head) => stream + head.Forward(stream, Mask.SlidingWindow(12, 3)).O), draw.NormalMatrix(12, 8)).Row(11);
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
