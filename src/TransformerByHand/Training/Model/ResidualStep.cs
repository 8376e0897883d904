using TransformerByHand.Layers;
using TransformerByHand.Training.Kernels;

namespace TransformerByHand.Training.Model;

/// <summary>A sublayer with its residual connection and its norm: y = x + f(LN(x)), y = LN(x + f(x)), or y = x + f(x).</summary>
internal sealed class ResidualStep
{
    private readonly ModelShape shape;
    private readonly uint site;
    private readonly RowBuffer input;
    private readonly RowBuffer normalised;
    private readonly RowBuffer sum;
    private readonly RowBuffer sublayerGradient;
    private readonly ISublayer sublayer;

    /// <summary>Makes a step from the buffer <paramref name="input"/> to a new buffer, <see cref="Output"/>.</summary>
    /// <param name="shape">The model's shape.</param>
    /// <param name="weights">Where the norm's γ and β are added.</param>
    /// <param name="name">The norm's name.</param>
    /// <param name="sequences">How many sequences a batch has at most.</param>
    /// <param name="site">Tells this step's dropout from others'.</param>
    /// <param name="input">Where x is.</param>
    /// <param name="makeSublayer">Makes f, given its input buffer and the buffer where its output's gradient will be.</param>
    public ResidualStep(
        ModelShape shape, WeightStore weights, string name, int sequences, uint site, RowBuffer input,
        Func<RowBuffer, RowBuffer, ISublayer> makeSublayer)
    {
        (this.shape, this.site, this.input) = (shape, site, input);
        int rows = sequences * shape.Context;
        (normalised, sum, sublayerGradient) = (new(rows, shape.DModel), new(rows, shape.DModel), new(rows, shape.DModel));
        bool pre = shape.Placement == NormPlacement.Pre;
        sublayer = makeSublayer(pre ? normalised : input, sublayerGradient);
        if (shape.Placement != NormPlacement.None)
            Norm = Normalisation.Add(weights, name, shape, pre ? input : sum, sequences);
    }

    /// <summary>Where y is.</summary>
    public RowBuffer Output => shape.Placement == NormPlacement.Post ? normalised : sum;

    /// <summary>The layer norm, if there is one.</summary>
    public Normalisation? Norm { get; }

    /// <summary>The sublayer's matrices.</summary>
    public IEnumerable<Projection> Projections => sublayer.Projections;

    public void Forward(Pass pass, Slice slice, Slice memory, Scratch scratch)
    {
        if (shape.Placement == NormPlacement.Pre) Norm!.Forward(pass, slice, normalised.Span(slice));
        sublayer.Forward(pass, slice, memory, scratch, sum[slice]);
        Drop(pass, slice, sum.Span(slice));
        pass.Kernels.Add(input.Span(slice), sum.Span(slice));
        if (shape.Placement == NormPlacement.Post) Norm!.Forward(pass, slice, normalised.Span(slice));
    }

    /// <summary>Replaces the gradient at y by the gradient at x.</summary>
    public void Backward(Pass pass, Slice slice, Slice memory, Scratch scratch)
    {
        var stream = scratch.Stream.AsSpan(0, slice.Rows * shape.DModel);
        var inner = scratch.Inner.AsSpan(0, slice.Rows * shape.DModel);
        if (shape.Placement == NormPlacement.Post) Norm!.Backward(pass, slice, stream);
        stream.CopyTo(sublayerGradient.Span(slice));
        Drop(pass, slice, sublayerGradient.Span(slice));
        sublayer.Backward(pass, slice, memory, scratch, new MatrixSpan(inner, slice.Rows, shape.DModel));
        if (shape.Placement == NormPlacement.Pre) Norm!.Backward(pass, slice, inner);
        pass.Kernels.Add(inner, stream);
    }

    private void Drop(Pass pass, Slice slice, Span<float> numbers) =>
        pass.Drop(numbers, (float)shape.Dropout, site, (long)slice.FirstRow * shape.DModel);
}

/// <summary>What a residual step wraps: attention or a feed-forward.</summary>
internal interface ISublayer
{
    /// <summary>Writes f(X) to <paramref name="y"/>.</summary>
    void Forward(Pass pass, Slice slice, Slice memory, Scratch scratch, MatrixSpan y);

    /// <summary>
    /// Reads the gradient at f(X) from the sublayer's output-gradient buffer and writes the one at X to <paramref name="dX"/>.
    /// </summary>
    void Backward(Pass pass, Slice slice, Slice memory, Scratch scratch, MatrixSpan dX);

    /// <summary>The matrices, for packing and for their gradients.</summary>
    IEnumerable<Projection> Projections { get; }
}
