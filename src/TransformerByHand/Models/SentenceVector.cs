using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Models;

/// <summary>The vector that a <see cref="SentenceEncoder"/> made of a text.</summary>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public sealed class SentenceVector : IShown
{
    /// <summary>Numbers this near to the library's differ by rounding alone.</summary>
    private const double Rounding = 1e-9;

    internal SentenceVector(string text, IReadOnlyList<string> tokens, Vector<double> vector, IEnumerable<string>? used = null, IEnumerable<string>? missing = null, double difference = 0)
    {
        (Text, Tokens, Vector) = (text, tokens, vector);
        (Used, Missing, LargestDifference) = ([.. used ?? []], [.. missing ?? []], difference);
    }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>Its pieces (n), with [CLS] and [SEP].</summary>
    public IReadOnlyList<string> Tokens { get; }

    /// <summary>The vector (d_model), of length 1.</summary>
    public Vector<double> Vector { get; }

    /// <summary>The parts that functions of yours computed.</summary>
    public IReadOnlyList<string> Used { get; }

    /// <summary>The parts whose function is not written yet, so that the library's computed them.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>How far a number computed through your functions was from the library's at most; 0 where there were none.</summary>
    public double LargestDifference { get; }

    /// <summary>Whether everything that your functions computed led to the library's numbers, to rounding.</summary>
    public bool IsTheSame => LargestDifference < Rounding;

    /// <inheritdoc/>
    public string ToText() => string.Join("\n", Lines());

    /// <inheritdoc/>
    public string ToHtml()
    {
        string[] lines = [.. Lines()];
        string rest = string.Concat(lines.Skip(1).Select(line => $"<div style=\"margin-top:6px;color:{Theme.Faint}\">{Markup.Escape(line)}</div>"));
        return $"<div style=\"{HtmlStyle.Panel}\">{Markup.Escape(lines[0])}{rest}</div>";
    }

    /// <inheritdoc cref="ToText"/>
    public override string ToString() => ToText();

    private IEnumerable<string> Lines()
    {
        yield return string.Join(' ', Tokens);
        yield return $"{Vector.Count} numbers: {string.Join(", ", Vector.Take(4).Select(v => Numbers.Format(v, 3)))}, …";
        if (Used.Count > 0)
            yield return IsTheSame
                ? $"Computed by your {string.Join(", ", Used)}: every number is the library's, to rounding."
                : double.IsInfinity(LargestDifference)
                    ? $"Computed by your {string.Join(", ", Used)}: the pieces are not the library's."
                    : $"Computed by your {string.Join(", ", Used)}: the numbers differ from the library's, by up to {Numbers.Format(LargestDifference, 3)}.";
        if (Missing.Count > 0) yield return $"Not written yet, so the library's computed it: {string.Join(", ", Missing)}.";
    }
}
