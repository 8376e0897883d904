using System.Globalization;
using System.Text;
using TransformerByHand.Display;

namespace TransformerByHand.Figures;

/// <summary>Collects the elements of an SVG drawing, its size, and where its texts are.</summary>
internal sealed class Canvas
{
    public const double TitleSize = 15;
    public const double TextSize = 13;
    public const double SmallSize = 12;

    /// <summary>Colour of text and of lines that carry meaning.</summary>
    public const string Ink = "#1f2328";

    /// <summary>Colour of ticks, notes and other things that stand back.</summary>
    public const string Muted = "#57606a";

    /// <summary>Colour of grid lines.</summary>
    public const string Faint = "#e4e7eb";

    private readonly StringBuilder _body = new();
    private readonly List<Box> _texts = [];

    public double Width { get; private set; }

    public double Height { get; private set; }

    /// <summary>Estimated boxes of all texts, in this canvas's coordinates.</summary>
    public IReadOnlyList<Box> Texts => _texts;

    /// <summary>Makes the drawing at least this large.</summary>
    public void Grow(double width, double height) => (Width, Height) = (Math.Max(Width, width), Math.Max(Height, height));

    public void Line(double x1, double y1, double x2, double y2, string stroke, double width = 1, string? dash = null) =>
        _body.Append($"<path d=\"M{N(x1)} {N(y1)}L{N(x2)} {N(y2)}\"{Stroke(stroke, width, dash)}/>");

    /// <summary>A line through points; a point that is not finite interrupts it.</summary>
    public void Polyline(IEnumerable<(double X, double Y)> points, string stroke, double width = 1, string? dash = null)
    {
        var path = new StringBuilder();
        bool pen = false;
        foreach (var (x, y) in points)
        {
            bool draw = double.IsFinite(x) && double.IsFinite(y);
            if (draw) path.Append(pen ? 'L' : 'M').Append(N(x)).Append(' ').Append(N(y));
            pen = draw;
        }
        if (path.Length > 0)
            _body.Append($"<path d=\"{path}\" fill=\"none\" stroke-linejoin=\"round\"{Stroke(stroke, width, dash)}/>");
    }

    /// <summary>A line through points that ends in an arrow head.</summary>
    public void Arrow(IReadOnlyList<(double X, double Y)> points, string stroke, double width = 1.5, string? dash = null)
    {
        const double length = 8, halfWidth = 3.6;
        var (tip, before) = (points[^1], points[^2]);
        double dx = tip.X - before.X, dy = tip.Y - before.Y, distance = Math.Sqrt(dx * dx + dy * dy);
        if (distance == 0) return;
        (dx, dy) = (dx / distance, dy / distance);
        var (baseX, baseY) = (tip.X - length * dx, tip.Y - length * dy);
        Polyline([.. points.Take(points.Count - 1), (baseX + dx, baseY + dy)], stroke, width, dash);
        Polygon([tip, (baseX - halfWidth * dy, baseY + halfWidth * dx), (baseX + halfWidth * dy, baseY - halfWidth * dx)], stroke);
    }

    /// <summary>Draws what another canvas holds at a place in this one, and cuts off what lies outside a frame.</summary>
    public void PlaceClipped(Canvas inner, double x, double y, double width, double height)
    {
        _body.Append($"<svg x=\"{N(x)}\" y=\"{N(y)}\" width=\"{N(width)}\" height=\"{N(height)}\">").Append(inner._body).Append("</svg>");
        Grow(x + width, y + height);
    }

    public void Polygon(IEnumerable<(double X, double Y)> points, string fill, string? stroke = null, double width = 1, double opacity = 1) =>
        _body.Append($"<path d=\"M{string.Join("L", points.Select(p => $"{N(p.X)} {N(p.Y)}"))}Z\" fill=\"{fill}\"{(opacity < 1 ? $" fill-opacity=\"{N(opacity)}\"" : "")}{(stroke is null ? "" : Stroke(stroke, width, null))}/>");

    public void Rectangle(double x, double y, double width, double height, string fill, string? stroke = null, double radius = 0, string? dash = null, double strokeWidth = 1) =>
        _body.Append($"<rect x=\"{N(x)}\" y=\"{N(y)}\" width=\"{N(width)}\" height=\"{N(height)}\"{(radius > 0 ? $" rx=\"{N(radius)}\"" : "")} fill=\"{fill}\"{(stroke is null ? "" : Stroke(stroke, strokeWidth, dash))}/>");

    /// <summary>Draws a grid of coloured cells in few characters: one path a colour, equal neighbours joined. Cells without a colour are hatched.</summary>
    public void Mosaic(double x, double y, double cellWidth, double cellHeight, Rgb?[,] cells)
    {
        // In units of cells, each run of cells is a piece of a line one cell thick.
        var paths = new SortedDictionary<string, StringBuilder>(StringComparer.Ordinal);
        for (int i = 0; i < cells.GetLength(0); i++)
            for (int j = 0, end; j < cells.GetLength(1); j = end)
            {
                for (end = j + 1; end < cells.GetLength(1) && cells[i, end] == cells[i, j];) end++;
                if (cells[i, j] is not { } colour)
                {
                    Rectangle(x + j * cellWidth, y + i * cellHeight, (end - j) * cellWidth, cellHeight, Hatched);
                    continue;
                }
                if (!paths.TryGetValue(colour.Hex, out var path)) paths[colour.Hex] = path = new();
                path.Append(CultureInfo.InvariantCulture, $"M{j} {i}h{end - j}");
            }
        _body.Append($"<g transform=\"translate({N(x)} {N(y + cellHeight / 2)}) scale({N(cellWidth)} {N(cellHeight)})\" shape-rendering=\"crispEdges\" fill=\"none\">");
        foreach (var (colour, path) in paths) _body.Append($"<path stroke=\"{colour}\" d=\"{path}\"/>");
        _body.Append("</g>");
    }

    public void Circle(double x, double y, double radius, string fill, string? stroke = null, double width = 1) =>
        _body.Append($"<circle cx=\"{N(x)}\" cy=\"{N(y)}\" r=\"{N(radius)}\" fill=\"{fill}\"{(stroke is null ? "" : Stroke(stroke, width, null))}/>");

    /// <summary>Writes a text whose baseline is at y.</summary>
    /// <param name="text">The text; <c>W_Q</c> is set with a subscript.</param>
    /// <param name="x">Where the anchor is.</param>
    /// <param name="y">The baseline.</param>
    /// <param name="anchor">Which part of the text is at x.</param>
    /// <param name="size">Font size in pixels.</param>
    /// <param name="fill">Colour.</param>
    /// <param name="bold">Whether it is bold.</param>
    /// <param name="halo">Whether a white edge sets it off from lines behind it.</param>
    public void Text(string text, double x, double y, Anchor anchor = Anchor.Start, double size = TextSize, string fill = Ink, bool bold = false, bool halo = false)
    {
        if (text.Length == 0) return;
        double width = TextMetrics.Width(text, size, bold);
        double left = anchor switch { Anchor.Start => x, Anchor.Middle => x - width / 2, _ => x - width };
        _texts.Add(new(left, y - 0.76 * size, width, 0.98 * size, text));
        _body.Append($"<text x=\"{N(x)}\" y=\"{N(y)}\"{Attributes(anchor, size, fill, bold)}{(halo ? " stroke=\"#fff\" stroke-width=\"4\" stroke-linejoin=\"round\" paint-order=\"stroke\"" : "")}>{Runs(text)}</text>");
    }

    /// <summary>Writes a text that reads from bottom to top, centred at (x, y).</summary>
    public void VerticalText(string text, double x, double y, double size = TextSize, string fill = Ink)
    {
        if (text.Length == 0) return;
        double width = TextMetrics.Width(text, size);
        _texts.Add(new(x - 0.76 * size, y - width / 2, 0.98 * size, width, text));
        _body.Append($"<text transform=\"translate({N(x)} {N(y)}) rotate(-90)\"{Attributes(Anchor.Middle, size, fill, false)}>{Runs(text)}</text>");
    }

    /// <summary>Draws another canvas at a place in this one.</summary>
    public void Place(Canvas inner, double x, double y)
    {
        _body.Append($"<g transform=\"translate({N(x)} {N(y)})\">").Append(inner._body).Append("</g>");
        _texts.AddRange(inner._texts.Select(box => box with { X = box.X + x, Y = box.Y + y }));
        Grow(x + inner.Width, y + inner.Height);
    }

    /// <summary>Returns the complete document.</summary>
    public string ToSvg(string alt)
    {
        var svg = new StringBuilder();
        svg.Append($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{N(Math.Ceiling(Width))}\" height=\"{N(Math.Ceiling(Height))}\" viewBox=\"0 0 {N(Math.Ceiling(Width))} {N(Math.Ceiling(Height))}\" role=\"img\" ");
        svg.Append("font-family=\"'Segoe UI','Helvetica Neue',Helvetica,Arial,'DejaVu Sans',sans-serif\" font-size=\"13\" ");
        svg.Append($"fill=\"{Ink}\"><title>{Markup.Escape(alt)}</title>");
        if (_body.ToString().Contains("url(#", StringComparison.Ordinal)) svg.Append($"<defs>{Hatching}</defs>");
        return svg.Append(_body).Append("</svg>").ToString();
    }

    /// <summary>Fill of a cell that has no number.</summary>
    public const string Hatched = "url(#hatch)";

    private const string Hatching =
        "<pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" fill=\"#f6f8fa\"/><path d=\"M0 0V6\" stroke=\"#b6bec8\" stroke-width=\"1.6\"/></pattern>";

    /// <summary>A coordinate: one decimal, so that the last bit of a number never shows.</summary>
    public static string N(double value)
    {
        if (!double.IsFinite(value)) throw new InvalidOperationException("A coordinate of the drawing is not a finite number.");
        double rounded = Math.Round(value, 1, MidpointRounding.AwayFromZero);
        return (rounded == 0 ? 0 : rounded).ToString("0.#", CultureInfo.InvariantCulture);
    }

    private static string Runs(string text)
    {
        var runs = new StringBuilder();
        bool lowered = false;
        foreach (var (part, isSubscript) in MathText.Split(text))
        {
            if (isSubscript) runs.Append($"<tspan dy=\"0.22em\" font-size=\"{MathText.SubscriptSize.ToString(CultureInfo.InvariantCulture)}em\">{Markup.Escape(part)}</tspan>");
            else runs.Append(lowered ? $"<tspan dy=\"-0.165em\">{Markup.Escape(part)}</tspan>" : Markup.Escape(part));
            lowered = isSubscript;
        }
        return runs.ToString();
    }

    private static string Attributes(Anchor anchor, double size, string fill, bool bold) =>
        (anchor == Anchor.Start ? "" : anchor == Anchor.Middle ? " text-anchor=\"middle\"" : " text-anchor=\"end\"")
        + (size == TextSize ? "" : $" font-size=\"{N(size)}\"")
        + (fill == Ink ? "" : $" fill=\"{fill}\"")
        + (bold ? " font-weight=\"600\"" : "");

    private static string Stroke(string colour, double width, string? dash) =>
        $" stroke=\"{colour}\"" + (width == 1 ? "" : $" stroke-width=\"{N(width)}\"") + (dash is null ? "" : $" stroke-dasharray=\"{dash}\"");
}
