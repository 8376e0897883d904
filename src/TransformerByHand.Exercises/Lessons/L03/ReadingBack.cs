using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

/// <summary>One stack of each placement, 512 tokens: cosine, linear probe, and how alike the tokens and the writes are, layer by layer.</summary>
public sealed class ReadingBack
{
    private readonly EncoderTrace[] runs;

    private ReadingBack(EncoderTrace[] runs)
    {
        this.runs = runs;
        var embedding = StreamStacks.After(runs, 0);
        (Cosine, Probe) = (new double[StreamStacks.Depth + 1], new double[StreamStacks.Depth + 1]);
        Parallel.For(0, StreamStacks.Depth + 1, l =>
        {
            var stream = StreamStacks.After(runs, l);
            (Cosine[l], Probe[l]) = (Readback.Cosine(stream, embedding), Readback.LinearProbe(stream, embedding, train: 384));
        });
    }

    /// <summary>Sends 32 sequences of 16 tokens through a stack of 24 layers.</summary>
    /// <param name="placement">Where the norm stands.</param>
    public static ReadingBack Of(NormPlacement placement)
    {
        var (stack, runs) = (StreamStacks.Stack(placement), new EncoderTrace[32]);
        Parallel.For(0, 32, k => runs[k] = stack.Forward(StreamStacks.Sequence(k)).Trace);
        return new(runs);
    }

    /// <summary>The cosine between stream and embedding after 0 … 24 layers.</summary>
    public double[] Cosine { get; }

    /// <summary>The held-out R² of a linear probe from stream to embedding, fitted to 384 tokens and judged on 128.</summary>
    public double[] Probe { get; }

    /// <summary>The mean cosine between two tokens of a sequence.</summary>
    /// <param name="layers">After how many layers, from 0.</param>
    public double Alike(int layers) => runs.Average(run => Readback.Alike(run.StreamAfter(layers)));

    /// <summary>The mean cosine between what a layer's attention writes into two tokens, and the same for its feed-forward block.</summary>
    /// <param name="layer">Which layer, from 0.</param>
    public (double Attention, double FeedForward) WritesAlike(int layer) => (
        runs.Average(run => Readback.Alike(run.Layers[layer].Attention.Write)),
        runs.Average(run => Readback.Alike(run.Layers[layer].FeedForward.Write)));

    /// <summary>Cosine, probe and alikeness of both placements after 1, 2, 4, … layers.</summary>
    /// <param name="post">Post-LN.</param>
    /// <param name="pre">Pre-LN.</param>
    public static Table ToTable(ReadingBack post, ReadingBack pre)
    {
        static string Mark(double r2) => r2 < 0 ? "below 0" : Numbers.Format(r2, 3);
        return new Table("layers", "cosine, post-LN", "cosine, pre-LN", "probe, post-LN", "probe, pre-LN", "tokens alike, post-LN", "tokens alike, pre-LN") { Digits = 3 }
            .RowForEach([1, 2, 4, 8, 12, 16, 24], l =>
                [l, Math.Round(post.Cosine[l], 3), pre.Cosine[l], Mark(post.Probe[l]), pre.Probe[l], post.Alike(l), pre.Alike(l)]);
    }

    /// <summary>The probe against depth.</summary>
    /// <param name="post">Post-LN.</param>
    /// <param name="pre">Pre-LN.</param>
    public static LineChart Figure(ReadingBack post, ReadingBack pre) => new()
    {
        Title = "How much of the embedding a linear probe reads back; below 0 drawn as 0", Width = 420,
        X = Axis.Linear("layers"), Y = Axis.Linear("held-out R²", min: 0, max: 1),
        Series = [new("post-LN", post.Probe.Select(v => Math.Max(v, 0))), new("pre-LN", pre.Probe.Select(v => Math.Max(v, 0)))],
    };
}
