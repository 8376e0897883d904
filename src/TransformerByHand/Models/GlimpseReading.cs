using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;

namespace TransformerByHand.Models;

/// <summary>What the <see cref="Glimpse"/> made of a text: every number on the way, and where it looked.</summary>
public sealed class GlimpseReading
{
    private readonly Glimpse glimpse;

    internal GlimpseReading(Glimpse glimpse, IReadOnlyList<int> ids, Matrix<double> logits, LanguageModelTrace trace)
    {
        this.glimpse = glimpse;
        (Ids, Logits, Trace) = (ids, logits, trace);
        Words = [.. ids.Select(id => glimpse.Words[id])];
    }

    /// <summary>The ids (n), the token that begins the text first.</summary>
    public IReadOnlyList<int> Ids { get; }

    /// <summary>The words (n), <c>&lt;begin&gt;</c> first: labels for the rows of every matrix here.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>The logits (n × V): row i scores the word after word i.</summary>
    public Matrix<double> Logits { get; }

    /// <summary>Everything that was computed.</summary>
    public LanguageModelTrace Trace { get; }

    /// <summary>The stream as a layer's attention finds it, before its LayerNorm (n × d_model). After the last layer: <c>StreamBefore(Layers)</c>.</summary>
    /// <param name="layer">Which layer, from 0.</param>
    public Matrix<double> StreamBefore(int layer) => Trace.Encoder.StreamAfter(layer);

    /// <summary>The stream as a layer's feed-forward block finds it, before its LayerNorm (n × d_model).</summary>
    /// <param name="layer">Which layer, from 0.</param>
    public Matrix<double> StreamBeforeFeedForward(int layer) => Of(layer).FeedForward.X;

    /// <summary>What a layer's attention reads: the stream after its LayerNorm (n × d_model).</summary>
    /// <param name="layer">Which layer, from 0.</param>
    public Matrix<double> AttentionInput(int layer) => Of(layer).Attention.Read;

    /// <summary>What a layer's feed-forward block computed: X, H, Φ, Y.</summary>
    /// <param name="layer">Which layer, from 0.</param>
    public FeedForwardTrace FeedForward(int layer) => Of(layer).FeedForward.Block;

    /// <summary>What a layer's attention computed: X, the wide Q, K, V, O, and Y.</summary>
    /// <param name="layer">Which layer, from 0.</param>
    public MultiHeadAttentionTrace Attention(int layer) => Of(layer).Attention.Block;

    /// <summary>What one head computed: Q, K, V (n × d_k), S, Z, A (n × n), O (n × d_k), labelled with the words.</summary>
    /// <param name="layer">Which layer, from 0.</param>
    /// <param name="head">Which head, from 0.</param>
    public AttentionTrace Head(int layer, int head)
    {
        MultiHeadAttentionTrace all = Attention(layer);
        Glimpse.RequireIndex(head, all.Heads.Count, nameof(head));
        return all.Heads[head] with { Tokens = Words };
    }

    /// <summary>The probabilities of the word that comes after word <paramref name="i"/> (V): softmax of that row of the logits.</summary>
    /// <param name="i">Which word, from 0; the last one if not given.</param>
    public Vector<double> Probabilities(int? i = null) => Softmax.Of(Logits.Row(Place(i)));

    /// <summary>The likeliest next word.</summary>
    /// <param name="i">After which word, from 0; after the last one if not given.</param>
    public string Next(int? i = null) => glimpse.Words[Logits.Row(Place(i)).MaximumIndex()];

    /// <summary>The likeliest next words with their probabilities.</summary>
    /// <param name="count">How many.</param>
    /// <param name="i">After which word, from 0; after the last one if not given.</param>
    public Table Likeliest(int count = 5, int? i = null)
    {
        Vector<double> p = Probabilities(i);
        return new Table("next word", "probability") { Digits = 3 }.RowForEach(
            Enumerable.Range(0, p.Count).OrderByDescending(id => p[id]).Take(count), id => [glimpse.Words[id], p[id]]);
    }

    /// <summary>The head that did most for the word that comes next: whose write points furthest along that word's direction in the unembedding.</summary>
    /// <remarks>
    /// The write of a head (<see cref="MultiHeadAttention.HeadWrites"/>), centred and times γ as the last norm has it, times the word's
    /// column of W_U less the mean column: what it adds to that logit above the others', but for the last norm's 1/σ. The way through
    /// later layers is left out. Source: Elhage et al. 2021, 'A Mathematical Framework for Transformer Circuits' (direct paths).
    /// </remarks>
    /// <param name="i">After which word, from 0; after the last one if not given.</param>
    public (int Layer, int Head) LoudestHead(int? i = null)
    {
        int place = Place(i);
        Matrix<double> W_U = glimpse.Model.Unembedding.W_U;                                 // (d_model × V)
        Vector<double> direction = W_U.Column(glimpse.Words.IdOf(Next(i))) - W_U.RowSums() / W_U.ColumnCount;
        direction = direction.PointwiseMultiply(glimpse.FinalNorm.γ);
        return (
            from layer in Enumerable.Range(0, glimpse.Layers)
            let writes = glimpse.Attention(layer).HeadWrites(Attention(layer))
            from head in Enumerable.Range(0, writes.Count)
            let write = writes[head].Row(place)
            select (Layer: layer, Head: head, Push: (write - write.Average()) * direction))
            .MaxBy(one => one.Push) is var best ? (best.Layer, best.Head) : default;
    }

    /// <summary>A picture of where one head looked before the next word was written: the text, each word the darker the more weight it got.</summary>
    /// <param name="layer">Which layer, from 0; with <paramref name="head"/> left out as well, the one that did most for the word (<see cref="LoudestHead"/>).</param>
    /// <param name="head">Which head, from 0.</param>
    /// <param name="i">Before which word was written: after word i, from 0; after the last one if not given.</param>
    public ShadedWords WhereItLooked(int? layer = null, int? head = null, int? i = null)
    {
        int place = Place(i);
        var loudest = LoudestHead(i);
        int l = layer ?? loudest.Layer, h = head ?? (layer is null ? loudest.Head : 0);
        Vector<double> weights = Head(l, h).A.Row(place);
        // The token that begins the text is where a head looks that finds nothing; it belongs in the picture.
        return new()
        {
            Title = $"Where head {h} of layer {l} looked before '{Next(i)}' was written",
            Words = [.. Words.Take(place + 1)],
            Values = [.. weights.Take(place + 1)],
            Framed = [place],
            Answer = Next(i),
        };
    }

    private EncoderLayerTrace Of(int layer)
    {
        Glimpse.RequireIndex(layer, glimpse.Layers, nameof(layer));
        return Trace.Encoder.Layers[layer];
    }

    private int Place(int? i)
    {
        if (i is { } place) Glimpse.RequireIndex(place, Words.Count, nameof(i));
        return i ?? Words.Count - 1;
    }
}
