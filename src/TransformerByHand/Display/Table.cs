using System.Globalization;
using System.Text;

namespace TransformerByHand.Display;

/// <summary>A small table of text and numbers, for comparisons and verdicts.</summary>
/// <remarks>
/// <code>
/// new Table("claim", "measured", "verdict") { Caption = "What was found" }
///     .Row("N1", 0.0816, "holds")
///     .Row("N2", 0.99, "holds")
/// </code>
/// A column is aligned at the right if all of its cells are numbers, and at the left otherwise.
/// </remarks>
/// <param name="headers">The heading of each column.</param>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public sealed class Table(params string[] headers) : IShown
{
    /// <summary>The heading of each column.</summary>
    public IReadOnlyList<string> Headers { get; } = headers is { Length: > 0 }
        ? [.. headers]
        : throw new ArgumentException("A table has at least one column.", nameof(headers));

    /// <summary>The line above the table.</summary>
    public string? Caption { get; init; }

    /// <summary>The rows, each with one cell a column: text, numbers, or <see langword="null"/> for an empty cell.</summary>
    public IReadOnlyList<object?[]> Rows { get; init; } = [];

    /// <summary>Significant digits of the numbers.</summary>
    public int Digits { get; init; } = 4;

    /// <summary>Returns the table with one more row.</summary>
    /// <param name="cells">One cell a column: text, numbers, or <see langword="null"/> for an empty cell.</param>
    public Table Row(params object?[] cells) => With([cells]);

    /// <summary>Returns the table with one more row for each item.</summary>
    /// <param name="items">What the rows are about, in order.</param>
    /// <param name="cells">The cells of an item's row.</param>
    public Table RowForEach<T>(IEnumerable<T> items, Func<T, object?[]> cells) => With(items.Select(cells));

    /// <inheritdoc/>
    public string ToHtml()
    {
        Check();
        var html = new StringBuilder($"<div style=\"{HtmlStyle.Panel}\"><table style=\"{HtmlStyle.Table}\">");
        if (Caption is { Length: > 0 }) html.Append($"<caption style=\"{HtmlStyle.Caption}\">{Markup.Escape(Caption)}</caption>");
        html.Append("<thead><tr>");
        for (int j = 0; j < Headers.Count; j++)
            html.Append($"<th scope=\"col\" style=\"{(IsNumeric(j) ? HtmlStyle.Head : HtmlStyle.TextHead)};border-bottom:1px solid {Theme.Rule}\">{Markup.Escape(Headers[j])}</th>");
        html.Append("</tr></thead><tbody>");
        foreach (var row in Rows)
        {
            html.Append("<tr>");
            for (int j = 0; j < row.Length; j++)
                html.Append($"<td style=\"{(IsNumeric(j) ? HtmlStyle.Cell : HtmlStyle.TextCell)}\">{Markup.Escape(Cell(row[j]))}</td>");
            html.Append("</tr>");
        }
        return html.Append("</tbody></table></div>").ToString();
    }

    /// <inheritdoc/>
    public string ToText()
    {
        Check();
        string table = TextColumns.Align([[.. Headers], .. Rows.Select(row => row.Select(Cell).ToArray())], j => !IsNumeric(j));
        return Caption is { Length: > 0 } ? Caption + "\n" + table : table;
    }

    /// <inheritdoc cref="ToText"/>
    public override string ToString() => ToText();

    private Table With(IEnumerable<object?[]> rows) => new([.. Headers]) { Caption = Caption, Digits = Digits, Rows = [.. Rows, .. rows] };

    private string Cell(object? value) => value switch
    {
        null => "",
        double number => Numbers.Format(number, Digits),
        float number => Numbers.Format(number, Digits),
        string text => text,
        bool truth => truth ? "yes" : "no",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private bool IsNumeric(int column) =>
        Rows.Count > 0 && Rows.All(row => row[column] is null or double or float or int or long or decimal) && Rows.Any(row => row[column] is not null);

    private void Check()
    {
        for (int i = 0; i < Rows.Count; i++)
            if (Rows[i].Length != Headers.Count)
                throw new ArgumentException($"Row {i} has {Rows[i].Length} cells; the table has {Headers.Count} columns.", nameof(Rows));
    }
}
