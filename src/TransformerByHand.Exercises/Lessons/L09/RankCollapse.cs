using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

/// <summary>What a stack of layers is made of.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Attention">Whether its layers attend.</param>
/// <param name="FeedForward">Whether its layers have a feed-forward block.</param>
/// <param name="Skip">Whether each block's output is added to its input; if not, it takes the input's place.</param>
/// <param name="Norm">Where LayerNorms stand.</param>
public sealed record StackKind(string Name, bool Attention = true, bool FeedForward = false, bool Skip = false, NormPlacement Norm = NormPlacement.None)
{
    /// <summary>Whether a token sees only itself and those before it.</summary>
    public bool Causal { get; init; }

    /// <summary>What W_Q and W_K are multiplied by: with 1 they are Glorot's.</summary>
    public double Gain { get; init; } = 1;

    /// <summary>What the feed-forward block's W_1 is multiplied by.</summary>
    public double FeedForwardGain { get; init; } = 1;
}

public static partial class Lesson09
{
    /// <summary>The stacks that the lesson compares.</summary>
    public static IReadOnlyList<StackKind> Stacks { get; } =
    [
        new("attention alone"),
        new("attention, feed-forward", FeedForward: true),
        new("attention, skip", Skip: true),
        new("attention, feed-forward, skip", FeedForward: true, Skip: true),
        new("whole pre-LN layers", FeedForward: true, Skip: true, Norm: NormPlacement.Pre),
    ];

    /// <summary>Sends random tokens through a stack of random layers, and measures after each how much of them differs.</summary>
    /// <param name="kind">What the layers are made of.</param>
    /// <param name="depth">How many layers.</param>
    /// <param name="seed">Draws the tokens and all weights: 16 tokens of width 32, four heads, d_ff = 128, Glorot's weights, no biases.</param>
    /// <param name="measure">What is measured; 09.4's share that differs if not given.</param>
    /// <returns>Before the first layer and after each: depth + 1 numbers.</returns>
    public static double[] SharesWithDepth(StackKind kind, int depth, int seed, ShareThatDiffersFunction? measure = null)
    {
        ArgumentNullException.ThrowIfNull(kind);
        const int n = 16, d = 32;
        measure ??= ShareThatDiffers.ReferenceSolution;
        var random = SeededRandom.Create(seed);
        var X = random.NormalMatrix(n, d);                                                  // (n × d_model)
        Mask? mask = kind.Causal ? Mask.Causal(n) : null;
        var around = new AddAndNorm(kind.Norm, kind.Norm == NormPlacement.None ? null : new LayerNorm(d)) { Skip = kind.Skip };
        List<double> shares = [measure(X)];
        for (int layer = 0; layer < depth; layer++)
        {
            if (kind.Attention)
            {
                var drawn = MultiHeadAttention.Random(random, d, h: 4, bias: false);
                var attention = new MultiHeadAttention(4, kind.Gain * drawn.W_Q, kind.Gain * drawn.W_K, drawn.W_V, drawn.W_O);
                X = around.Forward(X, x => attention.Forward(x, mask)).Y;                   // (n × d_model)
            }
            if (kind.FeedForward)
            {
                var drawn = FeedForward.Random(random, d, 4 * d, bias: false);
                X = around.Forward(X, new FeedForward(kind.FeedForwardGain * drawn.W_1, null, drawn.W_2, null).Forward).Y;   // (n × d_model)
            }
            shares.Add(measure(X));
        }
        return [.. shares];
    }

    /// <summary>The shares that differ, layer by layer, in the middle of five draws (seeds 1 to 5).</summary>
    /// <param name="kind">What the layers are made of.</param>
    /// <param name="depth">How many layers.</param>
    /// <param name="measure">What is measured; 09.4's share if not given.</param>
    public static double[] MedianShares(StackKind kind, int depth, ShareThatDiffersFunction? measure = null)
    {
        double[][] draws = [.. Enumerable.Range(1, 5).Select(seed => SharesWithDepth(kind, depth, seed, measure))];
        return [.. Enumerable.Range(0, depth + 1).Select(l => draws.Select(draw => draw[l]).Order().ElementAt(2))];
    }

    /// <summary>Further stacks, for the laboratory: what slows the collapse, and what does not.</summary>
    public static IReadOnlyList<StackKind> MoreStacks { get; } =
    [
        .. Stacks,
        new("attention alone, W_Q and W_K × 2") { Gain = 2 },
        new("attention alone, W_Q and W_K × 4") { Gain = 4 },
        new("attention alone, causal") { Causal = true },
        new("attention, LayerNorm, no skip", Norm: NormPlacement.Pre),
        new("attention, feed-forward × 4, no skip", FeedForward: true) { FeedForwardGain = 4 },
        new("attention, feed-forward × 16, no skip", FeedForward: true) { FeedForwardGain = 16 },
        new("feed-forward alone", Attention: false, FeedForward: true),
        new("whole post-LN layers", FeedForward: true, Skip: true, Norm: NormPlacement.Post),
    ];

    /// <summary>The shares of stacks after some numbers of layers: the median of five draws, and the range.</summary>
    /// <param name="stacks">The stacks.</param>
    /// <param name="layers">After how many layers.</param>
    public static Table StacksTable(IReadOnlyList<StackKind> stacks, params int[] layers)
    {
        ArgumentNullException.ThrowIfNull(stacks);
        return new Table(["stack", .. layers.Select(l => $"{l} layers")]) { Caption = "Share that differs: the median of five draws, and the lowest and highest", Digits = 2 }.RowForEach(stacks, kind =>
        {
            double[][] draws = [.. Enumerable.Range(1, 5).Select(seed => SharesWithDepth(kind, layers.Max(), seed))];
            return [kind.Name, .. layers.Select(l => Text([.. draws.Select(draw => draw[l]).Order()]))];
        });

        static string Text(double[] sorted) => sorted[^1] < 1e-14 ? "rounding" : $"{Short(sorted[2])} ({Short(sorted[0])} to {Short(sorted[^1])})";
        static string Short(double share) => share < 1e-14 ? "rounding" : Numbers.Format(share, 2);
    }

    /// <summary>
    /// One random layer of attention alone on tokens that are nearly the same, a common row and a rest that is made smaller and smaller: the share that
    /// differs before the layer and after it (seed 95; 16 tokens of width 32, four heads).
    /// </summary>
    /// <returns>Pairs from a rest as long as the common row down to a thousandth of it, and the slope between the last two on logarithmic axes.</returns>
    public static (IReadOnlyList<(double Before, double After)> Pairs, double Slope) ThirdPower()
    {
        var random = SeededRandom.Create(95);
        var attention = MultiHeadAttention.Random(random, dModel: 32, h: 4, bias: false);
        var (common, rest) = (random.NormalVector(32), random.NormalMatrix(16, 32));
        (double Before, double After)[] pairs =
        [
            .. new[] { 1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001 }.Select(r =>
            {
                var X = (r * rest).AddRow(common);
                return (ShareThatDiffers.ReferenceSolution(X), ShareThatDiffers.ReferenceSolution(attention.Forward(X).Y));
            }),
        ];
        return (pairs, Math.Log(pairs[^1].After / pairs[^2].After) / Math.Log(pairs[^1].Before / pairs[^2].Before));
    }

    /// <summary>The shares of <see cref="Stacks"/> with depth, drawn down to what rounding leaves.</summary>
    /// <param name="measure">The reader's 09.4; as long as it is a stub, the solution measures.</param>
    /// <param name="depth">How many layers.</param>
    public static LineChart CollapseFigure(ShareThatDiffersFunction measure, int depth = 12)
    {
        const double rounding = 1e-16;
        var (own, isOwn) = OrSolution(() => Stacks.Select(kind => MedianShares(kind, depth, measure)).ToArray(), () => Stacks.Select(kind => MedianShares(kind, depth)).ToArray());
        return new LineChart
        {
            Title = $"How much of 16 tokens still differs after each layer{(isOwn ? "" : " (09.4 is not written yet: the solution measures)")}",
            X = Axis.Linear("layers"), Y = Axis.Log("share that differs", min: rounding, max: 1), Height = 320,
            Series = [.. Stacks.Zip(own, (kind, shares) => new Series(kind.Name, Enumerable.Range(0, depth + 1).Select(l => (double)l), shares.Select(share => Math.Max(share, rounding))))],
        };
    }

    /// <summary>
    /// Six tokens of two numbers through attention that asks, answers and carries with the token itself (all weights the identity): the hull of
    /// the tokens after each layer, and the same with a skip, halved so that it can be drawn beside it.
    /// </summary>
    public static SmallMultiples ShrinkingHulls()
    {
        double[][] start = [[3, 0.5], [1.5, 2.6], [-1.2, 2.8], [-2.9, 0.3], [-1.4, -2.4], [1.8, -2.1]];
        Plane Picture(string title, bool skip)
        {
            var X = M(new double[6, 2]);
            for (int i = 0; i < 6; i++) X.SetRow(i, start[i]);
            List<Mark> marks = [];
            for (int layer = 0; layer <= 4; layer++)
            {
                marks.Add(Mark.Polygon("", Hull(X)) with { Colour = layer });
                marks.AddRange(X.EnumerateRows().Select(x => Mark.Point("", x[0], x[1]) with { Colour = layer }));
                var O = ScaledDotProductAttention.Forward(X * 0.5, X * 0.5, X).O;           // (6 × 2)
                X = skip ? (X + O) / 2 : O;
            }
            return new Plane { Title = title, XTitle = "first number", YTitle = "second number", Size = 340, Reach = 3.4, Marks = marks };
        }
        return new SmallMultiples
        {
            Title = "Averages of averages: six tokens before the first of four layers of attention, and after each",
            Columns = 2, Figures = [Picture("attention alone", skip: false), Picture("with a skip (halved)", skip: true)],
        };
    }

    /// <summary>The corners of the convex hull of some points of the plane, counter-clockwise (Andrew's monotone chain).</summary>
    private static IEnumerable<(double X, double Y)> Hull(Matrix<double> points)
    {
        (double X, double Y)[] sorted = [.. points.EnumerateRows().Select(p => (X: p[0], Y: p[1])).OrderBy(p => p.X).ThenBy(p => p.Y)];
        return Chain(sorted).Concat(Chain(sorted.Reverse()));

        static IEnumerable<(double X, double Y)> Chain(IEnumerable<(double X, double Y)> along)
        {
            List<(double X, double Y)> chain = [];
            foreach (var p in along)
            {
                while (chain.Count > 1 && (chain[^1].X - chain[^2].X) * (p.Y - chain[^2].Y) - (chain[^1].Y - chain[^2].Y) * (p.X - chain[^2].X) <= 0) chain.RemoveAt(chain.Count - 1);
                chain.Add(p);
            }
            return chain.Take(chain.Count - 1);
        }
    }
}
