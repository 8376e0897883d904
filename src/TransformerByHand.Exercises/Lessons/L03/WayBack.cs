using MathNet.Numerics.Statistics;
using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

/// <summary>How much of a gradient arrives at the bottom of a stack, with a skip and without, with norms and without, and what becomes of the tokens on the way up.</summary>
public static class WayBack
{
    /// <summary>What one stack did: forward to a random sequence, backward to a random gradient.</summary>
    /// <param name="Arrives">‖dX‖ / ‖dY‖: how long the gradient is at the bottom, beside what went in at the top.</param>
    /// <param name="First">‖dW_2‖ in the first layer.</param>
    /// <param name="Last">‖dW_2‖ in the last layer.</param>
    /// <param name="Alike">The mean cosine between two tokens of the sequence, after 0, 1, … layers.</param>
    /// <param name="Read">The mean square of what the last block reads: 1 for normalised tokens.</param>
    /// <param name="Write">The mean square of what the last block writes.</param>
    /// <param name="Stream">The mean square of the stream behind the last block.</param>
    public sealed record Passage(double Arrives, double First, double Last, IReadOnlyList<double> Alike, double Read, double Write, double Stream);

    /// <summary>Twenty stacks of one kind.</summary>
    /// <param name="Name">The kind: "skip, pre-LN".</param>
    /// <param name="Stacks">What each did.</param>
    public sealed record Kind(string Name, IReadOnlyList<Passage> Stacks)
    {
        /// <summary>How much of the gradient arrives, the geometric mean of the stacks: one with a very large number does not drown the others.</summary>
        public double Arrives => Stacks.Select(stack => stack.Arrives).GeometricMean();

        /// <summary>How much arrives in the stack in which least does.</summary>
        public double Least => Stacks.Min(stack => stack.Arrives);

        /// <summary>How much arrives in the stack in which most does.</summary>
        public double Most => Stacks.Max(stack => stack.Arrives);

        /// <summary>How alike the tokens are after some layers, the mean of the stacks.</summary>
        /// <param name="layers">After how many layers, from 0.</param>
        public double Alike(int layers) => Stacks.Average(stack => stack.Alike[layers]);
    }

    /// <summary>Measures twenty stacks.</summary>
    /// <param name="placement">Where the norm stands.</param>
    /// <param name="skip">Whether there is a skip.</param>
    /// <param name="layers">How many of a stack's 24 layers are used: the first ones are a stack themselves.</param>
    public static Kind Of(NormPlacement placement, bool skip, int layers = StreamStacks.Depth) =>
        new($"{(skip ? "skip" : "no skip")}, {Name(placement)}", StreamStacks.ForEachStack(seed => Pass(placement, skip, layers, seed)));

    /// <summary>Stacks without a norm: without a skip, and with it.</summary>
    public static Kind[] WithoutNorm() => [Of(NormPlacement.None, skip: false), Of(NormPlacement.None, skip: true)];

    /// <summary>Stacks with a norm, in the place of post-LN and of pre-LN: both without a skip, and both with it.</summary>
    public static Kind[] WithNorm() =>
    [
        Of(NormPlacement.Post, skip: false), Of(NormPlacement.Pre, skip: false),
        Of(NormPlacement.Post, skip: true), Of(NormPlacement.Pre, skip: true),
    ];

    /// <summary>What arrives of the gradient, and how alike the tokens are, a line for each kind.</summary>
    /// <param name="kinds">The kinds of stack.</param>
    public static Table ToTable(params Kind[] kinds) =>
        new Table("20 stacks of 24 layers", "arrives of the gradient", "least of 20", "most of 20", "cosine of two tokens, after 4 layers", "after 24") { Digits = 2 }
            .RowForEach(kinds, kind => [kind.Name, kind.Arrives, kind.Least, kind.Most, kind.Alike(4), kind.Alike(24)]);

    /// <summary>The figures of claim R4.</summary>
    /// <param name="kinds">The six kinds of stack: <see cref="WithoutNorm"/> and <see cref="WithNorm"/>.</param>
    public static (string Name, double Value)[] Figures(params Kind[] kinds)
    {
        Kind Named(string name) => kinds.Single(kind => kind.Name == name);
        var (barePost, skipPost, skipPre) = (Named("no skip, post-LN"), Named("skip, post-LN"), Named("skip, pre-LN"));
        return
        [
            .. kinds.Select(kind => ($"arrives after 24 layers: {kind.Name}", kind.Arrives)),
            ("least of 20 stacks: no skip, post-LN", barePost.Least),
            ("most of 20 stacks: no skip, post-LN", barePost.Most),
            ("least of 20 stacks: skip, pre-LN", skipPre.Least),
            ("most of 20 stacks: skip, pre-LN", skipPre.Most),
            ("tokens alike after 4 layers: no skip, post-LN", barePost.Alike(4)),
            ("tokens alike after 4 layers: skip, post-LN", skipPost.Alike(4)),
            ("tokens alike after 24 layers: skip, post-LN", skipPost.Alike(24)),
            ("tokens alike after 24 layers: skip, pre-LN", skipPre.Alike(24)),
        ];
    }

    /// <summary>How much of the gradient arrives, and how alike the tokens are, in stacks of 1 … 24 layers of the four kinds with a norm.</summary>
    public static (Table Arrives, Table Alike, SmallMultiples Weights) ByDepth()
    {
        int[] depths = [1, 2, 4, 8, 16, 24];
        (NormPlacement Placement, bool Skip)[] kinds = [(NormPlacement.None, false), (NormPlacement.None, true), (NormPlacement.Post, false), (NormPlacement.Pre, false), (NormPlacement.Post, true), (NormPlacement.Pre, true)];
        Kind[][] all = [.. kinds.Select(kind => depths.Select(layers => Of(kind.Placement, kind.Skip, layers)).ToArray())];
        string[] columns = ["1 layer", "2", "4", "8", "16", "24 layers"];

        LineChart Chart(string title, Func<Passage, double> norm, params int[] shown) => new()
        {
            Title = title, Width = 300,
            X = Axis.Log("layers", ticks: [1, 2, 4, 8, 16, 24]), Y = Axis.Log("‖dW_2‖", min: 15, max: 300),
            Series = [.. shown.Select(k => new Series(all[k][0].Name, depths.Select(L => (double)L), all[k].Select(kind => kind.Stacks.Select(norm).GeometricMean())))],
        };
        return (
            new Table(["‖dX‖ / ‖dY‖", .. columns]) { Digits = 2 }.RowForEach(all, row => [row[0].Name, .. row.Select(kind => (object)kind.Arrives)]),
            new Table(["cosine of two tokens", .. columns]) { Digits = 2 }.RowForEach(all[2..], row => [row[0].Name, .. row.Select((kind, k) => (object)kind.Alike(depths[k]))]),
            new SmallMultiples
            {
                Title = "The gradient of the feed-forward weights, against the depth of the stack",
                Columns = 2,
                Figures = [Chart("first layer", passage => passage.First, 4, 5, 2), Chart("last layer", passage => passage.Last, 4, 5, 2)],
            });
    }

    internal static string Name(NormPlacement placement) => placement switch
    {
        NormPlacement.Post => "post-LN",
        NormPlacement.Pre => "pre-LN",
        NormPlacement.OnWrite => "norm on the write",
        _ => "no norm",
    };

    private static Passage Pass(NormPlacement placement, bool skip, int layers, int seed)
    {
        var stack = StreamStacks.Stack(placement, skip, layers, seed);
        var dY = SeededRandom.Create(500 + seed).NormalMatrix(StreamStacks.Tokens, StreamStacks.Width);
        var (_, trace) = stack.Forward(StreamStacks.Sequence(seed));
        var back = stack.Backward(trace, dY);
        var last = trace.Layers[^1].FeedForward;
        return new(
            back.dX.FrobeniusNorm() / dY.FrobeniusNorm(),
            back.Layers[0].FeedForward.Block.dW_2.FrobeniusNorm(), back.Layers[^1].FeedForward.Block.dW_2.FrobeniusNorm(),
            [.. Enumerable.Range(0, layers + 1).Select(l => Readback.Alike(trace.StreamAfter(l)))],
            MeanSquare(last.Read), MeanSquare(last.Write), MeanSquare(last.Y));
    }

    private static double MeanSquare(MathNet.Numerics.LinearAlgebra.Matrix<double> X) => X.PointwisePower(2).Enumerate().Average();
}
