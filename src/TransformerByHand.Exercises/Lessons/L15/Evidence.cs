using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Models;
using TransformerByHand.Training.Model;

namespace TransformerByHand.Exercises;

public static partial class Lesson15
{
    /// <summary>Many texts through the model and its reference.</summary>
    /// <param name="model">The model.</param>
    /// <param name="texts">What they read.</param>
    /// <param name="reference">The reference: the stream after the last layer (n × d_model) from the ids.</param>
    /// <returns>By length, how many texts there are, and whether no number of any is further than 1e-5 from the reference's.</returns>
    public static Table BesideTheReference(SentenceEncoder model, IReadOnlyList<string> texts, Func<IReadOnlyList<int>, Matrix<double>> reference)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(reference);
        var distances = texts.Select(model.Encode).Select(ids => (ids.Length, Distance: Distance(model.Read(ids).Y, reference(ids)))).ToList();
        (int From, int To, string Name)[] groups = [(0, 2, "empty: [CLS] [SEP]"), (3, 20, "3 to 20 pieces"), (21, 100, "21 to 100 pieces"), (101, model.Longest, $"101 to {model.Longest} pieces")];
        return new Table("texts", "how many", "all within 1e-5").RowForEach(
            groups.Select(group => (group.Name, In: distances.Where(one => one.Length >= group.From && one.Length <= group.To).ToList())).Where(group => group.In.Count > 0),
            group => [group.Name, group.In.Count, group.In.All(one => one.Distance <= 1e-5)])
            .Row("together", distances.Count, distances.All(one => one.Distance <= 1e-5));
    }

    /// <summary>Many lines cut by the model's tokeniser and by another.</summary>
    /// <param name="model">The model.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="others">The other tokeniser's ids, with those of [CLS] and [SEP].</param>
    /// <returns>How many lines there are, how many pieces, and in how many lines the two differ.</returns>
    public static Table CutAlike(SentenceEncoder model, IEnumerable<string> lines, Func<string, int[]> others)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentNullException.ThrowIfNull(others);
        int count = 0, pieces = 0, differ = 0;
        foreach (string line in lines)
        {
            int[] ours = model.Tokeniser.Encode(line);
            (count, pieces) = (count + 1, pieces + ours.Length);
            if (!ours.SequenceEqual(others(line)[1..^1])) differ++;
        }
        return new Table("lines", "pieces", "lines in which the two differ").Row(count, pieces, differ);
    }

    /// <summary>What is left of the sentences' vectors without some of the heads: those first that matter least.</summary>
    /// <remarks>
    /// A head is removed by putting its mean over all tokens of the texts in place of what it brings (mean ablation). How much a head matters is measured on every
    /// other text, and what is left on the texts between. Source of the question: Michel et al. 2019, 'Are Sixteen Heads Really Better than One?'.
    /// </remarks>
    /// <param name="model">The model.</param>
    public static HeadsLeft HeadsRemoved(SentenceEncoder model)
    {
        ArgumentNullException.ThrowIfNull(model);
        int[][] ids = [.. Sentences.Select(model.Encode)];
        int longest = ids.Max(one => one.Length);
        FastTransformer fast = model.ToFast(ids.Length, longest);
        Batch batch = BatchOf(ids, longest);
        Vector<double>[] whole = Vectors(Streams(fast, batch, ids));
        Vector<double>[,] means = MeansOfHeads(model, ids);

        var matters = (
            from l in Enumerable.Range(0, model.Layers)
            from h in Enumerable.Range(0, model.Heads)
            let left = Without([(l, h)])
            orderby Mean(left, odd: false) descending, l, h
            select (l, h)).ToList();
        int all = matters.Count;
        var rows = new List<(int, double, int)>();
        foreach (int count in new[] { 0, 1, all / 6, all / 3, all / 2, all * 2 / 3, all * 5 / 6, all })
        {
            Vector<double>[] left = Without([.. matters.Take(count)]);
            rows.Add((count, Mean(left, odd: true), Enumerable.Range(0, left.Length).Count(i => i % 2 == 1 && SameSubject(left, i))));
        }
        return new(all, ids.Length / 2, rows);

        double Mean(Vector<double>[] left, bool odd) => Enumerable.Range(0, left.Length).Where(i => i % 2 == 1 == odd).Average(i => left[i] * whole[i]);

        static bool SameSubject(Vector<double>[] vectors, int i) =>
            Enumerable.Range(0, vectors.Length).Where(k => k != i).MaxBy(k => vectors[k] * vectors[i]) / (Sentences.Count / Subjects.Count) == i / (Sentences.Count / Subjects.Count);

        Vector<double>[] Without(IReadOnlyList<(int Layer, int Head)> heads)
        {
            var kept = new List<(Weight Weight, float[] Values)>();
            foreach (var layer in heads.GroupBy(one => one.Layer))
            {
                Weight W_O = fast.Weights[$"layers.{layer.Key}.attention.W_O"], b_O = fast.Weights[$"layers.{layer.Key}.attention.b_O"];
                kept.AddRange([(W_O, W_O.Values.ToArray()), (b_O, b_O.Values.ToArray())]);
                foreach (var (l, h) in layer)
                {
                    Vector<double> mean = means[l, h];                                          // (d_v)
                    for (int c = 0; c < mean.Count; c++)
                    {
                        Span<float> row = W_O.Values.Slice((h * mean.Count + c) * W_O.Columns, W_O.Columns);
                        for (int j = 0; j < row.Length; j++) b_O.Values[j] += (float)mean[c] * row[j];
                        row.Clear();
                    }
                }
            }
            Vector<double>[] vectors = Vectors(Streams(fast, batch, ids));
            foreach (var (weight, values) in kept) values.CopyTo(weight.Values);
            return vectors;
        }
    }

    private static Vector<double>[] Vectors(Matrix<double>[] streams) => [.. streams.Select(Y => Y.ColumnSums().Normalize(2))];

    /// <summary>What each head brings (d_v), on average over all tokens of some texts.</summary>
    private static Vector<double>[,] MeansOfHeads(SentenceEncoder model, int[][] ids)
    {
        int width = model.Width / model.Heads, tokens = ids.Sum(one => one.Length);
        var means = new Vector<double>[model.Layers, model.Heads];
        for (int l = 0; l < model.Layers; l++)
            for (int h = 0; h < model.Heads; h++) means[l, h] = Vector<double>.Build.Dense(width);
        foreach (SentenceReading reading in ids.Select(one => model.Read(one)))
            for (int l = 0; l < model.Layers; l++)
                for (int h = 0; h < model.Heads; h++) means[l, h] += reading.Head(l, h).O.ColumnSums() / tokens;
        return means;
    }
}

/// <summary>What is left of a model without some of its heads.</summary>
/// <param name="All">How many heads it has.</param>
/// <param name="Texts">On how many texts it is judged.</param>
/// <param name="Rows">With how many heads removed, the mean cosine of a text's vector to the whole model's, and how many texts have their nearest other on the same subject.</param>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public sealed record HeadsLeft(int All, int Texts, IReadOnlyList<(int Removed, double Cosine, int SameSubject)> Rows) : IShown
{
    /// <summary>The mean cosine with so many heads removed.</summary>
    /// <param name="removed">One of the numbers of <see cref="Rows"/>.</param>
    public double CosineWithout(int removed) => Rows.First(row => row.Removed == removed).Cosine;

    /// <summary>The rows as a table.</summary>
    public Table Table() => new Table("heads removed", "mean cosine to the whole model's", "nearest text on the same subject")
    {
        Digits = 2, Caption = $"Of {All} heads; judged on {Texts} texts, the order chosen on as many others",
        Rows = [.. Rows.Select(row => new object?[] { row.Removed, row.Cosine, $"{row.SameSubject} of {Texts}" })],
    };

    /// <inheritdoc/>
    public string ToHtml() => Table().ToHtml();

    /// <inheritdoc/>
    public string ToText() => Table().ToText();
}
