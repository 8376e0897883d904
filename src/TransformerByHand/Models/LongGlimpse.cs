using TransformerByHand.Layers;
using TransformerByHand.Text;
using TransformerByHand.Training.Model;

namespace TransformerByHand.Models;

/// <summary>The <see cref="Glimpse"/> once more, with the parts of lesson 14: RoPE in place of learned positions, and two heads of keys for its four heads of queries.</summary>
/// <remarks>
/// Sizes, words and tales are the glimpse's. The weights lie in <c>data/long-glimpse.safetensors</c>, made by
/// <c>dotnet run --project src/Course -- train long-glimpse</c>. RoPE has no table of places that could end, so it reads texts of any length.
/// It was trained for 900 steps, a third of the glimpse's: enough to end a tale with the name that it began with, and not yet with the trade.
/// </remarks>
public sealed class LongGlimpse
{
    private LongGlimpse(CausalLanguageModel model) => Model = model;

    /// <summary>Loads the model. Every call makes one of its own.</summary>
    public static LongGlimpse Load() => new((CausalLanguageModel)StoredModel.Load("long-glimpse", Shape));

    /// <summary>The model as layers.</summary>
    public CausalLanguageModel Model { get; }

    /// <summary>Cuts text into words, as the glimpse does.</summary>
    public WordTokeniser Tokeniser { get; } = Glimpse.Load().Tokeniser;

    /// <summary>The words that the model knows, by their ids.</summary>
    public Vocabulary Words => Tokeniser.Vocabulary;

    /// <summary>Turns a text into ids, with the token in front that begins every tale.</summary>
    /// <param name="text">The text; a word that the model does not know becomes <c>&lt;unknown&gt;</c>.</param>
    public int[] Encode(string text) => [WordTokeniser.Begin, .. Tokeniser.Encode(text)];

    internal static ModelShape Shape { get; } = Glimpse.Shape with { Positions = Positions.Rotary, KeyValueHeads = 2 };
}
