using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace TransformerByHand.Course.Checking;

/// <summary>What a reader sees of an HTML output: its text, and its pictures with their alternatives.</summary>
internal static partial class HtmlText
{
    /// <summary>The text between the tags; in place of each picture its alternative and, where it is an SVG in a data URI, the SVG.</summary>
    public static string Visible(string html)
    {
        string withoutStyle = Invisible().Replace(html, " ");
        string withPictures = Image().Replace(withoutStyle, image => WebUtility.HtmlEncode($" [{Attribute(image.Value, "alt")}] {Svg(image.Value)} "));
        return WebUtility.HtmlDecode(Tag().Replace(withPictures, " "));
    }

    /// <summary>The tags of all pictures.</summary>
    public static IEnumerable<string> Images(string html) => Image().Matches(html).Select(match => match.Value);

    /// <summary>The value of an attribute of a tag, decoded, or null where it is not there.</summary>
    public static string? Attribute(string tag, string name)
    {
        Match match = Regex.Match(tag, $"""\s{name}\s*=\s*(?:"(?<value>[^"]*)"|'(?<value>[^']*)')""", RegexOptions.IgnoreCase);
        return match.Success ? WebUtility.HtmlDecode(match.Groups["value"].Value) : null;
    }

    private static string Svg(string image)
    {
        const string prefix = "data:image/svg+xml;base64,";
        string? source = Attribute(image, "src");
        if (source?.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) != true) return source ?? "";
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(source[prefix.Length..]));
        }
        catch (FormatException)
        {
            return source;
        }
    }

    [GeneratedRegex("""<img\b(?:[^>"']|"[^"]*"|'[^']*')*>""", RegexOptions.IgnoreCase)]
    private static partial Regex Image();

    [GeneratedRegex("""<(?:[^>"']|"[^"]*"|'[^']*')*>""")]
    private static partial Regex Tag();

    // The data that a script draws are seen, the script is not.
    [GeneratedRegex(@"<style\b.*?</style>|<script\b(?![^>]*application/json).*?</script>|<!--.*?-->", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Invisible();
}
