using TransformerByHand.Display;
using TransformerByHand.Text;

namespace TransformerByHand.Models;

/// <summary>A text that the <see cref="Glimpse"/> has written on.</summary>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public sealed class GlimpseText : IShown
{
    /// <summary>Logits this near to the library's differ by rounding alone.</summary>
    private const double Rounding = 1e-8;

    private readonly string given;
    private readonly string unknown;

    internal GlimpseText(Glimpse glimpse, string given, IReadOnlyList<int> ids, IReadOnlySet<string> used, IReadOnlySet<string> missing, double difference)
    {
        int[] read = glimpse.Tokeniser.Encode(given);
        string[] words = [.. WordTokeniser.Split(given)];
        unknown = string.Join(", ", words.Where((_, i) => read[i] == WordTokeniser.Unknown).Distinct().Select(word => $"'{word}'"));
        this.given = given.Trim();
        (Words, Written) = ([.. ids.Select(id => glimpse.Words[id])], glimpse.Tokeniser.Decode(ids));
        (Used, Missing, LargestDifference) = ([.. used], [.. missing], difference);
    }

    /// <summary>The words that were written.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>The same as a text.</summary>
    public string Written { get; }

    /// <summary>The parts that functions of yours computed.</summary>
    public IReadOnlyList<string> Used { get; }

    /// <summary>The parts whose function is not written yet, so that the library's computed them.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>How far a logit computed through your functions was from the library's at most; 0 where there were none.</summary>
    public double LargestDifference { get; }

    /// <summary>Whether everything that your functions computed led to the library's logits, to rounding.</summary>
    public bool IsTheSame => LargestDifference < Rounding;

    /// <inheritdoc/>
    public string ToText() => string.Join("\n", [$"{given} […] {Written}".Trim(), .. Notes()]);

    /// <inheritdoc/>
    public string ToHtml()
    {
        string notes = string.Concat(Notes().Select(note => $"<div style=\"margin-top:6px;color:{Theme.Faint}\">{Markup.Escape(note)}</div>"));
        return $"<div style=\"{HtmlStyle.Panel}\"><span style=\"color:{Theme.Faint}\">{Markup.Escape(given)}</span> <b>{Markup.Escape(Written)}</b>{notes}</div>";
    }

    /// <inheritdoc cref="ToText"/>
    public override string ToString() => ToText();

    private IEnumerable<string> Notes()
    {
        if (Used.Count > 0)
            yield return IsTheSame
                ? $"Computed by your {string.Join(", ", Used)}: every logit is the library's, to rounding."
                : $"Computed by your {string.Join(", ", Used)}: the logits differ from the library's, by up to {Numbers.Format(LargestDifference, 3)}.";
        if (Missing.Count > 0) yield return $"Not written yet, so the library's computed it: {string.Join(", ", Missing)}.";
        if (unknown.Length > 0) yield return $"Words that it never met in its tales, and read as <unknown>: {unknown}.";
    }
}
