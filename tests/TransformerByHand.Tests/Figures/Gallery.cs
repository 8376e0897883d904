using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Figures;

namespace TransformerByHand.Tests.Figures;

/// <summary>Figures as lessons draw them, one of each kind and more, for tests that hold for all.</summary>
internal static class Gallery
{
    public static readonly string[] Tokens = ["the", "cat", "saw", "the", "dog"];

    public static readonly Matrix<double> Scores = SeededRandom.Create(1).NormalMatrix(5, 5, 1.2);

    public static Matrix<double> Weights => Matrix<double>.Build.Dense(5, 5, (i, j) => Math.Exp(Scores[i, j]) / Scores.Row(i).Enumerate().Sum(Math.Exp));

    private static readonly double[] Depths = [2, 4, 8, 16];

    public static Dictionary<string, Figure> Figures => new()
    {
        ["weights"] = new Heatmap(Weights) { Title = "Attention weights", RowLabels = Tokens, ColumnLabels = Tokens, RowTitle = "query", ColumnTitle = "key" },
        ["masked scores"] = new Heatmap(Matrix<double>.Build.Dense(5, 5, (i, j) => j > i ? double.NegativeInfinity : Scores[i, j])) { RowLabels = Tokens, ColumnLabels = Tokens, ShowLegend = true },
        ["long labels"] = new Heatmap(Scores.SubMatrix(0, 2, 0, 3)) { ColumnLabels = ["d_model", "a very long column label", "x"] },
        ["positions"] = new Heatmap(SeededRandom.Create(2).NormalMatrix(60, 64)) { RowTitle = "position", ColumnTitle = "dimension" },
        ["loss"] = new LineChart
        {
            Title = "Loss", X = Axis.Linear("step"), Y = Axis.Linear("loss"),
            Series = [.. new[] { 60.0, 63, 200 }.Select(rate => new Series($"rate {rate}", Enumerable.Range(0, 400).Select(s => 1.4 + 2.7 * Math.Exp(-s / rate))))],
            References = [Reference.Y(Math.Log(65), "ln 65"), Reference.X(100, "warm-up ends"), Reference.X(120, "first evaluation")],
        },
        ["gradient norms"] = new LineChart
        {
            Title = "Gradient of the last layer", X = Axis.Log("layers"), Y = Axis.Log("norm"),
            Series = [new("post-LN", Depths, [1.68, 1.55, 1.62, 1.58]), new("pre-LN", Depths, [1.38, 0.97, 0.68, 0.44])],
            References = [Reference.Curve("1/√L", x => 1.38 * Math.Sqrt(2 / x))],
        },
        ["finite differences"] = new LineChart
        {
            X = Axis.Log("h"), Y = Axis.Log("error"),
            Series = [new("", Enumerable.Range(1, 12).Select(k => Math.Pow(10, -k)), Enumerable.Range(1, 12).Select(k => Math.Pow(10, -2 * k) + Math.Pow(10, k - 16)))],
        },
        ["legend"] = new LineChart { Series = [new("a name that is too long to be written at the end of a line", [1, 2]), new("short", [2, 1]) { Dashed = true }] },
        ["bars"] = new BarChart { Categories = Tokens, Series = [new("before", [0.2, -0.5, 1.1, 0.2, -0.9]), new("after", [0.35, -0.2, 0.8, 0.31, -1.2])], ValueTitle = "component 0" },
        ["stream"] = new BarChart
        {
            Title = "The stream is a sum of writes", Stacked = true, Categories = ["x0", "x1", "x2"],
            Series = [new("embedding", [0.9, 0.3, -0.4]), new("attention", [0.5, -0.6, 0.3]), new("feed-forward", [-0.4, 0.3, -0.3])],
        },
        ["strip"] = new VectorStrip { Title = "One token", Strips = [new("x", [0.2, 0.1, 0.3]), new("x̂", [0, -1.2238, 1.2238]) { Step = "subtract μ = 0.2, divide by √(σ² + ε)" }] },
        ["heads"] = new SmallMultiples { Title = "Heads", Columns = 2, Figures = [.. Enumerable.Range(0, 3).Select(h => new Heatmap(Weights) { Title = $"head {h}", RowLabels = Tokens, ColumnLabels = Tokens })] },
        ["layer"] = PreNormLayer,
        ["one row"] = OneRow,
        ["attention"] = Attention,
        ["plane"] = new Plane { Title = "Values", XTitle = "component 0", Marks = [Mark.Polygon("", (-0.5, 0.3), (2, 0.4), (1, 2)), Mark.Point("v_1", -0.5, 0.3), Mark.Point("v_2", 2, 0.4), Mark.Arrow("o", 1, 1.18) with { Colour = 1 }] },
    };

    public static FlowChart PreNormLayer => new()
    {
        Title = "A pre-LN layer",
        Nodes =
        [
            Node.Text("x", 0, 0, "X"), Node.Junction("read1", 1, 0), Node.Plus("add1", 4, 0), Node.Junction("read2", 5, 0), Node.Plus("add2", 8, 0), Node.Text("y", 9, 0, "Y"),
            Node.Box("ln1", 2, 1, "LayerNorm"), Node.Box("attention", 3, 1, "attention", "mixes tokens") with { Tone = Tone.Blue },
            Node.Box("ln2", 6, 1, "LayerNorm"), Node.Box("ffn", 7, 1, "FFN", "0.2, 0.1, 0.3") with { Tone = Tone.Orange },
        ],
        Arrows =
        [
            new("x", "read1") { Thick = true }, new("read1", "add1", "residual stream") { Thick = true }, new("add1", "read2") { Thick = true },
            new("read2", "add2") { Thick = true }, new("add2", "y") { Thick = true },
            new("read1", "ln1"), new("ln1", "attention"), new("attention", "add1"), new("read2", "ln2"), new("ln2", "ffn"), new("ffn", "add2"),
        ],
        Frames = [new("attention sublayer", "ln1", "attention"), new("feed-forward sublayer", "ln2", "ffn")],
    };

    public static FlowChart OneRow => new()
    {
        Nodes = [Node.Text("x", 0, 0, "X"), Node.Box("ln1", 1, 0, "LN"), Node.Box("a", 2, 0, "attention"), Node.Plus("add1", 3, 0), Node.Box("ln2", 4, 0, "LN"), Node.Box("f", 5, 0, "FFN"), Node.Plus("add2", 6, 0), Node.Text("y", 7, 0, "Y")],
        Arrows = [new("x", "ln1"), new("ln1", "a"), new("a", "add1"), new("add1", "ln2"), new("ln2", "f"), new("f", "add2"), new("add2", "y"), new("x", "add1", "residual"), new("add1", "add2", "residual")],
    };

    public static FlowChart Attention => new()
    {
        Nodes =
        [
            Node.Text("x", 0, 1, "X", "3 × 4"), Node.Box("q", 1, 0, "Q = XW_Q", "3 × 2"), Node.Box("k", 1, 1, "K = XW_K", "3 × 2"), Node.Box("v", 1, 2, "V = XW_V", "3 × 2"),
            Node.Sign("qk", 2, 0, "×"), Node.Box("scale", 3, 0, "scale", "1/√d_k = 0.7071"), Node.Box("softmax", 4, 0, "softmax"), Node.Sign("av", 5, 0, "×"), Node.Text("o", 6, 0, "O"),
        ],
        Arrows =
        [
            new("x", "q"), new("x", "k"), new("x", "v"), new("q", "qk"), new("k", "qk", "Kᵀ"), new("qk", "scale", "S"), new("scale", "softmax"), new("softmax", "av", "A"),
            new("v", "av"), new("av", "o"),
        ],
    };
}
