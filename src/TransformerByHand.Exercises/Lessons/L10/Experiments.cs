using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson10
{
    /// <summary>What PyTorch's modules made of the same weights and tokens, and how far the library's layers are from it at most.</summary>
    /// <param name="path">The recorded file, <c>data/pytorch/layers.safetensors</c>.</param>
    /// <returns>For each of four layers, its name and the largest difference of an output.</returns>
    public static IReadOnlyList<(string Layer, double Miss)> MissesPyTorchBy(string path)
    {
        var recorded = Safetensors.Load(path);
        var (X, M) = (recorded["X"].ToMatrix(), recorded["M"].ToMatrix());
        List<(string, double)> misses = [];
        foreach (var (name, placement) in new[] { ("post-LN", NormPlacement.Post), ("pre-LN", NormPlacement.Pre) })
        {
            var options = new LayerOptions { DModel = X.ColumnCount, Heads = 2, Placement = placement };
            var (encoder, decoder) = (EncoderLayer.Random(SeededRandom.Create(0), options), DecoderLayer.Random(SeededRandom.Create(0), options));
            Fill(encoder.Parameters, "encoder.");
            Fill(decoder.Parameters, "decoder.");
            misses.Add(($"encoder layer, {name}", Largest(encoder.Forward(X).Y - recorded[$"encoder.Y {name}"].ToMatrix())));
            misses.Add(($"decoder layer, {name}", Largest(decoder.Forward(X, M, Mask.Causal(X.RowCount)).Y - recorded[$"decoder.Y {name}"].ToMatrix())));
        }
        return misses;

        void Fill(ParameterSet parameters, string part)
        {
            foreach (var parameter in parameters) parameter.Set(recorded[part + parameter.Name].ToArray());
        }
    }

    /// <summary>How far an encoder layer put together of its parts is from the library's at most (4 tokens of width 8).</summary>
    /// <param name="pre">Whether in pre-LN.</param>
    public static double PartsDifferFromLayer(bool pre)
    {
        var layer = SmallLayer(pre);
        var parts = Encoded(
            SmallTokens, x => layer.Attention.Forward(x).Y, x => layer.FeedForward.Forward(x).Y,
            x => layer.AddAndNorm1.Norm!.Forward(x).Y, x => layer.AddAndNorm2.Norm!.Forward(x).Y, pre);
        return Largest(parts - layer.Forward(SmallTokens).Y);
    }

    /// <summary>The standard deviation of a token's numbers after each of several random layers, without the norm at the stack's end: the mean over 4 tokens of width 64.</summary>
    /// <param name="pre">Whether in pre-LN.</param>
    /// <param name="layers">The number of layers.</param>
    /// <returns>The deviation after 0, 1, … layers.</returns>
    public static double[] DeviationAfterLayers(bool pre, int layers)
    {
        var encoder = Encoder.Random(SeededRandom.Create(14), layers, new() { DModel = 64, Heads = 4, Placement = pre ? NormPlacement.Pre : NormPlacement.Post });
        var trace = encoder.Forward(SeededRandom.Create(15).NormalMatrix(4, 64)).Trace;
        return [.. Enumerable.Range(0, layers + 1).Select(l => trace.StreamAfter(l).EnumerateRows().Average(row => Math.Sqrt(row.Average(v => (v - row.Average()) * (v - row.Average())))))];
    }

    /// <summary>The figures of claim L1.</summary>
    /// <param name="pyTorch">The recorded file, <c>data/pytorch/layers.safetensors</c>.</param>
    public static (string, double)[] MeasureL1(string pyTorch)
    {
        var misses = MissesPyTorchBy(pyTorch);
        return
        [
            ("its parts, joined, and the library's layer differ by, post-LN", PartsDifferFromLayer(pre: false)),
            ("the same, pre-LN", PartsDifferFromLayer(pre: true)),
            ("PyTorch's encoder layer is missed by, post-LN", misses[0].Miss),
            ("the same for pre-LN", misses[2].Miss),
            ("deviation of a token after 12 layers, post-LN", DeviationAfterLayers(pre: false, 12)[^1]),
            ("the same after 12 layers, pre-LN", DeviationAfterLayers(pre: true, 12)[^1]),
        ];
    }

    /// <summary>How far each row of Y moves when one feature of one token is changed by 0.5.</summary>
    /// <param name="layer">A function of X (n × d) and M (m × d).</param>
    /// <param name="X">The decoder's tokens (n × d).</param>
    /// <param name="M">The encoder's output (m × d).</param>
    /// <returns>A row for each token of Y; n columns for the tokens of X, then m for those of M.</returns>
    public static Matrix<double> WhoMovesWhom(Func<Matrix<double>, Matrix<double>, Matrix<double>> layer, Matrix<double> X, Matrix<double> M)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(X);
        ArgumentNullException.ThrowIfNull(M);
        var Y = layer(X, M);
        Vector<double> Distances(Matrix<double> moved) => Vector<double>.Build.Dense(Y.RowCount, i => (moved.Row(i) - Y.Row(i)).L2Norm());
        static Matrix<double> Changed(Matrix<double> tokens, int row)
        {
            var other = tokens.Clone();
            other[row, 0] += 0.5;
            return other;
        }
        return Matrix<double>.Build.DenseOfColumnVectors(
        [
            .. Enumerable.Range(0, X.RowCount).Select(j => Distances(layer(Changed(X, j), M))),
            .. Enumerable.Range(0, M.RowCount).Select(k => Distances(layer(X, Changed(M, k)))),
        ]);
    }

    /// <summary>Who moves whom in a random decoder layer: 4 words written, 5 words read.</summary>
    public static Heatmap WhoMovesWhomFigure() => new(WhoMovesWhom((X, M) => SmallDecoder().Forward(X, M, Mask.Causal(4)).Y, SmallTokens, SmallMemory))
    {
        Title = "How far each output moves when one word is changed a little",
        RowLabels = [.. Enumerable.Range(0, 4).Select(i => $"Y {i}")],
        ColumnLabels = [.. Enumerable.Range(0, 4).Select(j => $"X {j}"), .. Enumerable.Range(0, 5).Select(k => $"M {k}")],
        Digits = 2,
    };

    /// <summary>The figures of claim L2.</summary>
    /// <param name="pyTorch">The recorded file, <c>data/pytorch/layers.safetensors</c>.</param>
    public static (string, double)[] MeasureL2(string pyTorch)
    {
        var moved = WhoMovesWhom((X, M) => SmallDecoder().Forward(X, M, Mask.Causal(4)).Y, SmallTokens, SmallMemory);
        int Count(Func<int, int, bool> which) => Enumerable.Range(0, 4).Sum(i => Enumerable.Range(0, 9).Count(j => which(i, j) && moved[i, j] > 0));
        var misses = MissesPyTorchBy(pyTorch);
        return
        [
            ("outputs moved by a later word of X, of 6 pairs", Count((i, j) => j < 4 && j > i)),
            ("outputs moved by their own word or an earlier one, of 10 pairs", Count((i, j) => j < 4 && j <= i)),
            ("outputs moved by a word of M, of 20 pairs", Count((_, j) => j >= 4)),
            ("PyTorch's decoder layer is missed by, post-LN", misses[1].Miss),
            ("the same for pre-LN", misses[3].Miss),
        ];
    }

    /// <summary>What dropout does to the output of a whole layer: its mean over many draws beside its output in evaluation.</summary>
    /// <param name="p">The probability of dropout.</param>
    /// <param name="draws">How many draws.</param>
    /// <returns>The distance of the mean from the evaluation, in parts of the evaluation's length; and the distance that chance alone would leave.</returns>
    public static (double Distance, double Chance) MeanOfLayer(double p, int draws)
    {
        var layer = EncoderLayer.Random(SeededRandom.Create(16), Small with { Dropout = p });
        var evaluation = layer.Forward(SmallTokens).Y;
        var random = SeededRandom.Create(17);
        var X = SmallTokens;
        Matrix<double> sum = evaluation * 0, squares = evaluation * 0;
        for (int k = 0; k < draws; k++)
        {
            var Y = layer.Forward(X, mask: null, random).Y;
            sum += Y;
            squares += Y.PointwiseMultiply(Y);
        }
        var mean = sum / draws;
        double variance = (squares / draws - mean.PointwiseMultiply(mean)).Enumerate().Sum() / draws;
        return ((mean - evaluation).FrobeniusNorm() / evaluation.FrobeniusNorm(), Math.Sqrt(variance) / evaluation.FrobeniusNorm());
    }

    /// <summary>Mean and variance, over many draws, of what dropout makes of the number 1.</summary>
    /// <param name="p">The probability of dropout.</param>
    /// <param name="draws">How many draws.</param>
    public static (double Mean, double Variance) OneUnderDropout(double p, int draws)
    {
        var Y = new Dropout(p).Forward(Matrix<double>.Build.Dense(draws, 1, 1.0), SeededRandom.Create(18)).Y;
        double mean = Y.Enumerate().Average();
        return (mean, Y.Enumerate().Average(v => (v - mean) * (v - mean)));
    }

    /// <summary>The figures of claim L4.</summary>
    public static (string, double)[] MeasureL4()
    {
        var (mean, variance) = OneUnderDropout(0.1, 100_000);
        var (distance, chance) = MeanOfLayer(0.5, 4000);
        var X = SmallTokens;
        return
        [
            ("in evaluation a number is changed by", Largest(new Dropout(0.1).Forward(X, random: null).Y - X)),
            ("mean of a number 1 over 100,000 draws, p = 0.1", mean),
            ("its variance, p/(1 − p) = 0.1111", variance),
            ("a layer: mean of 4000 draws differs from evaluation by, p = 0.5", distance),
            ("what chance alone leaves, p = 0.5", chance),
        ];
    }

    /// <summary>The multiplications in all matrix products of an encoder layer, counted from the shapes of what it made: those with weights, and those between tokens.</summary>
    /// <param name="trace">What the layer kept.</param>
    public static (long WithWeights, long BetweenTokens) Multiplications(EncoderLayerTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        static long Product(Matrix<double> left, Matrix<double> result) => (long)left.RowCount * left.ColumnCount * result.ColumnCount;
        var (attention, feedForward) = (trace.Attention.Block, trace.FeedForward.Block);
        long weights = Product(attention.X, attention.Q) + Product(attention.M, attention.K) + Product(attention.M, attention.V) + Product(attention.O, attention.Y)
            + Product(feedForward.X, feedForward.H) + Product(feedForward.Φ, feedForward.Y);
        long tokens = attention.Heads.Sum(head => Product(head.Q, head.S) + Product(head.A, head.O));
        return (weights, tokens);
    }

    /// <summary>How many numbers a layer of the library learns.</summary>
    /// <param name="d">Its width; d_ff is 4·d.</param>
    /// <param name="decoder">Whether a decoder layer.</param>
    public static long WeightsOf(int d, bool decoder = false)
    {
        var options = new LayerOptions { DModel = d };
        return (decoder ? DecoderLayer.Random(SeededRandom.Create(0), options).Parameters : EncoderLayer.Random(SeededRandom.Create(0), options).Parameters).NumberCount;
    }

    /// <summary>The number of tokens, in widths d, at which the products between tokens are as many as some others; counted in a layer of width 8.</summary>
    /// <param name="others">Which others: of those with weights (12·n·d²), how many d².</param>
    /// <returns>n / d.</returns>
    public static double WidthsUntilEqual(int others)
    {
        const int d = 8;
        var layer = SmallLayer(pre: true);
        for (int n = 1; n <= 10 * d; n++)
        {
            var (weights, tokens) = Multiplications(layer.Forward(SeededRandom.Create(19).NormalMatrix(n, d)).Trace);
            if (tokens >= weights / 12 * others) return (double)n / d;
        }
        return double.PositiveInfinity;
    }

    /// <summary>The figures of claim L5.</summary>
    public static (string, double)[] MeasureL5()
    {
        long counted = WeightsOf(768), decoder = WeightsOf(768, decoder: true);
        var (weights, tokens) = Multiplications(SmallLayer(pre: true).Forward(SeededRandom.Create(19).NormalMatrix(5, 8)).Trace);
        return
        [
            ("weights of an encoder layer, d = 768", counted),
            ("of these 12·d², in percent", 100 * 12.0 * 768 * 768 / counted),
            ("weights of a decoder layer, d = 768", decoder),
            ("multiplications of 5 tokens of width 8, less 12·n·d² + 2·n²·d", weights + tokens - (12 * 5 * 64 + 2 * 25 * 8)),
            ("scores and sums equal the feed-forward at n / d", WidthsUntilEqual(8)),
            ("scores and sums equal all the rest at n / d", WidthsUntilEqual(12)),
        ];
    }

    /// <summary>The figures of claim L6: what the flow chart of a small one-layer model holds, and how it changes with the model.</summary>
    public static (string, double)[] MeasureL6()
    {
        static int OnTheStream(Wiring wiring) => wiring.Connections.Count(connection => connection.StartsWith('⊕') && connection.Contains("→ ⊕", StringComparison.Ordinal));
        var pre = SmallWiring();
        return
        [
            ("parts that ran", pre.Parts), ("additions between them", pre.Sums), ("matrices of unknown origin", pre.Unexplained),
            ("sums that go on into another sum, pre-LN", OnTheStream(pre)),
            ("the same in post-LN", OnTheStream(SmallWiring(NormPlacement.Post))),
            ("parts in training, with dropout", SmallWiring(dropout: 0.1).Parts),
        ];
    }

    /// <summary>How large the chart of a small encoder–decoder is, by how it is built and used.</summary>
    public static Table PartsTable()
    {
        (string Name, Wiring Wiring)[] settings =
        [
            ("pre-LN", SmallWiring()), ("post-LN", SmallWiring(NormPlacement.Post)), ("pre-LN in training, with dropout", SmallWiring(dropout: 0.1)),
            ("pre-LN, two layers in each stack", SmallWiring(layers: 2)),
        ];
        return new Table("the same model, built and used otherwise", "parts", "additions", "connections").RowForEach(settings, one => [one.Name, one.Wiring.Parts, one.Wiring.Sums, one.Wiring.Wires]);
    }

    // What five words read and three written went through.
    private static Wiring SmallWiring(NormPlacement placement = NormPlacement.Pre, int layers = 1, double dropout = 0)
    {
        var model = Transformer.Random(SeededRandom.Create(20), 6, 6, layers, Small with { Placement = placement, Dropout = dropout });
        return WiringOf(model.Forward([0, 3, 1, 2, 4], [5, 1, 2], random: dropout > 0 ? SeededRandom.Create(21) : null).Trace);
    }

    /// <summary>A random encoder–decoder with three layers in each stack, and what it makes of 5 words read and 4 written.</summary>
    public static (Transformer Model, TransformerTrace Trace) ThreeLayers()
    {
        var model = Transformer.Random(SeededRandom.Create(22), 6, 6, 3, Small);
        return (model, model.Forward([0, 3, 1, 2, 4], [5, 1, 2, 0]).Trace);
    }

    /// <summary>The figures of claim L7, measured on <see cref="ThreeLayers"/>.</summary>
    public static (string, double)[] MeasureL7()
    {
        var (model, trace) = ThreeLayers();
        var M = trace.Encoder.Norm!.Y;
        var cross = trace.Decoder.Layers.Select(layer => layer.CrossAttention.Block).ToArray();
        bool Made(int l) => model.Decoder.Layers[l].CrossAttention is var attention
            && Largest(cross[l].K - M * attention.W_K) < 1e-12 && Largest(cross[l].V - M * attention.W_V) < 1e-12;
        var longer = model.Forward([0, 3, 1, 2, 4], [5, 1, 2, 0, 3]).Trace.Decoder.Layers;
        var (dY, backward) = (SeededRandom.Create(23).NormalMatrix(4, 6), 0.0);
        var gradients = model.Backward(trace, dY);
        backward = Largest(gradients.Decoder.dM - gradients.Decoder.Layers.Select(layer => layer.dM).Aggregate((a, b) => a + b));
        return
        [
            ("cross-attentions whose K and V are made of the encoder's last output, of 3", Enumerable.Range(0, 3).Count(Made)),
            ("different matrices that they read", cross.Select(block => block.M).Distinct(ReferenceEqualityComparer.Instance).Count()),
            ("different K among them", Enumerable.Range(0, 3).Count(l => Enumerable.Range(0, l).All(k => Largest(cross[l].K - cross[k].K) > 1e-9))),
            ("K and V that change when one more word is written, of 6", Enumerable.Range(0, 3).Sum(l =>
                (cross[l].K.Equals(longer[l].CrossAttention.Block.K) ? 0 : 1) + (cross[l].V.Equals(longer[l].CrossAttention.Block.V) ? 0 : 1))),
            ("the gradient at M misses the sum over the layers by", backward),
        ];
    }
}
