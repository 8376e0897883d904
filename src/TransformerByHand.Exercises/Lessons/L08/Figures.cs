using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Figures;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson08
{
    /// <summary>The steps of multi-head attention as a flow chart, with the shapes of the matrices that a layer has made.</summary>
    /// <param name="trace">What the layer kept.</param>
    public static FlowChart ShapesFigure(MultiHeadAttentionTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        static string Shape(Matrix<double> M) => $"{M.RowCount} × {M.ColumnCount}";
        int h = trace.Heads.Count, middle = h / 2;
        return new FlowChart
        {
            Title = $"Multi-head attention: {trace.X.RowCount} tokens of width {trace.X.ColumnCount}, {h} heads of width {trace.Heads[0].Q.ColumnCount}",
            Nodes =
            [
                Node.Text("x", 0, middle, "X", Shape(trace.X)),
                Node.Box("project", 1, middle, "project", "Q = X·W_Q", "K = X·W_K", "V = X·W_V", $"each {Shape(trace.Q)}") with { Tone = Figures.Tone.Blue },
                .. trace.Heads.Select((head, i) => Node.Box($"head{i}", 2, i, $"head {i}", $"Q, K, V: {Shape(head.Q)}", $"A: {Shape(head.A)}", $"O: {Shape(head.O)}") with { Tone = Figures.Tone.Orange }),
                Node.Box("join", 3, middle, "join", $"O: {Shape(trace.O)}"),
                Node.Box("mix", 4, middle, "mix", "Y = O·W_O") with { Tone = Figures.Tone.Blue },
                Node.Text("y", 5, middle, "Y", Shape(trace.Y)),
            ],
            Arrows =
            [
                new("x", "project"),
                .. Enumerable.Range(0, h).Select(i => new Arrow("project", $"head{i}", "cut")),
                .. Enumerable.Range(0, h).Select(i => new Arrow($"head{i}", "join")),
                new("join", "mix"), new("mix", "y"),
            ],
        };
    }

    /// <summary>The four right answers about 'cat, dog' as points: one head's best segment misses each by 1, and two heads that look firmly at one noun each reach the square of which they are the corners.</summary>
    public static SmallMultiples SegmentFigure()
    {
        string[] verbs = ["0 saw 1", "1 saw 0", "0 saw 0", "1 saw 1"];
        var answers = DenseMatrix.OfArray(Answers(1, -1));
        Plane Picture(string title, IEnumerable<Mark> shapes) => new()
        {
            Title = title, XTitle = "who saw", YTitle = "who was seen", Size = 340, Reach = 1.8,
            Marks = [.. shapes, .. verbs.Select((verb, i) => Mark.Point(verb, answers[i, 0], answers[i, 1]))],
        };
        return new SmallMultiples
        {
            Title = "One head reaches a segment, two heads a parallelogram",
            Columns = 2,
            Figures =
            [
                Picture("one head: every answer misses by 1",
                [
                    Mark.Polygon("", (1, 0), (-1, 0), (1, 0)) with { Colour = 1 },
                    .. Enumerable.Range(0, 4).Select(i => Mark.Arrow("", answers[i, 0], answers[i, 1], answers[i, 0]) with { Colour = 3 }),
                    Mark.Point("u_0", 1, 0) with { Colour = 1 }, Mark.Point("u_1", -1, 0) with { Colour = 1 },
                ]),
                Picture("two heads: a segment each, and all sums",
                [
                    Mark.Polygon("", (1, 1), (1, -1), (-1, -1), (-1, 1)),
                    Mark.Polygon("", (1, 0), (-1, 0), (1, 0)) with { Colour = 1 }, Mark.Polygon("", (0, 1), (0, -1), (0, 1)) with { Colour = 2 },
                ]),
            ],
        };
    }
}
