using TransformerByHand.Layers;
using TransformerByHand.Training.Kernels;

namespace TransformerByHand.Training.Model;

/// <summary>An embedding, a number of layers, and in a pre-LN model a last norm.</summary>
internal sealed class Stack
{
    private readonly Normalisation? lastNorm;

    /// <summary>Makes a stack whose self-attention has the given pattern, with cross-attention if <paramref name="memory"/> is given.</summary>
    public Stack(
        KernelSet kernels, WeightStore weights, string prefix, ModelShape shape, AttentionPattern pattern, int sequences, Embedding embedding, RowBuffer? memory)
    {
        Embedding = embedding;
        var side = embedding.Side;
        var stream = embedding.Output;
        uint site = side == Side.Source ? 1000u : 2000u;
        for (int layer = 0; layer < shape.Layers; layer++)
        {
            string name = $"{prefix}layers.{layer}";
            Add("norm1", (input, gradient) => new Attention(
                kernels, weights, memory is null ? $"{name}.attention" : $"{name}.selfAttention", shape, pattern, sequences, side, site++, input, gradient, null));
            if (memory is not null)
                Add("norm2", (input, gradient) => new Attention(
                    kernels, weights, $"{name}.crossAttention", shape, default, sequences, side, site++, input, gradient, memory));
            Add(memory is null ? "norm2" : "norm3", (input, gradient) => new FeedForward(
                kernels, weights, $"{name}.feedForward", shape, sequences * shape.Context, side, input, gradient));

            void Add(string norm, Func<RowBuffer, RowBuffer, ISublayer> makeSublayer)
            {
                var step = new ResidualStep(shape, weights, $"{name}.{norm}", sequences, site++, stream, makeSublayer);
                Steps.Add(step);
                stream = step.Output;
            }
        }
        Output = stream;
        if (shape.Norm == NormPlacement.Pre)
        {
            Output = new(sequences * shape.Context, shape.Width);
            lastNorm = Normalisation.Add(weights, $"{prefix}norm", shape, stream, sequences);
        }
    }

    public Embedding Embedding { get; }

    public List<ResidualStep> Steps { get; } = [];

    /// <summary>Where the stack's output is.</summary>
    public RowBuffer Output { get; }

    public IEnumerable<Projection> Projections => Steps.SelectMany(step => step.Projections);

    public IEnumerable<Normalisation> Norms => Steps.Select(step => step.Norm).Prepend(Embedding.Norm).Append(lastNorm).OfType<Normalisation>();

    public void Forward(Pass pass, Slice slice, Slice memory, Scratch scratch, ReadOnlySpan<int> ids)
    {
        Embedding.Forward(pass, slice, ids);
        foreach (var step in Steps) step.Forward(pass, slice, memory, scratch);
        lastNorm?.Forward(pass, slice, Output.Span(slice));
    }

    /// <summary>Carries the gradient in <see cref="Scratch.Stream"/> from the output to the embedding.</summary>
    public void Backward(Pass pass, Slice slice, Slice memory, Scratch scratch)
    {
        lastNorm?.Backward(pass, slice, scratch.Stream.AsSpan(0, slice.Rows * Output.Width));
        for (int i = Steps.Count - 1; i >= 0; i--) Steps[i].Backward(pass, slice, memory, scratch);
        Embedding.Backward(pass, slice, scratch.Stream);
    }
}
