using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Models;
using TransformerByHand.Text.Corpora;
using TransformerByHand.Training.Model;
using TransformerByHand.Training.Optimisers;
using TransformerByHand.Training.Runs;

namespace TransformerByHand.Exercises;

/// <summary>A small encoder–decoder, trained on one task from one seed.</summary>
/// <param name="Variant">How it differs from the others.</param>
/// <param name="Seed">Where its random numbers began.</param>
/// <param name="Loss">The loss on held-out rows, in nats a letter.</param>
/// <param name="Right">The part of 60 held-out rows that it gets right.</param>
/// <param name="Looking">Where it looks, and what its answers depend on.</param>
public sealed record SmallRun(string Variant, int Seed, double Loss, double Right, Looking Looking);

public static partial class Lesson10
{
    /// <summary>The variants that <see cref="Train"/> knows.</summary>
    public static IReadOnlyList<string> Variants { get; } = ["pre-LN", "post-LN", "no norm", "no positions"];

    /// <summary>
    /// Trains a small encoder–decoder (one layer in each stack, width 32, two heads) on one task alone: batches of 32 rows, AdamW, a rate of 5e-3 that
    /// is warmed up over 50 steps and then falls as a cosine.
    /// </summary>
    /// <param name="task">One of <see cref="Speller.Tasks"/>.</param>
    /// <param name="variant">One of <see cref="Variants"/>.</param>
    /// <param name="seed">Where the random numbers begin.</param>
    /// <param name="steps">How many steps.</param>
    /// <exception cref="ArgumentException">There is no such variant.</exception>
    public static SmallRun Train(string task, string variant, int seed, int steps = 300)
    {
        if (!Variants.Contains(variant)) throw new ArgumentException($"There is no variant '{variant}'; there is {string.Join(", ", Variants)}.", nameof(variant));
        const int sequences = 32;
        var heldOut = Speller.HeldOut.Where(row => row.Task == task).ToArray();
        var known = heldOut.ToHashSet();
        var model = new FastTransformer(new ModelShape
        {
            Architecture = Architecture.EncoderDecoder, Vocabulary = Speller.Words.Count, DModel = 32, Heads = 2, Layers = 1, Context = 16, Activation = Activation.ReLU,
            Placement = variant switch { "post-LN" => NormPlacement.Post, "no norm" => NormPlacement.None, _ => NormPlacement.Pre },
            Positions = variant == "no positions" ? Positions.None : Positions.Learned,
        }, sequences);
        model.Initialise(seed, InitialisationScheme.Xavier);
        var run = new TrainingRun(model, new AdamW(model, weightDecay: 0.05), Schedule.Cosine(5e-3, 50, steps, 1e-4),
            Batches(SequenceGenerator.Generate(seed: 12, count: 30_000).Where(row => row.Task == task && !known.Contains(row)), 2 + seed)) { HeldOut = Batches(heldOut, 3) };
        run.Run(steps);
        var sampler = new Sampler(model) { Temperature = 0 };
        var (right, of) = RowsRight(task, row => string.Concat(sampler.Continue([Speller.Words.IdOf("<begin>")], 10, Speller.Source(task, row.Letters), Speller.Words.IdOf("<end>")).Select(id => Speller.Words[id])), 60);
        return new(variant, seed, run.Evaluate(), (double)right / of, WhereItLooks(model.ToTransformer(), task, 20));

        ExampleBatches Batches(IEnumerable<SequenceTask> rows, int batchSeed) =>
            new([.. rows.Select(row => Example.Translation(Speller.Source(row.Task, row.Letters), [.. Target(row.Result), Speller.Words.IdOf("<end>")]))], sequences, batchSeed);
    }

    /// <summary>
    /// What a backward pass with a fresh mask does to a gradient, on average over many draws: for the loss ½‖D(x)‖², whose gradient is x ⊙ M ⊙ M with the
    /// mask M of the forward pass.
    /// </summary>
    /// <param name="p">The probability of dropout.</param>
    /// <param name="draws">How many draws.</param>
    /// <returns>The mean gradient at x = 1 with the same mask, with a fresh one; and in what part of the draws the fresh one's is another.</returns>
    public static (double Same, double Fresh, double Differ) FreshMask(double p, int draws)
    {
        var dropout = new Dropout(p);
        var (random, other) = (SeededRandom.Create(24), SeededRandom.Create(25));
        var X = Matrix<double>.Build.Dense(draws, 1, 1.0);
        var (Y, trace) = dropout.Forward(X, random);
        var (_, fresh) = dropout.Forward(X, other);
        var (same, wrong) = (dropout.Backward(trace, Y).dX, dropout.Backward(fresh, Y).dX);
        return (same.Enumerate().Average(), wrong.Enumerate().Average(), Enumerable.Range(0, draws).Average(i => same[i, 0] == wrong[i, 0] ? 0.0 : 1.0));
    }

    /// <summary>How many held-out rows the speller gets right when one block of its encoder or decoder writes nothing.</summary>
    /// <param name="speller">The model.</param>
    /// <param name="task">One of <see cref="Speller.Tasks"/>.</param>
    /// <param name="silent">Which block: <c>encoder attention</c>, <c>encoder feed-forward</c>, <c>decoder self-attention</c>, <c>cross-attention</c>, <c>decoder feed-forward</c>, or empty for none.</param>
    /// <returns>The part of 40 rows.</returns>
    public static double RightWithout(Speller speller, string task, string silent)
    {
        ArgumentNullException.ThrowIfNull(speller);
        var model = speller.Model;
        EncoderStepFunction encoder = (X, attention, feedForward, norm1, norm2, pre) => Encoded(
            X, x => Unless("encoder attention", attention(x)), x => Unless("encoder feed-forward", feedForward(x)), norm1, norm2, pre);
        DecoderStepFunction decoder = (X, M, self, cross, feedForward, norm1, norm2, norm3) => Decoded(
            X, M, (asks, asked, causal) => Unless("decoder self-attention", self(asks, asked, causal)), (asks, asked, causal) => Unless("cross-attention", cross(asks, asked, causal)),
            x => Unless("decoder feed-forward", feedForward(x)), norm1, norm2, norm3);
        var (right, of) = RowsRight(task, row => speller.Do(task, row.Letters, (source, target) =>
        {
            var M = Norm(model.Encoder.Norm!, Step(model.Encoder.Layers[0], encoder, model.Source.Forward(source).X));
            var Y = Step(model.Decoder.Layers[0], decoder, model.Target.Forward(target).X, M);
            return model.Unembedding.Forward(Norm(model.Decoder.Norm!, Y)).Y;
        }).Written, 40);
        return (double)right / of;

        Matrix<double> Unless(string name, Matrix<double> write) => name == silent ? 0 * write : write;
    }
}
