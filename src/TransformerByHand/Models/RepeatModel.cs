using System.Globalization;
using TransformerByHand.Layers;
using TransformerByHand.Training.Kernels;
using TransformerByHand.Training.Model;
using TransformerByHand.Training.Optimisers;
using TransformerByHand.Training.Runs;

namespace TransformerByHand.Models;

/// <summary>A small causal model that learned to go on with rows of letters that repeat (<see cref="RepeatBatches"/>).</summary>
/// <remarks>
/// <para>
/// 24 letters; rows of 40, which repeat after 6 to 18; d_model is 32, 2 heads of d_k = 16 a layer without biases, a feed-forward block
/// with ReLU, 32 wide inside; pre-LN; positions are sines and cosines, and an embedded letter is multiplied by √d_model as in Vaswani
/// et al. 2017. One has two layers, one has one.
/// </para>
/// <para>
/// The weights lie in <c>data/repeats.safetensors</c> and <c>data/repeats-one-layer.safetensors</c>, made by
/// <c>dotnet run --project src/Course -- train repeats</c> and <c>train repeats-one-layer</c>.
/// </para>
/// </remarks>
public static class RepeatModel
{
    /// <summary>V: how many letters there are.</summary>
    public const int Letters = 24;

    /// <summary>How many letters a row has.</summary>
    public const int Length = 40;

    /// <summary>The smallest N, after which a row repeats.</summary>
    public const int Least = 6;

    /// <summary>The largest N.</summary>
    public const int Most = 18;

    internal const int Steps = 1200;

    /// <summary>A model as it was trained. Every call makes one of its own.</summary>
    /// <param name="layers">2, or 1.</param>
    public static CausalLanguageModel Load(int layers) => (CausalLanguageModel)StoredModel.Load(layers == 1 ? "repeats-one-layer" : "repeats", Shape(layers, Positions.Sinusoidal, Letters, feedForward: true));

    /// <summary>Rows to measure a model on.</summary>
    /// <param name="count">How many.</param>
    /// <param name="n">After how many letters they repeat; a number of its own for each row where it is null.</param>
    /// <param name="letters">V.</param>
    public static IReadOnlyList<int[]> Rows(int count, int? n = null, int letters = Letters)
    {
        var source = new RepeatBatches(letters, count, Length, n ?? Least, n ?? Most, seed: 4);
        Batch batch = source.MakeBatch();
        source.Fill(batch, 0);
        return [.. batch.Inputs.Chunk(Length)];
    }

    /// <summary>A run that has not begun.</summary>
    /// <param name="layers">The number of layers.</param>
    /// <param name="seed">Draws the first weights and the rows.</param>
    /// <param name="n">After how many letters every row repeats; a number of its own for each row where it is null.</param>
    /// <param name="positions">How the model knows where a letter stands.</param>
    /// <param name="letters">V.</param>
    /// <param name="threads">How many threads work; one for each core where it is null.</param>
    /// <param name="path">Where the run is saved, or null for nowhere.</param>
    /// <param name="feedForward">Whether its layers have a feed-forward block; attention alone where not.</param>
    /// <param name="kernels">The kernels; the widest this machine has where it is null.</param>
    public static TrainingRun Prepare(
        int layers, int seed, int? n = null, Positions positions = Positions.Sinusoidal, int letters = Letters, int? threads = null, string? path = null, bool feedForward = true,
        KernelSet? kernels = null)
    {
        const int sequences = 16;
        var model = new FastTransformer(Shape(layers, positions, letters, feedForward), sequences, threads, kernels);
        model.Initialise(seed, InitialisationScheme.Xavier);
        return new(model, new AdamW(model, beta2: 0.99, weightDecay: 0.01), Schedule.Cosine(5e-3, 1, Steps, 1e-4), Batches(100 + seed))
        {
            HeldOut = Batches(3), EvaluateEvery = 200, CheckpointPath = path,
        };

        RepeatBatches Batches(int batchSeed) => new(letters, sequences, Length, n ?? Least, n ?? Most, batchSeed);
    }

    internal static PreparedRun Recipe(int layers, int? threads, string? path)
    {
        TrainingRun run = Prepare(layers, seed: 1, threads: threads, path: path);
        return new(run, () =>
        {
            CausalLanguageModel model = (CausalLanguageModel)run.Model.ToLanguageModel();
            int[] row = Rows(1)[0];
            int n = Array.IndexOf(row, row[0], 1);
            string said = string.Concat(Enumerable.Range(n, Length - n - 1).Select(i => Letter(model.Forward(row[..(i + 1)]).Logits.Row(i).MaximumIndex())));
            return string.Create(CultureInfo.InvariantCulture, $"{string.Concat(row.Take(n + 1).Select(Letter))}|{string.Concat(row.Skip(n + 1).Select(Letter))}\n{new string(' ', n + 1)}|{said}");
        });
    }

    /// <summary>The letter of an id: <c>a</c> for 0.</summary>
    /// <param name="id">From 0 to <see cref="Letters"/> − 1.</param>
    public static string Letter(int id) => ((char)('a' + id)).ToString();

    private static ModelShape Shape(int layers, Positions positions, int letters, bool feedForward) => new()
    {
        Vocabulary = letters, DModel = 32, Heads = 2, Layers = layers, HasFeedForward = feedForward, DFF = 32, Context = Length, Activation = Activation.ReLU, AttentionBias = false,
        Positions = positions, EmbeddingScale = Math.Sqrt(32),
    };
}
