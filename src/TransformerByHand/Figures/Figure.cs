using System.Text;
using TransformerByHand.Display;

namespace TransformerByHand.Figures;

/// <summary>A picture drawn as SVG, with its own light panel and a text alternative that states its numbers.</summary>
/// <remarks>
/// In a notebook a figure is an <c>&lt;img&gt;</c> with the SVG in a data URI, because a bare <c>&lt;svg&gt;</c> is stripped
/// from notebooks that a client does not trust. The same figure gives the same characters on every machine: coordinates are
/// rounded, and text is placed by built-in glyph widths, never by measuring a font.
/// </remarks>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public abstract class Figure : IShown
{
    /// <summary>The line above the picture.</summary>
    public string? Title { get; init; }

    /// <summary>What the picture shows, in one or two sentences; the text alternative begins with it.</summary>
    public string? Description { get; init; }

    /// <summary>The text alternative: what the figure is, and its numbers (of a large figure, its extremes).</summary>
    /// <exception cref="ArgumentException">The figure's data do not fit together.</exception>
    public string Alt
    {
        get
        {
            Check();
            return Markup.Visible(string.Join(" ", new[] { Title is { Length: > 0 } ? Sentence(Title) : null, Description, Describe() }
                .Where(part => part is { Length: > 0 })));
        }
    }

    /// <summary>Draws the figure as a complete SVG document.</summary>
    /// <exception cref="ArgumentException">The figure's data do not fit together.</exception>
    public string ToSvg()
    {
        var inner = Render(Canvas.TitleSize);
        const double margin = 14;
        double width = Math.Ceiling(inner.Width + 2 * margin), height = Math.Ceiling(inner.Height + 2 * margin);
        var panel = new Canvas();
        panel.Rectangle(0.5, 0.5, width - 1, height - 1, "#ffffff", stroke: "#d0d7de", radius: 6);
        panel.Place(inner, margin, margin);
        panel.Grow(width, height);
        return panel.ToSvg(Alt);
    }

    /// <summary>Returns the figure as an image whose source is a data URI, dimmed a little where the client's theme is dark.</summary>
    /// <exception cref="ArgumentException">The figure's data do not fit together.</exception>
    public string ToHtml() =>
        $"<div style=\"{Theme.AroundPicture}\"><img alt=\"{Markup.Escape(Alt)}\" style=\"{Theme.Picture}\" src=\"data:image/svg+xml;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(ToSvg()))}\"/></div>";

    /// <summary>Returns the title and the numbers as plain text.</summary>
    /// <exception cref="ArgumentException">The figure's data do not fit together.</exception>
    public string ToText()
    {
        Check();
        return string.Join("\n", new[] { Title is null ? null : Markup.Visible(Title), Description, Tabulate() }.Where(part => part is { Length: > 0 }));
    }

    /// <inheritdoc cref="ToText"/>
    public override string ToString() => ToText();

    /// <summary>Draws title and body, without the panel.</summary>
    internal Canvas Render(double titleSize)
    {
        Check();
        var body = Draw();
        if (Title is not { Length: > 0 }) return body;

        var canvas = new Canvas();
        double width = Math.Max(body.Width, TextMetrics.Width(Title, titleSize, bold: true));
        canvas.Text(Title, 0, titleSize, size: titleSize, bold: true);
        canvas.Place(body, 0, titleSize + 12);
        canvas.Grow(width, body.Height + titleSize + 12);
        return canvas;
    }

    /// <summary>Throws when the figure's data do not fit together.</summary>
    private protected abstract void Check();

    /// <summary>Draws the body of the figure, its top left corner at (0, 0).</summary>
    private protected abstract Canvas Draw();

    /// <summary>States the numbers in sentences.</summary>
    private protected abstract string Describe();

    /// <summary>States the numbers in lines of plain text.</summary>
    private protected abstract string Tabulate();

    private protected static string Sentence(string text) => text.EndsWith('.') || text.EndsWith('?') || text.EndsWith('!') ? text : text + ".";
}
