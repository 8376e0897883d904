using TransformerByHand.Display;

namespace TransformerByHand.Figures;

/// <summary>Bars for each category, side by side or stacked to a sum, with their numbers.</summary>
/// <remarks>
/// <code>
/// new BarChart
/// {
///     Title = "The stream is a sum of writes", Categories = ["x0", "x1", "x2"], Stacked = true,
///     Series = [new("embedding", [0.2, 0.1, 0.3]), new("attention", [0.5, -0.4, 0.1]), new("feed-forward", [-0.1, 0.3, 0.2])],
/// }
/// </code>
/// Stacked bars grow upwards from 0 with what is positive and downwards with what is negative; a dark bar beside them is the sum.
/// </remarks>
public sealed class BarChart : Figure
{
    private const string SumColour = "#3d444d";

    /// <summary>One label a category; may repeat.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>The bars, each set with one number a category.</summary>
    public IReadOnlyList<Bars> Series { get; init; } = [];

    /// <summary>What the numbers are, with their unit.</summary>
    public string ValueTitle { get; init; } = "";

    /// <summary>Whether the bars of a category are stacked, with their sum beside them.</summary>
    public bool Stacked { get; init; }

    /// <summary>Significant digits of the largest number.</summary>
    public int Digits { get; init; } = 3;

    /// <summary>Whether the bars carry their numbers; without them they are thin, and many fit.</summary>
    public bool ShowNumbers { get; init; } = true;

    /// <summary>Where the axis ends; chosen by the bars where it is <see langword="null"/>. The same for charts to be compared.</summary>
    public double? Max { get; init; }

    /// <summary>Height of the area of the bars in pixels, 80 to 1000.</summary>
    public int Height { get; init; } = 260;

    private Func<double, string> Formatter => Numbers.Together(Series.SelectMany(s => s.Values).Concat(Stacked ? Sums : []), Digits);

    private double[] Sums => [.. Enumerable.Range(0, Categories.Count).Select(c => Series.Sum(s => s.Values[c]))];

    private protected override void Check()
    {
        if (Categories.Count == 0) throw new ArgumentException("A bar chart needs at least one category.", nameof(Categories));
        if (Series.Count == 0) throw new ArgumentException("A bar chart needs at least one set of bars.", nameof(Series));
        foreach (var bars in Series)
            if (bars.Values.Count != Categories.Count)
                throw new ArgumentException($"The bars '{bars.Name}' have {bars.Values.Count} numbers; the chart has {Categories.Count} categories and needs one for each.", nameof(Series));
        if (Max is { } max && !(double.IsFinite(max) && max > 0)) throw new ArgumentOutOfRangeException(nameof(Max), Max, "The end of the axis must be a finite number greater than 0.");
        if (Height is < 80 or > 1000) throw new ArgumentOutOfRangeException(nameof(Height), Height, "The height must be 80 to 1000 pixels.");
    }

    private protected override Canvas Draw()
    {
        var format = Formatter;
        double[] ends = Stacked
            ? [0, .. Enumerable.Range(0, Categories.Count).SelectMany(c => new[] { Series.Sum(s => Math.Max(0, s.Values[c])), Series.Sum(s => Math.Min(0, s.Values[c])) })]
            : [0, .. Series.SelectMany(s => s.Values)];
        // Room for the numbers at the ends of the bars.
        double reach = Math.Max(ends.Max() - ends.Min(), 1e-300) * 0.06;
        var y = new AxisScale(Max is { } most ? Axis.Linear("", Math.Min(0, ends.Min()), most) : Axis.Linear(), [.. ends, ends.Max() > 0 ? ends.Max() + reach : 0, ends.Min() < 0 ? ends.Min() - reach : 0], Height, isVertical: true);

        double numberWidth = Series.SelectMany(s => s.Values).Concat(Sums).Max(v => TextMetrics.Width(format(v), Canvas.SmallSize));
        double barWidth = Stacked ? Math.Max(44, numberWidth * 1.13 + 10) : Math.Max(26, numberWidth + 6);
        int abreast = !Stacked ? Series.Count : Series.Count > 1 ? 2 : 1;
        var labels = Categories.Select(Wrap).ToArray();
        double labelWidth = labels.Max(lines => lines.Max(line => TextMetrics.Width(line, Canvas.TextSize)));
        double slot = Math.Max(abreast * barWidth + 24, labelWidth + 14);
        if (!ShowNumbers) (barWidth, slot) = (11, Math.Max(abreast * 11 + 3, labelWidth > 0 ? labelWidth + 8 : 0));

        double left = y.Ticks.Max(t => TextMetrics.Width(y.Format(t), Canvas.SmallSize)) + 10 + (ValueTitle.Length > 0 ? 22 : 0);
        double width = slot * Categories.Count;
        var canvas = new Canvas();
        double top = 8 + DrawLegend(canvas, left, width);
        double bottom = top + Height, zero = bottom - y.Map(0);

        foreach (double tick in y.Ticks)
        {
            canvas.Line(left, bottom - y.Map(tick), left + width, bottom - y.Map(tick), Canvas.Faint);
            canvas.Text(y.Format(tick), left - 7, bottom - y.Map(tick) + 4.3, Anchor.End, Canvas.SmallSize, Canvas.Muted);
        }
        for (int c = 0; c < Categories.Count; c++)
        {
            double middle = left + (c + 0.5) * slot;
            if (Stacked) DrawStack(canvas, c, middle, barWidth, bottom, y, format);
            else DrawGroup(canvas, c, middle, barWidth, bottom, y, format);
            for (int k = 0; k < labels[c].Length; k++)
                canvas.Text(labels[c][k], middle, bottom + 18 + 16 * k, Anchor.Middle);
        }
        canvas.Line(left, zero, left + width, zero, Canvas.Ink, 1.2);
        canvas.Grow(left + width + 4, bottom + 8 + 16 * labels.Max(lines => lines.Length));
        if (ValueTitle.Length > 0) canvas.VerticalText(ValueTitle, 13, top + Height / 2.0);
        return canvas;
    }

    private void DrawGroup(Canvas canvas, int category, double middle, double barWidth, double bottom, AxisScale y, Func<double, string> format)
    {
        for (int s = 0; s < Series.Count; s++)
        {
            double value = Series[s].Values[category], x = middle + (s - Series.Count / 2.0) * barWidth;
            double end = bottom - y.Map(value), zero = bottom - y.Map(0);
            canvas.Rectangle(x + 1.5, Math.Min(end, zero), barWidth - 3, Math.Abs(end - zero), Colour(s));
            if (ShowNumbers) canvas.Text(format(value), x + barWidth / 2, value < 0 ? end + 13 : end - 4, Anchor.Middle, Canvas.SmallSize, halo: true);
        }
    }

    private void DrawStack(Canvas canvas, int category, double middle, double barWidth, double bottom, AxisScale y, Func<double, string> format)
    {
        bool withSum = Series.Count > 1;
        double left = withSum ? middle - barWidth : middle - barWidth / 2, up = 0, down = 0;
        for (int s = 0; s < Series.Count; s++)
        {
            double value = Series[s].Values[category];
            double from = value < 0 ? down : up, to = from + value;
            if (value < 0) down = to;
            else up = to;
            double top = bottom - y.Map(Math.Max(from, to)), height = Math.Abs(y.Map(to) - y.Map(from));
            canvas.Rectangle(left, top, barWidth, height, Colour(s), "#ffffff");
            if (ShowNumbers && height >= 15) canvas.Text(format(value), left + barWidth / 2, top + height / 2 + 4.3, Anchor.Middle, Canvas.SmallSize, Rgb.Parse(Colour(s)).Ink.Hex);
        }
        if (!withSum) return;

        double sum = Sums[category], end = bottom - y.Map(sum), zero = bottom - y.Map(0);
        canvas.Rectangle(middle + barWidth / 4, Math.Min(end, zero), barWidth / 2, Math.Abs(end - zero), SumColour);
        if (ShowNumbers) canvas.Text(format(sum), middle + barWidth / 2, sum < 0 ? end + 13 : end - 4, Anchor.Middle, Canvas.SmallSize, bold: true, halo: true);
    }

    private double DrawLegend(Canvas canvas, double left, double width)
    {
        var names = Series.Select((s, i) => (s.Name, Colour: Colour(i))).Where(n => n.Name.Length > 0).ToList();
        if (names.Count == 0) return 0;
        if (Stacked && Series.Count > 1) names.Add(("sum", SumColour));
        double x = left, y = 13;
        foreach (var (name, colour) in names)
        {
            double entry = 20 + TextMetrics.Width(name, Canvas.SmallSize) + 16;
            if (x > left && x + entry > left + Math.Max(width, 360)) (x, y) = (left, y + 19);
            canvas.Rectangle(x, y - 10, 12, 12, colour);
            canvas.Text(name, x + 18, y, size: Canvas.SmallSize);
            canvas.Grow(x + entry, y + 4);
            x += entry;
        }
        return y + 8;
    }

    private static string Colour(int series) => Palette.Categories[series % Palette.Categories.Count];

    /// <summary>Breaks a long label at the space nearest its middle.</summary>
    private static string[] Wrap(string label)
    {
        if (TextMetrics.Width(label, Canvas.TextSize) <= 90) return [label];
        int[] spaces = [.. Enumerable.Range(0, label.Length).Where(i => label[i] == ' ')];
        if (spaces.Length == 0) return [label];
        int cut = spaces.MinBy(i => Math.Abs(i - label.Length / 2));
        return [label[..cut], label[(cut + 1)..]];
    }

    private protected override string Describe()
    {
        var format = Formatter;
        var sums = Sums;
        string Values(int c) => string.Join(", ", Series.Select(s => s.Name.Length > 0 ? $"{s.Name} {format(s.Values[c])}" : format(s.Values[c])));
        string value = ValueTitle.Length > 0 ? $" of {ValueTitle}" : "";
        return $"{(Stacked ? "Stacked bar chart" : "Bar chart")}{value}. "
            + string.Join(" ", Categories.Select((name, c) => $"{name}: {Values(c)}{(Stacked && Series.Count > 1 ? $", sum {format(sums[c])}" : "")}."));
    }

    private protected override string Tabulate()
    {
        var format = Formatter;
        bool withSum = Stacked && Series.Count > 1;
        var sums = Sums;
        List<string[]> rows = [["", .. Series.Select(s => s.Name.Length > 0 ? s.Name : ValueTitle.Length > 0 ? ValueTitle : "value"), .. withSum ? ["sum"] : Array.Empty<string>()]];
        for (int c = 0; c < Categories.Count; c++)
            rows.Add([Categories[c], .. Series.Select(s => format(s.Values[c])), .. withSum ? [format(sums[c])] : Array.Empty<string>()]);
        return TextColumns.Align(rows, 1);
    }
}
