using System.Globalization;
using System.Text.RegularExpressions;
using TransformerByHand.Layers;
using TransformerByHand.Text;
using TransformerByHand.Text.Corpora;
using TransformerByHand.Training.Model;
using TransformerByHand.Training.Optimisers;
using TransformerByHand.Training.Runs;

namespace TransformerByHand.Models;

/// <summary>Two sentences that differ in one adjective, which says who 'it' is: 'the animal did not cross the street because it was too tired', or 'too wide'.</summary>
/// <param name="Who">The noun that did not do it: <c>animal</c>.</param>
/// <param name="Did">What it did not do: <c>did not cross</c>.</param>
/// <param name="What">The other noun: <c>street</c>.</param>
/// <param name="WhoWas">An adjective after which 'it' is <paramref name="Who"/>: <c>tired</c>.</param>
/// <param name="WhatWas">An adjective after which 'it' is <paramref name="What"/>: <c>wide</c>.</param>
public sealed partial record ItPair(string Who, string Did, string What, string WhoWas, string WhatWas)
{
    /// <summary>One of the two sentences with the question after it, up to the place where the answer belongs.</summary>
    /// <param name="who">Whether it is the one in which 'it' is <see cref="Who"/>.</param>
    public string Text(bool who) => Form(who ? WhoWas : WhatWas);

    /// <summary>The right answer.</summary>
    /// <param name="who">In which of the two sentences.</param>
    public string Answer(bool who) => who ? Who : What;

    internal static (string Who, string Did, string What, string Was) Parse(Story story) => Pattern().Match(story.Beginning) is { Success: true } match
        ? (match.Groups["who"].Value, match.Groups["did"].Value, match.Groups["what"].Value, match.Groups["was"].Value)
        : throw new FormatException($"A story about 'it' should be of the form 'the WHO did not … the WHAT because it was too WAS. …'; this one is '{story.Beginning}'.");

    private string Form(string was) => $"the {Who} {Did} the {What} because it was too {was}. what was too {was}? the";

    [GeneratedRegex(@"^the (?<who>\w+) (?<did>did not .+) the (?<what>\w+) because it was too (?<was>\w+)\.")]
    private static partial Regex Pattern();
}

/// <summary>A small model of words, trained on the sentences of <c>data/stories.tsv</c> in which one has to know who 'it' is.</summary>
/// <remarks>
/// <para>
/// 2 layers in pre-LN, each with 4 heads of d_k = 8 without biases and a feed-forward block with ReLU, 64 wide inside; d_model is 32;
/// learned positions. There are five causal ones, which differ in the seed of their first weights and batches, and which learned to
/// predict every next word; and one encoder, in which every word sees every other, and which learned to fill in the answer.
/// </para>
/// <para>
/// The weights lie in <c>data/it-1.safetensors</c> to <c>it-5.safetensors</c> and <c>data/it-masked.safetensors</c>, made by
/// <c>dotnet run --project src/Course -- train it-1</c> and so on. A fifth of the pairs of nouns are held out, with all their
/// adjectives: of half of those what is chosen is chosen, on the other half it is judged. ('The old man' is left out: its 'old' would tell the answer.)
/// </para>
/// </remarks>
public sealed class ItModel
{
    /// <summary>How many causal models there are; their seeds are 1 to this.</summary>
    public const int Seeds = 5;

    private static readonly Lazy<ItData> Data = new(ItData.Read);

    private ItModel(LanguageModel model) => Model = model;

    /// <summary>A causal model as it was trained. Every call makes one of its own.</summary>
    /// <param name="seed">Which, from 1 to <see cref="Seeds"/>.</param>
    public static ItModel Load(int seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seed, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seed, Seeds);
        return new(StoredModel.Load(Name(seed), Shape(masked: false)));
    }

    /// <summary>The encoder as it was trained. Every call makes one of its own.</summary>
    public static ItModel LoadMasked() => new(StoredModel.Load("it-masked", Shape(masked: true)));

    /// <summary>Trains an encoder from nothing.</summary>
    /// <param name="seed">Draws its first weights and its batches.</param>
    public static ItModel TrainMasked(int seed)
    {
        TrainingRun run = Prepare(seed, masked: true, null, null).Run;
        run.Run(Steps(masked: true));
        return new(run.Model.ToLanguageModel());
    }

    /// <summary>The model as layers: a <see cref="CausalLanguageModel"/> or a <see cref="MaskedLanguageModel"/>.</summary>
    public LanguageModel Model { get; }

    /// <summary>Whether it is the encoder.</summary>
    public bool IsMasked => Model is MaskedLanguageModel;

    /// <summary>The number of layers.</summary>
    public int Layers => Model.Encoder.Layers.Count;

    /// <summary>h: the number of heads of each layer.</summary>
    public int Heads => Model.Encoder.Layers[0].Attention.h;

    /// <summary>Held-out pairs on which heads are chosen.</summary>
    public static IReadOnlyList<ItPair> Choosing => Data.Value.Choosing;

    /// <summary>Held-out pairs, of other nouns, on which they are judged.</summary>
    public static IReadOnlyList<ItPair> Judging => Data.Value.Judging;

    /// <summary>The words.</summary>
    public static Vocabulary Words => Data.Value.Tokeniser.Vocabulary;

    /// <summary>Turns a text that ends where the answer belongs into ids: <c>&lt;begin&gt;</c> in front; for the encoder a <c>&lt;mask&gt;</c> and a full stop behind.</summary>
    /// <param name="text">The text.</param>
    public int[] Encode(string text) => Data.Value.Encode(text, IsMasked);

    /// <summary>The place whose logits are the answer: the last, or the mask's.</summary>
    /// <param name="ids">What <see cref="Encode"/> made.</param>
    public int AskedAt(IReadOnlyList<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return IsMasked ? ids.Count - 2 : ids.Count - 1;
    }

    /// <summary>The name of a causal model's recipe and file.</summary>
    internal static string Name(int seed) => string.Create(CultureInfo.InvariantCulture, $"it-{seed}");

    internal static int Steps(bool masked) => masked ? 400 : 900;

    internal static PreparedRun Prepare(int seed, bool masked, int? threads, string? path)
    {
        const int sequences = 32;
        var model = new FastTransformer(Shape(masked), sequences, threads);
        model.Initialise(seed);
        var run = new TrainingRun(model, new AdamW(model, beta2: 0.99, weightDecay: 0.1), Schedule.Cosine(4e-3, 50, Steps(masked), 1e-4), Batches(Data.Value.Training, seed + 50))
        {
            Seed = seed, HeldOut = Batches(Data.Value.HeldOut, 3), EvaluateEvery = 100, CheckpointPath = path,
        };
        return new(run, () => Answers(new(model.ToLanguageModel())));

        ExampleBatches Batches(IEnumerable<Story> stories, int batchSeed) =>
            new([.. stories.Select(story => Data.Value.ToExample(story, masked))], sequences, batchSeed) { PaddingId = WordTokeniser.Padding };
    }

    private static ModelShape Shape(bool masked) => new()
    {
        Architecture = masked ? Architecture.EncoderOnly : Architecture.DecoderOnly, Vocabulary = Words.Count, DModel = 32, Heads = 4, Layers = 2, DFF = 64,
        Context = 24, Activation = Activation.ReLU, AttentionBias = false, Dropout = 0.1,
    };

    private static string Answers(ItModel model)
    {
        Story[] stories = [.. Data.Value.HeldOut.DistinctBy(story => story.Beginning)];
        int right = stories.Count(story =>
        {
            int[] ids = model.Encode(story.Beginning);
            return Words[model.Model.Forward(ids).Logits.Row(model.AskedAt(ids)).MaximumIndex()] == story.Answer;
        });
        return string.Create(CultureInfo.InvariantCulture, $"{right} of {stories.Length} held-out answers right");
    }

    /// <summary>The sentences, cut into those to train on and those that are held out.</summary>
    private sealed record ItData(WordTokeniser Tokeniser, Story[] Training, Story[] HeldOut, ItPair[] Choosing, ItPair[] Judging)
    {
        public static ItData Read()
        {
            Story[] stories = [.. StoryGenerator.FromFile(Corpus.Stories.Generate()).Where(story => story.Kind == StoryKind.Coreference && !story.Text.Contains("old man", StringComparison.Ordinal))];
            var tokeniser = new WordTokeniser(string.Join('\n', stories.Select(story => story.Text)));
            string[] nouns = [.. stories.Select(Nouns).Distinct().Order(StringComparer.Ordinal)];
            string[] held = [.. nouns.Where((_, i) => i % 5 == 2)];
            return new(
                tokeniser, [.. stories.Where(story => !held.Contains(Nouns(story)))], [.. stories.Where(story => held.Contains(Nouns(story)))],
                Pairs(held.Where((_, i) => i % 2 == 0)), Pairs(held.Where((_, i) => i % 2 == 1)));

            // As many as there are sentences of both kinds with these nouns.
            ItPair[] Pairs(IEnumerable<string> some) => [.. some.SelectMany(one =>
            {
                var own = stories.Where(story => Nouns(story) == one).Select(story => (Parsed: ItPair.Parse(story), story.Answer)).Distinct().ToList();
                var (who, did, what, _) = own[0].Parsed;
                string[] Adjectives(string answer) => [.. own.Where(story => story.Answer == answer).Select(story => story.Parsed.Was).OrderDescending(StringComparer.Ordinal)];
                return Adjectives(who).Zip(Adjectives(what), (whoWas, whatWas) => new ItPair(who, did, what, whoWas, whatWas));
            })];

            static string Nouns(Story story) => ItPair.Parse(story) is var (who, _, what, _) ? $"{who} {what}" : "";
        }

        public int[] Encode(string text, bool masked) =>
            [WordTokeniser.Begin, .. Tokeniser.Encode(text), .. masked ? [WordTokeniser.Mask, Tokeniser.Vocabulary.IdOf(".")] : Array.Empty<int>()];

        public Example ToExample(Story story, bool masked)
        {
            if (!masked) return Example.NextToken(Encode(story.Text, masked: false));
            int[] ids = Encode(story.Beginning, masked: true), targets = [.. ids.Select(_ => Batch.Ignored)];
            targets[^2] = Tokeniser.Vocabulary.IdOf(story.Answer);
            return new(ids, targets);
        }
    }
}
