using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Figures;

/// <summary>A matrix as coloured cells with their numbers. Labels may repeat, as tokens do.</summary>
/// <remarks>
/// <code>new Heatmap(A) { Title = "Attention weights", RowLabels = tokens, ColumnLabels = tokens, RowTitle = "query", ColumnTitle = "key" }</code>
/// White is 0, blue is positive, orange is negative. A number that rounds to 0 is written <c>0.00</c>, and 0 itself <c>0</c>. Cells that are NaN are hatched; so are infinite ones, which keep their sign.
/// </remarks>
public sealed class Heatmap : Figure
{
    private const double CellHeight = 30;
    private const int MostCellsInWords = 80;
    private readonly double[,] _values;

    /// <summary>Makes the heatmap of a matrix.</summary>
    /// <param name="matrix">The numbers (rows × columns); copied.</param>
    public Heatmap(Matrix<double> matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        _values = matrix.ToArray();
    }

    /// <inheritdoc cref="Heatmap(Matrix{double})"/>
    public Heatmap(double[,] matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        _values = (double[,])matrix.Clone();
    }

    /// <summary>One label a row, from the top; row numbers from 0 where there are none.</summary>
    public IReadOnlyList<string>? RowLabels { get; init; }

    /// <summary>One label a column, from the left; column numbers from 0 where there are none.</summary>
    public IReadOnlyList<string>? ColumnLabels { get; init; }

    /// <summary>What the rows are, such as <c>query</c>.</summary>
    public string? RowTitle { get; init; }

    /// <summary>What the columns are, such as <c>key</c>.</summary>
    public string? ColumnTitle { get; init; }

    /// <summary>The colours; chosen by the signs of the numbers where none are given.</summary>
    public Palette? Palette { get; init; }

    /// <summary>The number that gets the first colour; numbers below get it too.</summary>
    public double? Min { get; init; }

    /// <summary>The number that gets the last colour; numbers above get it too.</summary>
    public double? Max { get; init; }

    /// <summary>Significant digits of the largest number.</summary>
    public int Digits { get; init; } = 3;

    /// <summary>Whether the cells show their numbers; by default up to 14 columns do.</summary>
    public bool? ShowNumbers { get; init; }

    /// <summary>Whether a bar beside the cells says which colour is which number; by default where the cells do not say it themselves.</summary>
    public bool? ShowLegend { get; init; }

    private int Rows => _values.GetLength(0);

    private int Columns => _values.GetLength(1);

    private bool Numbered => ShowNumbers ?? Columns <= 14;

    private ColorScale Scale => ColorScale.For(_values.Cast<double>(), Palette, Min, Max);

    private Func<double, string> Formatter => Numbers.Together(_values.Cast<double>(), Digits, keepSmall: false);

    private protected override void Check()
    {
        if (_values.Length == 0) throw new ArgumentException($"A heatmap needs at least one cell; the matrix is {Rows} × {Columns}.", "matrix");
        CheckLabels(RowLabels, Rows, nameof(RowLabels), "rows");
        CheckLabels(ColumnLabels, Columns, nameof(ColumnLabels), "columns");
        _ = Scale;
    }

    private protected override Canvas Draw()
    {
        var (scale, format) = (Scale, Formatter);
        bool numbered = Numbered;
        var columnLabels = Labels(ColumnLabels, Columns);
        var rowLabels = Labels(RowLabels, Rows);

        double numberWidth = numbered ? _values.Cast<double>().Max(value => TextMetrics.Width(Text(value, format), Canvas.SmallSize)) : 0;
        double labelWidth = columnLabels.Max(label => TextMetrics.Width(label, Canvas.TextSize));
        double cellHeight = numbered ? CellHeight : Rows <= 20 ? 22 : Math.Max(4, Math.Floor(440.0 / Rows));
        double cellWidth = numbered ? Math.Max(44, numberWidth + 12) : Columns <= 20 ? 22 : Math.Max(4, Math.Floor(440.0 / Columns));
        if (numbered && labelWidth <= 84) cellWidth = Math.Max(cellWidth, labelWidth + 10);
        bool upright = ColumnLabels is not null && labelWidth + 4 > cellWidth; // labels that do not fit across stand on end

        double left = rowLabels.Max(label => TextMetrics.Width(label, Canvas.TextSize)) + 8 + (RowTitle is null ? 0 : 22);
        double top = (upright ? labelWidth + 6 : 22) + (ColumnTitle is null ? 0 : 20);
        double width = Columns * cellWidth, height = Rows * cellHeight;

        var canvas = new Canvas();
        if (numbered) DrawNumbers(canvas, scale, format, left, top, cellWidth, cellHeight);
        else canvas.Mosaic(left, top, cellWidth, cellHeight, Colours(scale));
        canvas.Rectangle(left, top, width, height, "none", "#afb8c1");

        int everyRow = Thin(cellHeight, 14), everyColumn = upright ? Thin(cellWidth, 15) : Thin(cellWidth, labelWidth + 4);
        for (int i = 0; i < Rows; i += everyRow)
            canvas.Text(rowLabels[i], left - 8, top + (i + 0.5) * cellHeight + 4.5, Anchor.End);
        for (int j = 0; j < Columns; j += everyColumn)
        {
            double x = left + (j + 0.5) * cellWidth;
            if (upright) canvas.VerticalText(columnLabels[j], x + 4.5, top - 6 - TextMetrics.Width(columnLabels[j], Canvas.TextSize) / 2);
            else canvas.Text(columnLabels[j], x, top - 8, Anchor.Middle);
        }
        double titleWidth = ColumnTitle is null ? 0 : TextMetrics.Width(ColumnTitle, Canvas.TextSize);
        if (ColumnTitle is not null) canvas.Text(ColumnTitle, left + Math.Max(width, titleWidth) / 2, 12, Anchor.Middle, fill: Canvas.Muted);
        if (RowTitle is not null) canvas.VerticalText(RowTitle, 12, top + height / 2, fill: Canvas.Muted);
        canvas.Grow(left + Math.Max(width, titleWidth) + 1, top + height + 1);

        if (ShowLegend ?? !numbered) DrawLegend(canvas, scale, canvas.Width + 16, top, Math.Clamp(height, 80, 220));
        return canvas;
    }

    private void DrawNumbers(Canvas canvas, ColorScale scale, Func<double, string> format, double left, double top, double cellWidth, double cellHeight)
    {
        for (int i = 0; i < Rows; i++)
            for (int j = 0; j < Columns; j++)
            {
                double value = _values[i, j], x = left + j * cellWidth, y = top + i * cellHeight;
                bool blank = !double.IsFinite(value);
                var colour = scale.At(value);
                canvas.Rectangle(x, y, cellWidth, cellHeight, blank ? Canvas.Hatched : colour.Hex, "#ffffff");
                canvas.Text(Text(value, format), x + cellWidth / 2, y + cellHeight / 2 + 4.3, Anchor.Middle, Canvas.SmallSize, blank ? Canvas.Ink : colour.Ink.Hex, halo: blank);
            }
    }

    /// <summary>The cells' colours in steps of a hundredth of the range, finer than the eye; a cell without a number has none.</summary>
    private Rgb?[,] Colours(ColorScale scale)
    {
        var colours = new Rgb?[Rows, Columns];
        for (int i = 0; i < Rows; i++)
            for (int j = 0; j < Columns; j++)
                if (double.IsFinite(_values[i, j]))
                    colours[i, j] = scale.Palette.At(Math.Round((_values[i, j] - scale.Min) / (scale.Max - scale.Min), 2));
        return colours;
    }

    private static void DrawLegend(Canvas canvas, ColorScale scale, double x, double y, double height)
    {
        const int steps = 40;
        double step = height / steps;
        for (int k = 0; k < steps; k++)
            canvas.Rectangle(x, y + k * step, 14, step + 0.4, scale.Palette.At(1 - (k + 0.5) / steps).Hex);
        canvas.Rectangle(x, y, 14, height, "none", "#afb8c1");

        double[] marks = [scale.Max, (scale.Min + scale.Max) / 2, scale.Min];
        var format = Numbers.Together(marks, 3);
        for (int k = 0; k < marks.Length; k++)
            canvas.Text(format(marks[k]), x + 20, y + height * k / 2 + (k == 0 ? 9 : k == 1 ? 4.5 : 0), size: Canvas.SmallSize);
        canvas.Grow(x + 20 + marks.Max(mark => TextMetrics.Width(format(mark), Canvas.SmallSize)), y + height + 4);
    }

    private protected override string Describe()
    {
        string sides = $"Heatmap of {Rows} rows{(RowTitle is null ? "" : $" ({RowTitle})")} and {Columns} columns{(ColumnTitle is null ? "" : $" ({ColumnTitle})")}.";
        var format = Formatter;
        var (rowLabels, columnLabels) = (Labels(RowLabels, Rows), Labels(ColumnLabels, Columns));
        if (_values.Length <= MostCellsInWords)
        {
            var rows = Enumerable.Range(0, Rows).Select(i =>
                $"Row {rowLabels[i]}: {string.Join(", ", Enumerable.Range(0, Columns).Select(j => Text(_values[i, j], format) is { Length: > 0 } text ? text : "none"))}.");
            return $"{sides} Columns: {string.Join(", ", columnLabels)}. {string.Join(" ", rows)}";
        }

        var finite = (from i in Enumerable.Range(0, Rows) from j in Enumerable.Range(0, Columns) where double.IsFinite(_values[i, j]) select (i, j)).ToArray();
        if (finite.Length == 0) return $"{sides} No cell has a number.";
        string At((int I, int J) cell) => $"{Numbers.Format(_values[cell.I, cell.J], Digits)} (row {rowLabels[cell.I]}, column {columnLabels[cell.J]})";
        string blank = finite.Length == _values.Length ? "" : $" {_values.Length - finite.Length} cells have no number.";
        return $"{sides} The numbers run from {At(finite.MinBy(cell => _values[cell.i, cell.j]))} to {At(finite.MaxBy(cell => _values[cell.i, cell.j]))}; their mean is {Numbers.Format(finite.Average(cell => _values[cell.i, cell.j]), Digits)}.{blank}";
    }

    private protected override string Tabulate() =>
        new MatrixView(_values)
        {
            Name = RowTitle is null && ColumnTitle is null ? null : $"{RowTitle ?? "row"} × {ColumnTitle ?? "column"}",
            Rows = RowLabels, Columns = ColumnLabels, Digits = Digits,
        }.ToText();

    private static string Text(double value, Func<double, string> format) => double.IsNaN(value) ? "" : format(value);

    private static IReadOnlyList<string> Labels(IReadOnlyList<string>? labels, int count) =>
        labels ?? [.. Enumerable.Range(0, count).Select(i => Numbers.Format(i))];

    /// <summary>Every how many labels are written so that they do not touch: each, or every 2nd, 5th, 10th, ….</summary>
    private static int Thin(double pitch, double needed)
    {
        int every = 1;
        for (int k = 0; every * pitch < needed; k++) every = (k % 3 == 1) ? every / 2 * 5 : every * 2;
        return every;
    }

    private static void CheckLabels(IReadOnlyList<string>? labels, int count, string argument, string what)
    {
        if (labels is not null && labels.Count != count)
            throw new ArgumentException($"{argument} has {labels.Count} labels; the heatmap has {count} {what} and needs one for each.", argument);
    }
}
