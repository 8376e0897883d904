using System.Text.RegularExpressions;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Text;
using TransformerByHand.Text.Corpora;
using TransformerByHand.Training.Model;
using TransformerByHand.Training.Optimisers;
using TransformerByHand.Training.Runs;

namespace TransformerByHand.Models;

/// <summary>Where a model is asked which bank a sentence is about.</summary>
public enum BankAsked
{
    /// <summary>Six words later, as in <c>data/stories.tsv</c>: 'anna rowed along the river and came to the bank. there anna sat down on the | grass'. Nothing is asked at the word 'bank': a full stop follows in any case.</summary>
    Later,

    /// <summary>At the word itself: the same sentences, cut so that the answer comes next: 'anna rowed along the river and came to the bank | grass'.</summary>
    AtOnce,
}

/// <summary>A sentence about a bank, and which of the two banks it is.</summary>
/// <param name="Person">Who goes there: <c>anna</c>.</param>
/// <param name="Phrase">What the person did before, which alone tells the banks apart: <c>rowed along the river</c>.</param>
/// <param name="Then">How the person got there: <c>went to</c>.</param>
/// <param name="IsRiver">Whether it is the bank of a river; if not, it is the one with the money.</param>
public sealed partial record BankSentence(string Person, string Phrase, string Then, bool IsRiver)
{
    /// <summary>The sentence up to the word 'bank'.</summary>
    public string UpToBank => $"{Person} {Phrase} and {Then} the bank";

    /// <summary>The text up to the place at which the sense is asked for: six words after 'bank', or at once.</summary>
    /// <param name="asked">Where it is asked for.</param>
    public string Question(BankAsked asked) => asked == BankAsked.AtOnce ? UpToBank : $"{UpToBank}. there {Person} sat down on the";

    /// <summary>The word that belongs there: <c>grass</c> or <c>chair</c>.</summary>
    public string Answer => IsRiver ? "grass" : "chair";

    internal static BankSentence Of(Story story) => Form().Match(story.Beginning) is { Success: true } match
        ? new(match.Groups["person"].Value, match.Groups["phrase"].Value, match.Groups["then"].Value, story.Answer == "grass")
        : throw new FormatException($"A story about a bank should be of the form 'PERSON PHRASE and WENT TO the bank. …'; this one is '{story.Beginning}'.");

    [GeneratedRegex(@"^(?<person>\w+) (?<phrase>.+) and (?<then>\w+ \w+) the bank\.")]
    private static partial Regex Form();
}

/// <summary>A small causal model of words, trained on the stories of <c>data/stories.tsv</c>, in which 'bank' has two senses. There are two: see <see cref="BankAsked"/>.</summary>
/// <remarks>
/// <para>
/// It has 2 layers in pre-LN, each with 4 heads of d_k = 8 without biases and a feed-forward block with ReLU; d_model is 32. It has
/// <b>no positions</b>: so a word's vector is the same at every place until a layer has looked around, and sentences of different
/// lengths can be compared. The causal mask gives order enough.
/// </para>
/// <para>
/// The weights lie in <c>data/bank-later.safetensors</c> and <c>data/bank-at-once.safetensors</c>, made by <c>dotnet run --project src/Course -- train bank-later</c> and <c>train bank-at-once</c>. Six of the 24 pairs
/// of a person and a way to get to the bank are held out, with all ten phrases: no such sentence is in training. The words of each are.
/// </para>
/// </remarks>
public sealed class BankModel
{
    /// <summary>How many steps the training takes.</summary>
    public const int Steps = 300;

    private static readonly Lazy<BankData> Data = new(BankData.Read);

    private BankModel(BankAsked asked, CausalLanguageModel model) => (Asked, Model) = (asked, model);

    /// <summary>The trained model. Every call makes one of its own.</summary>
    /// <param name="asked">Where it was asked in training.</param>
    public static BankModel Load(BankAsked asked) =>
        new(asked, (CausalLanguageModel)StoredModel.Load(FileName(asked), Shape));

    /// <summary>The model as it is before training: random weights.</summary>
    /// <param name="seed">Draws them.</param>
    /// <param name="asked">Where it is asked.</param>
    public static BankModel Untrained(int seed, BankAsked asked = BankAsked.Later)
    {
        var model = new FastTransformer(Shape, 1, threads: 1);
        model.Initialise(seed);
        return new(asked, (CausalLanguageModel)model.ToLanguageModel());
    }

    /// <summary>Trains a model from nothing.</summary>
    /// <param name="seed">Draws its first weights and its batches.</param>
    /// <param name="asked">Where it is asked.</param>
    /// <param name="steps">How many steps it takes.</param>
    public static BankModel Train(int seed, BankAsked asked, int steps = Steps)
    {
        PreparedRun prepared = Prepare(seed, asked, null, null);
        prepared.Run.Run(steps);
        return new(asked, (CausalLanguageModel)prepared.Run.Model.ToLanguageModel());
    }

    /// <summary>Where it was asked in training.</summary>
    public BankAsked Asked { get; }

    /// <summary>The model as layers.</summary>
    public CausalLanguageModel Model { get; }

    /// <summary>The sentences that may be in training: 18 pairs of a person and a way to the bank, with ten phrases each. What is chosen is chosen on them.</summary>
    public static IReadOnlyList<BankSentence> Known => Data.Value.Known;

    /// <summary>The sentences that are held out: 6 pairs, with ten phrases each. What is measured is measured on them.</summary>
    public static IReadOnlyList<BankSentence> HeldOut => Data.Value.HeldOut;

    /// <summary>The words of a text as the model reads it, <c>&lt;begin&gt;</c> first.</summary>
    /// <param name="text">A text of the stories' words.</param>
    public static IReadOnlyList<string> Words(string text) => [.. Encode(text).Select(id => Data.Value.Tokeniser.Vocabulary[id])];

    /// <summary>Sends a text through the model.</summary>
    /// <param name="text">A text of the stories' words.</param>
    /// <param name="mask">What is not allowed besides looking ahead (n × n, with <c>&lt;begin&gt;</c>), or null.</param>
    public (Matrix<double> Logits, LanguageModelTrace Trace) Read(string text, Mask? mask = null) => Model.Forward(Encode(text), mask);

    /// <summary>The vectors of the last word of some texts: before the first layer, and after each of the blocks.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="mask">For each text what is not allowed besides looking ahead, or null.</param>
    /// <returns>For each stage a matrix with a text in each row (texts × d_model); see <see cref="Stages"/>.</returns>
    public IReadOnlyList<Matrix<double>> LastWords(IEnumerable<string> texts, Func<string, Mask>? mask = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        Vector<double>[][] rows = [.. texts.Select(text =>
        {
            var trace = Read(text, mask?.Invoke(text)).Trace.Encoder;
            return (Vector<double>[])
            [
                .. trace.Layers.SelectMany(layer => new[] { layer.Attention.X, layer.FeedForward.X }).Append(trace.StreamAfter(trace.Layers.Count))
                    .Select(stream => stream.Row(stream.RowCount - 1)),
            ];
        })];
        return [.. Enumerable.Range(0, Stages.Count).Select(stage => Matrix<double>.Build.DenseOfRowVectors(rows.Select(row => row[stage])))];
    }

    /// <summary>What the stages of <see cref="LastWords"/> are called.</summary>
    public static IReadOnlyList<string> Stages { get; } = ["before the first layer", "after attention 0", "after feed-forward 0", "after attention 1", "after feed-forward 1"];

    /// <summary>How many of some sentences end with the right word, <c>grass</c> or <c>chair</c>, as the likeliest of all.</summary>
    /// <param name="sentences">The sentences.</param>
    /// <param name="mask">For each question what is not allowed besides looking ahead, or null.</param>
    public int Answers(IEnumerable<BankSentence> sentences, Func<string, Mask>? mask = null)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        return sentences.Count(sentence =>
        {
            string question = sentence.Question(Asked);
            var logits = Read(question, mask?.Invoke(question)).Logits;
            return logits.Row(logits.RowCount - 1).MaximumIndex() == Data.Value.Tokeniser.Vocabulary.IdOf(sentence.Answer);
        });
    }

    /// <summary>The same model with one head that always writes the same.</summary>
    /// <param name="layer">Its layer, from 0.</param>
    /// <param name="head">Its number there, from 0.</param>
    /// <param name="write">What it writes into every token in place of what it found (d_model).</param>
    public BankModel WithHeadFixed(int layer, int head, Vector<double> write)
    {
        EncoderLayer[] layers = [.. Model.Encoder.Layers];
        Glimpse.RequireIndex(layer, layers.Length, nameof(layer));
        MultiHeadAttention attention = layers[layer].Attention;
        Glimpse.RequireIndex(head, attention.h, nameof(head));
        int d = attention.W_O.RowCount / attention.h;
        var W_O = attention.W_O.MapIndexed((row, _, w) => row / d == head ? 0 : w, Zeros.Include);
        layers[layer] = new(
            new MultiHeadAttention(attention.h, attention.W_Q, attention.W_K, attention.W_V, W_O, b_O: write),
            layers[layer].FeedForward, layers[layer].AddAndNorm1, layers[layer].AddAndNorm2);
        return new(Asked, new CausalLanguageModel(Model.Input, new Encoder(layers, Model.Encoder.Norm), Model.Unembedding));
    }

    /// <summary>What a head writes on average over all words of some texts (d_model).</summary>
    /// <param name="layer">Its layer, from 0.</param>
    /// <param name="head">Its number there, from 0.</param>
    /// <param name="texts">The texts.</param>
    public Vector<double> MeanWrite(int layer, int head, IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        MultiHeadAttention attention = Model.Encoder.Layers[layer].Attention;
        Matrix<double>[] writes = [.. texts.Select(text => attention.HeadWrites(Read(text).Trace.Encoder.Layers[layer].Attention.Block)[head])];
        return writes.Select(write => write.ColumnSums()).Aggregate((a, b) => a + b) / writes.Sum(write => write.RowCount);
    }

    /// <summary>The run that trains it.</summary>
    internal static PreparedRun Prepare(int seed, BankAsked asked, int? threads, string? path)
    {
        const int sequences = 32;
        var model = new FastTransformer(Shape, sequences, threads);
        model.Initialise(seed);
        var run = new TrainingRun(model, new AdamW(model, weightDecay: 0.05), Schedule.Cosine(5e-3, 50, Steps, 1e-4), Batches(Data.Value.Training, seed + 1000))
        {
            HeldOut = Batches(Data.Value.Unseen, seed + 2000), EvaluateEvery = path is null ? 0 : 100, CheckpointPath = path,
        };
        return new(run, () => $"{new BankModel(asked, (CausalLanguageModel)model.ToLanguageModel()).Answers(HeldOut)} of {HeldOut.Count} held-out sentences end with the right word.");

        ExampleBatches Batches(IReadOnlyList<Story> stories, int seed) =>
            new([.. stories.Select(story => Example.NextToken([.. Encode(Text(story)), WordTokeniser.End]))], sequences, seed) { PaddingId = WordTokeniser.Padding };

        string Text(Story story) => story.Kind == StoryKind.Bank && asked == BankAsked.AtOnce ? $"{BankSentence.Of(story).UpToBank} {story.Answer}." : story.Text;
    }

    internal static string FileName(BankAsked asked) => asked == BankAsked.AtOnce ? "bank-at-once" : "bank-later";

    private static ModelShape Shape => new()
    {
        Vocabulary = Data.Value.Tokeniser.Vocabulary.Count, DModel = 32, Heads = 4, Layers = 2, Context = Data.Value.Longest + 2,
        Positions = Positions.None, Activation = Activation.ReLU, AttentionBias = false,
    };

    private static int[] Encode(string text) => [WordTokeniser.Begin, .. Data.Value.Tokeniser.Encode(text)];

    /// <summary>The stories, and which of them are held out.</summary>
    private sealed record BankData(WordTokeniser Tokeniser, int Longest, IReadOnlyList<BankSentence> Known, IReadOnlyList<BankSentence> HeldOut, IReadOnlyList<Story> Training, IReadOnlyList<Story> Unseen)
    {
        public static BankData Read()
        {
            var stories = StoryGenerator.FromFile(Corpus.Stories.Generate());
            var tokeniser = new WordTokeniser(string.Join('\n', stories.Select(story => story.Text)));
            BankSentence[] found = [.. stories.Where(story => story.Kind == StoryKind.Bank).Select(BankSentence.Of)];
            var phrases = found.Select(sentence => (sentence.Phrase, sentence.IsRiver)).Distinct().OrderBy(phrase => phrase.Phrase, StringComparer.Ordinal).ToArray();
            var pairs = (
                from person in found.Select(sentence => sentence.Person).Distinct().Order(StringComparer.Ordinal)
                from then in found.Select(sentence => sentence.Then).Distinct().Order(StringComparer.Ordinal)
                select (Person: person, Then: then)).ToArray();
            var unseen = pairs.Where((_, i) => i % 4 == 0).ToHashSet();
            BankSentence[] all = [.. from pair in pairs from phrase in phrases select new BankSentence(pair.Person, phrase.Phrase, pair.Then, phrase.IsRiver)];
            bool IsUnseen(Story story) => story.Kind == StoryKind.Bank && BankSentence.Of(story) is var sentence && unseen.Contains((sentence.Person, sentence.Then));
            return new(
                tokeniser, stories.Max(story => tokeniser.Encode(story.Text).Length),
                [.. all.Where(sentence => !unseen.Contains((sentence.Person, sentence.Then)))], [.. all.Where(sentence => unseen.Contains((sentence.Person, sentence.Then)))],
                [.. stories.Where(story => !IsUnseen(story))], [.. stories.Where(IsUnseen)]);
        }
    }
}
