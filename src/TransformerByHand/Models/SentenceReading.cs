using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Figures;
using TransformerByHand.Layers;

namespace TransformerByHand.Models;

/// <summary>What a <see cref="SentenceEncoder"/> made of a text: every number on the way.</summary>
public sealed class SentenceReading
{
    internal SentenceReading(SentenceEncoder model, IReadOnlyList<int> ids, InputTrace input, EncoderTrace encoder, Matrix<double> Y)
    {
        (Ids, Input, Encoder, this.Y) = (ids, input, encoder, Y);
        Tokens = [.. ids.Select(id => model.Tokeniser.Vocabulary[id])];
    }

    /// <summary>The ids (n), that of [CLS] first.</summary>
    public IReadOnlyList<int> Ids { get; }

    /// <summary>The pieces (n): labels for the rows of every matrix here.</summary>
    public IReadOnlyList<string> Tokens { get; }

    /// <summary>The way in; its X is the stream as it enters the first layer.</summary>
    public InputTrace Input { get; }

    /// <summary>What the layers computed.</summary>
    public EncoderTrace Encoder { get; }

    /// <summary>The stream after the last layer (n × d_model).</summary>
    public Matrix<double> Y { get; }

    /// <summary>The mean of the tokens, brought to length 1 (d_model).</summary>
    public Vector<double> Vector => Y.ColumnSums().Normalize(2);

    /// <summary>The stream after some layers (n × d_model): 0 for what enters the first.</summary>
    /// <param name="layers">How many.</param>
    public Matrix<double> StreamAfter(int layers) => Encoder.StreamAfter(layers);

    /// <summary>What one head computed: Q, K, V, S, Z, A (n × n), O, labelled with the pieces.</summary>
    /// <param name="layer">Which layer, from 0.</param>
    /// <param name="head">Which head, from 0.</param>
    public AttentionTrace Head(int layer, int head)
    {
        Glimpse.RequireIndex(layer, Encoder.Layers.Count, nameof(layer));
        IReadOnlyList<AttentionTrace> heads = Encoder.Layers[layer].Attention.Block.Heads;
        Glimpse.RequireIndex(head, heads.Count, nameof(head));
        return heads[head] with { Tokens = Tokens };
    }

    /// <summary>Where a piece stands first, from 0.</summary>
    /// <param name="token">The piece.</param>
    /// <exception cref="ArgumentException">It is not in the text.</exception>
    public int PlaceOf(string token)
    {
        int place = Tokens.ToList().IndexOf(token);
        return place >= 0 ? place : throw new ArgumentException($"'{token}' is none of the pieces {string.Join(' ', Tokens)}.", nameof(token));
    }

    /// <summary>A picture of where one head looked from one place: the text, each piece the darker the more weight it got.</summary>
    /// <param name="layer">Which layer, from 0.</param>
    /// <param name="head">Which head, from 0.</param>
    /// <param name="i">From which place, from 0.</param>
    public ShadedWords WhereItLooked(int layer, int head, int i)
    {
        Glimpse.RequireIndex(i, Tokens.Count, nameof(i));
        return new()
        {
            Title = $"Where head {head} of layer {layer} looks from '{Tokens[i]}'",
            Words = Tokens, Values = [.. Head(layer, head).A.Row(i)], Framed = [i],
        };
    }

    /// <summary>The output of every part that has weights, in the order in which they are computed: the input, then for each layer those of <see cref="BertPart.All"/>.</summary>
    public IReadOnlyList<(string Name, Matrix<double> Value)> Parts =>
    [
        ("input", Input.X),
        .. Encoder.Layers.SelectMany((layer, l) =>
        {
            var (attention, feedForward) = (layer.Attention, layer.FeedForward);
            Matrix<double>[] values =
            [
                attention.Block.Q, attention.Block.K, attention.Block.V, attention.Block.Y, attention.Y,
                feedForward.Block.H, feedForward.Block.Y, feedForward.Y,
            ];
            return BertPart.All.Zip(values, (part, value) => (part.In(l), value));
        }),
    ];
}
