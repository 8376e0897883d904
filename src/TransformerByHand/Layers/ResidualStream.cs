using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>The residual stream of a forward pass: what it started with, what every block wrote into it, and what it ended as.</summary>
/// <remarks>
/// <code>
/// pre:    End = Start + Σ writes                         every block adds, nothing else happens to the stream (also in 'write')
/// post:   End = Start + Σ writes + Σ (LN(s) − s)         every norm replaces the stream s; what that changes is a write of its own
/// </code>
/// <para>
/// The last norm of a pre-LN model reads the stream and is not part of it. Source: Elhage et al. 2021, 'A Mathematical
/// Framework for Transformer Circuits'.
/// </para>
/// </remarks>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public sealed class ResidualStream : IShown
{
    private ResidualStream(Matrix<double> start, IReadOnlyList<StreamWrite> writes, Matrix<double> end) =>
        (Start, Writes, End) = (start, writes, end);

    /// <summary>Follows the stream through a stack of encoder layers.</summary>
    /// <param name="trace">What the stack's forward pass kept.</param>
    public static ResidualStream Of(EncoderTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        return Through(trace.Layers.SelectMany((layer, l) => StepsOf(layer, $"layers.{l}.")));
    }

    /// <summary>Follows the stream through one encoder layer.</summary>
    /// <param name="trace">What the layer's forward pass kept.</param>
    public static ResidualStream Of(EncoderLayerTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        return Through(StepsOf(trace, ""));
    }

    /// <summary>Follows the stream through a stack of decoder layers.</summary>
    /// <param name="trace">What the stack's forward pass kept.</param>
    public static ResidualStream Of(DecoderTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        return Through(trace.Layers.SelectMany((layer, l) => StepsOf(layer, $"layers.{l}.")));
    }

    /// <summary>Follows the stream through one decoder layer.</summary>
    /// <param name="trace">What the layer's forward pass kept.</param>
    public static ResidualStream Of(DecoderLayerTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        return Through(StepsOf(trace, ""));
    }

    /// <summary>The stream before the first block: in a model, the embedding (n × d_model).</summary>
    public Matrix<double> Start { get; }

    /// <summary>What was written, in order.</summary>
    public IReadOnlyList<StreamWrite> Writes { get; }

    /// <summary>The stream after the last block, as the forward pass computed it (n × d_model).</summary>
    public Matrix<double> End { get; }

    /// <summary>The start and all writes added up (n × d_model): equal to <see cref="End"/> but for rounding.</summary>
    public Matrix<double> Sum() => Writes.Aggregate(Start, (sum, write) => sum + write.Value);

    /// <summary>The largest difference between <see cref="Sum"/> and <see cref="End"/>.</summary>
    public double RoundingError => (Sum() - End).Enumerate().Max(Math.Abs);

    /// <inheritdoc/>
    public string ToText() => Lengths().ToText();

    /// <inheritdoc/>
    public string ToHtml() => Lengths().ToHtml();

    /// <inheritdoc cref="ToText"/>
    public override string ToString() => ToText();

    /// <summary>The mean length of a token of each write, and of the stream after it.</summary>
    private Table Lengths() => new Table("mean length of a token", "write", "stream")
        .Row("start", null, Length(Start))
        .RowForEach(Writes, write => [write.Name, Length(write.Value), Length(write.After)]);

    private static double Length(Matrix<double> M) => M.RowNorms(2).Average();

    private static IEnumerable<Step> StepsOf(EncoderLayerTrace layer, string prefix) =>
    [
        new($"{prefix}attention", $"{prefix}norm1", layer.Attention),
        .. layer.HasFeedForward ? (Step[])[new($"{prefix}feedForward", $"{prefix}norm2", layer.FeedForward)] : [],
    ];

    private static IEnumerable<Step> StepsOf(DecoderLayerTrace layer, string prefix) =>
    [
        new($"{prefix}selfAttention", $"{prefix}norm1", layer.SelfAttention),
        new($"{prefix}crossAttention", $"{prefix}norm2", layer.CrossAttention),
        new($"{prefix}feedForward", $"{prefix}norm3", layer.FeedForward),
    ];

    private static ResidualStream Through(IEnumerable<Step> steps)
    {
        Step[] all = [.. steps];
        return new ResidualStream(all[0].Trace.X, [.. all.SelectMany(WritesOf)], all[^1].Trace.Y);
    }

    private static IEnumerable<StreamWrite> WritesOf(Step step)
    {
        var trace = step.Trace;
        if (ReferenceEquals(trace.Sum, trace.Write))
            throw new ArgumentException($"{step.Block} has no skip: its output replaced the stream, so there is no sum of writes to follow.", nameof(step));
        yield return new StreamWrite(step.Block, trace.Write, After: trace.Sum);
        if (!ReferenceEquals(trace.Y, trace.Sum))
            yield return new StreamWrite(step.Norm, trace.Y - trace.Sum, After: trace.Y);
    }

    /// <summary>One residual connection, with the names of its block and of its norm.</summary>
    private sealed record Step(string Block, string Norm, AddAndNormTrace Trace);
}

/// <summary>One thing that was written into the residual stream.</summary>
/// <param name="Name">Who wrote it: <c>layers.0.attention</c>, or in post-LN also <c>layers.0.norm1</c>.</param>
/// <param name="Value">What was added (n × d_model).</param>
/// <param name="After">The stream afterwards (n × d_model).</param>
public sealed record StreamWrite(string Name, Matrix<double> Value, Matrix<double> After);
