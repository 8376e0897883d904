using TransformerByHand.Figures;

namespace TransformerByHand.Course.Images;

/// <summary>The pictures in <c>images/</c>: drawn here, so that none of them can drift from what the course teaches.</summary>
internal static class CourseImages
{
    /// <summary>Every picture by its file name.</summary>
    public static IReadOnlyDictionary<string, Figure> All { get; } = new SortedDictionary<string, Figure>(StringComparer.Ordinal)
    {
        ["whole-layer.svg"] = WholeLayer(),
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
