using TransformerByHand.Layers;
using TransformerByHand.Text;
using TransformerByHand.Text.Corpora;
using TransformerByHand.Training.Kernels;
using TransformerByHand.Training.Model;
using TransformerByHand.Training.Optimisers;
using TransformerByHand.Training.Runs;

namespace TransformerByHand.Exercises;

/// <summary>A short training run of a small model on the tales, given by its choices, so that one of them can be taken away.</summary>
/// <remarks>
/// The model has the width 32, two heads and a feed-forward block of 128, and reads the tales word by word (208 tokens), 8 pieces of 32
/// words a step; one in twenty tales is held out. It computes with registers of eight floats on every machine, so that a run that
/// is sensitive to rounding comes out alike on machines that have wider ones.
/// </remarks>
public sealed record Trial
{
    private const int Width = 32, Heads = 2, Context = 32, Sequences = 8;

    private static readonly Lazy<(int[] Training, int[] HeldOut, int Vocabulary)> Words = new(() =>
    {
        string text = Corpus.Tales.Generate();
        var tokeniser = new WordTokeniser(text);
        int[] ids = tokeniser.Encode(text);
        int split = ids.Length / 20 * 19;
        return (ids[..split], ids[split..], tokeniser.Vocabulary.Count);
    });

    /// <summary>V: how many words the tales have, with the five special ones.</summary>
    public static int Vocabulary => Words.Value.Vocabulary;

    /// <summary>What the trial is called.</summary>
    public required string Name { get; init; }

    /// <summary>Where the norm stands, if there is one.</summary>
    public NormPlacement Norm { get; init; } = NormPlacement.Pre;

    /// <summary>The number of layers.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>How the matrices begin.</summary>
    public InitialisationScheme Scheme { get; init; } = InitialisationScheme.Gpt2;

    /// <summary>Whether AdamW takes the steps; if not, gradient descent with a momentum of 0.9.</summary>
    public bool Adam { get; init; } = true;

    /// <summary>η: the highest rate.</summary>
    public double Rate { get; init; } = 3e-3;

    /// <summary>How many steps the warm-up takes; 0 for none.</summary>
    public int WarmUp { get; init; } = 20;

    /// <summary>Whether the rate falls to a hundredth after the warm-up, along half a cosine.</summary>
    public bool Falls { get; init; } = true;

    /// <summary>The limit on the gradient's length; null for none.</summary>
    public double? Clip { get; init; } = 1;

    /// <summary>The probability of dropout.</summary>
    public double Dropout { get; init; }

    /// <summary>λ: the weight decay.</summary>
    public double Decay { get; init; } = 0.01;

    /// <summary>How many steps it takes.</summary>
    public int Steps { get; init; } = 200;

    /// <summary>How many words of the tales it learns from; 0 for all.</summary>
    public int WordsSeen { get; init; }

    /// <summary>After how many steps the held-out loss is measured; 0 for at the end alone.</summary>
    public int EvaluateEvery { get; init; }

    /// <summary>Sets the run up.</summary>
    /// <param name="seed">Decides the first weights and the batches.</param>
    /// <returns>A run that has not begun.</returns>
    public TrainingRun Prepare(int seed)
    {
        var (training, heldOut, vocabulary) = Words.Value;
        var model = new FastTransformer(new ModelShape
        {
            Vocabulary = vocabulary, DModel = Width, Heads = Heads, Layers = Layers, Context = Context, Placement = Norm, Dropout = Dropout,
        }, Sequences, threads: 1, KernelSet.Vector256);
        model.Initialise(seed, Scheme);
        Optimiser optimiser = Adam ? new AdamW(model, beta2: 0.99, weightDecay: Decay) : new Sgd(model, weightDecay: Decay);
        return new TrainingRun(model, optimiser, Schedule.Cosine(Rate, WarmUp, Steps, last: Falls ? Rate / 100 : Rate),
            new TextBatches(WordsSeen > 0 ? training[..WordsSeen] : training, Sequences, Context, seed: 100 + seed))
        {
            ClipNorm = Clip, Seed = seed, HeldOut = new TextBatches(heldOut, Sequences, Context, seed: 1), HeldOutBatches = 16, EvaluateEvery = EvaluateEvery,
        };
    }

    /// <summary>The loss of one who knows how often each word occurs, and nothing else: measured on the held-out tales, in nats a word.</summary>
    public static double FrequencyLoss
    {
        get
        {
            var (training, heldOut, vocabulary) = Words.Value;
            double[] counts = [.. Enumerable.Repeat(1.0, vocabulary)];   // 1 for a word that was never met
            foreach (int id in training) counts[id]++;
            return heldOut.Average(id => Math.Log((training.Length + vocabulary) / counts[id]));
        }
    }

    /// <summary>Trains each of some trials on several seeds, as many at once as there are cores.</summary>
    /// <param name="trials">The trials; their names differ.</param>
    /// <param name="seeds">How many seeds, from 1.</param>
    public static TrialResults Compare(IReadOnlyList<Trial> trials, int seeds = 5)
    {
        ArgumentNullException.ThrowIfNull(trials);
        ArgumentOutOfRangeException.ThrowIfLessThan(seeds, 1);
        var runs = trials.Select(_ => new TrialRun[seeds]).ToArray();
        Parallel.For(0, trials.Count * seeds, i => runs[i / seeds][i % seeds] = trials[i / seeds].Train(1 + i % seeds));
        return new(trials, runs);
    }

    private TrialRun Train(int seed)
    {
        TrainingRun run = Prepare(seed);
        try
        {
            run.Run(Steps);
        }
        catch (ArithmeticException)
        {
            // What diverged is as far from the words as can be; its history says how far it came.
        }
        double heldOut = run.StepsTaken == Steps && run.History.Evaluations is [.., var last] && double.IsFinite(last.Loss) ? last.Loss : double.PositiveInfinity;
        return new([.. run.History.Steps.Select(step => step.Loss)], run.History.Evaluations, heldOut);
    }
}

/// <summary>One run of a trial.</summary>
/// <param name="Losses">The loss of each step, in nats a word.</param>
/// <param name="Evaluations">The losses on held-out tales along the way.</param>
/// <param name="HeldOut">The loss on held-out tales at the end; infinite if the run diverged.</param>
public sealed record TrialRun(IReadOnlyList<double> Losses, IReadOnlyList<Evaluation> Evaluations, double HeldOut);
