using TransformerByHand.Layers;
using TransformerByHand.Training.Kernels;

namespace TransformerByHand.Training.Model;

/// <summary>An embedding, a number of layers, and in a pre-LN model a last norm.</summary>
internal sealed class Stack
{
    private readonly Normalisation? lastNorm;

    /// <summary>Makes a stack whose self-attention has the given pattern, with cross-attention if <paramref name="memory"/> is given.</summary>
    public Stack(
        KernelSet kernels, WeightStore weights, string part, ModelShape shape, AttentionPattern pattern, int sequences, Embedding embedding, RowBuffer? memory)
    {
        Embedding = embedding;
        var side = embedding.Side;
        var stream = embedding.Output;
        uint site = side == Side.Source ? 1000u : 2000u;
        for (int layer = 0; layer < shape.Layers; layer++)
        {
            string name = PartName.Join(part, PartName.Layer(layer));
            int block = 0;
            Add((input, gradient) => new Attention(
                kernels, weights, PartName.Join(name, memory is null ? PartName.Attention : PartName.SelfAttention), shape, pattern, sequences, side, site++, input, gradient, null));
            if (memory is not null)
                Add((input, gradient) => new Attention(
                    kernels, weights, PartName.Join(name, PartName.CrossAttention), shape, default, sequences, side, site++, input, gradient, memory));
            if (shape.HasFeedForward)
                Add((input, gradient) => new FeedForward(
                    kernels, weights, PartName.Join(name, PartName.FeedForward), shape, sequences * shape.Context, side, input, gradient));

            void Add(Func<RowBuffer, RowBuffer, ISublayer> makeSublayer)
            {
                var step = new ResidualStep(shape, weights, PartName.Join(name, PartName.Norm(++block)), sequences, site++, stream, makeSublayer);
                Steps.Add(step);
                stream = step.Output;
            }
        }
        Output = stream;
        if (shape.Placement == NormPlacement.Pre)
        {
            Output = new(sequences * shape.Context, shape.DModel);
            lastNorm = Normalisation.Add(weights, PartName.Join(part, PartName.FinalNorm), shape, stream, sequences);
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
