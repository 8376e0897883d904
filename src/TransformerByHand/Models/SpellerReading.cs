using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Layers;

namespace TransformerByHand.Models;

/// <summary>A row of letters that the <see cref="Speller"/> has copied, reversed or sorted, with all that was computed.</summary>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public sealed class SpellerReading : IShown
{
    internal SpellerReading(Speller speller, string task, string letters, int[] source, int[] target)
    {
        (Task, Letters, Source, Target) = (task, letters, source, target);
        (Logits, Trace) = speller.Model.Forward(source, target);
    }

    /// <summary>What was asked for.</summary>
    public string Task { get; }

    /// <summary>The letters it was asked of.</summary>
    public string Letters { get; }

    /// <summary>The ids that the encoder read: the task, and each letter (m).</summary>
    public IReadOnlyList<int> Source { get; }

    /// <summary>The ids that the decoder read: the beginning, and what it had written (n).</summary>
    public IReadOnlyList<int> Target { get; }

    /// <summary>What was written.</summary>
    public string Written => string.Concat(Target.Skip(1).Select(id => Speller.Words[id]));

    /// <summary>The scores of every word at every place (n × V).</summary>
    public Matrix<double> Logits { get; }

    /// <summary>All that was computed.</summary>
    public TransformerTrace Trace { get; }

    /// <summary>What the encoder read, word by word (m).</summary>
    public IReadOnlyList<string> SourceWords => [.. Source.Select(id => Speller.Words[id])];

    /// <summary>What each place of the decoder went on to write (n); the last one ends.</summary>
    public IReadOnlyList<string> WritesNext => [.. Target.Skip(1).Select(id => Speller.Words[id]), "<end>"];

    /// <summary>The weights of the cross-attention (n × m): a row for each letter to be written, a column for each word that was read.</summary>
    /// <param name="head">Which head, from 0; the mean of all where none is given.</param>
    /// <param name="layer">Which layer, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer or head.</exception>
    public Matrix<double> CrossAttention(int? head = null, int layer = 0)
    {
        Glimpse.RequireIndex(layer, Trace.Decoder.Layers.Count, nameof(layer));
        var heads = Trace.Decoder.Layers[layer].CrossAttention.Block.Heads;
        if (head is { } one)
        {
            Glimpse.RequireIndex(one, heads.Count, nameof(head));
            return heads[one].A;
        }
        return heads.Select(h => h.A).Aggregate((a, b) => a + b) / heads.Count;
    }

    /// <summary>What is to be said under it.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <inheritdoc/>
    public string ToText() => string.Join("\n", [$"{Task} {Letters} → {Written}", .. Notes]);

    /// <inheritdoc/>
    public string ToHtml()
    {
        string notes = string.Concat(Notes.Select(note => $"<div style=\"margin-top:6px;color:{Theme.Faint}\">{Markup.Escape(note)}</div>"));
        return $"<div style=\"{HtmlStyle.Panel}\"><span style=\"color:{Theme.Faint}\">{Task} {Letters} →</span> <b>{Markup.Escape(Written)}</b>{notes}</div>";
    }

    /// <inheritdoc cref="ToText"/>
    public override string ToString() => ToText();
}
