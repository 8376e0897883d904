using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Text;
using TransformerByHand.Text.Corpora;
using ModelShape = TransformerByHand.Training.Model.ModelShape;

namespace TransformerByHand.Models;

/// <summary>The small trained model that the lessons look into: a causal language model of words, which tells tales.</summary>
/// <remarks>
/// <para>
/// Its weights lie in <c>data/glimpse.safetensors</c> and travel inside this library. It was trained from nothing on tales of the
/// kind of <c>data/tales.txt</c> by <c>dotnet run --project src/Course -- train glimpse</c>, as <see cref="Training.Runs.Recipes"/> says.
/// </para>
/// <para>
/// It is built of what lessons 01 to 08 build and nothing else: embedding and learned positions; 2 layers in pre-LN, each with 4
/// heads of d_k = 16 without biases and a feed-forward block with ReLU; d_model is 64; one LayerNorm more at the end, and an
/// unembedding of its own.
/// </para>
/// </remarks>
public sealed class Glimpse
{
    private static readonly Lazy<ParameterSet> Weights = new(() => StoredModel.Weights("glimpse"));

    private Glimpse(CausalLanguageModel model) => Model = model;

    /// <summary>Loads the model. Every call makes one of its own, so that what a lesson does to its weights stays in that lesson.</summary>
    public static Glimpse Load() => new(MakeModel(Weights.Value));

    /// <summary>The model as layers: everything the library can do with a model can be done with it.</summary>
    public CausalLanguageModel Model { get; }

    /// <summary>Cuts text into the model's words: small letters, each punctuation mark a word.</summary>
    public WordTokeniser Tokeniser { get; } = SharedTokeniser.Value;

    /// <summary>The words that the model knows, by their ids; the first five are special.</summary>
    public Vocabulary Words => Tokeniser.Vocabulary;

    /// <summary>The number of layers.</summary>
    public int Layers => Model.Encoder.Layers.Count;

    /// <summary>h: the number of heads of each layer.</summary>
    public int Heads => Attention(0).h;

    /// <summary>d_model: the width of a token.</summary>
    public int Width => Model.Input.Embedding.E.ColumnCount;

    /// <summary>The longest text, in words, with the token that begins it.</summary>
    public int Longest => ((LearnedPositions)Model.Input.Positions!).P.RowCount;

    /// <summary>The multi-head attention of a layer: W_Q, W_K, W_V, W_O (d_model × d_model), h heads side by side, no biases.</summary>
    /// <param name="layer">Which layer, from 0.</param>
    public MultiHeadAttention Attention(int layer) => Layer(layer).Attention;

    /// <summary>One head by itself, with its own columns of W_Q, W_K and W_V (d_model × d_k), copied.</summary>
    /// <param name="layer">Which layer, from 0.</param>
    /// <param name="head">Which head of it, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer or head.</exception>
    public AttentionHead Head(int layer, int head)
    {
        MultiHeadAttention all = Attention(layer);
        RequireIndex(head, all.h, nameof(head));
        return new(all.W_Q.ColumnBlock(head, all.h), all.W_K.ColumnBlock(head, all.h), all.W_V.ColumnBlock(head, all.h));
    }

    /// <summary>The feed-forward block of a layer: W_1 (d_model × d_ff), b_1, W_2 (d_ff × d_model), b_2, with ReLU.</summary>
    /// <param name="layer">Which layer, from 0.</param>
    public FeedForward FeedForward(int layer) => Layer(layer).FeedForward;

    /// <summary>The LayerNorm through which a layer's attention reads the stream.</summary>
    /// <param name="layer">Which layer, from 0.</param>
    public LayerNorm AttentionNorm(int layer) => Layer(layer).AddAndNorm1.Norm!;

    /// <summary>The LayerNorm through which a layer's feed-forward block reads the stream.</summary>
    /// <param name="layer">Which layer, from 0.</param>
    public LayerNorm FeedForwardNorm(int layer) => Layer(layer).AddAndNorm2.Norm!;

    /// <summary>The LayerNorm at the end, before the unembedding.</summary>
    public LayerNorm FinalNorm => Model.Encoder.Norm!;

    /// <summary>Turns a text into ids, with the token in front that begins every tale.</summary>
    /// <param name="text">The text; a word that the model does not know becomes <c>&lt;unknown&gt;</c>.</param>
    /// <exception cref="ArgumentException">It has more words than <see cref="Longest"/>.</exception>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int[] ids = [WordTokeniser.Begin, .. Tokeniser.Encode(text)];
        return ids.Length <= Longest ? ids
            : throw new ArgumentException($"The text has {ids.Length - 1} words and marks; the model reads at most {Longest - 1}.", nameof(text));
    }

    /// <summary>Sends a text through the model and keeps everything that was computed on the way.</summary>
    /// <param name="text">The text; it may be empty, then only the beginning is read.</param>
    /// <returns>What the model makes of it.</returns>
    /// <exception cref="ArgumentException">The text is too long.</exception>
    public GlimpseReading Read(string text)
    {
        int[] ids = Encode(text);
        var (logits, trace) = Model.Forward(ids);
        return new(this, ids, logits, trace);
    }

    /// <summary>Writes a text on, word by word, always taking the likeliest; stops at the end of the tale.</summary>
    /// <param name="text">How it begins.</param>
    /// <param name="words">How many words and marks to write at most, 1 or more.</param>
    /// <param name="with">
    /// Functions of yours that compute in place of the library's, on the same weights; the text then says whether the model still
    /// says the same. A function that throws <see cref="NotImplementedException"/> is not written yet: the library's takes its place.
    /// </param>
    /// <returns>The text, to be shown.</returns>
    /// <exception cref="ArgumentException">The text is too long, or a function returns something of another shape.</exception>
    public GlimpseText Continue(string text, int words = 16, GlimpseParts? with = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(words, 1);
        List<int> ids = [.. Encode(text)];
        int given = ids.Count;
        var run = new GlimpseRun(this, with ?? new());
        double difference = 0;
        while (ids.Count < given + words && ids.Count < Longest)
        {
            Matrix<double> logits = Model.Forward(ids).Logits;         // (n × V)
            if (with is not null)
            {
                Matrix<double> own = run.Logits(ids);                   // (n × V)
                difference = Math.Max(difference, Difference(own, logits));
                logits = own;
            }
            int next = logits.Row(ids.Count - 1).MaximumIndex();
            if (next == WordTokeniser.End) break;
            ids.Add(next);
        }
        return new(this, text, ids[given..], run.Used, run.Missing, difference);
    }

    /// <summary>Computes the logits of a text through functions of yours, as <see cref="Continue"/> does.</summary>
    /// <param name="text">The text.</param>
    /// <param name="with">The functions; where one is null or not written yet, the library's computes.</param>
    /// <returns>The logits (n × V), n with the token that begins the text.</returns>
    /// <exception cref="ArgumentException">The text is too long, or a function returns something of another shape.</exception>
    public Matrix<double> Logits(string text, GlimpseParts with)
    {
        ArgumentNullException.ThrowIfNull(with);
        return new GlimpseRun(this, with).Logits(Encode(text));
    }

    /// <summary>The sizes that the recipe trains and <see cref="Load"/> expects.</summary>
    internal static ModelShape Shape { get; } = new()
    {
        Vocabulary = SharedTokeniser.Value.Vocabulary.Count, DModel = 64, Heads = 4, Layers = 2, Context = 160, Activation = Activation.ReLU, AttentionBias = false,
    };

    private EncoderLayer Layer(int layer)
    {
        RequireIndex(layer, Layers, nameof(layer));
        return Model.Encoder.Layers[layer];
    }

    internal static void RequireIndex(int index, int count, string name)
    {
        if (index < 0 || index >= count)
            throw new ArgumentOutOfRangeException(name, index, $"{name} is {index}, but should be from 0 to {count - 1}: counting begins at 0.");
    }

    private static double Difference(Matrix<double> own, Matrix<double> logits)
    {
        Matrix<double> d = own - logits;
        double largest = d.Enumerate().Max(Math.Abs);
        // A comparison with NaN is false: a NaN among the numbers must not look like agreement.
        return double.IsNaN(d.Enumerate().Sum()) ? double.PositiveInfinity : largest;
    }

    private static CausalLanguageModel MakeModel(ParameterSet weights)
    {
        var options = new LayerOptions { DModel = Shape.DModel, Heads = Shape.Heads, Activation = Shape.Activation, AttentionBias = false, ε = Shape.ε };
        var model = CausalLanguageModel.Random(SeededRandom.Create(0), Shape.Vocabulary, Shape.Context, Shape.Layers, options, tied: false);
        model.Parameters.CopyFrom(weights);
        return model;
    }
}

/// <summary>Holds what every <see cref="Glimpse"/> shares; a class of its own, so that it is there before the model's sizes are.</summary>
file static class SharedTokeniser
{
    private static readonly Lazy<WordTokeniser> Made = new(() => new(Corpus.Tales.Generate()));

    public static WordTokeniser Value => Made.Value;
}
