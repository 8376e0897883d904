namespace TransformerByHand.Figures;

/// <summary>Several figures side by side, each under its own title, for comparison at a glance.</summary>
/// <remarks><code>new SmallMultiples { Title = "Four heads", Columns = 2, Figures = [.. heads.Select((a, i) => new Heatmap(a) { Title = $"head {i}" })] }</code></remarks>
public sealed class SmallMultiples : Figure
{
    private const double Gap = 28;

    /// <summary>The figures, row by row.</summary>
    public IReadOnlyList<Figure> Figures { get; init; } = [];

    /// <summary>How many stand side by side; at least 1.</summary>
    public int Columns { get; init; } = 2;

    private protected override void Check()
    {
        if (Figures.Count == 0) throw new ArgumentException("Small multiples need at least one figure.", nameof(Figures));
        if (Columns < 1) throw new ArgumentOutOfRangeException(nameof(Columns), Columns, "At least one figure must stand in a row.");
    }

    private protected override Canvas Draw()
    {
        var parts = Figures.Select(figure => figure.Render(Canvas.TextSize)).ToArray();
        int columns = Math.Min(Columns, parts.Length);
        double[] widths = [.. Enumerable.Range(0, columns).Select(c => parts.Where((_, i) => i % columns == c).Max(part => part.Width))];
        double[] heights = [.. parts.Chunk(columns).Select(row => row.Max(part => part.Height))];

        var canvas = new Canvas();
        for (int i = 0; i < parts.Length; i++)
            canvas.Place(parts[i], widths.Take(i % columns).Sum(width => width + Gap), heights.Take(i / columns).Sum(height => height + Gap));
        return canvas;
    }

    private protected override string Describe() => string.Join(" ", Figures.Select((figure, i) => $"Part {i + 1}: {figure.Alt}"));

    private protected override string Tabulate() => string.Join("\n\n", Figures.Select(figure => figure.ToText()));
}
