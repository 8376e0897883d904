using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using TransformerByHand.Display;

namespace TransformerByHand.Exercises.Tests;

/// <summary>A piece of text in an output, and the colours that its inline styles come to in a client's theme.</summary>
/// <remarks>As much of CSS as outputs use: custom properties, <c>var()</c> with fall-backs, <c>color-mix()</c> of two colours in sRGB.</remarks>
internal sealed partial record StyledText(string Text, Rgb Ink, Rgb Ground)
{
    /// <summary>Every piece of text in some HTML.</summary>
    /// <param name="html">The HTML, well-formed as XML.</param>
    /// <param name="variables">The custom properties of the page, as a style declares them.</param>
    public static IReadOnlyList<StyledText> Of(string html, string variables) =>
        [.. Of(XElement.Parse(html), Declarations(variables).ToDictionary(StringComparer.Ordinal), "", "")];

    private static IEnumerable<StyledText> Of(XElement element, Dictionary<string, string> inherited, string ink, string ground)
    {
        var variables = new Dictionary<string, string>(inherited, StringComparer.Ordinal);
        foreach ((string name, string value) in Declarations((string?)element.Attribute("style") ?? ""))
        {
            if (name.StartsWith("--", StringComparison.Ordinal)) variables[name] = Resolved(value, variables);
            else if (name == "color") ink = Resolved(value, variables);
            else if (name == "background") ground = Resolved(value, variables);
        }

        foreach (XNode node in element.Nodes())
        {
            if (node is XText { Value: var text } && !string.IsNullOrWhiteSpace(text)) yield return new StyledText(text, Rgb.Parse(ink), Rgb.Parse(ground));
            if (node is XElement child)
                foreach (StyledText inner in Of(child, variables, ink, ground)) yield return inner;
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Declarations(string style) =>
        from declaration in style.Split(';', StringSplitOptions.RemoveEmptyEntries)
        let colon = declaration.IndexOf(':', StringComparison.Ordinal)
        select KeyValuePair.Create(declaration[..colon].Trim(), declaration[(colon + 1)..].Trim());

    /// <summary>Works from the inside out until a plain colour is left.</summary>
    private static string Resolved(string value, Dictionary<string, string> variables)
    {
        for (string before = ""; before != value;)
        {
            before = value;
            value = Variable().Replace(value, match => variables.GetValueOrDefault(match.Groups["name"].Value, match.Groups["else"].Value));
            value = Mix().Replace(value, match =>
            {
                double share = double.Parse(match.Groups["share"].Value, CultureInfo.InvariantCulture) / 100;
                Rgb a = Rgb.Parse(match.Groups["a"].Value), b = Rgb.Parse(match.Groups["b"].Value);
                return new Rgb(Part(a.R, b.R), Part(a.G, b.G), Part(a.B, b.B)).Hex;

                byte Part(byte from, byte to) => (byte)Math.Round(share * from + (1 - share) * to);
            });
        }

        return value;
    }

    [GeneratedRegex(@"var\((?<name>--[\w-]+)(?:,(?<else>[^(),]*))?\)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"color-mix\(in srgb,(?<a>#\w{6}) (?<share>\d+)%,(?<b>#\w{6})\)")]
    private static partial Regex Mix();
}
