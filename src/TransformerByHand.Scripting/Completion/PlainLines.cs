using System.Text;

namespace TransformerByHand.Scripting;

/// <summary>Breaks text between words. Classic Notebook breaks long lines of plain text wherever its tooltip ends.</summary>
internal static class PlainLines
{
    private const int Width = 76;

    /// <summary>Breaks every line that is too long, and indents all of them. What a list item goes on with is indented further; code stays as it is.</summary>
    public static string Wrap(string text, string indent)
    {
        var wrapped = new List<string>();
        foreach (string line in text.Split('\n'))
        {
            if (line.Length == 0) wrapped.Add("");
            else if (line.StartsWith("    ", StringComparison.Ordinal)) wrapped.Add(indent + line);
            else wrapped.AddRange(Break(line, indent, indent + (line.StartsWith("- ", StringComparison.Ordinal) ? "  " : "")));
        }

        return string.Join('\n', wrapped);
    }

    private static IEnumerable<string> Break(string line, string firstIndent, string nextIndent)
    {
        var current = new StringBuilder(firstIndent);
        bool empty = true;
        foreach (string word in line.Split(' '))
        {
            if (!empty && current.Length + 1 + word.Length > Width)
            {
                yield return current.ToString();
                current.Clear().Append(nextIndent);
                empty = true;
            }

            if (!empty) current.Append(' ');
            current.Append(word);
            empty = false;
        }

        yield return current.ToString();
    }
}
