using TransformerByHand.Scripting.Engine;

namespace TransformerByHand.Scripting;

/// <summary>The C# in a cell, everything else blanked out, so that every character keeps its place.</summary>
internal static class CellCode
{
    public static string Of(string source)
    {
        string[] lines = source.Split('\n');
        var isCode = new bool[lines.Length];
        foreach (TextPart part in CellText.Split(source).OfType<TextPart>().Where(part => part.Language == CellText.CSharp))
        {
            // A part starts with blank lines for what stands before it in the cell.
            string[] partLines = part.Text.Split('\n');
            for (int i = part.Line - 1; i < Math.Min(partLines.Length, lines.Length); i++) isCode[i] |= partLines[i].Length > 0;
        }

        return string.Join('\n', lines.Select((line, i) => isCode[i] ? line : new string(' ', line.Length)));
    }
}
