using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

/// <summary>Three places for a norm: behind the sum, before the block, on the write; the drawing, and what each does to a deep stack.</summary>
public static class NormPlaces
{
    /// <summary>The three drawn side by side; the residual stream is the thick line.</summary>
    public static SmallMultiples Figure()
    {
        static Node Norm(int column, int row) => Node.Box("LN", column, row, "LN") with { Tone = Figures.Tone.Orange };
        static Node Block(int row) => Node.Box("f", 1, row, "block f") with { Tone = Figures.Tone.Blue };
        static Arrow Out(string to) => new("fork", to) { Leaves = Side.Right, Enters = Side.Top };
        static Arrow In(string from) => new(from, "add") { Leaves = Side.Bottom, Enters = Side.Right };
        static Arrow Stream(string from, string to) => new(from, to) { Thick = true };
        static FlowChart Place(string title, Node norm, Node block, params Arrow[] arrows) => new()
        {
            Title = title,
            Nodes =
            [
                Node.Text("x", 0, 0, "x"), Node.Junction("fork", 0, 1), norm, block,
                Node.Plus("add", 0, 4), Node.Text("y", 0, 6, "y"),
            ],
            Arrows = [Stream("x", "fork"), Stream("fork", "add"), .. arrows],
        };
        return new SmallMultiples
        {
            Title = "Where the norm stands; the residual stream is the thick line",
            Columns = 3,
            Figures =
            [
                Place("post-LN", Norm(0, 5), Block(2), Out("f"), In("f"), Stream("add", "LN"), Stream("LN", "y")),
                Place("pre-LN", Norm(1, 2), Block(3), Out("LN"), new Arrow("LN", "f"), In("f"), Stream("add", "y")),
                Place("on the write", Norm(1, 3), Block(2), Out("f"), new Arrow("f", "LN"), In("LN"), Stream("add", "y")),
            ],
        };
    }

    /// <summary>What the last of 48 blocks reads and writes, and what arrives of the gradient: the three places, twenty stacks of each.</summary>
    /// <param name="kinds">The kinds of stack.</param>
    public static Table ToTable(params WayBack.Kind[] kinds) =>
        new Table("20 stacks of 24 layers", "the last block reads, mean square", "it writes", "the stream behind it", "arrives of the gradient") { Digits = 3 }
            .RowForEach(kinds, kind => [kind.Name, Read(kind), Write(kind), Stream(kind), kind.Arrives]);

    /// <summary>The figures of claim R7.</summary>
    /// <param name="post">Stacks of post-LN.</param>
    /// <param name="pre">Stacks of pre-LN.</param>
    /// <param name="onWrite">Stacks with the norm on the write.</param>
    public static (string Name, double Value)[] Figures7(WayBack.Kind post, WayBack.Kind pre, WayBack.Kind onWrite) =>
    [
        ("read by the last block, post-LN", Read(post)),
        ("read by the last block, pre-LN", Read(pre)),
        ("read by the last block, norm on the write", Read(onWrite)),
        ("written by the last block, norm on the write", Write(onWrite)),
        ("gradient that arrives, norm on the write", onWrite.Arrives),
        ("gradient that arrives, least of 20 stacks", onWrite.Least),
    ];

    /// <summary>The figures of claim R8.</summary>
    /// <param name="post">Stacks of post-LN.</param>
    /// <param name="pre">Stacks of pre-LN.</param>
    public static (string Name, double Value)[] Figures8(WayBack.Kind post, WayBack.Kind pre) =>
    [
        ("stream behind the last block, post-LN", Stream(post)),
        ("stream behind the last block, pre-LN", Stream(pre)),
        ("what the last block reads, pre-LN", Read(pre)),
    ];

    private static double Read(WayBack.Kind kind) => kind.Stacks.Average(stack => stack.Read);

    private static double Write(WayBack.Kind kind) => kind.Stacks.Average(stack => stack.Write);

    private static double Stream(WayBack.Kind kind) => kind.Stacks.Average(stack => stack.Stream);
}
