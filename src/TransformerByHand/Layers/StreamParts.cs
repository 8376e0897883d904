using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Layers;

/// <summary>What the stream of a stack is made of after each layer: what is left in it of the embedding, and of what each layer wrote.</summary>
/// <remarks>
/// <para>The parts always add up to the stream. A block adds its write to its layer's part; a norm on the stream changes every part alike:</para>
/// <code>
/// s = Σ c_k           a block writes w:           c_l ← c_l + w
/// y = LN(s)           with s's own rstd:          c_k ← (c_k − mean(c_k)) · rstd ⊙ γ,     and c_l ← c_l + β
/// </code>
/// <para>
/// LN(s) is linear in s once rstd is known, which is why the second line is exact. In pre-LN no norm stands on the stream, and the
/// parts are the writes themselves. See <see cref="ResidualStream"/> for the other account, in which a norm's effect is one more write.
/// </para>
/// </remarks>
public sealed class StreamParts
{
    private readonly IReadOnlyList<Matrix<double>[]> stages;

    private StreamParts(IReadOnlyList<Matrix<double>[]> stages) => this.stages = stages;

    /// <summary>Follows the parts of the stream through a stack of layers.</summary>
    /// <param name="encoder">The stack; its final norm reads the stream and is left out.</param>
    /// <param name="trace">What its forward pass kept.</param>
    /// <exception cref="ArgumentException">The layers have no skip, so that nothing of the embedding is passed on; or the trace is of another stack.</exception>
    public static StreamParts Of(Encoder encoder, EncoderTrace trace)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(trace);
        if (encoder.Layers.Any(layer => !layer.AddAndNorm1.Skip || (layer.HasFeedForward && !layer.AddAndNorm2.Skip)))
            throw new ArgumentException("encoder has layers without a skip: what they write replaces the stream, so it has no parts.", nameof(encoder));
        if (encoder.Layers.Count != trace.Layers.Count)
            throw new ArgumentException($"trace is of {trace.Layers.Count} layers, but encoder has {encoder.Layers.Count}.", nameof(trace));

        var nothing = trace.Layers[0].Attention.X * 0;
        Matrix<double>[] parts = [trace.Layers[0].Attention.X, .. encoder.Layers.Select(_ => nothing)];
        List<Matrix<double>[]> stages = [parts];
        for (int l = 0; l < encoder.Layers.Count; l++)
        {
            var (layer, kept) = (encoder.Layers[l], trace.Layers[l]);
            parts = Through(layer.AddAndNorm1, kept.Attention.Write, kept.Attention.Norm, parts, l + 1);
            if (layer.HasFeedForward) parts = Through(layer.AddAndNorm2, kept.FeedForward.Write, kept.FeedForward.Norm, parts, l + 1);
            stages.Add(parts);
        }
        return new StreamParts(stages);
    }

    /// <summary>The number of layers of the stack.</summary>
    public int Layers => stages.Count - 1;

    /// <summary>Returns a part of the stream.</summary>
    /// <param name="part">0 for the embedding, l for what layer l wrote, counted from 1.</param>
    /// <param name="after">After how many layers, from 0.</param>
    /// <returns>What is left of it there (n × d_model).</returns>
    public Matrix<double> Part(int part, int after) => stages[after][part];

    /// <summary>Returns the stream, as the sum of its parts.</summary>
    /// <param name="after">After how many layers, from 0.</param>
    /// <returns>The sum (n × d_model).</returns>
    public Matrix<double> Sum(int after) => stages[after].Aggregate((sum, part) => sum + part);

    /// <summary>How far a part reaches along the stream it is in: ⟨c, s⟩ / ‖s‖, the mean over the tokens. All parts' add up to the stream's length.</summary>
    /// <param name="part">0 for the embedding, l for what layer l wrote, counted from 1.</param>
    /// <param name="after">After how many layers, from 0.</param>
    public double Reach(int part, int after)
    {
        var (c, s) = (Part(part, after), Sum(after));
        return Enumerable.Range(0, s.RowCount).Average(t => c.Row(t) * s.Row(t) / s.Row(t).L2Norm());
    }

    private static Matrix<double>[] Through(AddAndNorm step, Matrix<double> write, LayerNormTrace? norm, Matrix<double>[] parts, int own)
    {
        Matrix<double>[] next = [.. parts];
        next[own] = next[own] + write;
        if (step.Placement is not NormPlacement.Post) return next;

        for (int k = 0; k < next.Length; k++)
            next[k] = next[k].SubtractColumn(next[k].RowMeans()).ScaleRows(norm!.rstd).ScaleColumns(step.Norm!.γ);
        next[own] = next[own].AddRow(step.Norm!.β);
        return next;
    }
}
