using TransformerByHand.Display;

namespace TransformerByHand.Models;

/// <summary>A text that a model wrote on.</summary>
/// <param name="Given">How it was begun.</param>
/// <param name="Written">What the model wrote.</param>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public sealed record WrittenText(string Given, string Written) : IShown
{
    /// <inheritdoc/>
    public string ToText() => $"{Given} […]{Written}";

    /// <inheritdoc/>
    public string ToHtml() =>
        $"<div style=\"{HtmlStyle.Panel}\"><span style=\"color:{Theme.Faint}\">{Markup.Escape(Given)}</span><b>{Markup.Escape(Written)}</b></div>";

    /// <inheritdoc cref="ToText"/>
    public override string ToString() => ToText();
}
