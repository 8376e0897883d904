using TransformerByHand.Layers;
using TransformerByHand.Training.Kernels;

namespace TransformerByHand.Training.Model;

/// <summary>Multi-head attention, of a sequence to itself or to the encoder's output.</summary>
/// <remarks>
/// The three projections of self-attention are one matrix, W_QKV = [W_Q W_K W_V]; those of cross-attention are two, W_Q for
/// the decoder's tokens and W_KV = [W_K W_V] for the encoder's. Within each, head i has columns i·d_k to (i+1)·d_k − 1. Keys and values may
/// have fewer heads than queries: h/g neighbouring query heads then read the same columns, and their gradients add up there.
/// Rotary positions are applied where the projection left its rows, before any head reads them, and taken off their gradients in the same place.
/// After the backward pass the buffers of queries, keys and values hold their gradients.
/// </remarks>
internal sealed class Attention : ISublayer
{
    private readonly ModelShape shape;
    private readonly AttentionPattern pattern;
    private readonly Side keySide;
    private readonly uint site;
    private readonly int width;
    private readonly int sharedWidth;
    private readonly int group;
    private readonly RowBuffer input;
    private readonly RowBuffer keyInput;
    private readonly RowBuffer queries;
    private readonly RowBuffer keysAndValues;
    private readonly RowBuffer heads;
    private readonly RowBuffer outputGradient;
    private readonly float[] keptWeights;
    private readonly float[] cosines = [];
    private readonly float[] sines = [];
    private readonly float[] biases = [];
    private readonly float[] states = [];
    private readonly Projection queryProjection;
    private readonly Projection keyProjection;
    private readonly Projection outputProjection;

    /// <summary>Where several matrices lie side by side, the names they have in the clear layers, from left to right.</summary>
    private static readonly Dictionary<string, string[]> together = new()
    {
        [W_QKV] = [nameof(MultiHeadAttention.W_Q), nameof(MultiHeadAttention.W_K), nameof(MultiHeadAttention.W_V)],
        [b_QKV] = [nameof(MultiHeadAttention.b_Q), nameof(MultiHeadAttention.b_K), nameof(MultiHeadAttention.b_V)],
        [W_KV] = [nameof(MultiHeadAttention.W_K), nameof(MultiHeadAttention.W_V)],
        [b_KV] = [nameof(MultiHeadAttention.b_K), nameof(MultiHeadAttention.b_V)],
    };

    private const string W_QKV = nameof(W_QKV), b_QKV = nameof(b_QKV), W_KV = nameof(W_KV), b_KV = nameof(b_KV);

    /// <summary>Makes self-attention, or cross-attention if <paramref name="memory"/> is given.</summary>
    public Attention(
        KernelSet kernels, WeightStore weights, string name, ModelShape shape, AttentionPattern pattern, int sequences, Side side, uint site,
        RowBuffer input, RowBuffer outputGradient, RowBuffer? memory)
    {
        (this.shape, this.pattern, this.site, this.input, this.outputGradient) = (shape, pattern, site, input, outputGradient);
        (width, sharedWidth, group) = (shape.DModel, shape.KeyValueWidth, shape.Heads / shape.KeyValueHeads);
        int rows = sequences * shape.Context;
        heads = new(rows, width);
        if (memory is null)
        {
            keySide = side;
            keyInput = input;
            queries = keysAndValues = new(rows, width + 2 * sharedWidth);
            queryProjection = keyProjection = Add(W_QKV, b_QKV, input, queries, side);
        }
        else
        {
            keySide = Side.Source;
            keyInput = memory;
            queries = new(rows, width);
            keysAndValues = new(rows, 2 * sharedWidth);
            queryProjection = Add(nameof(MultiHeadAttention.W_Q), nameof(MultiHeadAttention.b_Q), input, queries, side);
            keyProjection = Add(W_KV, b_KV, memory, keysAndValues, Side.Source);
        }
        outputProjection = new(kernels, weights.Add(PartName.Join(name, nameof(MultiHeadAttention.W_O)), width, width, WeightRole.ResidualMatrix),
            Bias(nameof(MultiHeadAttention.b_O), width), false, heads, outputGradient, side);
        if (shape.UseRotary && memory is null)
        {
            double[] angles = [.. from place in Enumerable.Range(0, shape.Context) from k in Enumerable.Range(0, HalfWidth) select RotaryPositions.Angle(place, k, shape.HeadWidth)];
            (cosines, sines) = ([.. angles.Select(angle => (float)Math.Cos(angle))], [.. angles.Select(angle => (float)Math.Sin(angle))]);
        }
        if (shape.UseALiBi && memory is null)
        {
            // The head adds them before the scores are divided by √d_k.
            double scale = Math.Sqrt(shape.HeadWidth);
            biases = [.. from slope in ALiBi.Slopes(shape.Heads) from place in Enumerable.Range(0, shape.Context) select (float)(-slope * scale * (shape.Context - 1 - place))];
        }
        if (IsLinear)
            (keptWeights, states) = ([], new float[shape.Heads * LinearAttentionHead.StateSize(shape.HeadWidth)]);
        else
            keptWeights = new float[checked(sequences * shape.Heads * pattern.WeightCount(shape.Context, shape.Context))];

        Projection Add(string matrix, string bias, RowBuffer from, RowBuffer to, Side side) =>
            new(kernels, weights.Add(PartName.Join(name, matrix), from.Width, to.Width, WeightRole.Matrix),
                Bias(bias, to.Width), false, from, to, side);

        Weight? Bias(string bias, int width) => shape.AttentionBias ? weights.Add(PartName.Join(name, bias), 1, width, WeightRole.Bias) : null;
    }

    /// <summary>The names, in the clear layers, of the matrices or vectors that a weight holds side by side; its own name if it holds one.</summary>
    public static IReadOnlyList<string> ClearNames(string weight)
    {
        int point = weight.LastIndexOf('.');
        return together.TryGetValue(weight[(point + 1)..], out string[]? names)
            ? [.. names.Select(name => PartName.Join(weight[..Math.Max(point, 0)], name))]
            : [weight];
    }

    private int HalfWidth => shape.HeadWidth / 2;

    private bool IsLinear => shape.AttentionKind == AttentionKind.Linear;

    private bool IsCross => queryProjection != keyProjection;

    public IEnumerable<Projection> Projections =>
        IsCross ? [queryProjection, keyProjection, outputProjection] : [queryProjection, outputProjection];

    public void Forward(Pass pass, Slice slice, Slice memory, Scratch scratch, MatrixSpan y)
    {
        queryProjection.Forward(pass.Kernels, input[slice], queries[slice]);
        Turn(pass, slice, back: false);
        if (IsCross) keyProjection.Forward(pass.Kernels, keyInput[memory], keysAndValues[memory]);
        for (int i = 0; i < slice.Sequences; i++)
            for (int head = 0; head < shape.Heads; head++)
            {
                int sequence = slice.FirstSequence + i;
                var views = Head(sequence, head, slice, memory);
                if (IsLinear)
                {
                    LinearForward(pass, scratch, sequence, head, slice, views);
                    continue;
                }
                Core(pass, scratch, sequence, head, slice, views.K.Rows).Forward(
                    views.Q, views.K, views.V, Places(heads, sequence, slice, head * shape.HeadWidth), slice.From,
                    pass.Training ? Kept(sequence, head) : default, sharing: head % group > 0);
            }
        outputProjection.Forward(pass.Kernels, heads[slice], y);
    }

    public void Backward(Pass pass, Slice slice, Slice memory, Scratch scratch, MatrixSpan dX)
    {
        var dHeads = new MatrixSpan(scratch.Heads, slice.Rows, width);
        outputProjection.Backward(pass.Kernels, outputGradient[slice], dHeads);
        for (int i = 0; i < slice.Sequences; i++)
            for (int head = 0; head < shape.Heads; head++)
            {
                int sequence = slice.FirstSequence + i;
                var views = Head(sequence, head, slice, memory);
                var dO = dHeads.Block(i * slice.Length, slice.Length, head * shape.HeadWidth, shape.HeadWidth);
                if (IsLinear)
                {
                    Linear(pass, scratch, sequence).Backward(views.Q, views.K, views.V, Places(heads, sequence, slice, head * shape.HeadWidth), dO, scratch.State);
                    continue;
                }
                Core(pass, scratch, sequence, head, slice, views.K.Rows).Backward(
                    views.Q, views.K, views.V, dO, Kept(sequence, head),
                    sharing: head % group > 0);
            }
        Turn(pass, slice, back: true);
        queryProjection.Backward(pass.Kernels, queries[slice], dX);
        if (IsCross)
            keyProjection.Backward(pass.Kernels, keysAndValues[memory], new MatrixSpan(scratch.Memory, memory.Rows, width), add: true);
    }

    /// <summary>Turns the queries and keys of a slice by their places, where positions are rotary, or their gradients back.</summary>
    private void Turn(Pass pass, Slice slice, bool back)
    {
        if (cosines.Length == 0) return;
        var rows = queries.Span(slice);
        int turned = width + sharedWidth; // the values come after queries and keys
        for (int i = 0; i < slice.Rows; i++)
        {
            int angles = (slice.From + i % slice.Places) * HalfWidth;
            for (int column = 0; column < turned; column += shape.HeadWidth)
                pass.Kernels.Turn(rows.Slice(i * queries.Width + column, shape.HeadWidth), cosines.AsSpan(angles, HalfWidth), sines.AsSpan(angles, HalfWidth), back);
        }
    }

    /// <summary>One head's queries, keys and values; a sequence that is continued has the keys of all places so far.</summary>
    private Views Head(int sequence, int head, Slice slice, Slice memory)
    {
        int column = head / group * shape.HeadWidth;
        var q = Places(queries, sequence, slice, head * shape.HeadWidth);
        if (IsCross)
            return new(q, keysAndValues.Sequence(sequence, memory.Length, column, shape.HeadWidth),
                keysAndValues.Sequence(sequence, memory.Length, sharedWidth + column, shape.HeadWidth));
        var k = keysAndValues.Sequence(sequence, slice.Length, width + column, shape.HeadWidth);
        var v = keysAndValues.Sequence(sequence, slice.Length, width + sharedWidth + column, shape.HeadWidth);
        int places = slice.From + slice.Places;
        return new(q, k.RowRange(0, places), v.RowRange(0, places));
    }

    private void LinearForward(Pass pass, Scratch scratch, int sequence, int head, Slice slice, Views views)
    {
        // What a sequence that is continued needs of its earlier places is the sums after them: they stand for its KV cache.
        int size = LinearAttentionHead.StateSize(shape.HeadWidth);
        var kept = states.AsSpan(head * size, size);
        if (slice.From > 0) kept.CopyTo(scratch.State);
        Linear(pass, scratch, sequence).Forward(views.Q, views.K.RowRange(slice.From, slice.Places), views.V.RowRange(slice.From, slice.Places),
            Places(heads, sequence, slice, head * shape.HeadWidth), slice.From, scratch.State);
        if (!pass.Training && sequence == 0) scratch.State.CopyTo(kept);
    }

    private LinearAttentionHead Linear(Pass pass, Scratch scratch, int sequence) =>
        new() { Kernels = pass.Kernels, Scratch = scratch, VisibleKeys = pass.Lengths(keySide)[sequence] };

    private AttentionHead Core(Pass pass, Scratch scratch, int sequence, int head, Slice slice, int keys) => new()
    {
        Pass = pass,
        Scratch = scratch,
        Pattern = pattern,
        VisibleKeys = Math.Min(keys, pass.Lengths(keySide)[sequence]),
        Dropout = (float)shape.Dropout,
        Site = site,
        Place = (long)(sequence * shape.Heads + head) * slice.Length * keys,
        KeyStride = keys,
        Bias = biases.Length == 0 ? default : biases.AsSpan(head * shape.Context, shape.Context),
    };

    private MatrixSpan Places(RowBuffer buffer, int sequence, Slice slice, int column) =>
        buffer.Sequence(sequence, slice.Length, column, shape.HeadWidth).RowRange(slice.From, slice.Places);

    private Span<float> Kept(int sequence, int head)
    {
        int size = keptWeights.Length / (heads.Rows / shape.Context) / shape.Heads;
        return keptWeights.AsSpan((sequence * shape.Heads + head) * size, size);
    }

    private readonly ref struct Views(MatrixSpan q, MatrixSpan k, MatrixSpan v)
    {
        public MatrixSpan Q { get; } = q;

        public MatrixSpan K { get; } = k;

        public MatrixSpan V { get; } = v;
    }
}
