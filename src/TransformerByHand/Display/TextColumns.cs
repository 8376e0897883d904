using System.Globalization;
using System.Text;

namespace TransformerByHand.Display;

/// <summary>Columns of plain text that line up in a fixed-width font.</summary>
internal static class TextColumns
{
    /// <summary>Lays out rows of cells: two spaces between columns, no space at the end of a line, lines joined by <c>\n</c>.</summary>
    /// <param name="rows">The cells; every row has the same number.</param>
    /// <param name="isLeft">Says which columns are aligned at the left; the others are aligned at the right.</param>
    public static string Align(IReadOnlyList<string[]> rows, Func<int, bool> isLeft)
    {
        var cells = rows.Select(row => row.Select(Markup.Visible).ToArray()).ToArray();
        int columns = cells.Length == 0 ? 0 : cells[0].Length;
        var widths = Enumerable.Range(0, columns).Select(j => cells.Max(row => Width(row[j]))).ToArray();

        var text = new StringBuilder();
        foreach (var row in cells)
        {
            var line = new StringBuilder();
            for (int j = 0; j < columns; j++)
            {
                string gap = new(' ', widths[j] - Width(row[j]));
                line.Append(j > 0 ? "  " : "").Append(isLeft(j) ? row[j] + gap : gap + row[j]);
            }
            text.Append(line.ToString().TrimEnd()).Append('\n');
        }
        return text.ToString().TrimEnd('\n');
    }

    /// <inheritdoc cref="Align(IReadOnlyList{string[]}, Func{int, bool})"/>
    /// <param name="rows">The cells; every row has the same number.</param>
    /// <param name="leftColumns">So many columns from the first are aligned at the left.</param>
    public static string Align(IReadOnlyList<string[]> rows, int leftColumns) => Align(rows, j => j < leftColumns);

    /// <summary>Characters as a reader counts them: a letter with its combining marks (x̂) is one.</summary>
    private static int Width(string text) => new StringInfo(text).LengthInTextElements;
}
