using TransformerByHand.Display;

namespace TransformerByHand.Figures;

/// <summary>Points, arrows, polygons and circles in two dimensions, with the same unit on both axes, so that angles are true.</summary>
/// <remarks>
/// <code>
/// new Plane
/// {
///     Title = "The output lies among the values",
///     Marks = [Mark.Polygon("", (0, 0), (2, 0), (1, 2)), Mark.Point("v_1", 0, 0), Mark.Point("v_2", 2, 0), Mark.Point("v_3", 1, 2), Mark.Arrow("o", 1, 0.7) with { Colour = 1 }],
/// }
/// </code>
/// </remarks>
public sealed class Plane : Figure
{
    /// <summary>What is drawn, from the back to the front.</summary>
    public IReadOnlyList<Mark> Marks { get; init; } = [];

    /// <summary>What the horizontal axis is.</summary>
    public string XTitle { get; init; } = "";

    /// <summary>What the vertical axis is.</summary>
    public string YTitle { get; init; } = "";

    /// <summary>Length of the longer side in pixels, 120 to 1000.</summary>
    public int Size { get; init; } = 320;

    /// <summary>Where both axes end, on either side of 0; chosen by the marks where it is <see langword="null"/>. The same for planes to be compared.</summary>
    public double? Reach { get; init; }

    private protected override void Check()
    {
        if (Reach is { } reach && !(reach > 0 && double.IsFinite(reach)))
            throw new ArgumentOutOfRangeException(nameof(Reach), Reach, "The reach of the axes must be a finite number greater than 0.");
        if (Marks.Count == 0) throw new ArgumentException("A plane needs at least one mark.", nameof(Marks));
        if (Reach is { } limit && Marks.SelectMany(mark => mark.Points).FirstOrDefault(p => Math.Abs(p.X) > limit || Math.Abs(p.Y) > limit) is var outside && outside != default)
            throw new ArgumentException($"The point ({Numbers.Format(outside.X)}, {Numbers.Format(outside.Y)}) lies outside the reach of the axes, {Numbers.Format(limit)}.", nameof(Reach));
        if (Size is < 120 or > 1000) throw new ArgumentOutOfRangeException(nameof(Size), Size, "The size must be 120 to 1000 pixels.");
    }

    private protected override Canvas Draw()
    {
        var points = Marks.SelectMany(mark => mark.Points).ToArray();
        var (x0, x1) = Reach is { } reach ? (-reach, reach) : Ends([.. points.Select(p => p.X)]);
        var (y0, y1) = Reach is { } ? (x0, x1) : Ends([.. points.Select(p => p.Y)]);
        // A side at least a third of the other, or a flat cloud of points would leave no room for labels.
        double span = Math.Max(x1 - x0, y1 - y0);
        (x0, x1) = Widen(x0, x1, span / 3);
        (y0, y1) = Widen(y0, y1, span / 3);
        double unit = Size / span, width = Math.Round((x1 - x0) * unit), height = Math.Round((y1 - y0) * unit);
        var x = new AxisScale(Axis.Linear("", x0, x1), [], width, isVertical: false);
        var y = new AxisScale(Axis.Linear("", y0, y1), [], height, isVertical: true);

        double left = y.Ticks.Select(t => TextMetrics.Width(y.Format(t), Canvas.SmallSize)).DefaultIfEmpty(0).Max() + 10 + (YTitle.Length > 0 ? 22 : 0);
        const double top = 8;
        double bottom = top + height;
        (double X, double Y) Place((double X, double Y) p) => (left + x.Map(p.X), bottom - y.Map(p.Y));

        var canvas = new Canvas();
        foreach (double tick in x.Ticks)
        {
            canvas.Line(left + x.Map(tick), top, left + x.Map(tick), bottom, tick == 0 ? "#8c959f" : Canvas.Faint);
            canvas.Text(x.Format(tick), left + x.Map(tick), bottom + 16, Anchor.Middle, Canvas.SmallSize, Canvas.Muted);
        }
        foreach (double tick in y.Ticks)
        {
            canvas.Line(left, bottom - y.Map(tick), left + width, bottom - y.Map(tick), tick == 0 ? "#8c959f" : Canvas.Faint);
            canvas.Text(y.Format(tick), left - 7, bottom - y.Map(tick) + 4.3, Anchor.End, Canvas.SmallSize, Canvas.Muted);
        }
        canvas.Rectangle(left, top, width, height, "none", "#d0d7de");
        canvas.Grow(left + width + 14, bottom + 22);
        if (XTitle.Length > 0)
        {
            canvas.Text(XTitle, left + width / 2, bottom + 36, Anchor.Middle);
            canvas.Grow(0, bottom + 41);
        }
        if (YTitle.Length > 0) canvas.VerticalText(YTitle, 13, top + height / 2);

        List<Box> taken = [];
        foreach (var mark in Marks)
        {
            string colour = Colour(mark);
            var at = mark.Points.Select(Place).ToArray();
            if (mark.Kind == MarkKind.Polygon) canvas.Polygon(at, colour, colour, opacity: 0.2);
            else if (mark.Kind == MarkKind.Circle) canvas.Circle(at[1].X, at[0].Y, at[2].X - at[1].X, "none", colour);
            else if (mark.Kind == MarkKind.Arrow) canvas.Arrow(at, colour, 2);
            else canvas.Circle(at[0].X, at[0].Y, 4.5, colour, "#ffffff");
            if (mark.Kind is MarkKind.Point or MarkKind.Arrow) taken.Add(new Box(at[^1].X, at[^1].Y, 0, 0).Inflate(5));
        }
        foreach (var mark in Marks.Where(mark => mark.Label.Length > 0))
        {
            var box = LabelBox(mark, [.. mark.Points.Select(Place)], taken, new(left, top, width, height));
            taken.Add(box);
            canvas.Text(mark.Label, box.X, box.Y + 0.76 * Canvas.TextSize, halo: true);
            canvas.Grow(box.Right + 6, box.Bottom); // a label that had to leave the frame is not cut off
        }
        return canvas;
    }

    /// <summary>The place near a mark where its label meets the fewest others and stays inside the frame.</summary>
    private static Box LabelBox(Mark mark, (double X, double Y)[] at, List<Box> taken, Box frame)
    {
        double width = TextMetrics.Width(mark.Label, Canvas.TextSize), height = 0.98 * Canvas.TextSize;
        var (x, y) = mark.Kind == MarkKind.Polygon ? (at.Average(p => p.X), at.Average(p => p.Y)) : at[^1];
        double away = mark.Kind == MarkKind.Polygon ? 0 : 8;
        Box[] candidates =
        [
            new(x + away, y - away - height / 2, width, height), new(x + away, y + away - height / 2, width, height),
            new(x - away - width, y - away - height / 2, width, height), new(x - away - width, y + away - height / 2, width, height),
            new(x - width / 2, y - away - height, width, height), new(x - width / 2, y + away, width, height),
            new(x + away + 10, y - away - 1.6 * height, width, height), new(x - away - 10 - width, y + away + 0.6 * height, width, height),
        ];
        bool Inside(Box box) => box.X >= frame.X && box.Y >= frame.Y && box.Right <= frame.Right && box.Bottom <= frame.Bottom;
        return candidates.MinBy(box => 2 * taken.Count(other => other.Overlaps(box)) + (Inside(box) ? 0 : 1));
    }

    private static (double From, double To) Ends(double[] values)
    {
        double low = Math.Min(0, values.Min()), high = Math.Max(0, values.Max());
        if (low == high) (low, high) = (-1, 1);
        double margin = (high - low) * 0.1;
        return (low - margin, high + margin);
    }

    private static (double From, double To) Widen(double from, double to, double least) =>
        to - from >= least ? (from, to) : ((from + to - least) / 2, (from + to + least) / 2);

    private static string Colour(Mark mark) => Palette.Categories[mark.Colour % Palette.Categories.Count];

    private protected override string Describe() =>
        $"Plane{(XTitle.Length > 0 || YTitle.Length > 0 ? $" of {XTitle} and {YTitle}" : "")}. " + string.Join(" ", Marks.Select(mark => Words(mark) + "."));

    private protected override string Tabulate() => string.Join("\n", Marks.Select(Words));

    private static string Words(Mark mark)
    {
        string label = mark.Label.Length > 0 ? mark.Label + ": " : "";
        string At((double X, double Y) p) => $"({Numbers.Format(p.X)}, {Numbers.Format(p.Y)})";
        return mark.Kind switch
        {
            MarkKind.Point => $"{label}point {At(mark.Points[0])}",
            MarkKind.Arrow => $"{label}arrow from {At(mark.Points[0])} to {At(mark.Points[1])}",
            MarkKind.Circle => $"{label}circle around (0, 0) with radius {Numbers.Format(mark.Points[2].X)}",
            _ => $"{label}polygon with corners {string.Join(", ", mark.Points.Select(At))}",
        };
    }
}
