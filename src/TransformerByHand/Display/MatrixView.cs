using System.Text;
using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Display;

/// <summary>A matrix or a vector as a table: a caption with name and shape, labels on rows and columns, numbers that line up.</summary>
/// <remarks>
/// Made by the extension methods of <see cref="Views"/>: <c>Q.View("Q", rows: tokens)</c>. The numbers are copied when the
/// view is made. Large matrices are shown by their first and last rows and columns.
/// </remarks>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public sealed class MatrixView : IShown
{
    private readonly double[,] _values;
    private readonly bool _isVector;

    /// <summary>Makes the view of a matrix.</summary>
    /// <param name="matrix">The matrix (rows × columns); copied.</param>
    public MatrixView(Matrix<double> matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        _values = matrix.ToArray();
    }

    /// <summary>Makes the view of a two-dimensional array.</summary>
    /// <param name="matrix">The numbers (rows × columns); copied.</param>
    public MatrixView(double[,] matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        _values = (double[,])matrix.Clone();
    }

    /// <summary>Makes the view of a vector, shown as one row.</summary>
    /// <param name="vector">The numbers; copied.</param>
    public MatrixView(IReadOnlyList<double> vector)
    {
        ArgumentNullException.ThrowIfNull(vector);
        _values = new double[1, vector.Count];
        for (int j = 0; j < vector.Count; j++) _values[0, j] = vector[j];
        _isVector = true;
    }

    /// <summary>The name in the caption, such as <c>X</c>.</summary>
    public string? Name { get; init; }

    /// <summary>The sides in words, such as <c>tokens × d_model</c>; the caption adds the sizes.</summary>
    public string? Shape { get; init; }

    /// <summary>One label a row, which may repeat; row numbers from 0 where there are none.</summary>
    public IReadOnlyList<string>? Rows { get; init; }

    /// <summary>One label a column (a vector: a number), which may repeat; column numbers from 0 where there are none.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Whether the cells are coloured by their numbers: blue above 0, orange below.</summary>
    public bool Heat { get; init; }

    /// <summary>Significant digits of the largest number.</summary>
    public int Digits { get; init; } = 4;

    /// <summary>The most rows shown before the middle is left out; at least 3.</summary>
    public int MaxRows { get; init; } = 16;

    /// <summary>The most columns shown before the middle is left out; at least 3.</summary>
    public int MaxColumns { get; init; } = 12;

    /// <summary>The caption: name and shape, such as <c>X (tokens × d_model = 3 × 4)</c>.</summary>
    public string Caption
    {
        get
        {
            string sizes = _isVector ? $"{_values.GetLength(1)}" : $"{_values.GetLength(0)} × {_values.GetLength(1)}";
            string shape = Shape is { Length: > 0 } ? $"{Shape} = {sizes}" : _isVector ? $"{sizes} numbers" : sizes;
            return Name is { Length: > 0 } ? $"{Name} ({shape})" : shape;
        }
    }

    /// <inheritdoc/>
    public string ToHtml()
    {
        Check();
        var shownRows = Shown(_values.GetLength(0), MaxRows);
        var shownColumns = Shown(_values.GetLength(1), MaxColumns);
        var format = Format(shownRows, shownColumns);
        var scale = Heat ? ColorScale.For(_values.Cast<double>()) : null;
        bool rowHeads = !_isVector || Rows is not null;

        var html = new StringBuilder();
        html.Append($"<div style=\"{HtmlStyle.Panel}\"><table style=\"{HtmlStyle.Table}\">");
        html.Append($"<caption style=\"{HtmlStyle.Caption}\">{Markup.Escape(Caption)}</caption><thead><tr>");
        if (rowHeads) html.Append($"<th style=\"{HtmlStyle.Head}\"></th>");
        foreach (int j in shownColumns)
            html.Append($"<th scope=\"col\" style=\"{HtmlStyle.Head}\">{Markup.Escape(Label(Columns, j))}</th>");
        html.Append("</tr></thead><tbody>");
        foreach (int i in shownRows)
        {
            html.Append("<tr>");
            if (rowHeads) html.Append($"<th scope=\"row\" style=\"{HtmlStyle.TextHead}\">{Markup.Escape(Label(Rows, i))}</th>");
            foreach (int j in shownColumns)
            {
                bool elided = i < 0 || j < 0;
                string style = scale is null || elided || !double.IsFinite(_values[i, j]) ? HtmlStyle.Cell : HtmlStyle.Coloured(scale.At(_values[i, j]));
                html.Append($"<td style=\"{style}\">{(elided ? Ellipsis(i, j) : format(_values[i, j]))}</td>");
            }
            html.Append("</tr>");
        }
        return html.Append("</tbody></table></div>").ToString();
    }

    /// <inheritdoc/>
    public string ToText()
    {
        Check();
        var shownRows = Shown(_values.GetLength(0), MaxRows);
        var shownColumns = Shown(_values.GetLength(1), MaxColumns);
        var format = Format(shownRows, shownColumns);
        bool rowHeads = !_isVector || Rows is not null;

        List<string[]> lines = [[.. rowHeads ? [""] : Array.Empty<string>(), .. shownColumns.Select(j => Label(Columns, j))]];
        foreach (int i in shownRows)
            lines.Add([
                .. rowHeads ? [Label(Rows, i)] : Array.Empty<string>(),
                .. shownColumns.Select(j => i < 0 || j < 0 ? Ellipsis(i, j) : format(_values[i, j])),
            ]);
        return Caption + "\n" + TextColumns.Align(lines, leftColumns: rowHeads ? 1 : 0);
    }

    /// <inheritdoc cref="ToText"/>
    public override string ToString() => ToText();

    /// <summary>The indices to show; −1 stands for those left out.</summary>
    private static List<int> Shown(int count, int most)
    {
        if (count <= most) return [.. Enumerable.Range(0, count)];
        int first = most / 2, last = most - 1 - first;
        return [.. Enumerable.Range(0, first), -1, .. Enumerable.Range(count - last, last)];
    }

    private static string Ellipsis(int i, int j) => i < 0 && j < 0 ? "⋱" : i < 0 ? "⋮" : "…";

    private static string Label(IReadOnlyList<string>? labels, int index) => index < 0 ? "…" : labels is null ? $"{index}" : labels[index];

    private Func<double, string> Format(List<int> rows, List<int> columns) =>
        Numbers.Together(from i in rows where i >= 0 from j in columns where j >= 0 select _values[i, j], Digits);

    private void Check()
    {
        CheckLabels(Rows, _values.GetLength(0), nameof(Rows), "row");
        CheckLabels(Columns, _values.GetLength(1), nameof(Columns), "column");
        if (MaxRows < 3) throw new ArgumentOutOfRangeException(nameof(MaxRows), MaxRows, "At least 3 rows must be shown.");
        if (MaxColumns < 3) throw new ArgumentOutOfRangeException(nameof(MaxColumns), MaxColumns, "At least 3 columns must be shown.");
    }

    private static void CheckLabels(IReadOnlyList<string>? labels, int count, string argument, string what)
    {
        if (labels is not null && labels.Count != count)
            throw new ArgumentException($"{argument} has {labels.Count} labels; the matrix has {count} {what}s and needs one for each.", argument);
    }
}
