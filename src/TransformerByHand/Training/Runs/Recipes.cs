using System.Globalization;
using System.Text;
using TransformerByHand.Models;
using TransformerByHand.Text;
using TransformerByHand.Text.Corpora;
using TransformerByHand.Training.Model;
using TransformerByHand.Training.Optimisers;

namespace TransformerByHand.Training.Runs;

/// <summary>The runs that <c>train NAME</c> knows.</summary>
public static class Recipes
{
    /// <summary>Every recipe.</summary>
    public static IReadOnlyList<Recipe> All { get; } =
    [
        new("tales", "a causal model that writes short tales, character by character", 1500,
            "a held-out loss of at most 0.17 nats a character (0.153 when it was last measured)", Tales),
        new("glimpse", "the small causal model of words that the lessons look into (data/glimpse.safetensors)", 2500,
            "a tale's end that agrees with its beginning in nearly all held-out tales", (threads, path) => WordTales(Models.Glimpse.Shape, 2500, threads, path)),
        new("long-glimpse", "the glimpse's sizes with RoPE and grouped heads, which lesson 14 lets write from its cache (data/long-glimpse.safetensors)", 900,
            "the name of the beginning at the end of nearly all held-out tales; the trade takes longer", (threads, path) => WordTales(LongGlimpse.Shape, 900, threads, path)),
        new("stories", "a causal model of words that must know who 'it' is, what agrees with what, and which bank is meant", 600,
            "nearly all held-out answers right about agreement and 'bank', and about seven of ten about 'it'", (threads, path) => Stories(threads, path, Architecture.DecoderOnly)),
        new("masked", "an encoder that fills in hidden words of the same stories", 600,
            "all held-out answers right about 'bank', about eight of ten about agreement, and hardly any about 'it': that takes longer", (threads, path) => Stories(threads, path, Architecture.EncoderOnly)),
        new("sequences", "an encoder–decoder that copies, reverses or sorts letters (data/speller.safetensors)", 1500,
            "nearly all held-out rows right, letter for letter", Sequences),
        new("bank-later", "a small causal model of the same stories, in which lesson 09 looks for the two banks (data/bank-later.safetensors)", BankModel.Steps,
            "the right word at the end of all held-out sentences about a bank", (threads, path) => BankModel.Prepare(seed: 1, BankAsked.Later, threads, path)),
        new("bank-at-once", "the same, on stories in which the word after 'bank' already depends on which bank it is (data/bank-at-once.safetensors)", BankModel.Steps,
            "the right word after 'bank' in all held-out sentences", (threads, path) => BankModel.Prepare(seed: 1, BankAsked.AtOnce, threads, path)),
        new("repeats", "a causal model of two layers that goes on with rows that repeat, in which lesson 13 looks for induction heads (data/repeats.safetensors)", Models.RepeatModel.Steps,
            "a held-out loss below 0.1", (threads, path) => Models.RepeatModel.Recipe(2, threads, path)),
        new("repeats-one-layer", "the same with one layer (data/repeats-one-layer.safetensors)", Models.RepeatModel.Steps,
            "a held-out loss above 1.5: one layer does not learn it", (threads, path) => Models.RepeatModel.Recipe(1, threads, path)),
        .. Enumerable.Range(1, Models.ItModel.Seeds).Select(seed => new Recipe(Models.ItModel.Name(seed), $"a small causal model that must know who 'it' is, for lesson 13, from seed {seed} (data/{Models.ItModel.Name(seed)}.safetensors)", Models.ItModel.Steps(masked: false),
            "nearly all held-out answers right", (threads, path) => Models.ItModel.Prepare(seed, masked: false, threads, path))),
        new("it-masked", "an encoder that must know who 'it' is, for lesson 13 (data/it-masked.safetensors)", Models.ItModel.Steps(masked: true),
            "nearly all held-out answers right", (threads, path) => Models.ItModel.Prepare(seed: 3, masked: true, threads, path)),
    ];

    /// <summary>The recipe of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those there are.</exception>
    public static Recipe Find(string name) => All.FirstOrDefault(recipe => recipe.Name == name)
        ?? throw new ArgumentException($"There is no recipe '{name}'; there is {string.Join(", ", All.Select(recipe => recipe.Name))}.", nameof(name));

    private static PreparedRun Tales(int? threads, string? path)
    {
        string text = Corpus.Tales.Generate();
        var tokeniser = new CharacterTokeniser(text);
        int[] ids = tokeniser.Encode(text);
        int split = ids.Length / 20 * 19;
        const int sequences = 16, context = 128, steps = 1500;
        var model = new FastTransformer(new ModelShape
        {
            Vocabulary = tokeniser.Vocabulary.Count, DModel = 128, Heads = 4, Layers = 4, Context = context,
        }, sequences, threads);
        model.Initialise(seed: 1);
        var run = new TrainingRun(model, new AdamW(model, beta2: 0.99, weightDecay: 0.1), Schedule.Cosine(2e-3, 100, steps, 1e-4),
            new TextBatches(ids[..split], sequences, context, seed: 2))
        {
            HeldOut = new TextBatches(ids[split..], sequences, context, seed: 3), EvaluateEvery = 250, CheckpointPath = path,
        };
        return new(run, () => tokeniser.Decode(new Sampler(model, seed: 4) { Temperature = 0.8 }.Continue(tokeniser.Encode("\n\n"), 600)).Trim());
    }

    /// <summary>
    /// Tales word by word. Before half of them stand the last words of another, so that the model cannot know by the place alone
    /// where the name or the wish stood, and has to look. It learns from thousands of tales of the same grammar as those in
    /// <c>data/</c>, which it never sees: so few as lie there it would soon know by heart. Built as lessons 01 to 08 build it: pre-LN,
    /// ReLU, no biases in attention, an unembedding of its own.
    /// </summary>
    private static PreparedRun WordTales(ModelShape shape, int steps, int? threads, string? path)
    {
        var tokeniser = new WordTokeniser(Corpus.Tales.Generate());
        int[][] heldOut = Encoded(Corpus.Tales.Generate()), training = Encoded(TaleGenerator.Generate(seed: 11, length: 2_000_000));
        const int sequences = 16;
        var model = new FastTransformer(shape, sequences, threads);
        model.Initialise(seed: 1);
        var run = new TrainingRun(model, new AdamW(model, beta2: 0.99, weightDecay: 0.1), Schedule.Cosine(4e-3, 100, steps, 1e-4),
            new ExampleBatches(Examples(training), sequences, seed: 2) { PaddingId = WordTokeniser.Padding })
        {
            HeldOut = new ExampleBatches(Examples(heldOut), sequences, seed: 3) { PaddingId = WordTokeniser.Padding }, EvaluateEvery = 250, CheckpointPath = path,
        };
        return new(run, () => Ends(model, tokeniser, heldOut[..100]));

        int[][] Encoded(string text) => [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(tale => (int[])[WordTokeniser.Begin, .. tokeniser.Encode(tale), WordTokeniser.End])];

        Example[] Examples(int[][] tales)
        {
            var random = SeededRandom.Create(5);
            return [.. tales.Select((tale, i) =>
            {
                int room = Math.Min(shape.Context + 1 - tale.Length, i == 0 ? 0 : tales[i - 1].Length);
                int before = random.Next(2) == 0 ? 0 : random.Next(room + 1);
                return Example.NextToken([.. i == 0 ? [] : tales[i - 1][^before..], .. tale]);
            })];
        }
    }

    /// <summary>How many tales end with the name and the trade they began with, and one tale as the model ends it.</summary>
    private static string Ends(FastTransformer model, WordTokeniser tokeniser, int[][] tales)
    {
        int so = tokeniser.Vocabulary.IdOf("so"), names = 0, trades = 0;
        foreach (int[] tale in tales)
        {
            // 'so NAME the TRADE' begins the last sentence.
            int end = Array.LastIndexOf(tale, so);
            names += Next(tale[..(end + 1)]) == tale[end + 1] ? 1 : 0;
            trades += Next(tale[..(end + 3)]) == tale[end + 3] ? 1 : 0;
        }
        int[] first = tales[0][..^1], beginning = first[..(first.Length / 2)];
        string written = tokeniser.Decode(new Sampler(model) { Temperature = 0 }.Continue(beginning, 60, end: WordTokeniser.End));
        return string.Create(CultureInfo.InvariantCulture,
            $"{names} of {tales.Length} tales of data/tales.txt end with the name they began with, {trades} with the trade.\n{tokeniser.Decode(beginning[1..])} […] {written}");

        int Next(int[] ids)
        {
            var batch = new Batch(1, ids.Length);
            ids.CopyTo(batch.Inputs, 0);
            int size = model.Shape.Vocabulary;
            return Sampler.Likeliest(model.Logits(batch).Slice((ids.Length - 1) * size, size));
        }
    }

    private static PreparedRun Stories(int? threads, string? path, Architecture architecture)
    {
        var stories = StoryGenerator.FromFile(Corpus.Stories.Generate());
        var tokeniser = new WordTokeniser(string.Join('\n', stories.Select(story => story.Text)));
        var examples = stories.Select(story => Encode(story.Text)).ToArray();

        // What is held out are beginnings that never occur in training: the stories repeat.
        var heldOutBeginnings = stories.Select(story => story.Beginning).Distinct().Where((_, i) => i % 10 == 0).ToHashSet();
        Story[] heldOut = [.. stories.DistinctBy(story => story.Beginning).Where(story => heldOutBeginnings.Contains(story.Beginning))];
        Story[] training = [.. stories.Where(story => !heldOutBeginnings.Contains(story.Beginning))];

        const int sequences = 32, steps = 600;
        bool causal = architecture == Architecture.DecoderOnly;
        var model = new FastTransformer(new ModelShape
        {
            Architecture = architecture, Vocabulary = tokeniser.Vocabulary.Count, DModel = 64, Heads = 4, Layers = 2,
            Context = examples.Max(example => example.Length), Dropout = 0.05,
        }, sequences, threads);
        model.Initialise(seed: 1);
        var run = new TrainingRun(model, new AdamW(model, weightDecay: 0.05), Schedule.Cosine(3e-3, 50, steps, 1e-4), Batches(training, 2))
        {
            HeldOut = Batches(heldOut, 3), EvaluateEvery = 100, CheckpointPath = path,
        };
        return new(run, () => Answers(model, tokeniser, heldOut));

        int[] Encode(string text) => [WordTokeniser.Begin, .. tokeniser.Encode(text), WordTokeniser.End];

        ExampleBatches Batches(IEnumerable<Story> from, int seed) => new(
            [.. from.Select(story => causal ? Example.NextToken(Encode(story.Text)) : new Example(Encode(story.Text), Encode(story.Text)))], sequences, seed)
        {
            HideProbability = causal ? 0 : 0.15, MaskId = WordTokeniser.Mask, PaddingId = WordTokeniser.Padding,
        };
    }

    /// <summary>Counts for each kind of story how often the likeliest word is the right one.</summary>
    private static string Answers(FastTransformer model, WordTokeniser tokeniser, IReadOnlyList<Story> stories)
    {
        bool causal = model.Shape.Architecture == Architecture.DecoderOnly;
        var report = new StringBuilder();
        foreach (var kind in stories.GroupBy(story => story.Kind).OrderBy(group => group.Key))
        {
            int right = kind.Count(story => LikeliestAnswer(story) == story.Answer);
            report.Append(CultureInfo.InvariantCulture, $"{kind.Key.ToString().ToLowerInvariant(),-12} {right} of {kind.Count()} held-out answers right\n");
        }
        foreach (var story in stories.GroupBy(story => story.Kind).Select(group => group.First()))
            report.Append(CultureInfo.InvariantCulture, $"{story.Beginning} [{LikeliestAnswer(story)}]{story.End}\n");
        return report.ToString().TrimEnd();

        string LikeliestAnswer(Story story)
        {
            int[] beginning = [WordTokeniser.Begin, .. tokeniser.Encode(story.Beginning)];
            int[] ids = causal ? beginning : [.. beginning, WordTokeniser.Mask, .. tokeniser.Encode(story.End), WordTokeniser.End];
            var batch = new Batch(1, ids.Length);
            ids.CopyTo(batch.Inputs, 0);
            int place = causal ? beginning.Length - 1 : beginning.Length, size = model.Shape.Vocabulary;
            return tokeniser.Vocabulary[Sampler.Likeliest(model.Logits(batch).Slice(place * size, size))];
        }
    }

    /// <summary>
    /// Rows of letters to copy, reverse or sort, for the model that lesson 10 looks into. It learns from the rows of <c>data/sequences.tsv</c> and from
    /// ten times as many of the same kind; a tenth of those in the file are held out, and what is held out is in neither.
    /// </summary>
    private static PreparedRun Sequences(int? threads, string? path)
    {
        var tasks = SequenceGenerator.FromFile(Corpus.Sequences.Generate());
        var vocabulary = Models.Speller.Words;
        int begin = vocabulary.IdOf("<begin>"), end = vocabulary.IdOf("<end>");
        var heldOut = Models.Speller.HeldOut;
        var known = heldOut.ToHashSet();
        SequenceTask[] training = [.. tasks.Concat(SequenceGenerator.Generate(seed: 12, count: 40_000)).Where(task => !known.Contains(task))];

        const int sequences = 64, steps = 1500;
        var model = new FastTransformer(Models.Speller.Shape, sequences, threads);
        model.Initialise(seed: 1, InitialisationScheme.Xavier);
        var run = new TrainingRun(model, new AdamW(model, weightDecay: 0.05), Schedule.Cosine(3e-3, 100, steps, 1e-4), Batches(training, 2))
        {
            HeldOut = Batches(heldOut, 3), EvaluateEvery = 250, CheckpointPath = path,
        };
        return new(run, Score);

        ExampleBatches Batches(IEnumerable<SequenceTask> from, int seed) =>
            new([.. from.Select(task => Example.Translation(Source(task), [begin, .. Ids(task.Result), end]))], sequences, seed);

        int[] Source(SequenceTask task) => Models.Speller.Source(task.Task, task.Letters);

        IEnumerable<int> Ids(string letters) => letters.Select(letter => vocabulary.IdOf(letter.ToString()));

        string Score()
        {
            var report = new StringBuilder();
            foreach (var kind in heldOut.GroupBy(task => task.Task))
            {
                var answers = kind.Select(task => (Task: task, Written: Written(task))).ToArray();
                int right = answers.Count(answer => answer.Written == answer.Task.Result);
                report.Append(CultureInfo.InvariantCulture, $"{kind.Key,-8} {right} of {answers.Length} held-out rows right, e.g. {answers[0].Task.Letters} → {answers[0].Written}\n");
            }
            return report.ToString().TrimEnd();
        }

        string Written(SequenceTask task) => string.Concat(
            new Sampler(model) { Temperature = 0 }.Continue([begin], 12, Source(task), end).Select(id => vocabulary[id]));
    }
}
