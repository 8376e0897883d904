using FsCheck;
using FsCheck.Fluent;
using TransformerByHand.Figures;

namespace TransformerByHand.Tests.Figures;

public class FlowChartTests
{
    public static TheoryData<string> Charts => ["layer", "one row", "attention"];

    [Theory]
    [MemberData(nameof(Charts))]
    public void Boxes_stand_apart(string name)
    {
        var boxes = ((FlowChart)Gallery.Figures[name]).Lay().Layout.Boxes.Values.ToArray();
        foreach (var box in boxes)
            boxes.Where(other => other.Content != box.Content && other.Inflate(10).Overlaps(box)).ShouldBeEmpty(box.Content);
    }

    [Theory]
    [MemberData(nameof(Charts))]
    public void Arrows_run_in_right_angles_from_edge_to_edge_and_through_no_box(string name) => Mistakes((FlowChart)Gallery.Figures[name]).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Charts))]
    public void Arrows_of_different_origin_and_end_never_run_on_top_of_each_other(string name)
    {
        var chart = (FlowChart)Gallery.Figures[name];
        var segments = chart.Lay().Ways.SelectMany((way, k) => way.Zip(way.Skip(1), (a, b) => (Arrow: chart.Arrows[k], Box: Segment(a, b)))).ToArray();
        foreach (var one in segments)
            foreach (var other in segments.Where(s => s.Arrow.From != one.Arrow.From && s.Arrow.To != one.Arrow.To))
            {
                bool alongX = one.Box.Height == 0 && other.Box.Height == 0 && one.Box.Y == other.Box.Y && one.Box.X < other.Box.Right && other.Box.X < one.Box.Right;
                bool alongY = one.Box.Width == 0 && other.Box.Width == 0 && one.Box.X == other.Box.X && one.Box.Y < other.Box.Bottom && other.Box.Y < one.Box.Bottom;
                (alongX || alongY).ShouldBeFalse($"{one.Arrow} and {other.Arrow}");
            }
    }

    [Theory]
    [MemberData(nameof(Charts))]
    public void Labels_stand_on_no_box(string name)
    {
        var chart = (FlowChart)Gallery.Figures[name];
        var inside = chart.Nodes.SelectMany(node => node.Details.Prepend(node.Label)).ToHashSet();
        var (layout, canvas) = (chart.Lay().Layout, chart.Render(Canvas.TitleSize));
        // The drawing is moved as a whole: find by how much from one node's text.
        var node = chart.Nodes.First(n => n.Kind == NodeKind.Box && n.Details.Count == 0 && chart.Nodes.Count(o => o.Label == n.Label) == 1
            || n.Kind == NodeKind.Text && n.Details.Count == 0);
        var text = canvas.Texts.First(t => t.Content == node.Label);
        var (dx, dy) = (text.CentreX - layout.Boxes[node.Id].CentreX, text.CentreY - layout.Boxes[node.Id].CentreY);
        foreach (var label in canvas.Texts.Where(t => chart.Arrows.Any(a => a.Label == t.Content) && !inside.Contains(t.Content)))
            layout.Boxes.Values.Where(box => (box with { X = box.X + dx, Y = box.Y + dy }).Overlaps(label)).ShouldBeEmpty(label.Content);
    }

    [Fact]
    public void A_skip_goes_around_the_block_it_skips()
    {
        var chart = Gallery.OneRow;
        var (layout, ways) = chart.Lay();
        int skip = Enumerable.Range(0, chart.Arrows.Count).Single(k => chart.Arrows[k] is { From: "add1", To: "add2" });
        ways[skip].Count.ShouldBe(4); // up, across, down
        ways[skip].ShouldContain(point => point.Y < layout.Boxes["ln2"].Y || point.Y > layout.Boxes["ln2"].Bottom);
    }

    [Fact]
    public void The_sides_can_be_chosen()
    {
        var chart = new FlowChart
        {
            Nodes = [Node.Box("a", 0, 0, "a"), Node.Box("b", 1, 0, "b")],
            Arrows = [new("a", "b") { Leaves = Side.Bottom, Enters = Side.Top }],
        };
        var (layout, ways) = chart.Lay();
        ways[0][0].Y.ShouldBe(layout.Boxes["a"].Bottom);
        ways[0][^1].Y.ShouldBe(layout.Boxes["b"].Y);
    }

    [Fact]
    public void Arrows_find_their_way_on_any_grid() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = SeededRandom.Create(seed);
            var cells = Enumerable.Range(0, 12).OrderBy(_ => random.Next()).Take(random.Next(2, 9)).ToArray();
            var nodes = cells.Select((cell, k) => (k % 4) switch
            {
                0 => Node.Plus($"n{k}", cell % 4, cell / 4),
                1 => Node.Box($"n{k}", cell % 4, cell / 4, $"block {k}", "0.2, 0.1, 0.3"),
                2 => Node.Text($"n{k}", cell % 4, cell / 4, $"x_{k}"),
                _ => Node.Box($"n{k}", cell % 4, cell / 4, "LN"),
            }).ToArray();
            var arrows = Enumerable.Range(0, nodes.Length).Select(k => new Arrow($"n{k}", $"n{(k + random.Next(1, nodes.Length)) % nodes.Length}")).ToArray();
            return Mistakes(new FlowChart { Nodes = nodes, Arrows = arrows }).Count == 0;
        }).Check(Config.QuickThrowOnFailure.WithReplay(5, 1).WithMaxTest(60));

    [Fact]
    public void The_alternative_states_boxes_numbers_and_arrows() =>
        new FlowChart
        {
            Title = "Toy", Nodes = [Node.Text("x", 0, 0, "x = 10"), Node.Box("f", 1, 0, "block", "makes 5"), Node.Plus("add", 2, 0)],
            Arrows = [new("x", "f"), new("f", "add", "5"), new("x", "add", "10")], Frames = [new("sublayer", "f")],
        }.Alt.ShouldBe("Toy. Flow chart of x = 10, block (makes 5), ⊕. Arrows: x = 10 to block; block to ⊕ (5); x = 10 to ⊕ (10). sublayer holds block.");

    [Fact]
    public void The_plain_text_lists_the_arrows() =>
        new FlowChart { Nodes = [Node.Text("x", 0, 0, "x"), Node.Box("f", 1, 0, "block", "makes 5")], Arrows = [new("x", "f", "10")] }
            .ToText().ShouldBe("block: makes 5\nx -> block  (10)");

    [Fact]
    public void Mistakes_in_the_description_are_named()
    {
        Node a = Node.Box("a", 0, 0, "a"), b = Node.Box("b", 1, 0, "b"), c = Node.Box("c", 2, 0, "c");
        Error(new() { Nodes = [] }).ShouldContain("at least one node");
        Error(new() { Nodes = [a, Node.Plus("a", 1, 0)] }).ShouldContain("'a' belongs to 2 nodes");
        Error(new() { Nodes = [a, Node.Plus("d", 0, 0)] }).ShouldContain("'a' and 'd' are both in column 0, row 0");
        Error(new() { Nodes = [a], Arrows = [new("a", "z")] }).ShouldContain("names 'z', which is no node");
        Error(new() { Nodes = [a], Arrows = [new("a", "a")] }).ShouldContain("ends where it begins");
        Error(new() { Nodes = [a, b, c], Frames = [new("outer", "a", "c")] }).ShouldContain("would cut through the node 'b'");
        Should.Throw<ArgumentOutOfRangeException>(() => Node.Plus("a", -1, 0)).ParamName.ShouldBe("column");
    }

    private static string Error(FlowChart chart) => Should.Throw<ArgumentException>(chart.ToSvg).Message;

    private static List<string> Mistakes(FlowChart chart)
    {
        var (layout, ways) = chart.Lay();
        List<string> mistakes = [];
        for (int k = 0; k < ways.Length; k++)
        {
            var way = ways[k];
            foreach (var (id, end) in new[] { (chart.Arrows[k].From, way[0]), (chart.Arrows[k].To, way[^1]) })
            {
                var box = layout.Boxes[id];
                bool onEdge = (end.X == box.X || end.X == box.Right) && end.Y > box.Y && end.Y < box.Bottom
                    || (end.Y == box.Y || end.Y == box.Bottom) && end.X > box.X && end.X < box.Right;
                if (!onEdge) mistakes.Add($"{chart.Arrows[k]} does not touch {id}");
            }
            for (int s = 1; s < way.Count; s++)
            {
                var (from, to) = (way[s - 1], way[s]);
                if (from.X != to.X && from.Y != to.Y) mistakes.Add($"{chart.Arrows[k]} is slanted");
                foreach (var box in layout.Boxes.Values)
                    if (box.Overlaps(Segment(from, to))) mistakes.Add($"{chart.Arrows[k]} runs through {box.Content}");
            }
        }
        return mistakes;
    }

    private static Box Segment((double X, double Y) a, (double X, double Y) b) =>
        new(Math.Min(a.X, b.X), Math.Min(a.Y, b.Y), Math.Abs(a.X - b.X), Math.Abs(a.Y - b.Y));
}
