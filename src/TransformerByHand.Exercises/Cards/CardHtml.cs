using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using TransformerByHand.Display;

namespace TransformerByHand.Exercises;

/// <summary>Renders a card as an HTML fragment.</summary>
/// <remarks>
/// The card has the client's colours, light or dark, and sets text and background together on every element, because a page's own
/// style for <c>pre</c> or <c>code</c> would otherwise come between. Without any styles the elements still read in order.
/// </remarks>
internal static partial class CardHtml
{
    private const string Prose = "font-family:system-ui,-apple-system,'Segoe UI',sans-serif;font-size:14px;line-height:1.5";
    private const string Mono = "font-family:Consolas,Menlo,'DejaVu Sans Mono',monospace;font-size:13px;line-height:1.45";

    public static string Render(Card card)
    {
        string tone = card.Tone switch
        {
            Tone.Good => "#2e7d4f",
            Tone.Open => "#8a5a0b",
            Tone.Bad => "#b3382c",
            _ => "#5b7288",
        };
        string edge = Theme.Edge(tone);
        var html = new StringBuilder();
        html.Append($"<div style=\"{Theme.Colours};background:{Theme.Ground};color:{Theme.Ink};border:1px solid {Theme.Rule};border-left:5px solid {edge};border-radius:6px;padding:10px 16px 12px;margin:4px 0;max-width:52em;text-align:left;{Prose}\">");
        html.Append($"<p style=\"margin:0 0 6px;color:{Theme.Ink};background:{Theme.Ground}\"><strong style=\"color:{Theme.Tone(tone)};font-size:16px\">{Inline(card.Headline)}</strong>");
        html.Append($"<span style=\"color:{Theme.Faint}\"> · {Inline(card.Subject)}</span></p>");
        foreach (CardPart part in card.Parts) Append(html, part, edge);
        return html.Append("</div>").ToString();
    }

    private static void Append(StringBuilder html, CardPart part, string edge)
    {
        switch (part)
        {
            case CardPart.Paragraph(string text):
                html.Append($"<p style=\"margin:6px 0;color:{Theme.Ink};background:{Theme.Ground}\">{Inline(text)}</p>");
                break;
            case CardPart.Advice(string text):
                html.Append($"<p style=\"margin:10px 0 6px;padding:2px 0 2px 10px;border-left:2px solid {edge};color:{Theme.Ink};background:{Theme.Ground}\"><strong style=\"font-weight:600;color:{Theme.Ink}\">{Inline(text)}</strong></p>");
                break;
            case CardPart.Note(string text):
                html.Append($"<p style=\"margin:8px 0 0;color:{Theme.Faint};background:{Theme.Ground};font-size:12.5px\">{Inline(text)}</p>");
                break;
            case CardPart.Items(var items):
                html.Append($"<ul style=\"margin:6px 0;padding-left:22px;color:{Theme.Ink};background:{Theme.Ground}\">");
                foreach (string item in items) html.Append($"<li style=\"margin:3px 0;color:{Theme.Ink}\">{Inline(item)}</li>");
                html.Append("</ul>");
                break;
            case CardPart.Shown(var content):
                html.Append($"<div style=\"margin:6px 0\">{content.ToHtml()}</div>");
                break;
            case CardPart.Listing(string label, string text):
                html.Append($"<p style=\"margin:8px 0 2px;color:{Theme.Faint};background:{Theme.Ground};font-size:12.5px\">{Inline(label)}</p>");
                html.Append($"<pre style=\"margin:0 0 6px;padding:6px 10px;overflow-x:auto;white-space:pre;border:0;border-radius:3px;color:{Theme.Ink};background:{Theme.Inset};{Mono}\">{WebUtility.HtmlEncode(text)}</pre>");
                break;
        }
    }

    private static string Inline(string text) => CodeSpan().Replace(
        WebUtility.HtmlEncode(text),
        $"<code style=\"padding:0 3px;border-radius:2px;color:{Theme.Ink};background:{Theme.Inset};{Mono}\">$1</code>");

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex CodeSpan();
}
