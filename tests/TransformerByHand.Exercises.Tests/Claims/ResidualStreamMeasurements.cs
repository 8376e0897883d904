using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Statistics;
using TransformerByHand.Layers;
using TransformerByHand.Training;

namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>The claims of lesson 03, measured again, with the lesson's own seeds.</summary>
internal static class ResidualStreamMeasurements
{
    private const int Width = 32, Tokens = 16, Depth = 24;

    private static readonly Matrix<double>[] Sequences = [.. Enumerable.Range(100, 32).Select(seed => SeededRandom.Create(seed).NormalMatrix(Tokens, Width))];

    private static readonly Lazy<EncoderTrace[]> Posts = new(() => Run(Stack(NormPlacement.Post)));

    private static readonly Lazy<EncoderTrace[]> Pres = new(() => Run(Stack(NormPlacement.Pre)));

    private static readonly int[] Twenty = [.. Enumerable.Range(1, 20)];

    [Measures("R1")]
    public static (string, double)[] The_sum_of_post_LN()
    {
        double[] sum = [15, 1, 3, 3, 4, 4, 6, 4];
        double Highest(int d) => Normalised([1, .. new double[d - 1]]);
        return
        [
            ("LayerNorm of the single number 15", new LayerNorm(1).Forward(Row(15)).Y[0, 0]),
            ("numbers a token needs for a 2.5", Enumerable.Range(2, 20).First(d => Highest(d) >= 2.5)),
            ("10 + 5 in a token of eight, after the norm", Normalised(sum)),
            ("500 + 250 in a token of eight, after the norm", Normalised([.. sum.Select(v => 50 * v)])),
        ];
    }

    [Measures("R2")]
    public static (string, double)[] The_sum_of_pre_LN()
    {
        double[] x = [10, -6, 7, -2, 5, 7, 4, 7];
        double Stream(double first, double write)
        {
            x[0] = first;
            var norm = LayerNorm.WithoutEpsilon(8);
            return new AddAndNorm(NormPlacement.Pre, norm).Forward(Row(x), read => (read * 0 + write, read)).Y[0, 0];
        }
        return [("10 as the block reads it", Normalised(x)), ("10 + 3 in the stream", Stream(10, 3)), ("9 + 4 in the stream", Stream(9, 4))];
    }

    [Measures("R3")]
    public static (string, double)[] What_can_be_read_back()
    {
        var embedding = After(Pres.Value, 0);
        double Cosine(EncoderTrace[] runs, int layers) => Readback.Cosine(After(runs, layers), embedding);
        double Probe(EncoderTrace[] runs, int layers) => Readback.LinearProbe(After(runs, layers), embedding, train: 384);
        return
        [
            ("cosine after 8 layers, post-LN", Cosine(Posts.Value, 8)),
            ("cosine after 8 layers, pre-LN", Cosine(Pres.Value, 8)),
            ("cosine after 24 layers, pre-LN", Cosine(Pres.Value, 24)),
            ("probe R² after 4 layers, post-LN", Probe(Posts.Value, 4)),
            ("probe R² after 4 layers, pre-LN", Probe(Pres.Value, 4)),
            ("probe R² after 24 layers, pre-LN", Probe(Pres.Value, 24)),
            ("cosine after 8 layers, most of 20 stacks, post-LN", Twenty.Max(seed => Fading(NormPlacement.Post, seed)[8])),
            ("cosine after 8 layers, least of 20 stacks, pre-LN", Twenty.Min(seed => Fading(NormPlacement.Pre, seed)[8])),
            ("slope of the cosine on log-log axes, pre-LN", Twenty.Select(seed => Fading(NormPlacement.Pre, seed)).Average(cosines => LogSlope([.. Enumerable.Range(8, 17)], l => cosines[l]))),
            ("directions gone after 6 layers, post-LN", DirectionsGone(NormPlacement.Post)),
            ("directions gone after 6 layers, pre-LN", DirectionsGone(NormPlacement.Pre)),
            ("own words after 1 layer, faint embedding, post-LN", OwnWords(NormPlacement.Post, enlarge: 1, layers: 1)),
            ("own words after 1 layer, faint embedding, pre-LN", OwnWords(NormPlacement.Pre, enlarge: 1, layers: 1)),
        ];
    }

    [Measures("R4")]
    public static (string, double)[] What_arrives_of_the_gradient()
    {
        double[] Arrive(NormPlacement placement, bool skip) => [.. Twenty.Select(seed => ArrivingPart(Stack(placement, skip, Depth, seed), seed))];
        double Alike(NormPlacement placement, bool skip, int layers) =>
            Twenty.Average(seed => Readback.Alike(Stack(placement, skip, layers, seed).Forward(Sequences[seed]).Trace.StreamAfter(layers)));
        double[] bare = Arrive(NormPlacement.Post, false), skipPre = Arrive(NormPlacement.Pre, true);
        return
        [
            ("arrives after 24 layers: no skip, no norm", Arrive(NormPlacement.None, false).GeometricMean()),
            ("arrives after 24 layers: skip, no norm", Arrive(NormPlacement.None, true).GeometricMean()),
            ("arrives after 24 layers: no skip, post-LN", bare.GeometricMean()),
            ("least of 20 stacks: no skip, post-LN", bare.Min()),
            ("most of 20 stacks: no skip, post-LN", bare.Max()),
            ("arrives after 24 layers: no skip, pre-LN", Arrive(NormPlacement.Pre, false).GeometricMean()),
            ("arrives after 24 layers: skip, post-LN", Arrive(NormPlacement.Post, true).GeometricMean()),
            ("arrives after 24 layers: skip, pre-LN", skipPre.GeometricMean()),
            ("least of 20 stacks: skip, pre-LN", skipPre.Min()),
            ("most of 20 stacks: skip, pre-LN", skipPre.Max()),
            ("tokens alike after 4 layers: no skip, post-LN", Alike(NormPlacement.Post, false, 4)),
            ("tokens alike after 4 layers: skip, post-LN", Alike(NormPlacement.Post, true, 4)),
            ("tokens alike after 24 layers: skip, post-LN", Alike(NormPlacement.Post, true, Depth)),
            ("tokens alike after 24 layers: skip, pre-LN", Alike(NormPlacement.Pre, true, Depth)),
        ];
    }

    [Measures("R5")]
    public static (string, double)[] The_last_gradient_against_depth()
    {
        var post = Simplified.MeansByDepth(NormPlacement.Post);
        var pre = Simplified.MeansByDepth(NormPlacement.Pre);
        return
        [
            ("last gradient at 16 layers, post-LN", post[15].Gradient),
            ("last gradient at 16 layers, pre-LN", pre[15].Gradient),
            ("slope, post-LN", LogSlope([.. Enumerable.Range(1, Depth)], l => post[l - 1].Gradient)),
            ("slope, pre-LN", LogSlope([.. Enumerable.Range(1, Depth)], l => pre[l - 1].Gradient)),
            ("‖x‖²/d after 24 layers, pre-LN", pre[23].Square),
            ("‖x‖²/d behind the sum, mean of 24 layers, post-LN", post.Average(p => p.Square)),
        ];
    }

    [Measures("R6")]
    public static (string, double)[] The_stream_as_a_sum()
    {
        var pre = ResidualStream.Of(Stack(NormPlacement.Pre, layers: 3).Forward(Sequences[0]).Trace);
        var post = ResidualStream.Of(Stack(NormPlacement.Post, layers: 3).Forward(Sequences[0]).Trace);
        var blocksAlone = post.Writes.Where(write => !write.Name.Contains("norm", StringComparison.Ordinal)).Aggregate(post.Start, (sum, write) => sum + write.Value);
        return
        [
            ("pre-LN: embedding + all writes, off by", pre.RoundingError),
            ("post-LN: embedding + what the blocks wrote, off by", (blocksAlone - post.End).FrobeniusNorm() / post.End.FrobeniusNorm()),
            ("post-LN: with what the norms changed, off by", post.RoundingError),
            ("own words read from the start of the stream", OwnWords(NormPlacement.Pre, enlarge: 5.2, layers: 0)),
            ("own words read after 4 layers, pre-LN", OwnWords(NormPlacement.Pre, enlarge: 5.2, layers: 4)),
        ];
    }

    [Measures("R7")]
    public static (string, double)[] Three_places_for_a_norm()
    {
        double[] arrive = [.. Twenty.Select(seed => ArrivingPart(Stack(NormPlacement.OnWrite, seed: seed), seed))];
        return
        [
            ("read by the last block, post-LN", MeanSquare(NormPlacement.Post, step => step.Read)),
            ("read by the last block, pre-LN", MeanSquare(NormPlacement.Pre, step => step.Read)),
            ("read by the last block, norm on the write", MeanSquare(NormPlacement.OnWrite, step => step.Read)),
            ("written by the last block, norm on the write", MeanSquare(NormPlacement.OnWrite, step => step.Write)),
            ("gradient that arrives, norm on the write", arrive.GeometricMean()),
            ("gradient that arrives, least of 20 stacks", arrive.Min()),
        ];
    }

    [Measures("R8")]
    public static (string, double)[] Before_the_block_or_after_it() =>
    [
        ("stream behind the last block, post-LN", MeanSquare(NormPlacement.Post, step => step.Y)),
        ("stream behind the last block, pre-LN", MeanSquare(NormPlacement.Pre, step => step.Y)),
        ("what the last block reads, pre-LN", MeanSquare(NormPlacement.Pre, step => step.Read)),
    ];

    private static Matrix<double> Row(params double[] numbers) => Matrix<double>.Build.DenseOfRowArrays(numbers);

    /// <summary>The first number of a token after LayerNorm at ε = 0.</summary>
    private static double Normalised(double[] token) => LayerNorm.WithoutEpsilon(token.Length).Forward(Row(token)).Y[0, 0];

    private static LayerOptions Options(NormPlacement placement, bool skip = true) => new() { DModel = Width, Heads = 4, Placement = placement, Skip = skip };

    private static Encoder Stack(NormPlacement placement, bool skip = true, int layers = Depth, int seed = 1) =>
        Encoder.Random(SeededRandom.Create(seed), layers, Options(placement, skip));

    private static EncoderTrace[] Run(Encoder stack, int count = 32) => [.. Sequences.Take(count).Select(X => stack.Forward(X).Trace)];

    private static Matrix<double> After(EncoderTrace[] runs, int layers) =>
        Matrix<double>.Build.DenseOfRowVectors(runs.SelectMany(run => run.StreamAfter(layers).EnumerateRows()));

    /// <summary>The mean square of something in the last block of 24 layers, over twenty stacks with a sequence each.</summary>
    private static double MeanSquare(NormPlacement placement, Func<AddAndNormTrace, Matrix<double>> what) =>
        Twenty.Average(seed => what(Stack(placement, seed: seed).Forward(Sequences[seed]).Trace.Layers[^1].FeedForward).PointwisePower(2).Enumerate().Average());

    /// <summary>‖dX‖ / ‖dY‖ for a random dY.</summary>
    private static double ArrivingPart(Encoder stack, int seed)
    {
        var dY = SeededRandom.Create(500 + seed).NormalMatrix(Tokens, Width);
        return stack.Backward(stack.Forward(Sequences[seed]).Trace, dY).dX.FrobeniusNorm() / dY.FrobeniusNorm();
    }

    /// <summary>The cosine between stream and embedding after 0 … 24 layers, over four sequences.</summary>
    private static double[] Fading(NormPlacement placement, int seed)
    {
        var runs = Run(Stack(placement, seed: seed), 4);
        return [.. Enumerable.Range(0, Depth + 1).Select(l => Readback.Cosine(After(runs, l), After(runs, 0)))];
    }

    /// <summary>Singular values of the Jacobian of six layers that are zero, for one token of 16 numbers.</summary>
    private static double DirectionsGone(NormPlacement placement)
    {
        var stack = Encoder.Random(SeededRandom.Create(3), 6, new LayerOptions { DModel = 16, Placement = placement, ε = 1e-14 });
        var (_, trace) = stack.Forward(SeededRandom.Create(4).NormalMatrix(1, 16));
        var J = Matrix<double>.Build.DenseOfRowVectors(Enumerable.Range(0, 16).Select(i =>
            stack.Backward(trace, Matrix<double>.Build.Dense(1, 16, (_, j) => i == j ? 1 : 0)).dX.Row(0)));
        var values = J.Svd(computeVectors: false).S;
        return values.Count(v => v < 1e-12 * values[0]);
    }

    /// <summary>The share of positions whose own word scores highest when the stream is read through the tied unembedding.</summary>
    private static double OwnWords(NormPlacement placement, double enlarge, int layers)
    {
        return Enumerable.Range(5, 8).Average(stack =>
        {
            var model = CausalLanguageModel.Random(SeededRandom.Create(stack), 27, 24, 12, Options(placement));
            model.Input.Embedding.E.Multiply(enlarge, model.Input.Embedding.E);
            return Enumerable.Range(50, 8).Average(seed =>
            {
                var random = SeededRandom.Create(seed);
                int[] ids = [.. Enumerable.Range(0, 24).Select(_ => random.Next(27))];
                var logits = model.ReadOut(model.Forward(ids).Trace.Encoder.StreamAfter(layers));
                return ids.Where((id, t) => logits.Row(t).MaximumIndex() == id).Count() / 24.0;
            });
        });
    }

    /// <summary>The slope of something against depth on log-log axes.</summary>
    private static double LogSlope(int[] depths, Func<int, double> value) =>
        Fit.Line([.. depths.Select(L => Math.Log(L))], [.. depths.Select(L => Math.Log(value(L)))]).B;

    /// <summary>The setting of Xiong et al. 2020: one head that weighs all tokens alike, an inner width of d, no biases.</summary>
    private static class Simplified
    {
        private const int D = 128;

        /// <summary>The last layer's ‖dW_2‖ and the mean square behind its sum, for stacks of 1 … 24 layers, means of twelve.</summary>
        public static (double Gradient, double Square)[] MeansByDepth(NormPlacement placement)
        {
            var runs = Enumerable.Range(10, 12).Select(seed => ByDepth(placement, seed)).ToArray();
            return [.. Enumerable.Range(0, Depth).Select(l => (runs.Average(run => run[l].Gradient), runs.Average(run => run[l].Square)))];
        }

        private static (double Gradient, double Square)[] ByDepth(NormPlacement placement, int seed)
        {
            var stack = Stack(placement, seed);
            var random = SeededRandom.Create(900 + seed);
            var X = random.NormalMatrix(Tokens, D);
            var W_U = random.NormalMatrix(D, D, 1 / Math.Sqrt(D));
            int[] targets = [.. Enumerable.Range(0, Tokens).Select(_ => random.Next(D))];
            var (_, trace) = stack.Forward(X);
            return [.. stack.Layers.Zip(trace.Layers, (layer, kept) =>
            {
                // The first layers of a stack are a stack of their own.
                var last = new Encoder([layer], stack.Norm);
                var (Y, read) = last.Forward(kept.Attention.X);
                var dY = CrossEntropy.Backward(CrossEntropy.Forward(Y * W_U, targets).Trace) * W_U.Transpose();
                return (last.Backward(read, dY).Layers[0].FeedForward.Block.dW_2.FrobeniusNorm(), kept.FeedForward.Sum.PointwisePower(2).Enumerate().Average());
            })];
        }

        private static Encoder Stack(NormPlacement placement, int seed)
        {
            var random = SeededRandom.Create(seed);
            Matrix<double> Weights() => random.NormalMatrix(D, D, 1 / Math.Sqrt(D));
            var (zero, identity) = (Matrix<double>.Build.Dense(D, D), Matrix<double>.Build.DenseIdentity(D));
            AddAndNorm Residual() => new(placement, new LayerNorm(D));
            return new Encoder(
                [.. Enumerable.Range(0, Depth).Select(_ => new EncoderLayer(
                    new MultiHeadAttention(1, zero, zero, Weights(), identity),
                    new FeedForward(Weights(), null, Weights(), null), Residual(), Residual()))],
                placement is NormPlacement.Pre ? new LayerNorm(D) : null);
        }
    }
}
