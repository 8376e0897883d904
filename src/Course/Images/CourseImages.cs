using TransformerByHand.Figures;

namespace TransformerByHand.Course.Images;

/// <summary>The pictures in <c>images/</c>: drawn here, so that none of them can drift from what the course teaches.</summary>
internal static class CourseImages
{
    /// <summary>Every picture by its file name.</summary>
    public static IReadOnlyDictionary<string, Figure> All { get; } = new SortedDictionary<string, Figure>(StringComparer.Ordinal)
    {
        ["whole-layer.svg"] = WholeLayer(),
        ["layer-backward.svg"] = LayerBackward(),
    };

    private static FlowChart LayerBackward() => new()
    {
        Title = "Forward above, backward below: where the stream forks, two gradients meet",
        Nodes =
        [
            Node.Box("block1", 2, 0, "LayerNorm 1", "then attention") with { Tone = Tone.Blue }, Node.Box("block2", 5, 0, "LayerNorm 2", "then feed-forward") with { Tone = Tone.Blue },
            Node.Text("X", 0, 1, "X"), Node.Junction("fork1", 1, 1), Node.Plus("plus1", 3, 1), Node.Junction("fork2", 4, 1), Node.Plus("plus2", 6, 1), Node.Text("Y", 7, 1, "Y"),
            Node.Text("dX", 0, 2, "dX"), Node.Plus("meet1", 1, 2), Node.Junction("split1", 3, 2), Node.Plus("meet2", 4, 2), Node.Junction("split2", 6, 2), Node.Text("dY", 7, 2, "dY"),
            Node.Box("back1", 2, 3, "attention back", "then LayerNorm 1") with { Tone = Tone.Orange }, Node.Box("back2", 5, 3, "feed-forward back", "then LayerNorm 2") with { Tone = Tone.Orange },
        ],
        Arrows =
        [
            new("X", "fork1") { Thick = true }, new("fork1", "plus1") { Thick = true }, new("plus1", "fork2", "M") { Thick = true },
            new("fork2", "plus2") { Thick = true }, new("plus2", "Y") { Thick = true },
            new("fork1", "block1") { Leaves = Side.Top, Enters = Side.Left }, new("block1", "plus1") { Leaves = Side.Right, Enters = Side.Top },
            new("fork2", "block2") { Leaves = Side.Top, Enters = Side.Left }, new("block2", "plus2") { Leaves = Side.Right, Enters = Side.Top },
            new("dY", "split2") { Dashed = true }, new("split2", "meet2") { Dashed = true }, new("meet2", "split1", "dM") { Dashed = true },
            new("split1", "meet1") { Dashed = true }, new("meet1", "dX") { Dashed = true },
            new("split2", "back2") { Leaves = Side.Bottom, Enters = Side.Right, Dashed = true }, new("back2", "meet2") { Leaves = Side.Left, Enters = Side.Bottom, Dashed = true },
            new("split1", "back1") { Leaves = Side.Bottom, Enters = Side.Right, Dashed = true }, new("back1", "meet1") { Leaves = Side.Left, Enters = Side.Bottom, Dashed = true },
        ],
    };

    private static FlowChart WholeLayer() => new()
    {
        Title = "One transformer layer (pre-LN), and the lessons that open its parts",
        Nodes =
        [
            Node.Text("tokens", 0, 0, "tokens"),
            Node.Box("embed", 1, 0, "embedding", "lesson 04"),
            Node.Junction("read1", 2, 0),
            Node.Plus("write1", 5, 0),
            Node.Junction("read2", 6, 0),
            Node.Plus("write2", 9, 0),
            Node.Text("out", 10, 0, "next layer"),
            Node.Box("norm1", 3, 1, "LayerNorm", "lessons 01, 02"),
            Node.Box("attention", 4, 1, "attention", "lessons 05, 06, 08"),
            Node.Box("norm2", 7, 1, "LayerNorm", "lessons 01, 02"),
            Node.Box("ffn", 8, 1, "feed-forward", "lesson 07"),
        ],
        Arrows =
        [
            new("tokens", "embed"),
            new("embed", "read1") { Thick = true },
            new("read1", "write1", "residual stream, lesson 03") { Thick = true },
            new("write1", "read2") { Thick = true },
            new("read2", "write2") { Thick = true },
            new("write2", "out") { Thick = true },
            new("read1", "norm1", "reads"), new("norm1", "attention"), new("attention", "write1", "adds"),
            new("read2", "norm2", "reads"), new("norm2", "ffn"), new("ffn", "write2", "adds"),
        ],
    };
}
