using TransformerByHand.Display;

namespace TransformerByHand.Figures;

/// <summary>Vectors as rows of coloured cells with their numbers, one under the other, and what leads from each to the next.</summary>
/// <remarks>
/// <code>
/// new VectorStrip
/// {
///     Title = "Layer normalisation of one token",
///     Strips = [new("x", [0.2, 0.1, 0.3]), new("x̂", [0, -1.2247, 1.2247]) { Step = "subtract μ, divide by σ" }],
/// }
/// </code>
/// White is 0, blue is positive, orange is negative, on one scale for all strips unless <see cref="OwnScales"/> is set.
/// Strips with a <see cref="Strip.Sign"/> are a sum: <c>[new("directly", a), new("through μ", b) { Sign = "+" }, new("dx", c) { Sign = "=" }]</c>;
/// all are then written with the same number of decimals.
/// </remarks>
public sealed class VectorStrip : Figure
{
    private const double CellHeight = 32;
    private const double SignWidth = 26;

    /// <summary>The vectors, from the top; their lengths may differ.</summary>
    public IReadOnlyList<Strip> Strips { get; init; } = [];

    /// <summary>The line of labels above the cells; numbers from 0 where there are none.</summary>
    public IReadOnlyList<string>? Header { get; init; }

    /// <summary>Whether each strip is coloured by its own range, for vectors of very different size.</summary>
    public bool OwnScales { get; init; }

    /// <summary>Significant digits of each strip's largest number.</summary>
    public int Digits { get; init; } = 4;

    /// <summary>A skip: the strip that is carried past the others and the one in whose sum it ends, both counted from 0 at the top; drawn as a thick line.</summary>
    public (int From, int To)? Skip { get; init; }

    private bool IsSum => Strips.Any(strip => strip.Sign is { Length: > 0 });

    private int Longest => Strips.Max(strip => strip.Values.Count);

    private protected override void Check()
    {
        if (Strips.Count == 0) throw new ArgumentException("A vector strip needs at least one strip.", nameof(Strips));
        if (Header is not null && Header.Count != Longest)
            throw new ArgumentException($"Header has {Header.Count} labels; the longest strip has {Longest} numbers and needs one for each.", nameof(Header));
        if (Skip is var (from, to) && !(0 <= from && from < to && to < Strips.Count))
            throw new ArgumentException($"Skip leads from strip {from} to strip {to}, but should lead downwards between two of the {Strips.Count} strips, counted from 0.", nameof(Skip));
        if (Strips.FirstOrDefault(strip => strip.Sign is { Length: > 0 } && strip.Step is { Length: > 0 }) is { } both)
            throw new ArgumentException($"The strip '{both.Name}' has a sign, '{both.Sign}', and a step, '{both.Step}'; it should have one of them.", nameof(Strips));
    }

    private protected override Canvas Draw()
    {
        var formats = Strips.Select(FormatOf).ToArray();
        var header = Header ?? [.. Enumerable.Range(0, Longest).Select(i => Numbers.Format(i))];
        double left = Strips.Max(strip => TextMetrics.Width(strip.Name, Canvas.TextSize)) is var nameWidth and > 0 ? nameWidth + 12 : 0;
        if (IsSum) left += SignWidth;
        double cellWidth = Math.Max(48, Math.Max(
            header.Max(label => TextMetrics.Width(label, Canvas.SmallSize)) + 8,
            Strips.Select((strip, k) => strip.Values.Max(value => TextMetrics.Width(Text(value, formats[k]), Canvas.TextSize))).Max() + 14));
        var common = ColorScale.For(Strips.SelectMany(strip => strip.Values));

        var canvas = new Canvas();
        for (int j = 0; j < Longest; j++)
            canvas.Text(header[j], left + (j + 0.5) * cellWidth, 11, Anchor.Middle, Canvas.SmallSize, Canvas.Muted);
        double y = 18, right = left + Longest * cellWidth;
        var middles = new double[Strips.Count];
        for (int k = 0; k < Strips.Count; k++)
        {
            var strip = Strips[k];
            if (strip.Step is { Length: > 0 } step && k > 0)
            {
                double x = left + cellWidth / 2;
                canvas.Arrow([(x, y + 4), (x, y + 30)], Canvas.Muted);
                canvas.Text(step, x + 12, y + 21, size: Canvas.TextSize, fill: Canvas.Muted);
                right = Math.Max(right, x + 12 + TextMetrics.Width(step, Canvas.TextSize));
                canvas.Grow(right, y + 34);
                y += 34;
            }
            else if (k > 0) y += IsSum ? 6 : 10;
            if (strip.Sign is { Length: > 0 } sign)
            {
                if (sign == "=" && k > 0)
                {
                    canvas.Line(0, y + 1, left + Longest * cellWidth, y + 1, Canvas.Ink, 1.5);
                    y += 7;
                }
                canvas.Text(sign, SignWidth / 2 - 4, y + CellHeight / 2 + 5.5, Anchor.Middle, 17, bold: true);
            }

            var scale = OwnScales ? ColorScale.For(strip.Values) : common;
            canvas.Text(strip.Name, left - 12, y + CellHeight / 2 + 4.6, Anchor.End);
            for (int j = 0; j < strip.Values.Count; j++)
            {
                double value = strip.Values[j], x = left + j * cellWidth;
                bool blank = !double.IsFinite(value);
                var colour = scale.At(value);
                canvas.Rectangle(x, y, cellWidth, CellHeight, blank ? Canvas.Hatched : colour.Hex, "#afb8c1");
                canvas.Text(Text(value, formats[k]), x + cellWidth / 2, y + CellHeight / 2 + 4.6, Anchor.Middle, fill: blank ? Canvas.Ink : colour.Ink.Hex, halo: blank);
            }
            middles[k] = y + CellHeight / 2;
            y += CellHeight;
            canvas.Grow(left + strip.Values.Count * cellWidth + 1, y + 1);
        }
        if (Skip is var (from, to)) DrawSkip(canvas, Ends(from), Ends(to), right + 26);
        return canvas;

        (double X, double Y) Ends(int k) => (left + Strips[k].Values.Count * cellWidth + 1, middles[k]);
    }

    private static void DrawSkip(Canvas canvas, (double X, double Y) from, (double X, double Y) to, double x)
    {
        string colour = Palette.Categories[0];
        canvas.Polyline([from, (x, from.Y), (x, to.Y - 10)], colour, 3);
        canvas.Arrow([(x - 10, to.Y), to], colour, 3);
        canvas.Circle(x, to.Y, 10, "#ffffff", colour, 1.8);
        canvas.Line(x - 6, to.Y, x + 6, to.Y, Canvas.Ink, 1.8);
        canvas.Line(x, to.Y - 6, x, to.Y + 6, Canvas.Ink, 1.8);
        canvas.Text("skip", x + 8, (from.Y + to.Y) / 2, size: Canvas.TextSize, fill: colour);
        canvas.Grow(x + 10 + TextMetrics.Width("skip", Canvas.TextSize), to.Y + 12);
    }

    private protected override string Describe() => string.Join(" ", Strips.Select((strip, k) =>
        $"{(strip.Sign is { Length: > 0 } ? strip.Sign + " " : strip.Step is { Length: > 0 } && k > 0 ? $"Then {strip.Step}: " : "")}{(strip.Name.Length > 0 ? strip.Name + " = " : "")}{List(strip)}."))
        + (Skip is var (from, to) ? $" The skip carries {Strips[from].Name} past the rest and adds it in {Strips[to].Name}." : "");

    private protected override string Tabulate() => string.Join("\n", Strips.Select((strip, k) =>
        $"{(strip.Step is { Length: > 0 } && k > 0 ? $"  | {strip.Step}\n" : "")}{(strip.Sign is { Length: > 0 } ? strip.Sign + " " : "")}{(strip.Name.Length > 0 ? strip.Name + " = " : "")}{List(strip)}"))
        + (Skip is var (from, to) ? $"\nskip: {Strips[from].Name} is added in {Strips[to].Name}" : "");

    private Func<double, string> FormatOf(Strip strip) => Numbers.Together(IsSum ? Strips.SelectMany(part => part.Values) : strip.Values, Digits);

    private string List(Strip strip) => $"({string.Join(", ", strip.Values.Select(FormatOf(strip)))})";

    private static string Text(double value, Func<double, string> format) => double.IsNaN(value) ? "" : format(value);
}
