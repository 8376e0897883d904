using TransformerByHand.Figures;
using TransformerByHand.Models;

namespace TransformerByHand.Exercises;

public static partial class Lesson15
{
    /// <summary>The way of a text through a model, with the shapes of the matrices it has made, and the lessons in which each step was built.</summary>
    /// <param name="reading">What the model computed.</param>
    public static FlowChart WayFigure(SentenceReading reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        int n = reading.Tokens.Count, d = reading.Y.ColumnCount, layers = reading.Encoder.Layers.Count;
        var block = reading.Encoder.Layers[0];
        return new FlowChart
        {
            Title = $"A text of {n} pieces becomes {d} numbers",
            Nodes =
            [
                Node.Text("text", 0, 0, "text", $"{n} pieces"),
                Node.Box("sums", 1, 0, "input", "E + P + T", $"{n} × {d}", "LayerNorm: lesson 01") with { Tone = Figures.Tone.Green },
                Node.Box("attention", 2, 0, "attention", $"{block.Attention.Block.Heads.Count} heads of width {block.Attention.Block.Heads[0].Q.ColumnCount}", "lessons 04, 05, 08") with { Tone = Figures.Tone.Orange },
                Node.Box("norm1", 3, 0, "add and norm", "lessons 01, 03"),
                Node.Box("feedForward", 4, 0, "feed-forward", $"up to {block.FeedForward.Block.H.ColumnCount}, back to {d}", "lesson 07") with { Tone = Figures.Tone.Blue },
                Node.Box("norm2", 5, 0, "add and norm", $"{layers} layers in all", "lesson 10"),
                Node.Box("mean", 6, 0, "mean", "of length 1"),
                Node.Text("vector", 7, 0, "vector", $"{d} numbers"),
            ],
            Arrows =
            [
                new("text", "sums"), new("sums", "attention"), new("attention", "norm1"), new("norm1", "feedForward"), new("feedForward", "norm2"), new("norm2", "mean"), new("mean", "vector"),
            ],
        };
    }
}
