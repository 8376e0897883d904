using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;
using TransformerByHand.Models;

namespace TransformerByHand.Exercises;

public static partial class Lesson15
{
    /// <summary>A reader's function reads every head of a model: means over some texts.</summary>
    /// <param name="readHead">15.6.</param>
    /// <param name="model">The model.</param>
    /// <param name="texts">What the heads look at.</param>
    /// <returns>For each layer and head the mean weights.</returns>
    public static HeadReadings ReadHeads(ReadHeadFunction readHead, SentenceEncoder model, IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(readHead);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(texts);
        var sums = new (double First, double Last, double Previous)[model.Layers, model.Heads];
        bool written = true;
        foreach (SentenceReading reading in texts.Select(model.Read))
            for (int l = 0; l < model.Layers; l++)
                for (int h = 0; h < model.Heads; h++)
                {
                    var (first, last, previous) = Own(reading.Head(l, h).A.ToArray());
                    var sum = sums[l, h];
                    sums[l, h] = (sum.First + first / texts.Count, sum.Last + last / texts.Count, sum.Previous + previous / texts.Count);
                }
        return new(sums, written);

        (double First, double Last, double Previous) Own(double[,] A)
        {
            if (written)
                try
                {
                    return readHead(A);
                }
                catch (NotImplementedException)
                {
                    written = false;
                }
            return ReadHead.ReferenceSolution(A);
        }
    }
}

/// <summary>What was read of each head of a model.</summary>
/// <param name="Means">The mean weight on the first token, the last and the previous one, for each layer and head.</param>
/// <param name="IsOwn">Whether the reader's function read them; the course's did where that was not written yet.</param>
public sealed record HeadReadings((double First, double Last, double Previous)[,] Means, bool IsOwn)
{
    /// <summary>How much weight the heads give to the previous token, as a picture: a layer a row.</summary>
    public Heatmap PreviousFigure() => new(Arrays.Build(Means.GetLength(0), Means.GetLength(1), (l, h) => Math.Round(Means[l, h].Previous, 2)))
    {
        Title = $"Weight on the previous token, read by {(IsOwn ? "your" : "the course's")} ReadHead",
        RowTitle = "layer", ColumnTitle = "head", Min = 0, Max = 1, Digits = 2,
    };

    /// <summary>The mean over all heads of one of the three.</summary>
    /// <param name="of">Which.</param>
    public double Mean(Func<(double First, double Last, double Previous), double> of) => Means.Cast<(double First, double Last, double Previous)>().Average(of);

    /// <summary>The means over all heads, and the heads that are furthest from them.</summary>
    public Table Summary()
    {
        var all = (from l in Enumerable.Range(0, Means.GetLength(0)) from h in Enumerable.Range(0, Means.GetLength(1)) select (l, h, Means[l, h])).ToList();
        return new Table("weight on", "mean of all heads", "most", "by head") { Digits = 2 }
            .Row(Row("[CLS], the first", reading => reading.First))
            .Row(Row("[SEP], the last", reading => reading.Last))
            .Row(Row("[CLS] and [SEP]", reading => reading.First + reading.Last))
            .Row(Row("the one before", reading => reading.Previous));

        object?[] Row(string name, Func<(double First, double Last, double Previous), double> of)
        {
            var (layer, head, most) = all.MaxBy(one => of(one.Item3));
            return [name, all.Average(one => of(one.Item3)), of(most), FormattableString.Invariant($"{layer}.{head}")];
        }
    }
}
