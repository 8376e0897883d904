using TransformerByHand.Layers;
using TransformerByHand.Training.Kernels;

namespace TransformerByHand.Training.Model;

/// <summary>FFN(x) = act(xW₁ + b₁)W₂ + b₂, for every token alike.</summary>
internal sealed class FeedForward : ISublayer
{
    private readonly Activation activation;
    private readonly RowBuffer input;
    private readonly RowBuffer before;
    private readonly RowBuffer after;
    private readonly RowBuffer outputGradient;
    private readonly Projection first;
    private readonly Projection second;

    public FeedForward(KernelSet kernels, WeightStore weights, string name, ModelShape shape, int rows, Side side, RowBuffer input, RowBuffer outputGradient)
    {
        int inner = shape.DFF;
        (activation, this.input, this.outputGradient) = (shape.Activation, input, outputGradient);
        (before, after) = (new(rows, inner), new(rows, inner));
        first = new(kernels, weights.Add(PartName.Join(name, nameof(Layers.FeedForward.W_1)), shape.DModel, inner, WeightRole.Matrix),
            weights.Add(PartName.Join(name, nameof(Layers.FeedForward.b_1)), 1, inner, WeightRole.Bias), false, input, before, side);
        second = new(kernels, weights.Add(PartName.Join(name, nameof(Layers.FeedForward.W_2)), inner, shape.DModel, WeightRole.ResidualMatrix),
            weights.Add(PartName.Join(name, nameof(Layers.FeedForward.b_2)), 1, shape.DModel, WeightRole.Bias), false, after, outputGradient, side);
    }

    public IEnumerable<Projection> Projections => [first, second];

    public void Forward(Pass pass, Slice slice, Slice memory, Scratch scratch, MatrixSpan y)
    {
        first.Forward(pass.Kernels, input[slice], before[slice]);
        if (activation == Activation.GELU) pass.Kernels.Gelu(before.Span(slice), after.Span(slice));
        else if (activation == Activation.GELUTanh) pass.Kernels.GeluTanh(before.Span(slice), after.Span(slice));
        else pass.Kernels.Relu(before.Span(slice), after.Span(slice));
        second.Forward(pass.Kernels, after[slice], y);
    }

    public void Backward(Pass pass, Slice slice, Slice memory, Scratch scratch, MatrixSpan dX)
    {
        var dAfter = new MatrixSpan(scratch.Hidden, slice.Rows, after.Width);
        second.Backward(pass.Kernels, outputGradient[slice], dAfter);

        // From here on the buffer holds the gradient at xW₁ + b₁, where W₁'s own gradient will look for it.
        var dBefore = before.Span(slice);
        if (activation == Activation.GELU) pass.Kernels.GeluBackward(dBefore, dAfter.Numbers);
        else if (activation == Activation.GELUTanh) pass.Kernels.GeluTanhBackward(dBefore, dAfter.Numbers);
        else pass.Kernels.ReluBackward(dBefore, dAfter.Numbers);
        first.Backward(pass.Kernels, before[slice], dX);
    }
}
