using System.Text;
using System.Text.RegularExpressions;

namespace TransformerByHand.Scripting.Engine;

/// <summary>Takes a cell apart into texts and directives.</summary>
internal static partial class CellText
{
    public const string CSharp = "csharp";

    private static readonly Dictionary<string, string> Languages = new(StringComparer.OrdinalIgnoreCase)
    {
        ["csharp"] = CSharp,
        ["c#"] = CSharp,
        ["markdown"] = "markdown",
        ["md"] = "markdown",
        ["html"] = "html",
        ["mermaid"] = "mermaid",
    };

    public static IReadOnlyList<CellPart> Split(string source)
    {
        var parts = new List<CellPart>();
        string[] lines = source.ReplaceLineEndings("\n").Split('\n');
        string language = CSharp;
        var text = new StringBuilder();
        int textStart = 1;

        for (int i = 0; i < lines.Length; i++)
        {
            int line = i + 1;
            if (MagicLine().Match(lines[i]) is { Success: true } magic && StartsPart(magic.Groups["name"].Value, language))
            {
                Close(line + 1);
                string name = magic.Groups["name"].Value;
                if (Languages.TryGetValue(name, out string? chosen)) language = chosen;
                else parts.Add(new MagicPart(name, magic.Groups["argument"].Value.Trim(), line));
            }
            else if (language == CSharp && PackageLine().Match(lines[i]) is { Success: true } package)
            {
                string version = package.Groups["version"].Value;
                parts.Add(package.Groups["directive"].Value == "i"
                    ? new PackageSourcePart(package.Groups["name"].Value, line)
                    : new PackagePart(package.Groups["name"].Value, version.Length > 0 ? version : null, line));
                text.Append('\n');
            }
            else
            {
                text.Append(lines[i]);
                if (i < lines.Length - 1) text.Append('\n');
            }
        }

        Close(lines.Length);
        return parts;

        void Close(int nextStart)
        {
            string closed = text.ToString();
            if (!string.IsNullOrWhiteSpace(closed))
                parts.Add(new TextPart(language, language == CSharp ? new string('\n', textStart - 1) + closed : closed.Trim('\n'), textStart));
            text.Clear();
            textStart = nextStart;
        }
    }

    /// <summary>In prose, <c>#!</c> at the start of a line is text unless it names a language that can be switched to.</summary>
    private static bool StartsPart(string name, string language) => language == CSharp || Languages.ContainsKey(name);

    [GeneratedRegex("""^\s*#!(?<name>[A-Za-z][\w#-]*)(?<argument>.*)$""")]
    private static partial Regex MagicLine();

    [GeneratedRegex("""^\s*#(?<directive>[ri])\s+"nuget:\s*(?<name>[^,"]+?)\s*(,\s*(?<version>[^"]*?)\s*)?"\s*(//.*)?;?\s*$""", RegexOptions.IgnoreCase)]
    private static partial Regex PackageLine();
}
