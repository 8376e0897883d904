namespace TransformerByHand.Figures;

/// <summary>Places the nodes of a flow chart: sizes from their texts, columns and rows from their sizes.</summary>
internal sealed class FlowLayout
{
    public const double LineHeight = 17;
    private const double ColumnGap = 38, RowGap = 44, FrameRowGap = 66, FrameColumnGap = 52;

    private readonly Dictionary<string, Box> _boxes = new(StringComparer.Ordinal);

    public FlowLayout(FlowChart chart)
    {
        int columns = chart.Nodes.Max(node => node.Column) + 1, rows = chart.Nodes.Max(node => node.Row) + 1;
        var byId = chart.Nodes.ToDictionary(node => node.Id);
        double[] widths = [.. Enumerable.Range(0, columns).Select(c => chart.Nodes.Where(n => n.Column == c).Select(n => Size(n).Width).DefaultIfEmpty(0).Max())];
        double[] heights = [.. Enumerable.Range(0, rows).Select(r => chart.Nodes.Where(n => n.Row == r).Select(n => Size(n).Height).DefaultIfEmpty(0).Max())];

        // A label on an arrow between neighbours needs a gap that is wide enough for it.
        double columnGap = chart.Frames.Count > 0 ? FrameColumnGap : ColumnGap;
        double[] columnGaps = [.. Enumerable.Repeat(columnGap, columns)];
        foreach (var arrow in chart.Arrows.Where(arrow => arrow.Label.Length > 0))
        {
            var (from, to) = (byId[arrow.From], byId[arrow.To]);
            if (from.Row != to.Row || Math.Abs(from.Column - to.Column) != 1) continue;
            int gap = Math.Min(from.Column, to.Column);
            columnGaps[gap] = Math.Max(columnGaps[gap], Even(TextMetrics.Width(arrow.Label, Canvas.SmallSize) + 24));
        }
        double rowGap = chart.Frames.Count > 0 ? FrameRowGap : RowGap;

        double[] x = new double[columns], y = new double[rows];
        for (int c = 1; c < columns; c++) x[c] = x[c - 1] + widths[c - 1] + columnGaps[c - 1];
        for (int r = 1; r < rows; r++) y[r] = y[r - 1] + heights[r - 1] + rowGap;
        foreach (var node in chart.Nodes)
        {
            var (width, height) = Size(node);
            _boxes[node.Id] = new(x[node.Column] + (widths[node.Column] - width) / 2, y[node.Row] + (heights[node.Row] - height) / 2, width, height, node.Id);
        }

        double right = x[^1] + widths[^1], bottom = y[^1] + heights[^1];
        LanesX = Lanes(x, widths, right);
        LanesY = Lanes(y, heights, bottom);
    }

    /// <summary>Where each node stands.</summary>
    public IReadOnlyDictionary<string, Box> Boxes => _boxes;

    /// <summary>The vertical lines along which arrows may run: in the gaps between columns, and outside.</summary>
    public IReadOnlyList<double> LanesX { get; }

    /// <summary>The horizontal lines along which arrows may run.</summary>
    public IReadOnlyList<double> LanesY { get; }

    /// <summary>The frame around some nodes, with room for its label.</summary>
    public Box FrameBox(Frame frame)
    {
        var boxes = frame.Nodes.Select(id => _boxes[id]).ToArray();
        double x = boxes.Min(box => box.X) - 12, y = boxes.Min(box => box.Y) - 28;
        double width = Math.Max(boxes.Max(box => box.Right) + 12 - x, TextMetrics.Width(frame.Label, Canvas.SmallSize) + 16);
        return new(x, y, width, boxes.Max(box => box.Bottom) + 12 - y, frame.Label);
    }

    private static double[] Lanes(double[] starts, double[] sizes, double end)
    {
        List<double> lanes = [-40, -28, -16];
        for (int k = 1; k < starts.Length; k++)
        {
            double middle = Math.Round((starts[k - 1] + sizes[k - 1] + starts[k]) / 2);
            lanes.AddRange([middle - 9, middle, middle + 9]);
        }
        return [.. lanes, end + 16, end + 28, end + 40];
    }

    private static (double Width, double Height) Size(Node node) => node.Kind switch
    {
        NodeKind.Junction => (8, 8),
        NodeKind.Plus => (26, 26),
        NodeKind.Sign => Even(Math.Max(28, TextMetrics.Width(node.Label, Canvas.TextSize) + 12)) is var side ? (side, side) : default,
        var kind => (
            Even(Math.Max(kind == NodeKind.Box ? 56 : 24, TextWidth(node) + (kind == NodeKind.Box ? 24 : 8))),
            Even(LineHeight * (1 + node.Details.Count) + (kind == NodeKind.Box ? 17 : 6))),
    };

    private static double TextWidth(Node node) => Math.Max(
        TextMetrics.Width(node.Label, Canvas.TextSize, bold: true),
        node.Details.Select(line => TextMetrics.Width(line, Canvas.SmallSize)).DefaultIfEmpty(0).Max());

    /// <summary>The next even whole number, so that middles are whole pixels and straight arrows are straight.</summary>
    private static double Even(double value) => 2 * Math.Ceiling(value / 2);
}
