namespace TransformerByHand.Figures;

/// <summary>Boxes and arrows on a grid. Arrows run in right angles and find their own way around the boxes.</summary>
/// <remarks>
/// <code>
/// new FlowChart
/// {
///     Title = "A sublayer in pre-LN",
///     Nodes = [Node.Text("x", 0, 0, "x"), Node.Box("ln", 1, 0, "LayerNorm"), Node.Box("f", 2, 0, "attention"), Node.Plus("add", 3, 0), Node.Text("y", 4, 0, "y")],
///     Arrows = [new("x", "ln"), new("ln", "f"), new("f", "add"), new("x", "add", "residual"), new("add", "y")],
/// }
/// </code>
/// </remarks>
public sealed class FlowChart : Figure
{
    /// <summary>The boxes, signs and junctions, each in its own cell of the grid.</summary>
    public IReadOnlyList<Node> Nodes { get; init; } = [];

    /// <summary>The arrows.</summary>
    public IReadOnlyList<Arrow> Arrows { get; init; } = [];

    /// <summary>Frames around groups of nodes.</summary>
    public IReadOnlyList<Frame> Frames { get; init; } = [];

    private protected override void Check()
    {
        if (Nodes.Count == 0) throw new ArgumentException("A flow chart needs at least one node.", nameof(Nodes));
        if (Nodes.GroupBy(node => node.Id).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"The id '{twice.Key}' belongs to {twice.Count()} nodes; every node needs its own.", nameof(Nodes));
        if (Nodes.GroupBy(node => (node.Column, node.Row)).FirstOrDefault(group => group.Count() > 1) is { } cell)
            throw new ArgumentException($"The nodes {string.Join(" and ", cell.Select(node => $"'{node.Id}'"))} are both in column {cell.Key.Column}, row {cell.Key.Row}; every node needs its own cell.", nameof(Nodes));

        var ids = Nodes.Select(node => node.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var arrow in Arrows)
        {
            foreach (string id in new[] { arrow.From, arrow.To })
                if (!ids.Contains(id))
                    throw new ArgumentException($"The arrow from '{arrow.From}' to '{arrow.To}' names '{id}', which is no node; there are {string.Join(", ", ids)}.", nameof(Arrows));
            if (arrow.From == arrow.To) throw new ArgumentException($"The arrow from '{arrow.From}' ends where it begins.", nameof(Arrows));
        }
        foreach (var frame in Frames)
        {
            if (frame.Nodes.Count == 0) throw new ArgumentException($"The frame '{frame.Label}' holds no node.", nameof(Frames));
            foreach (string id in frame.Nodes)
                if (!ids.Contains(id))
                    throw new ArgumentException($"The frame '{frame.Label}' names '{id}', which is no node; there are {string.Join(", ", ids)}.", nameof(Frames));
        }

        var layout = new FlowLayout(this);
        foreach (var frame in Frames)
        {
            var box = layout.FrameBox(frame);
            if (layout.Boxes.Values.FirstOrDefault(node => !frame.Nodes.Contains(node.Content) && node.Overlaps(box)) is { Width: > 0 } stranger)
                throw new ArgumentException($"The frame '{frame.Label}' would cut through the node '{stranger.Content}', which is not in it; move the node to another row or column.", nameof(Frames));
        }
    }

    /// <summary>Where the nodes stand and the arrows run, before both are moved so that nothing is left of or above 0.</summary>
    internal (FlowLayout Layout, IReadOnlyList<(double X, double Y)>[] Ways) Lay()
    {
        var layout = new FlowLayout(this);
        var kinds = Nodes.ToDictionary(node => node.Id, node => node.Kind);
        var router = new OrthogonalRouter(layout, id => kinds[id]);
        var ways = new IReadOnlyList<(double X, double Y)>[Arrows.Count];
        // Near neighbours first: a long arrow can go around, a short one cannot.
        foreach (int k in Enumerable.Range(0, Arrows.Count).OrderBy(k => Distance(layout.Boxes[Arrows[k].From], layout.Boxes[Arrows[k].To])))
            ways[k] = router.Route(Arrows[k]);
        return (layout, ways);
    }

    private static double Distance(Box a, Box b) => Math.Round(Math.Abs(a.CentreX - b.CentreX) + Math.Abs(a.CentreY - b.CentreY));

    private protected override Canvas Draw()
    {
        var (layout, ways) = Lay();
        var labels = PlaceLabels(layout, ways);
        Box[] all = [.. layout.Boxes.Values, .. Frames.Select(layout.FrameBox), .. labels.Select(label => label.Box), .. ways.SelectMany(way => way).Select(point => new Box(point.X, point.Y, 0, 0).Inflate(3))];
        double left = all.Min(box => box.X) - 2, top = all.Min(box => box.Y) - 2;

        var inner = new Canvas();
        foreach (var frame in Frames)
        {
            var box = layout.FrameBox(frame);
            inner.Rectangle(box.X, box.Y, box.Width, box.Height, "#fafbfc", "#8c959f", radius: 8, dash: "4 3");
        }
        for (int k = 0; k < Arrows.Count; k++)
        {
            var arrow = Arrows[k];
            bool headless = Nodes.First(node => node.Id == arrow.To).Kind == NodeKind.Junction;
            double width = arrow.Thick ? 3 : 1.5;
            string colour = arrow.Thick ? Display.Palette.Categories[0] : "#3d444d", dash = arrow.Dashed ? "5 4" : "";
            if (headless) inner.Polyline(ways[k], colour, width, arrow.Dashed ? dash : null);
            else inner.Arrow(ways[k], colour, width, arrow.Dashed ? dash : null);
        }
        foreach (var node in Nodes) DrawNode(inner, node, layout.Boxes[node.Id]);
        foreach (var frame in Frames)
        {
            var box = layout.FrameBox(frame);
            inner.Text(frame.Label, box.X + 8, box.Y + 15, size: Canvas.SmallSize, fill: Canvas.Muted, halo: true);
        }
        foreach (var (text, box) in labels) inner.Text(text, box.X, box.Y + 0.76 * Canvas.SmallSize, size: Canvas.SmallSize, fill: Canvas.Muted, halo: true);

        var canvas = new Canvas();
        canvas.Place(inner, -left, -top);
        canvas.Grow(all.Max(box => box.Right) - left + 2, all.Max(box => box.Bottom) - top + 2);
        return canvas;
    }

    private static void DrawNode(Canvas canvas, Node node, Box box)
    {
        var (fill, edge) = node.Tone.Colours();
        switch (node.Kind)
        {
            case NodeKind.Junction:
                canvas.Circle(box.CentreX, box.CentreY, 4, "#3d444d");
                return;
            case NodeKind.Plus:
                canvas.Circle(box.CentreX, box.CentreY, box.Width / 2, fill, edge, 1.5);
                canvas.Line(box.CentreX - 7, box.CentreY, box.CentreX + 7, box.CentreY, Canvas.Ink, 1.8);
                canvas.Line(box.CentreX, box.CentreY - 7, box.CentreX, box.CentreY + 7, Canvas.Ink, 1.8);
                return;
            case NodeKind.Sign:
                canvas.Circle(box.CentreX, box.CentreY, box.Width / 2, fill, edge, 1.5);
                break;
            case NodeKind.Box:
                canvas.Rectangle(box.X, box.Y, box.Width, box.Height, fill, edge, radius: 5, strokeWidth: 1.2);
                break;
        }
        double y = box.CentreY - FlowLayout.LineHeight * node.Details.Count / 2 + 4.6;
        canvas.Text(node.Label, box.CentreX, y, Anchor.Middle, bold: node.Kind != NodeKind.Sign);
        for (int k = 0; k < node.Details.Count; k++)
            canvas.Text(node.Details[k], box.CentreX, y + FlowLayout.LineHeight * (k + 1), Anchor.Middle, Canvas.SmallSize);
    }

    /// <summary>Puts each arrow's label beside it, where it meets the least of nodes, arrows and other labels.</summary>
    private List<(string Text, Box Box)> PlaceLabels(FlowLayout layout, IReadOnlyList<(double X, double Y)>[] ways)
    {
        List<(string Text, Box Box)> placed = [];
        var lines = ways.SelectMany(way => way.Zip(way.Skip(1), (a, b) => new Box(Math.Min(a.X, b.X), Math.Min(a.Y, b.Y), Math.Abs(a.X - b.X), Math.Abs(a.Y - b.Y)).Inflate(2))).ToArray();
        var frameLabels = Frames.Select(layout.FrameBox).Select(box => new Box(box.X + 6, box.Y + 2, TextMetrics.Width(box.Content, Canvas.SmallSize) + 4, 17)).ToArray();
        for (int k = 0; k < Arrows.Count; k++)
        {
            if (Arrows[k].Label.Length == 0) continue;
            double width = TextMetrics.Width(Arrows[k].Label, Canvas.SmallSize), height = 0.98 * Canvas.SmallSize;
            double Trouble(Box box) =>
                3 * layout.Boxes.Values.Count(node => node.Inflate(1).Overlaps(box)) + 3 * placed.Count(other => other.Box.Inflate(2).Overlaps(box))
                + 3 * frameLabels.Count(label => label.Overlaps(box)) + lines.Count(line => line.Overlaps(box));

            var candidates = ways[k].Zip(ways[k].Skip(1)).OrderByDescending(s => Math.Abs(s.First.X - s.Second.X) + Math.Abs(s.First.Y - s.Second.Y))
                .SelectMany(s => new[] { 0.5, 0.35, 0.65, 0.2, 0.8 }.SelectMany(share =>
                {
                    double x = s.First.X + (s.Second.X - s.First.X) * share, y = s.First.Y + (s.Second.Y - s.First.Y) * share;
                    return s.First.Y == s.Second.Y
                        ? new[] { new Box(x - width / 2, y - 5 - height, width, height), new Box(x - width / 2, y + 5, width, height) }
                        : [new Box(x + 6, y - height / 2, width, height), new Box(x - 6 - width, y - height / 2, width, height)];
                }));
            placed.Add((Arrows[k].Label, candidates.MinBy(Trouble))); // the first of the best
        }
        return placed;
    }

    private protected override string Describe()
    {
        string Name(Node node) => node.Kind switch
        {
            NodeKind.Junction => "a branch point",
            _ when node.Details.Count > 0 => $"{node.Label} ({string.Join("; ", node.Details)})",
            _ => node.Label,
        };
        string Short(string id) => Nodes.First(node => node.Id == id) is var node && node.Kind == NodeKind.Junction ? $"branch point {node.Id}"
            : Nodes.Count(other => other.Label == node.Label) > 1 ? $"{node.Label} [{node.Id}]" : node.Label;
        string frames = string.Concat(Frames.Select(frame => $" {frame.Label} holds {string.Join(", ", frame.Nodes.Select(Short))}."));
        return $"Flow chart of {string.Join(", ", Nodes.Where(node => node.Kind != NodeKind.Junction).Select(Name))}. Arrows: "
            + string.Join("; ", Arrows.Select(arrow => $"{Short(arrow.From)} to {Short(arrow.To)}{(arrow.Label.Length > 0 ? $" ({arrow.Label})" : "")}")) + "." + frames;
    }

    private protected override string Tabulate()
    {
        string Name(string id) => Nodes.First(node => node.Id == id) is var node && node.Label.Length > 0 && Nodes.Count(other => other.Label == node.Label) == 1 ? node.Label : node.Id;
        var details = Nodes.Where(node => node.Details.Count > 0).Select(node => $"{node.Label}: {string.Join("; ", node.Details)}");
        return string.Join("\n", details.Concat(Arrows.Select(arrow => $"{Name(arrow.From)} -> {Name(arrow.To)}{(arrow.Label.Length > 0 ? $"  ({arrow.Label})" : "")}")));
    }
}
