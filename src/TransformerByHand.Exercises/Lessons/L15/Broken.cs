using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Layers;
using TransformerByHand.Models;

namespace TransformerByHand.Exercises;

public static partial class Lesson15
{
    /// <summary>Eight copies of a model, each broken in another one of the eight parts of a layer.</summary>
    /// <param name="model">The model; it is left as it is. It needs five layers or more.</param>
    /// <returns>For each where it is broken, by the name that <see cref="SentenceReading.Parts"/> gives the part, what was done, and the model.</returns>
    public static IReadOnlyList<(string Where, string What, SentenceEncoder Model)> Broken(SentenceEncoder model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(model.Layers, 5, "layers of model");
        return
        [
            Break(3, 0, "the queries' bias left out", l => With(l, attention: a => Attention(a, b_Q: Zeros(a.b_Q!)))),
            Break(0, 2, "W_V transposed", l => With(l, attention: a => Attention(a, W_V: a.W_V.Transpose()))),
            Break(4, 6, "GELU by its formula with tanh", l => With(l, feedForward: f => new FeedForward(f.W_1, f.b_1, f.W_2, f.b_2, Activation.GELUTanh))),
            Break(2, 4, "the two norms' γ exchanged", l => new EncoderLayer(l.Attention, l.FeedForward,
                new AddAndNorm(NormPlacement.Post, new LayerNorm(l.AddAndNorm2.Norm!.γ, l.AddAndNorm1.Norm!.β, l.AddAndNorm1.Norm.ε)),
                new AddAndNorm(NormPlacement.Post, new LayerNorm(l.AddAndNorm1.Norm.γ, l.AddAndNorm2.Norm.β, l.AddAndNorm2.Norm.ε)))),
            Break(1, 1, "the keys' bias left out", l => With(l, attention: a => Attention(a, b_K: Zeros(a.b_K!)))),
            Break(1, 3, "the heads joined in the opposite order", l => With(l, attention: a => Attention(a, W_O: HeadsReversed(a)))),
            Break(4, 7, "ε of 1e-3", l => new EncoderLayer(l.Attention, l.FeedForward, l.AddAndNorm1, new AddAndNorm(NormPlacement.Post, new LayerNorm(l.AddAndNorm2.Norm!.γ, l.AddAndNorm2.Norm.β, 1e-3)))),
            Break(0, 5, "the bias of the way up left out", l => With(l, feedForward: f => new FeedForward(f.W_1, Zeros(f.b_1!), f.W_2, f.b_2, f.Activation))),
        ];

        (string, string, SentenceEncoder) Break(int layer, int part, string what, Func<EncoderLayer, EncoderLayer> change) =>
            (BertPart.All[part].In(layer), what, model.WithLayer(layer, change(model.Encoder.Layers[layer])));
    }

    /// <summary>Lets a reader's function name what is broken in each of the models of <see cref="Broken"/>.</summary>
    /// <param name="firstDifference">15.3.</param>
    /// <param name="model">The model that is right.</param>
    /// <param name="text">What the models read.</param>
    /// <param name="theirs">What the reference computed for that text, part by part.</param>
    /// <returns>For each model what the function said, what is broken, and how far the sentence's vector has turned.</returns>
    public static Table NameTheBroken(FirstDifferenceFunction firstDifference, SentenceEncoder model, string text, IReadOnlyList<(string Name, Matrix<double> Value)> theirs)
    {
        ArgumentNullException.ThrowIfNull(firstDifference);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(theirs);
        string[] names = [.. theirs.Select(part => part.Name)];
        double[][,] reference = [.. theirs.Select(part => part.Value.ToArray())];
        Vector<double> right = model.Read(text).Vector;
        bool written = true;
        var rows = new List<object?[]>();
        foreach (var (where, what, broken) in Broken(model))
        {
            SentenceReading reading = broken.Read(text);
            double cosine = reading.Vector * right;
            rows.Add([rows.Count, Name([.. reading.Parts.Select(part => part.Value.ToArray())]), where, what, cosine > 1 - 1e-9 ? "1, to rounding" : Numbers.Format(cosine, cosine > 0.999 ? 8 : 3)]);
        }
        return new Table("model", "named", "broken is", "by", "cosine to the right vector") { Caption = written ? "Named by your function" : "Named by the course's function: 15.3 is not written yet", Rows = rows };

        string Name(double[][,] ours)
        {
            if (written)
                try
                {
                    return firstDifference([.. names], ours, reference, TooFar);
                }
                catch (NotImplementedException)
                {
                    written = false;
                }
            return FirstDifference.ReferenceSolution(names, ours, reference, TooFar);
        }
    }

    /// <summary>More than float32's rounding makes of any number in the model, and less than any of the breaks of <see cref="Broken"/> does.</summary>
    public const double TooFar = 1e-3;

    private static Vector<double> Zeros(Vector<double> like) => Vector<double>.Build.Dense(like.Count);

    /// <summary>W_O with its blocks of rows, one a head, from the last to the first.</summary>
    private static Matrix<double> HeadsReversed(MultiHeadAttention a)
    {
        int d_v = a.W_O.RowCount / a.h;
        return Matrix<double>.Build.Dense(a.W_O.RowCount, a.W_O.ColumnCount, (i, j) => a.W_O[(a.h - 1 - i / d_v) * d_v + i % d_v, j]);
    }

    private static EncoderLayer With(EncoderLayer layer, Func<MultiHeadAttention, MultiHeadAttention>? attention = null, Func<FeedForward, FeedForward>? feedForward = null) =>
        new(attention?.Invoke(layer.Attention) ?? layer.Attention, feedForward?.Invoke(layer.FeedForward) ?? layer.FeedForward, layer.AddAndNorm1, layer.AddAndNorm2);

    private static MultiHeadAttention Attention(
        MultiHeadAttention a, Matrix<double>? W_Q = null, Matrix<double>? W_V = null, Matrix<double>? W_O = null, Vector<double>? b_Q = null, Vector<double>? b_K = null, Vector<double>? b_O = null) =>
        new(a.h, W_Q ?? a.W_Q, a.W_K, W_V ?? a.W_V, W_O ?? a.W_O, b_Q ?? a.b_Q, b_K ?? a.b_K, a.b_V, b_O ?? a.b_O);
}
