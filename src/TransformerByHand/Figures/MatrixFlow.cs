using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Figures;

/// <summary>A matrix of a <see cref="MatrixFlow"/>: on the way forward, and its gradient on the way back.</summary>
/// <param name="Id">The name by which others refer to it.</param>
/// <param name="Column">How far to the right it stands, from 0.</param>
/// <param name="Row">How far down it stands, from 0; may lie between rows.</param>
/// <param name="Forward">What it is, such as <c>S = Q·Kᵀ</c>.</param>
/// <param name="Backward">What its gradient is, such as <c>dS = dZ / √d_k</c>.</param>
public sealed record FlowMatrix(string Id, int Column, double Row, string Forward, string Backward)
{
    /// <summary>Its numbers.</summary>
    public required Matrix<double> Values { get; init; }

    /// <summary>Its gradient, of the same shape.</summary>
    public required Matrix<double> Gradient { get; init; }

    /// <summary>The ids of what it is made from.</summary>
    public IReadOnlyList<string> From { get; init; } = [];
}

/// <summary>Matrices with their numbers, in the order in which they are made: forward in blue along the arrows, and below each its gradient in orange, against them.</summary>
/// <remarks>
/// <code>
/// new MatrixFlow
/// {
///     Title = "One product",
///     Matrices = [new("X", 0, 0, "X", "dX = dY·Wᵀ") { Values = X, Gradient = dX }, new("Y", 1, 0, "Y = X·W", "dY, given") { Values = Y, Gradient = dY, From = ["X"] }],
/// }
/// </code>
/// </remarks>
public sealed class MatrixFlow : Figure
{
    private const double CellHeight = 20, LabelHeight = 20, Gap = 46, RowGap = 20;
    private const string ForwardFill = "#ddeaf7", BackwardFill = "#fdebd7";
    private static readonly string ForwardInk = Palette.Categories[0], BackwardInk = Palette.Categories[1];

    /// <summary>The matrices.</summary>
    public IReadOnlyList<FlowMatrix> Matrices { get; init; } = [];

    /// <summary>Significant digits of the largest number of a matrix.</summary>
    public int Digits { get; init; } = 2;

    private protected override void Check()
    {
        if (Matrices.Count == 0) throw new ArgumentException("There are no matrices.", nameof(Matrices));
        foreach (FlowMatrix matrix in Matrices)
        {
            if (matrix.Gradient.RowCount != matrix.Values.RowCount || matrix.Gradient.ColumnCount != matrix.Values.ColumnCount)
                throw new ArgumentException(
                    $"The gradient of '{matrix.Id}' is {matrix.Gradient.RowCount} × {matrix.Gradient.ColumnCount}; it should have the shape of what it belongs to, {matrix.Values.RowCount} × {matrix.Values.ColumnCount}.", nameof(Matrices));
            if (matrix.From.FirstOrDefault(id => Matrices.All(other => other.Id != id)) is { } missing)
                throw new ArgumentException($"'{matrix.Id}' is made from '{missing}', which is none of the matrices: {string.Join(", ", Matrices.Select(other => other.Id))}.", nameof(Matrices));
        }
    }

    private protected override Canvas Draw()
    {
        var sizes = Matrices.ToDictionary(matrix => matrix.Id, Size);
        int columns = Matrices.Max(matrix => matrix.Column) + 1;
        double[] widths = [.. Enumerable.Range(0, columns).Select(c => Matrices.Where(m => m.Column == c).Select(m => sizes[m.Id].Width).DefaultIfEmpty(0).Max())];
        double pitch = Matrices.Max(matrix => sizes[matrix.Id].Height) + RowGap;
        var boxes = Matrices.ToDictionary(matrix => matrix.Id, matrix =>
        {
            var (width, height) = sizes[matrix.Id];
            return new Box(widths.Take(matrix.Column).Sum(w => w + Gap) + (widths[matrix.Column] - width) / 2, matrix.Row * pitch, width, height, matrix.Id);
        });

        var canvas = new Canvas();
        foreach (FlowMatrix matrix in Matrices)
            foreach (string id in matrix.From)
                DrawArrows(canvas, boxes[id], boxes[matrix.Id]);
        foreach (FlowMatrix matrix in Matrices)
        {
            Box box = boxes[matrix.Id];
            double half = box.Height / 2;
            DrawHalf(canvas, matrix.Values, matrix.Forward, box.X, box.Y, box.Width, ForwardFill, ForwardInk);
            DrawHalf(canvas, matrix.Gradient, matrix.Backward, box.X, box.Y + half, box.Width, BackwardFill, BackwardInk);
        }
        canvas.Grow(boxes.Values.Max(box => box.Right) + 2, boxes.Values.Max(box => box.Bottom) + 2);
        return canvas;
    }

    /// <summary>Forward along the upper half, and back along the lower.</summary>
    private static void DrawArrows(Canvas canvas, Box from, Box to)
    {
        double quarter = from.Height / 4, other = to.Height / 4;
        canvas.Arrow([(from.Right + 3, from.Y + quarter), (to.X - 4, to.Y + other)], ForwardInk, 1.8);
        canvas.Arrow([(to.X - 3, to.Bottom - other), (from.Right + 4, from.Bottom - quarter)], BackwardInk, 1.8);
    }

    private void DrawHalf(Canvas canvas, Matrix<double> numbers, string label, double x, double y, double width, string fill, string ink)
    {
        var format = Numbers.Together(numbers.Enumerate(), Digits, keepSmall: false);
        double cell = CellWidth(numbers), left = x + (width - cell * numbers.ColumnCount) / 2;
        canvas.Text(label, x + width / 2, y + 14, Anchor.Middle, Canvas.SmallSize, ink, bold: true, halo: true);
        for (int i = 0; i < numbers.RowCount; i++)
            for (int j = 0; j < numbers.ColumnCount; j++)
            {
                canvas.Rectangle(left + j * cell, y + LabelHeight + i * CellHeight, cell, CellHeight, fill, "#ffffff");
                canvas.Text(format(numbers[i, j]), left + (j + 0.5) * cell, y + LabelHeight + i * CellHeight + 14.2, Anchor.Middle, Canvas.SmallSize);
            }
    }

    private double CellWidth(Matrix<double> numbers)
    {
        var format = Numbers.Together(numbers.Enumerate(), Digits, keepSmall: false);
        return Math.Max(30, numbers.Enumerate().Max(v => TextMetrics.Width(format(v), Canvas.SmallSize)) + 8);
    }

    private (double Width, double Height) Size(FlowMatrix matrix)
    {
        double label = Math.Max(TextMetrics.Width(matrix.Forward, Canvas.SmallSize, bold: true), TextMetrics.Width(matrix.Backward, Canvas.SmallSize, bold: true));
        double cells = matrix.Values.ColumnCount * Math.Max(CellWidth(matrix.Values), CellWidth(matrix.Gradient));
        return (Math.Max(label, cells), 2 * (LabelHeight + matrix.Values.RowCount * CellHeight + 4));
    }

    private protected override string Describe() => string.Join(" ", Matrices.Select(matrix =>
        $"{matrix.Forward}: {Rows(matrix.Values)}. {matrix.Backward}: {Rows(matrix.Gradient)}."));

    private protected override string Tabulate() => string.Join("\n", Matrices.SelectMany(matrix => new[]
    {
        new MatrixView(matrix.Values.ToArray()) { Name = matrix.Forward, Digits = Digits + 1 }.ToText(),
        new MatrixView(matrix.Gradient.ToArray()) { Name = matrix.Backward, Digits = Digits + 1 }.ToText(),
    }));

    private string Rows(Matrix<double> numbers)
    {
        var format = Numbers.Together(numbers.Enumerate(), Digits, keepSmall: false);
        return string.Join("; ", numbers.EnumerateRows().Select(row => string.Join(", ", row.Select(format))));
    }
}
