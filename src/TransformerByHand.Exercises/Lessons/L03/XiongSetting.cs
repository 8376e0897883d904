using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;
using TransformerByHand.Training;

namespace TransformerByHand.Exercises;

/// <summary>The setting of Xiong et al. 2020, simple enough for theory: what the last gradient does with depth, at initialisation.</summary>
/// <remarks>
/// One head that weighs all tokens alike (W_Q = W_K = 0), a feed-forward block of inner width d = 128 without biases, weights of
/// variance 1/d, γ = 1, β = 0; 16 tokens, a loss over 128 words. In theory E‖x‖² is 3d/2 behind the sum of post-LN, and between
/// (1 + l/2)·d and (1 + 3l/2)·d after l layers of pre-LN; the gradient of the last W_2 is O(d·√ln d), and O(d·√(ln d / L)).
/// </remarks>
public sealed class XiongSetting
{
    private const int D = 128, Tokens = 16, Stacks = 12;

    private readonly (double Gradient, double Square)[][] runs;

    private XiongSetting(string name, int[] depths, (double, double)[][] runs) => (Name, Depths, this.runs) = (name, depths, runs);

    /// <summary>Twelve stacks of post-LN or of pre-LN, at every depth from 1 to 24.</summary>
    /// <param name="placement">Where the norm stands.</param>
    public static XiongSetting Of(NormPlacement placement)
    {
        int[] depths = [.. Enumerable.Range(1, StreamStacks.Depth)];
        return new(WayBack.Name(placement), depths, ForEachStack(seed => Measure(placement, depths, seed, 1)));
    }

    /// <summary>Twelve pre-LN stacks of 2, 4, 8 and 16 layers as GPT-2 makes them: the weights that write into the stream are multiplied by 1/√(2L).</summary>
    public static XiongSetting Gpt2()
    {
        int[] depths = [2, 4, 8, 16];
        return new("pre-LN, GPT-2's scaling", depths, ForEachStack(seed => depths.SelectMany(L => Measure(NormPlacement.Pre, [L], seed, 1 / Math.Sqrt(2 * L))).ToArray()));
    }

    /// <summary>The kind of stack.</summary>
    public string Name { get; }

    /// <summary>The depths L, in layers.</summary>
    public IReadOnlyList<int> Depths { get; }

    /// <summary>‖dW_2‖ in the last layer, the mean of the twelve.</summary>
    /// <param name="layers">The depth L, one of <see cref="Depths"/>.</param>
    public double Gradient(int layers) => runs.Average(run => run[At(layers)].Gradient);

    /// <summary>‖x‖²/d behind the last sum, the mean of the twelve and of the tokens.</summary>
    /// <param name="layers">The depth L, one of <see cref="Depths"/>.</param>
    public double Square(int layers) => runs.Average(run => run[At(layers)].Square);

    /// <summary>The power of L with which the mean gradient goes: a slope on axes that are both logarithmic.</summary>
    public double Slope => StreamStacks.LogLogSlope(Depths, Gradient);

    /// <summary>The same for each of the twelve.</summary>
    public IReadOnlyList<double> Slopes => [.. runs.Select(run => StreamStacks.LogLogSlope(Depths, L => run[At(L)].Gradient))];

    /// <summary>The gradients at 2, 4, 8 and 16 layers, the slopes, and the length of the stream, a line for each kind.</summary>
    /// <param name="kinds">The kinds of stack, each with the slope that theory gives.</param>
    public static Table ToTable(params (XiongSetting Kind, string Theory)[] kinds) =>
        new Table("gradient of the last W_2", "L = 2", "4", "8", "16", "slope", "least", "most of 12", "in theory", "‖x‖²/d at L = 16") { Digits = 3 }
            .RowForEach(kinds, row =>
            [
                row.Kind.Name, row.Kind.Gradient(2), row.Kind.Gradient(4), row.Kind.Gradient(8), row.Kind.Gradient(16),
                row.Kind.Slope, row.Kind.Slopes.Min(), row.Kind.Slopes.Max(), row.Theory, row.Kind.Square(16),
            ]);

    /// <summary>Gradient and stream against depth, theory dashed.</summary>
    /// <param name="post">Post-LN at every depth.</param>
    /// <param name="pre">Pre-LN at every depth.</param>
    public static SmallMultiples Figure(XiongSetting post, XiongSetting pre)
    {
        Series[] Both(Func<XiongSetting, int, double> value) =>
            [.. new[] { post, pre }.Select(kind => new Series(kind.Name, kind.Depths.Select(L => (double)L), kind.Depths.Select(L => value(kind, L))))];
        return new()
        {
            Title = "Theory (dashed) and measurement, width 128",
            Columns = 2,
            Figures =
            [
                new LineChart
                {
                    Title = "gradient of the last W₂", Width = 300,
                    X = Axis.Log("layers L", ticks: [1, 2, 4, 8, 16, 24]), Y = Axis.Log("norm", min: 0.3, max: 2.2),
                    Series = Both((kind, L) => kind.Gradient(L)),
                    References = [Reference.Y(post.Gradient(1), "level"), Reference.Curve("∝ 1/√L", L => pre.Gradient(2) * Math.Sqrt(2 / L))],
                },
                new LineChart
                {
                    Title = "squared length behind the sum, over d", Width = 300,
                    X = Axis.Linear("layer l"), Y = Axis.Linear("‖x‖² / d", min: 0, max: 38),
                    Series = Both((kind, L) => kind.Square(L)),
                    References = [Reference.Y(1.5, "3/2"), Reference.Curve("1 + l/2", l => 1 + l / 2), Reference.Curve("1 + 3l/2", l => 1 + 1.5 * l)],
                },
            ],
        };
    }

    /// <summary>The figures of claim R5 that need no training.</summary>
    /// <param name="post">Post-LN at every depth.</param>
    /// <param name="pre">Pre-LN at every depth.</param>
    public static (string Name, double Value)[] Figures(XiongSetting post, XiongSetting pre) =>
    [
        ("last gradient at 16 layers, post-LN", post.Gradient(16)),
        ("last gradient at 16 layers, pre-LN", pre.Gradient(16)),
        ("slope, post-LN", post.Slope), ("slope, pre-LN", pre.Slope),
        ("‖x‖²/d after 24 layers, pre-LN", pre.Square(24)),
        ("‖x‖²/d behind the sum, mean of 24 layers, post-LN", post.Depths.Average(post.Square)),
    ];

    private int At(int layers) => Depths.ToList().IndexOf(layers) is var k and >= 0 ? k
        : throw new ArgumentOutOfRangeException(nameof(layers), layers, $"layers is {layers}, but should be one of {string.Join(", ", Depths)}.");

    private static T[] ForEachStack<T>(Func<int, T> measure)
    {
        var results = new T[Stacks];
        Parallel.For(0, Stacks, k => results[k] = measure(10 + k));
        return results;
    }

    /// <summary>The first L layers of a stack are a stack of L layers, so one pass forward serves every depth.</summary>
    private static (double Gradient, double Square)[] Measure(NormPlacement placement, int[] depths, int seed, double writeScale)
    {
        var stack = Stack(seed, placement, depths.Max(), writeScale);
        var random = SeededRandom.Create(900 + seed);
        var X = random.NormalMatrix(Tokens, D);
        var W_U = random.NormalMatrix(D, D, 1 / Math.Sqrt(D));                   // (128 × words)
        int[] targets = [.. Enumerable.Range(0, Tokens).Select(_ => random.Next(D))];
        var (_, trace) = stack.Forward(X);

        return [.. depths.Select(L =>
        {
            var (layer, end) = (stack.Layers[L - 1], trace.Layers[L - 1].FeedForward);
            var (Y, read) = stack.Norm is null ? (end.Y, null) : stack.Norm.Forward(end.Y);
            var dY = CrossEntropy.Backward(CrossEntropy.Forward(Y * W_U, targets).Trace) * W_U.Transpose();   // (16 × 128)
            if (read is not null) dY = stack.Norm!.Backward(read, dY).dX;
            // Only the last block's own weights are asked for: the gradient need not go further down.
            var gradient = layer.AddAndNorm2.Backward(end, dY, layer.FeedForward.Backward).Block.dW_2;
            return (gradient.FrobeniusNorm(), end.Sum.PointwisePower(2).Enumerate().Average());
        })];
    }

    private static Encoder Stack(int seed, NormPlacement placement, int layers, double writeScale)
    {
        var random = SeededRandom.Create(seed);
        Matrix<double> Weights(double scale = 1) => random.NormalMatrix(D, D, scale / Math.Sqrt(D));
        var (zero, identity) = (DenseMatrix.Create(D, D, 0), DenseMatrix.CreateIdentity(D));
        EncoderLayer Layer() => new(
            new MultiHeadAttention(1, W_Q: zero, W_K: zero, W_V: Weights(writeScale), W_O: identity),
            new FeedForward(Weights(), null, Weights(writeScale), null),
            new AddAndNorm(placement, new LayerNorm(D)), new AddAndNorm(placement, new LayerNorm(D)));
        return new Encoder([.. Enumerable.Range(0, layers).Select(_ => Layer())], placement is NormPlacement.Pre ? new LayerNorm(D) : null);
    }
}
