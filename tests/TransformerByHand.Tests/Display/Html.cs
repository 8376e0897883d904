using System.Xml.Linq;

namespace TransformerByHand.Tests.Display;

/// <summary>Reads HTML that is also well-formed XML, as ours is.</summary>
internal static class Html
{
    public static XElement Parse(string html) => XElement.Parse($"<root>{html}</root>", LoadOptions.PreserveWhitespace);

    public static (string? Caption, List<string> Head, List<List<string>> Rows) Table(string html)
    {
        var table = Parse(html).Descendants("table").Single();
        return (
            table.Element("caption")?.Value,
            [.. table.Element("thead")!.Element("tr")!.Elements().Select(cell => cell.Value)],
            [.. table.Element("tbody")!.Elements("tr").Select(row => row.Elements().Select(cell => cell.Value).ToList())]);
    }
}
