using System.Globalization;
using System.Text;
using System.Xml.Linq;
using TransformerByHand.Figures;

namespace TransformerByHand.Tests.Figures;

/// <summary>Reads drawings back.</summary>
internal static class Svg
{
    public static XElement Parse(string svg) => XElement.Parse(svg, LoadOptions.PreserveWhitespace);

    public static List<string> Texts(Figure figure) => [.. Elements(figure, "text").Select(text => text.Value)];

    public static IEnumerable<XElement> Elements(Figure figure, string name) => Parse(figure.ToSvg()).Descendants().Where(e => e.Name.LocalName == name);

    public static double Number(XElement element, string attribute) => double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);

    /// <summary>The coloured cells of a heatmap or strip: rectangles whose text is the one drawn right after them.</summary>
    public static List<(string Fill, string Text)> Cells(Figure figure)
    {
        List<(string, string)> cells = [];
        foreach (var rectangle in Elements(figure, "rect").Where(r => r.ElementsAfterSelf().FirstOrDefault()?.Name.LocalName == "text"))
        {
            var text = rectangle.ElementsAfterSelf().First();
            double x = Number(rectangle, "x"), y = Number(rectangle, "y"), tx = Number(text, "x"), ty = Number(text, "y");
            if (tx > x && tx < x + Number(rectangle, "width") && ty > y && ty < y + Number(rectangle, "height")) cells.Add((rectangle.Attribute("fill")!.Value, text.Value));
        }
        return cells;
    }

    public static string Decode(string html)
    {
        const string start = "src=\"data:image/svg+xml;base64,";
        int from = html.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return Encoding.UTF8.GetString(Convert.FromBase64String(html[from..html.IndexOf('"', from)]));
    }
}
