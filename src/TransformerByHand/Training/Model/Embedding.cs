using TransformerByHand.Layers;
using TransformerByHand.Training.Kernels;

namespace TransformerByHand.Training.Model;

/// <summary>Looks up a vector for each token and adds one for its place: x = c·E[t] + P[i], or LN of that.</summary>
internal sealed class Embedding
{
    private const uint Site = 1;

    private readonly ModelShape shape;
    private readonly Weight? places;
    private readonly float[] sinusoids = [];
    private readonly RowBuffer sum;
    private readonly RowBuffer gradient;

    public Embedding(ModelShape shape, Weight tokens, Weight? places, Func<RowBuffer, Normalisation>? makeNorm, int sequences, Side side)
    {
        (this.shape, Tokens, this.places, Side) = (shape, tokens, places, side);
        Output = new(sequences * shape.Context, shape.DModel);
        sum = makeNorm is null ? Output : new(sequences * shape.Context, shape.DModel);
        Norm = makeNorm?.Invoke(sum);
        gradient = new(sequences * shape.Context, shape.DModel);
        if (shape.Positions == Positions.Sinusoidal) 
            sinusoids = [.. SinusoidalPositions.Of(shape.Context, shape.DModel).ToRowMajorArray().Select(x => (float)x)];
    }

    /// <summary>E, one row for each token of the vocabulary.</summary>
    public Weight Tokens { get; }

    /// <summary>The norm of the sum, if there is one.</summary>
    public Normalisation? Norm { get; }

    /// <summary>Whose tokens.</summary>
    public Side Side { get; }

    /// <summary>Where the embedded tokens are.</summary>
    public RowBuffer Output { get; }

    public void Forward(Pass pass, Slice slice, ReadOnlySpan<int> ids)
    {
        int width = shape.DModel;
        var table = shape.Positions switch
        {
            Positions.Learned => places!.Values,
            Positions.Sinusoidal => sinusoids,
            _ => default,
        };
        var rows = sum.Span(slice);
        for (int i = 0; i < slice.Rows; i++)
        {
            var row = rows.Slice(i * width, width);
            Tokens.Values.Slice(ids[slice.FirstRow + i] * width, width).CopyTo(row);
            if (shape.EmbeddingScale != 1) pass.Kernels.Scale(row, (float)shape.EmbeddingScale);
            if (!table.IsEmpty) pass.Kernels.Add(table.Slice((slice.From + i % slice.Places) * width, width), row);
        }
        Norm?.Forward(pass, slice, Output.Span(slice));
        pass.Drop(Output.Span(slice), (float)shape.Dropout, Site + (uint)Side, (long)slice.FirstRow * width);
    }

    /// <summary>Keeps the gradient at the embedded tokens for the task that adds it to the table.</summary>
    public void Backward(Pass pass, Slice slice, ReadOnlySpan<float> stream)
    {
        var rows = gradient.Span(slice);
        stream[..rows.Length].CopyTo(rows);
        pass.Drop(rows, (float)shape.Dropout, Site + (uint)Side, (long)slice.FirstRow * shape.DModel);
        Norm?.Backward(pass, slice, rows);
    }

    /// <summary>The task that adds each row of the gradient to its token's and its place's.</summary>
    public GradientTask Task(Func<int[]> ids, Func<int> length) => new Scatter(this, ids, length);

    private sealed class Scatter(Embedding owner, Func<int[]> ids, Func<int> length) : GradientTask
    {
        public override void Do(Pass pass, Scratch scratch)
        {
            int width = owner.shape.DModel, count = pass.Rows(owner.Side);
            var rows = owner.gradient.All(count).Numbers;
            for (int i = 0; i < count; i++)
            {
                var row = rows.Slice(i * width, width);
                if (owner.places is not null) pass.Kernels.Add(row, owner.places.Gradient.Slice(i % length() * width, width));
                if (owner.shape.EmbeddingScale != 1) pass.Kernels.Scale(row, (float)owner.shape.EmbeddingScale);
                pass.Kernels.Add(row, owner.Tokens.Gradient.Slice(ids()[i] * width, width));
            }
        }
    }
}
