using System.Globalization;
using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Models;
using TransformerByHand.Text;
using TransformerByHand.Text.Corpora;
using TransformerByHand.Training.Kernels;
using TransformerByHand.Training.Model;
using TransformerByHand.Training.Optimisers;
using TransformerByHand.Training.Runs;

namespace TransformerByHand.Exercises;

/// <summary>Functions of the reader's that train in place of the solutions. Each is null where the solution is wanted.</summary>
public sealed record TrainingParts
{
    /// <summary>11.3.</summary>
    public Lesson11.AdamWStepFunction? AdamWStep { get; init; }

    /// <summary>11.4.</summary>
    public Lesson11.WarmUpFunction? WarmUp { get; init; }

    /// <summary>11.5.</summary>
    public Lesson11.ClipFunction? Clip { get; init; }

    /// <summary>11.6.</summary>
    public Lesson11.TrainFunction? Train { get; init; }
}

/// <summary>A small causal model that learns to write tales, trained by a loop from outside or by the library's.</summary>
/// <remarks>
/// Width 64, two pre-LN layers of four heads, a feed-forward block of 256, a context of 64 tokens, 8 pieces a step. Forward and backward run
/// in the float32 engine, with registers of eight floats on every machine, so that the run comes out alike on machines that have wider ones.
/// The model always has the weights it was last asked about: whatever stops the training, they are kept.
/// </remarks>
public sealed class TaleWriter
{
    /// <summary>d_model.</summary>
    public const int Width = 64;

    private const int Context = 64, Sequences = 8;

    private readonly FastTransformer model;
    private readonly TextBatches data;
    private readonly Batch batch;
    private readonly double[] decays;

    /// <summary>Makes a model that has learned nothing yet.</summary>
    /// <param name="tokeniser">How the tales are cut.</param>
    /// <param name="seed">Decides the first weights and the batches.</param>
    public TaleWriter(ITokeniser tokeniser, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(tokeniser);
        Tokeniser = tokeniser;
        model = new FastTransformer(new ModelShape
        {
            Vocabulary = tokeniser.Vocabulary.Count, DModel = Width, Heads = 4, Layers = 2, Context = Context,
        }, Sequences, threads: 1, KernelSet.Vector256);
        model.Initialise(seed);
        data = new TextBatches(tokeniser.Encode(Corpus.Tales.Generate()), Sequences, Context, seed: 100 + seed);
        batch = data.MakeBatch();
        decays = [.. model.Weights.All.SelectMany(weight => Enumerable.Repeat(Optimiser.Decays(weight) ? 0.1 : 0, weight.Count))];
    }

    /// <summary>How text is cut.</summary>
    public ITokeniser Tokeniser { get; }

    /// <summary>The weights as they are, one after the other (a copy).</summary>
    public double[] Weights
    {
        get
        {
            List<double> weights = [];
            foreach (var weight in model.Weights.All)
                foreach (float w in weight.Values) weights.Add(w);
            return [.. weights];
        }
    }

    /// <summary>λ for each weight: 0.1 for matrices and tables, 0 for biases and for γ.</summary>
    public IReadOnlyList<double> Decays => decays;

    /// <summary>Takes weights, draws a batch, and goes forward and backward.</summary>
    /// <param name="weights">The weights, as many as the model has; it keeps them.</param>
    /// <param name="number">Which batch, from 0.</param>
    /// <returns>The loss in nats a token, and its gradient for each weight.</returns>
    /// <exception cref="ArgumentException">There is another number of weights, or one is not finite.</exception>
    public (double Loss, double[] Gradient) At(double[] weights, int number)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.Length != decays.Length) throw new ArgumentException($"There are {weights.Length} weights, but should be {decays.Length}, one for each of the model's.", nameof(weights));
        int next = 0;
        foreach (var weight in model.Weights.All)
        {
            var values = weight.Values;
            for (int i = 0; i < values.Length; i++)
                values[i] = double.IsFinite(weights[next++]) ? (float)weights[next - 1]
                    : throw new ArgumentException($"A weight of {weight.Name} is {Numbers.Format(weights[next - 1])}: the run has diverged, or a step divided by 0. Check the update of the step before batch {number}.", nameof(weights));
        }
        data.Fill(batch, number);
        model.Weights.ClearGradients();
        double loss = model.Backpropagate(batch);
        var gradient = new double[weights.Length];
        next = 0;
        foreach (var weight in model.Weights.All)
            foreach (float g in weight.Gradient) gradient[next++] = g;
        return (loss, gradient);
    }

    /// <summary>Trains with functions of yours, and tells the first loss and then the mean of every fifty steps.</summary>
    /// <param name="with">The functions; the solution takes the place of one that is null or not written yet.</param>
    /// <param name="steps">How many steps.</param>
    /// <param name="warmUp">How many of them are warm-up.</param>
    /// <param name="limit">The limit on the gradient's length.</param>
    /// <param name="output">Where the lines go; the console if not given.</param>
    /// <returns>The losses, to be shown as a curve.</returns>
    public TrainedWriter Learn(TrainingParts with, int steps, int warmUp = 100, double limit = 1, TextWriter? output = null)
    {
        ArgumentNullException.ThrowIfNull(with);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        output ??= Console.Out;
        var step = Lesson11.Own(with.AdamWStep, Lesson11.AdamWStep.ReferenceSolution, f => f([0], [0], [0], [0], 1, 0, [0]));
        var schedule = Lesson11.Own(with.WarmUp, Lesson11.WarmUp.ReferenceSolution, f => f(1, 1, 1));
        var clip = Lesson11.Own(with.Clip, Lesson11.Clip.ReferenceSolution, f => f([[0]], 1));
        var train = Lesson11.Own(with.Train, Lesson11.Train.ReferenceSolution, f => f([0], (_, _) => (0, [0]), g => g, _ => 0, (w, _, m, v, _, _) => (w, m, v), 0));
        (string Name, bool Own)[] parts = [("Train", train.IsOwn), ("AdamWStep", step.IsOwn), ("WarmUp", schedule.IsOwn), ("Clip", clip.IsOwn)];

        List<double> recent = [];
        int taken = 0;
        var (end, losses) = train.Function(
            Weights,
            (w, number) =>
            {
                var (loss, gradient) = At(w, number);
                recent.Add(loss);
                taken++;
                if (taken == 1 || taken % 50 == 0)
                {
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"step {taken,4}  loss {recent.Average():F2}"));
                    output.Flush();
                    recent.Clear();
                }
                return (loss, gradient);
            },
            g => clip.Function([g], limit)[0],
            s => schedule.Function(s, Width, warmUp),
            (w, g, m, v, s, η) => step.Function(w, g, m, v, s, η, decays),
            steps);
        At(end, 0);
        return new(losses, [.. parts.Where(part => part.Own).Select(part => part.Name)], [.. parts.Where(part => !part.Own).Select(part => part.Name)]);
    }

    /// <summary>The same training by the library's loop, which can be stopped and called again, evaluates and saves.</summary>
    /// <param name="warmUp">How many steps the warm-up takes.</param>
    public TrainingRun Run(int warmUp = 100) =>
        new(model, new AdamW(model, beta2: 0.99, weightDecay: 0.1), Schedule.InverseRoot(Width, warmUp), data);

    /// <summary>Writes a tale on.</summary>
    /// <param name="beginning">How it begins.</param>
    /// <param name="tokens">How many tokens to write at most.</param>
    /// <param name="temperature">0 takes the likeliest token each time, 1 draws as the model says.</param>
    /// <param name="seed">Decides what is drawn.</param>
    /// <returns>The tale, to its end or as far as the tokens reach.</returns>
    public WrittenText Write(string beginning, int tokens = 160, double temperature = 0.5, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(beginning);
        int[] prompt = Tokeniser.Encode("\n\n" + beginning.Trim());
        string written = Tokeniser.Decode(new Sampler(model, seed) { Temperature = temperature }.Continue(prompt, tokens));
        int end = written.IndexOf('\n', StringComparison.Ordinal);
        return new(beginning.Trim(), end < 0 ? written : written[..end]);
    }
}

/// <summary>A training that was gone through.</summary>
/// <param name="Losses">The loss of each step, in nats a token.</param>
/// <param name="Used">The reader's functions that took part.</param>
/// <param name="Missing">Those that are not written yet, so that the solutions took their place.</param>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public sealed record TrainedWriter(IReadOnlyList<double> Losses, IReadOnlyList<string> Used, IReadOnlyList<string> Missing) : IShown
{
    /// <summary>The loss over the steps, each point the mean of ten.</summary>
    public LineChart Figure()
    {
        var means = Losses.Chunk(10).Select((chunk, i) => (Step: 10.0 * i + chunk.Length / 2.0, Loss: chunk.Average())).ToArray();
        string by = (Used.Count > 0 ? $", trained by your {string.Join(", ", Used)}" : "") + (Missing.Count > 0 ? $" (not written yet, so the solution's: {string.Join(", ", Missing)})" : "");
        return new()
        {
            Title = $"The loss of your model{by}",
            X = Axis.Linear("step"), Y = Axis.Linear("loss, nats a token", min: 0),
            Series = [new("", means.Select(mean => mean.Step), means.Select(mean => mean.Loss)) { Markers = false }],
        };
    }

    /// <inheritdoc/>
    public string ToHtml() => Figure().ToHtml();

    /// <inheritdoc/>
    public string ToText() => Figure().ToText();
}
