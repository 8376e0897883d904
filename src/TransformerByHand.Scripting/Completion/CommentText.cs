using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TransformerByHand.Scripting;

/// <summary>The text of a documentation comment: paragraphs filled, code kept line by line.</summary>
internal static partial class CommentText
{
    public static string Of(XElement element)
    {
        var text = new StringBuilder();
        Append(element, text);
        return BlankLines().Replace(string.Join("\n", text.ToString().Split('\n').Select(line => line.TrimEnd())), "\n\n").Trim('\n', ' ');
    }

    /// <summary>The last part of a documentation id: <c>T:System.ArgumentException</c> is <c>ArgumentException</c>.</summary>
    public static string Name(string? id)
    {
        if (id is null) return "";
        int arguments = id.IndexOf('(', StringComparison.Ordinal);
        string name = arguments < 0 ? id : id[..arguments];
        int generic = name.IndexOf('`', StringComparison.Ordinal);
        if (generic >= 0) name = name[..generic];
        return name[(name.LastIndexOfAny(['.', ':']) + 1)..];
    }

    private static void Append(XElement element, StringBuilder text)
    {
        foreach (XNode node in element.Nodes())
        {
            switch (node)
            {
                case XText words:
                    text.Append(WhiteSpace().Replace(words.Value, " "));
                    break;
                case XElement child:
                    AppendElement(child, text);
                    break;
            }
        }
    }

    private static void AppendElement(XElement child, StringBuilder text)
    {
        switch (child.Name.LocalName)
        {
            case "see" or "seealso" when child.IsEmpty:
                text.Append('`').Append((string?)child.Attribute("langword") ?? (string?)child.Attribute("href") ?? Name((string?)child.Attribute("cref"))).Append('`');
                break;
            case "paramref" or "typeparamref":
                text.Append('`').Append((string?)child.Attribute("name")).Append('`');
                break;
            case "c":
                text.Append('`').Append(child.Value).Append('`');
                break;
            case "code":
                text.Append("\n\n").Append(Code(child.Value)).Append("\n\n");
                break;
            case "para":
                text.Append("\n\n");
                Append(child, text);
                text.Append("\n\n");
                break;
            case "listheader":
                break;
            case "item":
                var item = new StringBuilder();
                Append(child, item);
                text.Append("\n- ").Append(item.ToString().Trim(' ', ':'));
                break;
            case "term":
                Append(child, text);
                text.Append(": ");
                break;
            case "br":
                text.Append('\n');
                break;
            default:
                Append(child, text);
                break;
        }
    }

    /// <summary>Code, indented by four so that Markdown keeps its lines.</summary>
    private static string Code(string value)
    {
        string[] lines = value.ReplaceLineEndings("\n").Trim('\n').TrimEnd().Split('\n');
        int common = lines.Where(line => line.Trim().Length > 0).Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty(0).Min();
        return string.Join("\n", lines.Select(line => line.Trim().Length == 0 ? "" : "    " + line[common..]));
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();

    [GeneratedRegex(@"\n( *\n){2,}")]
    private static partial Regex BlankLines();
}
