using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Layers;
using TransformerByHand.Models;

namespace TransformerByHand.Exercises;

/// <summary>The stream of one token of the glimpse's model, added up by the reader's own function and read as words at every stage.</summary>
public static class TrainedStream
{
    /// <summary>A tale whose next word the model knows only by looking back: Anna's trade.</summary>
    public const string Tale = "Anna was a baker and lived by the river. One morning she wanted a silver key, so she went to the castle. "
        + "It rained all day, and the way took three hours. There she met a grey wolf. The grey wolf looked at her with a smile. "
        + "\"A silver key is all I need,\" she answered slowly. The grey wolf gave her the silver key for three coins. So Anna the";

    /// <summary>Adds up the stream of a text's last token, and reads each stage as the model reads its end.</summary>
    /// <param name="streamOf">Exercise 03.2's function. While it is not written the library's sum stands in for it, and the table says so.</param>
    /// <param name="text">The text, in the words of the tales.</param>
    /// <returns>For each stage the likeliest next word, its probability, and the probability of the word that the model says in the end.</returns>
    public static Table Read(Lesson03.StreamFunction streamOf, string text)
    {
        ArgumentNullException.ThrowIfNull(streamOf);
        Glimpse glimpse = Glimpse.Load();
        GlimpseReading reading = glimpse.Read(text);
        int last = reading.Words.Count - 1;
        ResidualStream stream = ResidualStream.Of(reading.Trace.Encoder);
        double[] start = stream.Start.Row(last).ToArray();
        double[,] writes = Matrix<double>.Build.DenseOfRowVectors(stream.Writes.Select(write => write.Value.Row(last))).ToArray();   // (blocks × d)

        var (stages, note) = AddedUp(streamOf, start, writes);
        Matrix<double> p = Softmax.Forward(glimpse.Model.ReadOut(stages));            // (stages × V)
        int answer = reading.Logits.Row(last).MaximumIndex();
        string[] names = ["the embedding and its position", .. stream.Writes.Select(write => $"+ {write.Name.Replace("layers.", "layer ").Replace(".feedForward", ", feed-forward").Replace(".attention", ", attention")}")];
        return new Table("the stream of the last word", "likeliest next word", "probability", $"probability of '{glimpse.Words[answer]}'") { Digits = 2, Caption = note }
            .RowForEach(Enumerable.Range(0, names.Length), l =>
                [names[l], glimpse.Words[p.Row(l).MaximumIndex()], Math.Round(p.Row(l).Maximum(), 2), Math.Round(p[l, answer], 2)]);
    }

    private static (Matrix<double> Stages, string Note) AddedUp(Lesson03.StreamFunction streamOf, double[] start, double[,] writes)
    {
        Matrix<double> ours = Matrix<double>.Build.DenseOfArray(Lesson03.Stream(start, writes));
        try
        {
            Matrix<double> theirs = Matrix<double>.Build.DenseOfArray(streamOf([.. start], (double[,])writes.Clone()));
            return (theirs.RowCount, theirs.ColumnCount) == (ours.RowCount, ours.ColumnCount) && (theirs - ours).FrobeniusNorm() < 1e-9
                ? (theirs, "Added up by your StreamOf: every stage is the model's own stream, to rounding")
                : (ours, "Added up by the library: your StreamOf gives another stream. Pass exercise 03.2 first");
        }
        catch (NotImplementedException)
        {
            return (ours, "Added up by the library: your StreamOf, exercise 03.2, is not written yet");
        }
    }
}
