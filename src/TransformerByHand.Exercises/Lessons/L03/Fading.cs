using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

/// <summary>How much of its embedding is found in a token's stream: cosine, linear probe, and the directions that are gone for good.</summary>
/// <remarks>All of it at random initialisation, the state in which training starts.</remarks>
public sealed class Fading
{
    private Fading(double[][] post, double[][] pre) => (Post, Pre) = (post, pre);

    /// <summary>Measures twenty stacks of each placement.</summary>
    /// <param name="alone">Whether each token goes through the stack alone; otherwise four sequences of 16 do.</param>
    public static Fading OfTwentyStacks(bool alone = false) => new(Cosines(NormPlacement.Post, alone), Cosines(NormPlacement.Pre, alone));

    /// <summary>The cosine between stream and embedding, the mean over the tokens: for each post-LN stack its 25 values, after 0 … 24 layers.</summary>
    public IReadOnlyList<double[]> Post { get; }

    /// <summary>The same of the pre-LN stacks.</summary>
    public IReadOnlyList<double[]> Pre { get; }

    /// <summary>The mean of the stacks after some layers.</summary>
    /// <param name="stacks"><see cref="Post"/> or <see cref="Pre"/>.</param>
    /// <param name="layers">After how many layers, from 0.</param>
    public static double Mean(IReadOnlyList<double[]> stacks, int layers) => stacks.Average(cosines => cosines[layers]);

    /// <summary>The squared length a of what the first layer writes, beside a stream of length 1, as the cosine after it shows: cosine = 1/√(1 + a).</summary>
    /// <param name="stacks"><see cref="Post"/> or <see cref="Pre"/>.</param>
    public static double Written(IReadOnlyList<double[]> stacks) => 1 / Math.Pow(Mean(stacks, 1), 2) - 1;

    /// <summary>How steeply the cosine falls from layer 8 to layer 24 on axes that are both logarithmic: −½ is 'like one over the root'.</summary>
    /// <param name="cosine">The cosine after some layers.</param>
    public static double Slope(Func<int, double> cosine) => StreamStacks.LogLogSlope([.. Enumerable.Range(8, 17)], cosine);

    /// <summary>The cosines after 1, 2, 4, … layers: mean, least and most of the twenty stacks.</summary>
    public Table ToTable() => new Table("", "post-LN", "least", "most", "pre-LN", "least", "most") { Digits = 2, Caption = "Cosine between a token's stream and its embedding, 20 stacks" }
        .RowForEach([1, 2, 4, 8, 16, 24], l => [l == 1 ? "after 1 layer" : $"after {l} layers", .. Row(Post, l), .. Row(Pre, l)]);

    /// <summary>The cosines against depth, and the model of orthogonal writes dashed beside them.</summary>
    /// <param name="post">The model for post-LN: the cosine after l layers, if a layer writes a.</param>
    /// <param name="pre">The model for pre-LN.</param>
    public LineChart ToFigure(Func<double, double, double> post, Func<double, double, double> pre)
    {
        double[] layers = [.. Enumerable.Range(0, StreamStacks.Depth + 1).Select(l => (double)l)];
        double a = Written(Pre);
        return new()
        {
            Title = "What is left of the embedding, mean of 20 stacks; the model is dashed",
            X = Axis.Linear("layers"), Y = Axis.Linear("cosine of stream and embedding", min: 0, max: 1),
            Series =
            [
                new("post-LN", layers, layers.Select(l => Mean(Post, (int)l))) { Markers = false },
                new("pre-LN", layers, layers.Select(l => Mean(Pre, (int)l))) { Markers = false },
            ],
            References = [Reference.Curve("model, post-LN", l => post(l, a)), Reference.Curve("model, pre-LN", l => pre(l, a))],
        };
    }

    /// <summary>The figures of claim R3.</summary>
    public (string Name, double Value)[] Figures() =>
    [
        ("cosine after 8 layers, post-LN, mean of 20 stacks", Mean(Post, 8)),
        ("the same, most of 20", Post.Max(cosines => cosines[8])),
        ("cosine after 8 layers, pre-LN, mean of 20 stacks", Mean(Pre, 8)),
        ("the same, least of 20", Pre.Min(cosines => cosines[8])),
        ("cosine after 24 layers, pre-LN, mean of 20 stacks", Mean(Pre, 24)),
        ("directions gone after 6 layers, post-LN", Gone(SingularValues(NormPlacement.Post, 6))),
        ("directions gone after 6 layers, pre-LN", Gone(SingularValues(NormPlacement.Pre, 6))),
    ];

    /// <summary>By which factors a stack stretches the directions of its input: the singular values of ∂y/∂x for one token of 16 numbers.</summary>
    /// <remarks>Row i of the Jacobian is the gradient of output i, so sixteen backward passes make it. ε is 1e-14, small enough to hide nothing.</remarks>
    /// <param name="placement">Where the norm stands.</param>
    /// <param name="layers">The number of layers.</param>
    /// <returns>Sixteen factors, from the largest down.</returns>
    public static Vector<double> SingularValues(NormPlacement placement, int layers)
    {
        const int d = 16;
        var stack = Encoder.Random(SeededRandom.Create(3), layers, new LayerOptions { DModel = d, Placement = placement, ε = 1e-14 });
        var (_, trace) = stack.Forward(SeededRandom.Create(4).NormalMatrix(1, d));
        var J = Matrix<double>.Build.DenseOfRowVectors(Enumerable.Range(0, d).Select(i =>
            stack.Backward(trace, Matrix<double>.Build.Dense(1, d, (_, j) => i == j ? 1 : 0)).dX.Row(0)));   // (outputs × inputs)
        return J.Svd(computeVectors: false).S;
    }

    /// <summary>How many of the factors are zero to rounding, beside the largest.</summary>
    /// <param name="singularValues">The factors, from the largest down.</param>
    public static int Gone(Vector<double> singularValues) => singularValues.Count(v => v < 1e-12 * singularValues[0]);

    /// <summary>The factors of post-LN and pre-LN after one layer and after six: the largest, one of the middle, the least that is not gone, and how many are gone.</summary>
    public static Table Directions() => new Table("how much a change of the input is stretched", "most", "8th of 16", "14th of 16", "directions gone") { Digits = 2 }
        .RowForEach([(NormPlacement.Post, 1), (NormPlacement.Post, 6), (NormPlacement.Pre, 1), (NormPlacement.Pre, 6)], stack =>
        {
            var values = SingularValues(stack.Item1, stack.Item2);
            return [$"{(stack.Item1 is NormPlacement.Post ? "post-LN" : "pre-LN")}, {stack.Item2} layer{(stack.Item2 > 1 ? "s" : "")}", values[0], values[7], values[13], Gone(values)];
        });

    /// <summary>Stage by stage, how far the embedding and each layer's writes reach along the stream, in a stack of five layers.</summary>
    /// <param name="placement">Post-LN or pre-LN.</param>
    /// <param name="title">The line above the picture.</param>
    public static BarChart Parts(NormPlacement placement, string title)
    {
        const int layers = 5;
        var stack = StreamStacks.Stack(placement, layers: layers);
        var parts = StreamParts.Of(stack, stack.Forward(StreamStacks.Sequence(0)).Trace);
        int[] stages = [.. Enumerable.Range(0, layers + 1)];
        return new()
        {
            Title = title, Stacked = true, Digits = 3, Height = 220,
            ValueTitle = "reach along the stream",
            Categories = [.. stages.Select(l => l == 0 ? "start" : l == 1 ? "after 1 layer" : $"after {l}")],
            Series = [.. stages.Select(part => new Bars(part == 0 ? "embedding" : $"written by layer {part - 1}", stages.Select(l => parts.Reach(part, after: l))))],
        };
    }

    // Below a hundredth only noise is left, whose digits say nothing.
    private static object[] Row(IReadOnlyList<double[]> stacks, int layers) =>
        [.. new[] { Mean(stacks, layers), stacks.Min(cosines => cosines[layers]), stacks.Max(cosines => cosines[layers]) }.Select(cosine => (object)Math.Round(cosine, 2))];

    private static double[][] Cosines(NormPlacement placement, bool alone) => StreamStacks.ForEachStack(seed =>
    {
        var stack = StreamStacks.Stack(placement, seed: seed);
        Matrix<double>[] inputs = alone
            ? [.. Enumerable.Range(0, StreamStacks.Tokens).Select(t => StreamStacks.Sequence(0).SubMatrix(t, 1, 0, StreamStacks.Width))]
            : [.. Enumerable.Range(0, 4).Select(StreamStacks.Sequence)];
        EncoderTrace[] runs = [.. inputs.Select(X => stack.Forward(X).Trace)];
        var start = StreamStacks.After(runs, 0);
        return Enumerable.Range(0, StreamStacks.Depth + 1).Select(l => Readback.Cosine(StreamStacks.After(runs, l), start)).ToArray();
    });
}
