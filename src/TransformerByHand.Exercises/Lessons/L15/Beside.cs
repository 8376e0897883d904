using System.Diagnostics;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Layers;
using TransformerByHand.Models;
using TransformerByHand.Training.Model;

namespace TransformerByHand.Exercises;

public static partial class Lesson15
{
    /// <summary>How far a number may be from the reference's, which computes in float32: this share of the largest number of its part.</summary>
    public const double Rounding = 1e-5;

    /// <summary>The model beside its reference, layer by layer.</summary>
    /// <param name="reading">What the model computed.</param>
    /// <param name="theirs">What the reference computed for the same ids, part by part.</param>
    /// <returns>For the input and each layer the largest numbers, and whether in every part all numbers are the reference's, to <see cref="Rounding"/>.</returns>
    public static Table LayerByLayer(SentenceReading reading, IReadOnlyList<(string Name, Matrix<double> Value)> theirs)
    {
        var table = new Table("", "parts", "largest number on the way", "largest at the end", "all within 1e-5 of the largest") { Digits = 3 };
        foreach (var (layer, parts) in ByLayer(reading, theirs))
            table = table.Row(layer, parts.Count, parts.Max(part => part.Largest), parts[^1].Largest, parts.All(part => part.Share <= Rounding));
        return table;
    }

    /// <summary>The largest distance of a number to the reference's in each layer, as a share of the largest number of its part. Computers round differently, and so do these differ.</summary>
    /// <param name="reading">What the model computed.</param>
    /// <param name="theirs">What the reference computed for the same ids, part by part.</param>
    public static Table Distances(SentenceReading reading, IReadOnlyList<(string Name, Matrix<double> Value)> theirs)
    {
        var table = new Table("", "largest distance, as a share", "in the part") { Digits = 2 };
        foreach (var (layer, parts) in ByLayer(reading, theirs))
            table = table.Row(layer, parts.Max(part => part.Share), parts.MaxBy(part => part.Share).Name);
        return table;
    }

    private static IEnumerable<(string Layer, IReadOnlyList<(string Name, double Largest, double Share)> Parts)> ByLayer(SentenceReading reading, IReadOnlyList<(string Name, Matrix<double> Value)> theirs)
    {
        ArgumentNullException.ThrowIfNull(reading);
        ArgumentNullException.ThrowIfNull(theirs);
        var ours = reading.Parts;
        if (!ours.Select(part => part.Name).SequenceEqual(theirs.Select(part => part.Name)))
            throw new ArgumentException("theirs has other parts than reading; both should be of the same model.", nameof(theirs));
        var compared = ours.Zip(theirs, (a, b) => b.Value.Enumerate().Max(Math.Abs) is var largest ? (a.Name, largest, Distance(a.Value, b.Value) / largest) : default).ToList();
        yield return ("the input", [compared[0]]);
        for (int l = 0; 1 + l * BertPart.All.Count < compared.Count; l++)
            yield return ($"layer {l}", [.. compared.Skip(1 + l * BertPart.All.Count).Take(BertPart.All.Count)]);
    }

    /// <summary>The largest distance of two numbers; NaN where there is one.</summary>
    /// <param name="A">A matrix.</param>
    /// <param name="B">Another of the same shape.</param>
    public static double Distance(Matrix<double> A, Matrix<double> B)
    {
        ArgumentNullException.ThrowIfNull(A);
        return (A - B).Enumerate().Select(Math.Abs).Aggregate(0.0, Math.Max);
    }

    /// <summary>How long the clear layers, the float32 engine and the reference take for the same texts, all together.</summary>
    /// <param name="model">The model.</param>
    /// <param name="texts">What they read.</param>
    /// <param name="reference">The reference: the stream after the last layer (n × d_model) from the ids.</param>
    /// <returns>For each the time in seconds, how many times that of the reference it is, and the largest distance of a number to the reference's. The engine reads all texts in one batch, the others one by one.</returns>
    public static Table Times(SentenceEncoder model, IReadOnlyList<string> texts, Func<IReadOnlyList<int>, Matrix<double>> reference)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(reference);
        int[][] ids = [.. texts.Select(model.Encode)];
        int longest = ids.Max(one => one.Length);
        FastTransformer fast = model.ToFast(texts.Count, longest);
        Batch batch = BatchOf(ids, longest);
        _ = (reference(ids[0]), model.Read(ids[0]), fast.Stream(batch).Length);                 // the first call prepares

        var (theirs, referenceTime) = Timed(() => ids.Select(reference).ToArray());
        var (clear, clearTime) = Timed(() => ids.Select(one => model.Read(one).Y).ToArray());
        var (quick, fastTime) = Timed(() => Streams(fast, batch, ids));
        return new Table("", "seconds", "times the reference", "largest distance") { Caption = $"{texts.Count} texts; the engine reads them in one batch, the others one by one", Digits = 2 }
            .Row("ONNX Runtime", referenceTime, 1.0, 0.0)
            .Row("the clear layers, double", clearTime, clearTime / referenceTime, Farthest(clear, theirs))
            .Row("the engine, float32", fastTime, fastTime / referenceTime, Farthest(quick, theirs));

        static (Matrix<double>[] Result, double Seconds) Timed(Func<Matrix<double>[]> run)
        {
            var clock = Stopwatch.StartNew();
            Matrix<double>[] result = run();
            return (result, clock.Elapsed.TotalSeconds);
        }
    }

    /// <summary>The stream after the last layer (n × d_model) of each text, through the float32 engine in one batch.</summary>
    /// <param name="model">The model.</param>
    /// <param name="texts">What it reads.</param>
    public static Matrix<double>[] InFloats(SentenceEncoder model, IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(model);
        int[][] ids = [.. texts.Select(model.Encode)];
        int longest = ids.Max(one => one.Length);
        return Streams(model.ToFast(texts.Count, longest), BatchOf(ids, longest), ids);
    }

    internal static double Farthest(Matrix<double>[] ours, Matrix<double>[] theirs) => ours.Zip(theirs, Distance).Aggregate(0.0, Math.Max);

    private static Batch BatchOf(int[][] ids, int longest)
    {
        var batch = new Batch(ids.Length, longest);
        for (int s = 0; s < ids.Length; s++)
        {
            ids[s].CopyTo(batch.Inputs, s * longest);
            batch.Lengths[s] = ids[s].Length;
        }
        return batch;
    }

    private static Matrix<double>[] Streams(FastTransformer fast, Batch batch, int[][] ids)
    {
        float[] stream = fast.Stream(batch).ToArray();
        int d = fast.Shape.DModel;
        return [.. ids.Select((one, s) => Matrix<double>.Build.Dense(one.Length, d, (i, j) => stream[(s * batch.Length + i) * d + j]))];
    }
}
