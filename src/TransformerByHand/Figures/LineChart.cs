using TransformerByHand.Display;

namespace TransformerByHand.Figures;

/// <summary>Lines over linear or logarithmic axes, with reference lines for theory.</summary>
/// <remarks>
/// <code>
/// new LineChart
/// {
///     Title = "Gradient of the last layer", X = Axis.Log("layers"), Y = Axis.Log("norm"),
///     Series = [new("post-LN", depths, post), new("pre-LN", depths, pre)],
///     References = [Reference.Curve("1/√L", x => 1.4 / Math.Sqrt(x / 2))],
/// }
/// </code>
/// Lines are named at their ends; where the names are long or many, in a legend above.
/// </remarks>
public sealed class LineChart : Figure
{
    private const double LabelGap = 16;
    private const int MostPointsInWords = 16;

    /// <summary>The lines.</summary>
    public IReadOnlyList<Series> Series { get; init; } = [];

    /// <summary>The horizontal axis.</summary>
    public Axis X { get; init; } = Axis.Linear();

    /// <summary>The vertical axis.</summary>
    public Axis Y { get; init; } = Axis.Linear();

    /// <summary>Shaded areas behind the lines, such as the quartiles around a median.</summary>
    public IReadOnlyList<Band> Bands { get; init; } = [];

    /// <summary>Thin lines to measure the series against.</summary>
    public IReadOnlyList<Reference> References { get; init; } = [];

    /// <summary>Width of the area between the axes in pixels, 120 to 1200.</summary>
    public int Width { get; init; } = 520;

    /// <summary>Height of the area between the axes in pixels, 80 to 1000.</summary>
    public int Height { get; init; } = 280;

    private protected override void Check()
    {
        if (Series.Count == 0) throw new ArgumentException("A line chart needs at least one series.", nameof(Series));
        if (Width is < 120 or > 1200) throw new ArgumentOutOfRangeException(nameof(Width), Width, "The width must be 120 to 1200 pixels.");
        if (Height is < 80 or > 1000) throw new ArgumentOutOfRangeException(nameof(Height), Height, "The height must be 80 to 1000 pixels.");
        foreach (var series in Series)
        {
            if (X.IsLog) CheckPositive(series.Name, "x", series.X);
            if (Y.IsLog) CheckPositive(series.Name, "y", series.Y);
        }
        foreach (var band in Bands)
        {
            if (X.IsLog) CheckPositive(band.Name, "x", band.X);
            if (Y.IsLog) CheckPositive(band.Name, "lower", band.Lower);
            if (Y.IsLog) CheckPositive(band.Name, "upper", band.Upper);
        }
        foreach (var reference in References)
        {
            if (X.IsLog && reference.Place <= 0 || Y.IsLog && reference.Level <= 0)
                throw new ArgumentException($"The reference line '{reference.Name}' stands at {Numbers.Format(reference.Place ?? reference.Level ?? 0)}; a logarithmic axis shows only numbers greater than 0.", nameof(References));
        }
    }

    private static void CheckPositive(string name, string side, IReadOnlyList<double> values)
    {
        for (int i = 0; i < values.Count; i++)
            if (values[i] <= 0)
                throw new ArgumentException($"The series '{name}' has {side}[{i}] = {Numbers.Format(values[i])}; a logarithmic axis shows only numbers greater than 0. Leave the point out, or use Axis.Linear.", nameof(Series));
    }

    private protected override Canvas Draw()
    {
        var xs = Series.SelectMany(s => s.X).Concat(Bands.SelectMany(b => b.X)).Concat(References.Select(r => r.Place).OfType<double>()).ToArray();
        var x = new AxisScale(X, xs, Width, isVertical: false);
        var curves = References.Where(r => r.Function is not null).ToDictionary(r => r, r => Sample(r, x));
        // A theory curve counts for the ends of the axis only where it is near the data, so that it cannot flatten them.
        var ys = Series.SelectMany(s => s.Y).Concat(Bands.SelectMany(b => b.Lower.Concat(b.Upper))).Concat(References.Select(r => r.Level).OfType<double>()).Where(double.IsFinite).ToArray();
        var y = new AxisScale(Y, ys, Height, isVertical: true);

        var names = Series.Select((s, i) => (s.Name, Colour: Colour(i))).Concat(Bands.Select((b, i) => (b.Name, Colour: Colour(i)))).Concat(
            References.Where(r => r.Place is null).Select(r => (r.Name, Colour: Canvas.Muted))).Where(n => n.Name.Length > 0).ToArray();
        bool direct = names.Length <= 8 && names.All(n => TextMetrics.Width(n.Name, Canvas.SmallSize) <= 190);

        double tickWidth = y.Ticks.Count == 0 ? 0 : y.Ticks.Max(t => TextMetrics.Width(y.Format(t), Canvas.SmallSize));
        double left = tickWidth + 10 + (Y.Title.Length > 0 ? 22 : 0);
        double top = 8;
        var canvas = new Canvas();
        if (!direct) top += DrawLegend(canvas, left) + 8;
        if (References.Any(r => r.Place is not null)) top += 18 * PlaceRows(x).Max(row => row.Row + 1);
        double bottom = top + Height;

        DrawAxes(canvas, x, y, left, top, bottom);

        var lines = new Canvas();
        for (int i = 0; i < Bands.Count; i++)
        {
            var band = Bands[i];
            lines.Polygon(
                [.. band.X.Zip(band.Upper, (px, py) => (x.Map(px), Down(y.Map(py)))), .. band.X.Zip(band.Lower, (px, py) => (x.Map(px), Down(y.Map(py)))).Reverse()],
                Colour(i), opacity: 0.18);
        }
        foreach (var reference in References)
        {
            if (reference.Level is { } level) lines.Line(0, Height - y.Map(level), Width, Height - y.Map(level), Canvas.Muted, 1.2, "5 4");
            if (reference.Place is { } place) lines.Line(x.Map(place), 0, x.Map(place), Height, Canvas.Muted, 1.2, "5 4");
            if (curves.TryGetValue(reference, out var points)) lines.Polyline(points.Select(p => (x.Map(p.X), Down(y.Map(p.Y)))), Canvas.Muted, 1.2, "5 4");
        }
        for (int i = 0; i < Series.Count; i++)
            if (Series[i].Joined)
                lines.Polyline(Places(Series[i], x, y), Colour(i), 2, Series[i].Dashed ? "6 4" : null);
        canvas.PlaceClipped(lines, left, top, Width, Height);
        for (int i = 0; i < Series.Count; i++)
            if (Series[i].HasMarkers || !Series[i].Joined)
                foreach (var (px, py) in Places(Series[i], x, y))
                    if (px >= -0.5 && px <= Width + 0.5 && py >= -0.5 && py <= Height + 0.5)
                        DrawMarker(canvas, i, left + px, top + py);

        foreach (var (reference, row, at) in PlaceRows(x))
            canvas.Text(reference.Name, left + at, top - 6 - 18 * row, Anchor.Middle, Canvas.SmallSize, Canvas.Muted);
        canvas.Grow(left + Width + 12, 0);
        if (direct) DrawNames(canvas, x, y, curves, left, top);
        return canvas;
    }

    private void DrawAxes(Canvas canvas, AxisScale x, AxisScale y, double left, double top, double bottom)
    {
        foreach (double tick in y.Ticks)
        {
            double at = bottom - y.Map(tick);
            canvas.Line(left, at, left + Width, at, Canvas.Faint);
            canvas.Text(y.Format(tick), left - 7, at + 4.3, Anchor.End, Canvas.SmallSize, Canvas.Muted);
        }

        // Labels that would touch are left out; the marks stay.
        double free = double.NegativeInfinity;
        foreach (double tick in x.Ticks)
        {
            double at = left + x.Map(tick), half = TextMetrics.Width(x.Format(tick), Canvas.SmallSize) / 2;
            canvas.Line(at, bottom, at, bottom + 5, Canvas.Muted);
            if (at - half < free) continue;
            canvas.Text(x.Format(tick), at, bottom + 19, Anchor.Middle, Canvas.SmallSize, Canvas.Muted);
            free = at + half + 6;
            canvas.Grow(at + half, bottom + 24);
        }
        canvas.Line(left, bottom, left + Width, bottom, Canvas.Muted);
        canvas.Line(left, top, left, bottom, Canvas.Muted);
        canvas.Grow(left + Width, bottom + 24);
        if (X.Title.Length > 0)
        {
            canvas.Text(X.Title + (X.IsLog ? " (log scale)" : ""), left + Width / 2.0, bottom + 40, Anchor.Middle);
            canvas.Grow(0, bottom + 45);
        }
        if (Y.Title.Length > 0) canvas.VerticalText(Y.Title + (Y.IsLog ? " (log scale)" : ""), 13, top + Height / 2.0);
    }

    /// <summary>Writes each line's name at its end.</summary>
    private void DrawNames(Canvas canvas, AxisScale x, AxisScale y, Dictionary<Reference, (double X, double Y)[]> curves, double left, double top)
    {
        List<(string Name, string Colour, double At)> names = [];
        for (int i = 0; i < Series.Count; i++)
        {
            var inside = Places(Series[i], x, y).Where(p => double.IsFinite(p.Y)).ToArray();
            if (Series[i].Name.Length > 0 && inside.Length > 0) names.Add((Series[i].Name, Colour(i), inside.MaxBy(p => p.X).Y));
        }
        for (int i = 0; i < Bands.Count; i++)
        {
            int last = Enumerable.Range(0, Bands[i].X.Count).MaxBy(k => Bands[i].X[k]);
            if (Bands[i].Name.Length > 0) names.Add((Bands[i].Name, Colour(i), Down((y.Map(Bands[i].Lower[last]) + y.Map(Bands[i].Upper[last])) / 2)));
        }
        foreach (var reference in References.Where(r => r.Name.Length > 0))
        {
            if (reference.Level is { } level) names.Add((reference.Name, Canvas.Muted, Down(y.Map(level))));
            if (curves.TryGetValue(reference, out var points) && points.Where(p => double.IsFinite(p.Y)).ToArray() is { Length: > 0 } drawn)
                names.Add((reference.Name, Canvas.Muted, Down(y.Map(drawn[^1].Y))));
        }
        var places = Spread.Apart([.. names.Select(n => Math.Clamp(n.At, 4, Height - 4))], LabelGap, 4, Height - 4);
        for (int k = 0; k < names.Count; k++)
        {
            canvas.Text(names[k].Name, left + Width + 10, top + places[k] + 4.3, size: Canvas.SmallSize, fill: Darker(names[k].Colour));
            canvas.Grow(left + Width + 12 + TextMetrics.Width(names[k].Name, Canvas.SmallSize), top + places[k] + 8);
        }
    }

    /// <summary>Writes the names above the chart, each behind a piece of its line; returns the height used.</summary>
    private double DrawLegend(Canvas canvas, double left)
    {
        double x = left, y = 12;
        void Entry(string name, Action<double, double> sample)
        {
            double width = 34 + TextMetrics.Width(name, Canvas.SmallSize) + 16;
            if (x > left && x + width > left + Math.Max(Width, 320)) (x, y) = (left, y + 19);
            sample(x, y - 4);
            canvas.Text(name, x + 32, y, size: Canvas.SmallSize);
            canvas.Grow(x + width, y + 4);
            x += width;
        }

        for (int k = 0; k < Series.Count; k++)
        {
            int i = k;
            if (Series[i].Name.Length > 0)
                Entry(Series[i].Name, (sx, sy) =>
                {
                    if (Series[i].Joined) canvas.Line(sx, sy, sx + 26, sy, Colour(i), 2, Series[i].Dashed ? "6 4" : null);
                    if (Series[i].HasMarkers || !Series[i].Joined) DrawMarker(canvas, i, sx + 13, sy);
                });
        }
        for (int k = 0; k < Bands.Count; k++)
        {
            int i = k;
            if (Bands[i].Name.Length > 0) Entry(Bands[i].Name, (sx, sy) => canvas.Polygon([(sx, sy - 5), (sx + 26, sy - 5), (sx + 26, sy + 5), (sx, sy + 5)], Colour(i), opacity: 0.18));
        }
        foreach (var reference in References.Where(r => r.Place is null && r.Name.Length > 0))
            Entry(reference.Name, (sx, sy) => canvas.Line(sx, sy, sx + 26, sy, Canvas.Muted, 1.2, "5 4"));
        return y;
    }

    /// <summary>The names of vertical lines, above the chart, in as many rows as keep them apart.</summary>
    private List<(Reference Reference, int Row, double At)> PlaceRows(AxisScale x)
    {
        List<(Reference, int, double)> placed = [];
        List<double> ends = [];
        foreach (var reference in References.Where(r => r.Place is not null).OrderBy(r => r.Place))
        {
            double half = TextMetrics.Width(reference.Name, Canvas.SmallSize) / 2;
            double at = Math.Clamp(x.Map(reference.Place!.Value), Math.Min(half, Width / 2.0), Math.Max(Width - half, Width / 2.0));
            int row = ends.FindIndex(end => at - half >= end + 8);
            if (row < 0) (row, ends) = (ends.Count, [.. ends, 0]);
            ends[row] = at + half;
            placed.Add((reference, row, at));
        }
        return placed;
    }

    private double Down(double up) => Height - up;

    private static (double X, double Y)[] Sample(Reference reference, AxisScale x) =>
        [.. Enumerable.Range(0, 81).Select(k => x.At(k / 80.0)).Select(at => (at, reference.Function!(at) is var value && double.IsFinite(value) ? value : double.NaN))];

    /// <summary>The points of a series in pixels from the top left corner. Of very many points on one pixel, the first, lowest, highest and last remain.</summary>
    private IEnumerable<(double X, double Y)> Places(Series series, AxisScale x, AxisScale y)
    {
        var points = series.X.Zip(series.Y, (px, py) => (X: x.Map(px), Y: double.IsFinite(py) ? Down(y.Map(py)) : double.NaN));
        if (series.X.Count <= 3 * Width) return points;

        return points.Select((point, index) => (point, index)).GroupBy(p => (int)Math.Round(p.point.X)).SelectMany(column =>
        {
            var all = column.ToArray();
            var finite = all.Where(p => double.IsFinite(p.point.Y)).ToArray();
            if (finite.Length < all.Length || finite.Length <= 4) return all;
            return new[] { all[0], finite.MinBy(p => p.point.Y), finite.MaxBy(p => p.point.Y), all[^1] }.DistinctBy(p => p.index).OrderBy(p => p.index).ToArray();
        }).Select(p => p.point);
    }

    private static string Colour(int series) => Palette.Categories[series % Palette.Categories.Count];

    /// <summary>The colour for text: the light ones of the palette would be hard to read on white.</summary>
    private static string Darker(string colour)
    {
        var rgb = Rgb.Parse(colour);
        while (Rgb.Contrast(rgb, new(255, 255, 255)) < 4.5) rgb = Rgb.Mix(rgb, new(0, 0, 0), 0.1);
        return rgb.Hex;
    }

    private static void DrawMarker(Canvas canvas, int series, double x, double y)
    {
        if (!double.IsFinite(y)) return;
        string colour = Colour(series);
        switch (series % 4)
        {
            case 0: canvas.Circle(x, y, 4, colour, "#ffffff"); break;
            case 1: canvas.Rectangle(x - 3.6, y - 3.6, 7.2, 7.2, colour, "#ffffff"); break;
            case 2: canvas.Polygon([(x, y - 5), (x + 4.6, y + 3.6), (x - 4.6, y + 3.6)], colour, "#ffffff"); break;
            default: canvas.Polygon([(x, y - 5), (x + 5, y), (x, y + 5), (x - 5, y)], colour, "#ffffff"); break;
        }
    }

    private protected override string Describe()
    {
        string axes = $"Line chart{AxisWords(" of ", Y)}{AxisWords(" against ", X)}.";
        return $"{axes} {string.Join(" ", Series.Select(Words).Concat(Bands.Select(BandWords)).Concat(References.Select(ReferenceWords)))}";
    }

    private protected override string Tabulate()
    {
        string axes = $"{(Y.Title.Length > 0 ? Y.Title : "y")}{(Y.IsLog ? " (log scale)" : "")} against {(X.Title.Length > 0 ? X.Title : "x")}{(X.IsLog ? " (log scale)" : "")}";
        if (Series.All(s => s.X.SequenceEqual(Series[0].X)) && Series[0].X.Count <= 24)
        {
            var x = Numbers.Together(Series[0].X);
            List<string[]> rows = [[X.Title.Length > 0 ? X.Title : "x", .. Series.Select(s => s.Name.Length > 0 ? s.Name : "y")]];
            var formats = Series.Select(s => Numbers.Together(s.Y)).ToArray();
            for (int i = 0; i < Series[0].X.Count; i++)
                rows.Add([x(Series[0].X[i]), .. Series.Select((s, k) => formats[k](s.Y[i]))]);
            return string.Join("\n", [axes, TextColumns.Align(rows, 0), .. Bands.Select(BandWords), .. References.Select(ReferenceWords)]);
        }
        return string.Join("\n", [axes, .. Series.Select(Words), .. Bands.Select(BandWords), .. References.Select(ReferenceWords)]);
    }

    private static string AxisWords(string before, Axis axis) => axis.Title.Length == 0 ? "" : $"{before}{axis.Title}{(axis.IsLog ? " (log scale)" : "")}";

    private static string Words(Series series)
    {
        string name = series.Name.Length > 0 ? series.Name : "The line";
        if (series.X.Count <= MostPointsInWords)
            return $"{name}: {string.Join(", ", series.X.Zip(series.Y, (x, y) => $"{Numbers.Format(y)} at {Numbers.Format(x)}"))}.";
        var finite = Enumerable.Range(0, series.X.Count).Where(i => double.IsFinite(series.Y[i])).ToArray();
        if (finite.Length == 0) return $"{name}: none of {series.X.Count} points is finite.";
        string At(int i) => $"{Numbers.Format(series.Y[i])} at {Numbers.Format(series.X[i])}";
        string broken = finite.Length == series.X.Count ? "" : $"; {series.X.Count - finite.Length} points are not finite";
        return $"{name}: {series.X.Count} points, from {At(finite[0])} to {At(finite[^1])}, lowest {At(finite.MinBy(i => series.Y[i]))}, highest {At(finite.MaxBy(i => series.Y[i]))}{broken}.";
    }

    private static string BandWords(Band band)
    {
        int count = band.X.Count;
        int[] told = count <= MostPointsInWords ? [.. Enumerable.Range(0, count)] : [0, count / 2, count - 1];
        string name = band.Name.Length > 0 ? $"Band, {band.Name}" : "Band";
        return $"{name}: {string.Join(", ", told.Select(i => $"{Numbers.Format(band.Lower[i])} to {Numbers.Format(band.Upper[i])} at {Numbers.Format(band.X[i])}"))}.";
    }

    private static string ReferenceWords(Reference reference) =>
        reference.Level is { } level ? $"Reference line {reference.Name}: y = {Numbers.Format(level)}."
        : reference.Place is { } place ? $"Reference line {reference.Name}: x = {Numbers.Format(place)}."
        : $"Reference curve {reference.Name}.";
}
