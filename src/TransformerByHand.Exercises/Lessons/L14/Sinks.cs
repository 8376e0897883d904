using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Layers;
using TransformerByHand.Text.Corpora;

namespace TransformerByHand.Exercises;

public static partial class Lesson14
{
    /// <summary>Tales in which a name stands at the beginning, and then not again until the last sentence: the words up to there, and the name.</summary>
    /// <param name="count">How many.</param>
    public static IReadOnlyList<(string Beginning, string Name)> TalesWithName(int count)
    {
        List<(string, string)> tales = [];
        foreach (string tale in Corpus.Tales.Generate().Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            // "Anna was a baker and lived … So Anna the baker …"
            string name = tale.Split(' ')[0];
            int again = tale.IndexOf($"So {name}", StringComparison.Ordinal);
            if (again > 0 && tale.IndexOf(name, name.Length, StringComparison.Ordinal) == again + 3) tales.Add((tale[..(again + 2)], name.ToLowerInvariant()));
            if (tales.Count == count) break;
        }
        return tales;
    }

    /// <summary>How often a model knows the name at a tale's end, for windows of several sizes, with and without the beginning of the text kept.</summary>
    /// <param name="model">The model.</param>
    /// <param name="encode">Turns a text into ids.</param>
    /// <param name="idOf">The id of a word.</param>
    /// <param name="tales">The tales, up to the name.</param>
    /// <param name="first">How many tokens at the beginning are kept in the last column.</param>
    /// <param name="windows">The windows; null for none.</param>
    public static Table NamesKnown(LanguageModel model, Func<string, int[]> encode, Func<string, int> idOf, IReadOnlyList<(string Beginning, string Name)> tales, int first, params int?[] windows)
    {
        ArgumentNullException.ThrowIfNull(tales);
        (int Known, double Loss) Read(int? w, int keep)
        {
            var read = tales.AsParallel().AsOrdered().Select(tale =>
            {
                int[] ids = encode(tale.Beginning);
                Matrix<double> logits = new CachedWriter(model, w, first: keep).Read(ids);
                double loss = Enumerable.Range(0, ids.Length - 1).Average(i => -Math.Log(Layers.Softmax.Of(logits.Row(i))[ids[i + 1]]));
                return (Known: logits.Row(logits.RowCount - 1).MaximumIndex() == idOf(tale.Name), Loss: loss);
            }).ToList();
            return (read.Count(one => one.Known), read.Average(one => one.Loss));
        }
        return new Table("window", $"names known, of {tales.Count}", "loss, nats a word", $"names, first {first} kept", $"loss, first {first} kept") { Digits = 2 }
            .RowForEach(windows, w =>
            {
                var (plain, kept) = (Read(w, 0), w is null ? ((int Known, double Loss)?)null : Read(w, first));
                return [w is null ? "none" : $"{w}", plain.Known, plain.Loss, kept?.Known, kept?.Loss];
            });
    }

    /// <summary>For every head: how much weight tokens give to the first of the text, and what they would if all that they see got alike.</summary>
    /// <param name="model">The model.</param>
    /// <param name="texts">Texts.</param>
    /// <returns>The weights (layers × heads), and what equal shares would be.</returns>
    public static (double[,] Weights, double Equal) WeightOnFirst(LanguageModel model, IReadOnlyList<int[]> texts)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(texts);
        var runs = texts.Select(ids => HeadRun.Of(model, ids)).ToList();
        double[,] weights = Arrays.Build(model.Encoder.Layers.Count, model.Encoder.Layers[0].Attention.h, (l, h) =>
            runs.Average(run => run.Heads[l][h].A is var A ? Enumerable.Range(1, A.RowCount - 1).Average(i => A[i, 0]) : 0));
        return (weights, texts.Average(ids => Enumerable.Range(1, ids.Length - 1).Average(i => 1.0 / (i + 1))));
    }

    /// <summary>The first 20 tales in a model's own tokens.</summary>
    /// <param name="encode">Turns a text into ids.</param>
    public static IReadOnlyList<int[]> Tales(Func<string, int[]> encode)
    {
        ArgumentNullException.ThrowIfNull(encode);
        return [.. Corpus.Tales.Generate().Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Take(20).Select(encode)];
    }

    /// <summary>The weight that each head gives to the first token, as a table.</summary>
    /// <param name="weights">As <see cref="WeightOnFirst"/> returns it.</param>
    public static Table SinkTable((double[,] Weights, double Equal) weights) =>
        new Table(["layer", .. Enumerable.Range(0, weights.Weights.GetLength(1)).Select(h => $"head {h}"), "equal shares"]) { Digits = 2 }
            .RowForEach(Enumerable.Range(0, weights.Weights.GetLength(0)), l =>
                [l, .. Enumerable.Range(0, weights.Weights.GetLength(1)).Select(h => (object)weights.Weights[l, h]), weights.Equal]);
}
