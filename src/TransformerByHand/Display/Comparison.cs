namespace TransformerByHand.Display;

/// <summary>How near two results are, said in one line. Made by <see cref="Compare"/>.</summary>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public sealed record Comparison : IShown
{
    /// <summary>The name of what was compared, such as <c>dX</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Exact, close, or off.</summary>
    public required Closeness Closeness { get; init; }

    /// <summary>The largest absolute difference; NaN where the shapes differ or one side has no number where the other has one.</summary>
    public required double Difference { get; init; }

    /// <summary><see cref="Difference"/> divided by the largest absolute value of the reference; ∞ where that is 0 and the difference is not.</summary>
    public required double RelativeDifference { get; init; }

    /// <summary>The verdict in words, without the name.</summary>
    public required string Verdict { get; init; }

    /// <inheritdoc/>
    public string ToHtml()
    {
        string colour = Theme.Tone(Closeness == Closeness.Off ? "#b8520a" : "#0f5397");
        return $"<div style=\"{HtmlStyle.Panel}\"><b>{Markup.Escape(Name)}</b>: <b style=\"color:{colour}\">{Word}</b>{Markup.Escape(Verdict[Word.Length..])}</div>";
    }

    /// <inheritdoc/>
    public string ToText() => $"{Name}: {Verdict}";

    /// <inheritdoc cref="ToText"/>
    public override string ToString() => ToText();

    private string Word => Closeness switch { Closeness.Exact => "exact", Closeness.Close => "close", _ => "off" };
}
