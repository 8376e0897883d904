using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using MathNet.Numerics.Statistics;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>The claims of lesson 05, measured again, with the lesson's own seeds.</summary>
internal static class AttentionMeasurements
{
    private static readonly Matrix<double> Keys = DenseMatrix.OfArray(new double[,] { { 0, 1 }, { 1, 0 }, { 1, 1 } });
    private static readonly Matrix<double> Values = DenseMatrix.OfArray(new double[,] { { 4, 0 }, { 1, 3 }, { 5, 3 } });
    private static readonly AttentionHead Head = AttentionHead.Random(SeededRandom.Create(43), dModel: 10, dK: 4);
    private static readonly Matrix<double> Six = SeededRandom.Create(45).NormalMatrix(6, 10);

    [Measures("A1")]
    public static (string, double)[] Five_steps()
    {
        var queries = DenseMatrix.OfArray(new double[,] { { 2, 1 }, { -2, -1 }, { 0, 0 } });
        var O = ScaledDotProductAttention.Forward(queries, Keys, Values).O;

        var X = SeededRandom.Create(40).NormalMatrix(3, 10);
        var head = AttentionHead.Random(SeededRandom.Create(41), dModel: 10, dK: 4);
        var (wide, trace) = head.Forward(X);
        var byLoops = new double[3, 4];
        for (int i = 0; i < 3; i++)
        {
            double[] e = [.. Enumerable.Range(0, 3).Select(j => Math.Exp(Enumerable.Range(0, 4).Sum(c => trace.Q[i, c] * trace.K[j, c]) / 2))];
            for (int c = 0; c < 4; c++)
                byLoops[i, c] = Enumerable.Range(0, 3).Sum(j => e[j] / e.Sum() * trace.V[j, c]);
        }
        return
        [
            ("output of “the”, first number", O[0, 0]),
            ("output of “the”, second number", O[0, 1]),
            ("output of “sat”, first number", O[2, 0]),
            ("3 × 10: loops and library differ by", Largest(DenseMatrix.OfArray(byLoops) - wide)),
        ];
    }

    [Measures("A2")]
    public static (string, double)[] Rows_of_weights()
    {
        double smallest = double.MaxValue, off = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            var draw = SeededRandom.Create(seed);
            var A = ScaledDotProductAttention.Forward(draw.NormalMatrix(8, 4), draw.NormalMatrix(8, 4), draw.NormalMatrix(8, 4)).Trace.A;
            smallest = Math.Min(smallest, A.Enumerate().Min());
            off = Math.Max(off, A.RowSums().Max(sum => Math.Abs(sum - 1)));
        }
        var tokens = Text(0, 1, 2, 0, 3);
        var trace = Head.Forward(tokens).Trace;
        Random random = SeededRandom.Create(44);
        double[][] sums = [.. Enumerable.Range(0, 2000).Select(_ =>
            ScaledDotProductAttention.Forward(trace.Q, trace.K, trace.V, dropout: new Dropout(0.5), random: random).Trace.Dropped!.Y.RowSums().ToArray())];
        return
        [
            ("smallest weight", smallest),
            ("largest distance of a row's sum from 1", off),
            ("sum of a row with everything masked", Head.Forward(tokens, Mask.Where(5, 5, (i, _) => i != 2)).Trace.A.Row(2).Sum()),
            ("sum of a row with dropout 0.5", sums[0][0]),
            ("the same, mean over 2000 draws of 5 rows", sums.SelectMany(row => row).Average()),
        ];
    }

    [Measures("A3")]
    public static (string, double)[] Variance_of_a_score()
    {
        double Variance(int dK) => Scores(dK).SelectMany(asked => asked.Scores).PopulationVariance();
        var draw = SeededRandom.Create(57);
        double[] own = [.. Enumerable.Range(0, 2000).Select(_ =>
        {
            var query = draw.NormalVector(64);
            draw.NormalVector(64);   // the other vector of the lesson's pair
            return query * query / Math.Sqrt(64);
        })];
        return
        [
            ("Var(q·k), d_k = 4", Variance(4)),
            ("Var(q·k), d_k = 16", Variance(16)),
            ("Var(q·k), d_k = 64", Variance(64)),
            ("Var(q·k), d_k = 256", Variance(256)),
            ("Var(q·k / √d_k), d_k = 4", Variance(4) / 4),
            ("Var(q·k / √d_k), d_k = 256", Variance(256) / 256),
            ("mean of q·q / √d_k, d_k = 64", own.Average()),
        ];
    }

    [Measures("A4")]
    public static (string, double)[] Saturation()
    {
        (double[] Largest, double[] Slope, double[] AtQuery) Of(int dK, bool scaled)
        {
            double c = scaled ? 1 / Math.Sqrt(dK) : 1;
            var asked = Scores(dK);
            return (
                [.. asked.Select(one => Softmax.Of(one.Scores * c).Maximum())],
                [.. asked.Select(one => Math.Sqrt(Softmax.Of(one.Scores * c).Sum(p => p * p * (1 - p) * (1 - p))))],
                [.. asked.Select(one => (Softmax.Jacobian(Softmax.Of(one.Scores * c)) * one.Gradient * c * one.Keys).L2Norm())]);
        }
        var (narrow, middle, wide, scaled) = (Of(4, scaled: false), Of(64, scaled: false), Of(256, scaled: false), Of(256, scaled: true));
        double Part(double[] gradients, Func<double, bool> condition) => gradients.Count(condition) / (double)gradients.Length;
        bool[] tied = [.. Scores(256).Select(one => one.Scores.Count(score => score > one.Scores.Maximum() - 3) > 1)];
        return
        [
            ("largest of 16 weights, d_k = 4", narrow.Largest.Average()),
            ("largest of 16 weights, d_k = 256", wide.Largest.Average()),
            ("largest of 16 weights, d_k = 256, scaled", scaled.Largest.Average()),
            ("slope, mean, d_k = 4", narrow.Slope.Average()),
            ("slope, mean, d_k = 256", wide.Slope.Average()),
            ("slope, median, d_k = 256", wide.Slope.Median()),
            ("slope, mean, d_k = 256, scaled", scaled.Slope.Average()),
            ("gradient at the query, mean, d_k = 4", narrow.AtQuery.Average()),
            ("gradient at the query, mean, d_k = 256", wide.AtQuery.Average()),
            ("gradient at the query, median, d_k = 256", wide.AtQuery.Median()),
            ("gradient at the query, mean, d_k = 256, scaled", scaled.AtQuery.Average()),
            ("gradient at the query, median, d_k = 64", middle.AtQuery.Median()),
            ("gradient at the query, mean, d_k = 64, scaled", Of(64, scaled: true).AtQuery.Average()),
            ("queries with a gradient below 0.01, d_k = 64", Part(middle.AtQuery, v => v < 0.01)),
            ("queries with a gradient below 0.01, d_k = 256", Part(wide.AtQuery, v => v < 0.01)),
            ("queries with a gradient above 1, d_k = 64", Part(middle.AtQuery, v => v > 1)),
            ("queries with a gradient above 1, d_k = 256", Part(wide.AtQuery, v => v > 1)),
            ("queries with two keys nearly tied, d_k = 256", tied.Count(it => it) / 1000.0),
            ("their part of all gradients at the query, d_k = 256", wide.AtQuery.Where((_, i) => tied[i]).Sum() / wide.AtQuery.Sum()),
        ];
    }

    [Measures("A5")]
    public static (string, double)[] What_a_mask_lets_through()
    {
        var causal = Head.Forward(Six, Mask.Causal(6));
        var moved = Moved(X => Head.Forward(X, Mask.Causal(X.RowCount)).O, Six);
        int future = (from i in Enumerable.Range(0, 6) from j in Enumerable.Range(i + 1, 5 - i) where moved[i, j] != 0 select 1).Count();
        int beginnings = Enumerable.Range(1, 6).Count(n =>
            !Head.Forward(Six.SubMatrix(0, n, 0, 10), Mask.Causal(n)).O.Enumerate().SequenceEqual(causal.O.SubMatrix(0, n, 0, 4).Enumerate()));
        var poisoned = causal.Trace.V.Clone();
        poisoned[5, 0] = double.NaN;
        return
        [
            ("earlier outputs moved by a later token", future),
            ("beginnings that differ in a bit from the whole", beginnings),
            ("output beside a future value of NaN", (causal.Trace.A * poisoned)[0, 0]),
            ("−1e9 and −∞ differ, something allowed, 16 bits", FillersDiffer<Half>()),
            ("−1e9 and −∞ differ, something allowed, 32 bits", FillersDiffer<float>()),
            ("−1e9 and −∞ differ, something allowed, 64 bits", FillersDiffer<double>()),
            ("first weight, nothing allowed, −1e9 added, 16 bits", double.CreateChecked(WithAdded<Half>(-1e9, allowed: 0)[0])),
            ("first weight, nothing allowed, −1e9 added, 32 bits", WithAdded<float>(-1e9, allowed: 0)[0]),
            ("first weight, nothing allowed, −1e9 added, 64 bits", WithAdded<double>(-1e9, allowed: 0)[0]),
        ];
    }

    [Measures("A6")]
    public static (string, double)[] Reduce_and_map()
    {
        var feedForward = FeedForward.Random(SeededRandom.Create(46), dModel: 10, dFF: 40);
        Matrix<double> Attend(Matrix<double> X) => Head.Forward(X).Y;
        Matrix<double> AttendWithPositions(Matrix<double> X) => Head.Forward(X + SinusoidalPositions.Of(6, 10)).Y;
        Matrix<double> Map(Matrix<double> X) => feedForward.Forward(X).Y;
        int RowsMoved(Func<Matrix<double>, Matrix<double>> layer) => Moved(layer, Six).Column(2).Count(v => v != 0);
        Matrix<double> Shuffle(Matrix<double> M) => DenseMatrix.OfRows(new[] { 3, 0, 5, 1, 4, 2 }.Select(i => M.Row(i)));
        double ShuffleMiss(Func<Matrix<double>, Matrix<double>> layer) => Largest(layer(Shuffle(Six)) - Shuffle(layer(Six)));

        var queries = SeededRandom.Create(48).NormalMatrix(1000, 2, standardDeviation: 4);
        return
        [
            ("outputs moved by one of 6 tokens, attention", RowsMoved(Attend)),
            ("outputs moved by one of 6 tokens, feed-forward", RowsMoved(Map)),
            ("shuffle test missed by, attention", ShuffleMiss(Attend)),
            ("shuffle test missed by, feed-forward", ShuffleMiss(Map)),
            ("shuffle test missed by, attention with positions", ShuffleMiss(AttendWithPositions)),
            ("first output moved by, the text written twice", FirstOutputMoves(0, 1, 2, 0, 3, 0, 1, 2, 0, 3)),
            ("first output moved by, seven cats for one", FirstOutputMoves(0, 1, 1, 1, 1, 1, 1, 1, 2, 0, 3)),
            ("outputs outside the hull, of 1000", OutsideTheTriangle(ScaledDotProductAttention.Forward(queries, Keys, Values).O)),
            ("outputs outside the hull, of 1000, with dropout",
                OutsideTheTriangle(ScaledDotProductAttention.Forward(queries, Keys, Values, dropout: new Dropout(0.1), random: SeededRandom.Create(49)).O)),
            ("outputs outside the hull, of 1000, everything masked",
                OutsideTheTriangle(ScaledDotProductAttention.Forward(queries, Keys, Values, Mask.Where(1000, 3, (_, _) => false)).O)),
        ];
    }

    [Measures("A9")]
    public static (string, double)[] Cost_of_all_pairs()
    {
        var (Q, K, V) = Inputs(1024);
        var trace = ScaledDotProductAttention.Forward(Q, K, V).Trace;
        var (online, cost) = OnlineAttention.Forward(Q, K, V);
        return
        [
            ("pairs, 1024 tokens", cost.Pairs),
            ("pairs, 1024 tokens, causal", OnlineAttention.Forward(Q, K, V, causal: true).Cost.Pairs),
            ("slope of the pairs", Slope(n => CostOf(n, null).Pairs)),
            ("numbers kept, 1024 tokens, five steps", new[] { trace.S, trace.Z, trace.A }.Sum(M => M.RowCount * M.ColumnCount)),
            ("numbers kept, 1024 tokens, key by key", cost.NumbersHeld),
            ("output, key by key, off by", Largest(online - trace.O)),
            ("share of the n² part, n = 1000, d = 768", ShareOfThePairs(1000, 768)),
        ];
    }

    [Measures("A10")]
    public static (string, double)[] Windows()
    {
        var draw = SeededRandom.Create(50);
        var (Q, K, V) = (draw.NormalMatrix(200, 16), draw.NormalMatrix(200, 16), draw.NormalMatrix(200, 16));
        var masked = ScaledDotProductAttention.Forward(Q, K, V, Mask.SlidingWindow(200, 32)).Trace.S;

        AttentionHead[] heads = [.. Enumerable.Range(51, 4).Select(seed => AttentionHead.Random(SeededRandom.Create(seed), dModel: 8, dK: 8))];
        var twelve = SeededRandom.Create(55).NormalMatrix(12, 8);
        Matrix<double> Influence(int layers, Mask mask) =>
            Moved(X => heads.Take(layers).Aggregate(X, (stream, head) => stream + head.Forward(stream, mask).O), twelve);
        var causal = Influence(4, Mask.SlidingWindow(12, 3));
        var influences = Enumerable.Range(1000, 200).Select(Influences).ToArray();
        return
        [
            ("pairs, 1024 tokens, window of 32", CostOf(1024, 32).Pairs),
            ("slope of the pairs", Slope(n => CostOf(n, 32).Pairs)),
            ("scores computed when the window is a mask, 200 tokens", masked.RowCount * masked.ColumnCount),
            ("reach, causal window of 3, 4 layers", causal.Row(11).Count(v => v != 0)),
            ("reach, two-sided window of 3, 3 layers", Influence(3, Mask.SlidingWindow(12, 3, causal: false)).Row(6).Count(v => v != 0)),
            ("influence in the middle of the reach, 4 back, as part of the token's own, median of 200", influences.Select(one => one.Middle).Median()),
            ("influence at the edge of the reach, 8 back, lower quartile", influences.Select(one => one.Edge).LowerQuartile()),
            ("influence at the edge of the reach, 8 back, median", influences.Select(one => one.Edge).Median()),
            ("influence at the edge of the reach, 8 back, upper quartile", influences.Select(one => one.Edge).UpperQuartile()),
        ];
    }

    /// <summary>How far the last of twelve outputs moves for a change 4 and 8 tokens back, in parts of how far it moves for the token itself.</summary>
    private static (double Middle, double Edge) Influences(int seed)
    {
        var draw = SeededRandom.Create(seed);
        AttentionHead[] heads = [.. Enumerable.Range(0, 4).Select(_ => AttentionHead.Random(draw, dModel: 8, dK: 8))];
        var moved = Moved(X => heads.Aggregate(X, (stream, head) => stream + head.Forward(stream, Mask.SlidingWindow(12, 3)).O), draw.NormalMatrix(12, 8));
        return (moved[11, 7] / moved[11, 11], moved[11, 3] / moved[11, 11]);
    }

    /// <summary>A text of the lesson's four words, without positions.</summary>
    private static Matrix<double> Text(params int[] ids)
    {
        var words = SeededRandom.Create(42).NormalMatrix(4, 10);
        return DenseMatrix.OfRows(ids.Select(id => words.Row(id)));
    }

    private static double FirstOutputMoves(params int[] ids)
    {
        var once = Head.Forward(Text(0, 1, 2, 0, 3)).Y.Row(0);
        return (Head.Forward(Text(ids)).Y.Row(0) - once).L2Norm() / once.L2Norm();
    }

    private static double Largest(Matrix<double> M) => M.Enumerate().Max(Math.Abs);

    /// <summary>1000 queries, each with the scores of 16 keys of its own, and a gradient that arrives at their weights.</summary>
    private static (Vector<double> Scores, Matrix<double> Keys, Vector<double> Gradient)[] Scores(int dK)
    {
        var draw = SeededRandom.Create(dK);
        return [.. Enumerable.Range(0, 1000).Select(_ =>
        {
            var query = draw.NormalVector(dK);
            var keys = draw.NormalMatrix(16, dK);
            return (keys * query, keys, draw.NormalVector(16));
        })];
    }

    /// <summary>Entry (i, j): the largest change of output i when 1 is added to every feature of token j.</summary>
    private static Matrix<double> Moved(Func<Matrix<double>, Matrix<double>> layer, Matrix<double> X)
    {
        var before = layer(X);
        return DenseMatrix.OfColumns(Enumerable.Range(0, X.RowCount).Select(j =>
        {
            var changed = X.Clone();
            changed.SetRow(j, X.Row(j) + 1);
            return (layer(changed) - before).EnumerateRows().Select(row => row.AbsoluteMaximum());
        }));
    }

    /// <summary>The softmax of (2, 1, 0, −1) in the arithmetic of T, with a number added to all but the first few.</summary>
    private static T[] WithAdded<T>(double filler, int allowed)
        where T : System.Numerics.IFloatingPointIeee754<T>
    {
        T[] s = [.. new double[] { 2, 1, 0, -1 }.Select((v, j) => T.CreateChecked(v) + (j < allowed ? T.Zero : T.CreateSaturating(filler)))];
        T m = s.Max()!;
        T[] e = [.. s.Select(v => T.Exp(v - m))];
        T sum = e.Aggregate((a, b) => a + b);
        return [.. e.Select(v => v / sum)];
    }

    private static double FillersDiffer<T>()
        where T : System.Numerics.IFloatingPointIeee754<T> =>
        WithAdded<T>(-1e9, allowed: 2).Zip(WithAdded<T>(double.NegativeInfinity, allowed: 2), (a, b) => double.CreateChecked(T.Abs(a - b))).Max();

    /// <summary>How many points lie on the wrong side of one of the triangle's three sides.</summary>
    private static int OutsideTheTriangle(Matrix<double> points)
    {
        (double X, double Y)[] corners = [(4, 0), (5, 3), (1, 3)];   // counter-clockwise
        bool Outside(Vector<double> p) => Enumerable.Range(0, 3).Any(i =>
        {
            var (a, b) = (corners[i], corners[(i + 1) % 3]);
            return (b.X - a.X) * (p[1] - a.Y) - (b.Y - a.Y) * (p[0] - a.X) < -1e-12;
        });
        return points.EnumerateRows().Count(Outside);
    }

    private static (Matrix<double> Q, Matrix<double> K, Matrix<double> V) Inputs(int n)
    {
        var draw = SeededRandom.Create(n);
        return (draw.NormalMatrix(n, 16), draw.NormalMatrix(n, 16), draw.NormalMatrix(n, 16));
    }

    private static AttentionCost CostOf(int n, int? w)
    {
        var (Q, K, V) = Inputs(n);
        return OnlineAttention.Forward(Q, K, V, causal: w is not null, w).Cost;
    }

    private static double Slope(Func<int, double> cost)
    {
        int[] lengths = [64, 128, 256, 512, 1024];
        return Fit.Line([.. lengths.Select(n => Math.Log(n))], [.. lengths.Select(n => Math.Log(cost(n)))]).B;
    }

    /// <summary>Products and sums of a layer: 2 for each weight and token in the projections (4·d²) and the feed-forward part (8·d²), 2 for each number of each key and value of each pair.</summary>
    private static double ShareOfThePairs(double n, double d)
    {
        double weights = 2 * n * (4 * d * d + 8 * d * d), pairs = n * n * (2 * d + 2 * d);
        return pairs / (weights + pairs);
    }
}
