using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Layers;
using TransformerByHand.Models;
using TransformerByHand.Text;
using TransformerByHand.Text.Corpora;
using TransformerByHand.Training;

namespace TransformerByHand.Exercises;

/// <summary>Four beginnings of tales of different lengths, filled up to the longest, read by the glimpse.</summary>
public sealed class PaddedTales
{
    private static readonly int[] Sentences = [6, 1, 3, 2];

    private readonly LanguageModel causal;
    private readonly LanguageModel seesAll;
    private readonly int[][] ids;
    private readonly int[] lengths;

    private PaddedTales()
    {
        var glimpse = Glimpse.Load();
        causal = glimpse.Model;
        // The same weights in a model in which every word sees every other.
        seesAll = new MaskedLanguageModel(causal.Input, causal.Encoder, causal.Unembedding);
        string[] tales = Corpus.Tales.Generate().Split("\n\n");
        int[][] texts = [.. Sentences.Select((count, b) => glimpse.Encode(string.Concat(tales[b].Split(". ").Take(count).Select(sentence => sentence + ". ")).Trim()))];
        lengths = [.. texts.Select(text => text.Length - 1)];
        int longest = lengths.Max();
        ids = [.. texts.Select(text => Filled(text[..^1], longest, WordTokeniser.Padding))];
        Targets = [.. texts.Select(text => Filled(text[1..], longest, CrossEntropy.Ignored))];
        Logits = [.. ids.Select(row => causal.Forward(row).Logits)];
    }

    /// <summary>Reads them.</summary>
    public static PaddedTales Read() => new();

    /// <summary>The logits of each tale (places × V), at the places that were filled up too.</summary>
    public IReadOnlyList<Matrix<double>> Logits { get; }

    /// <summary>The right words; −100 where the place was filled up.</summary>
    public IReadOnlyList<int[]> Targets { get; }

    /// <summary>The loss as your function counts it, and in two ways in which it is miscounted.</summary>
    /// <param name="loss">11.2; the solution counts where it is null or not written yet.</param>
    public Table Count(Lesson11.PaddedLossFunction? loss)
    {
        var (own, function) = Lesson11.Own(loss, Lesson11.PaddedLoss.ReferenceSolution, f => f([Matrix<double>.Build.Dense(1, 1)], [[0]]));
        int all = Targets.Sum(row => row.Length), counted = lengths.Sum();
        return new Table("", "nats a word") { Caption = $"Four tales, {counted} words, {all - counted} places filled up" }
            .Row(own ? "the loss, counted by your PaddedLoss" : "the loss (11.2 is not written yet: counted by its solution)", function([.. Logits], [.. Targets]))
            .Row("the mean of the tales' own means", MeanOfMeans)
            .Row("padding counted, as a word to be foretold", PaddingCounted);
    }

    /// <summary>By how much the logits at real words move when the padding is replaced by other words.</summary>
    public Table Looked() => new Table("what a word looks at", "logits at real words move by, at most") { Digits = 3 }
        .Row("itself and the words before it", Moved(causal, mask: false))
        .Row("every place", Moved(seesAll, mask: false))
        .Row("every place but the padding", Moved(seesAll, mask: true));

    /// <summary>The figures of claim T6.</summary>
    public (string Name, double Value)[] Figures() =>
    [
        ("loss of the words", Lesson11.PaddedLoss.ReferenceSolution([.. Logits], [.. Targets])),
        ("mean of the tales' means", MeanOfMeans),
        ("loss with padding counted", PaddingCounted),
        ("causal: logits move by", Moved(causal, mask: false)),
        ("every word sees every place: logits move by", Moved(seesAll, mask: false)),
        ("with a padding mask: logits move by", Moved(seesAll, mask: true)),
    ];

    private double MeanOfMeans => Enumerable.Range(0, ids.Length).Average(b => CrossEntropy.Forward(Logits[b], Targets[b]).Loss);

    private double PaddingCounted
    {
        get
        {
            double[] sums = [.. Enumerable.Range(0, ids.Length).Select(b =>
                ids[b].Length * CrossEntropy.Forward(Logits[b], [.. Targets[b].Select(t => t == CrossEntropy.Ignored ? WordTokeniser.Padding : t)]).Loss)];
            return sums.Sum() / ids.Sum(row => row.Length);
        }
    }

    private double Moved(LanguageModel model, bool mask) => Enumerable.Range(0, ids.Length).Max(b =>
    {
        int[] other = [.. ids[b].Select((id, i) => i < lengths[b] ? id : 20 + i)];
        Mask? padding = mask ? Mask.Padding(ids[b].Length, [.. ids[b].Select((_, i) => i >= lengths[b])]) : null;
        var difference = model.Forward(ids[b], padding).Logits - model.Forward(other, padding).Logits;
        return difference.SubMatrix(0, lengths[b], 0, difference.ColumnCount).Enumerate().Max(Math.Abs);
    });

    private static int[] Filled(int[] row, int length, int filler) => [.. row, .. Enumerable.Repeat(filler, length - row.Length)];
}
