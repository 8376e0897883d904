using MathNet.Numerics.Statistics;
using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;
using TransformerByHand.Models;
using TransformerByHand.Training.Kernels;
using TransformerByHand.Training.Model;
using TransformerByHand.Training.Optimisers;
using TransformerByHand.Training.Runs;

namespace TransformerByHand.Exercises;

/// <summary>A small model that was trained on short rows and read longer ones.</summary>
/// <param name="Name">How it knows where a letter stands.</param>
/// <param name="Seed">What decided its first weights and rows.</param>
/// <param name="Right">For each place from 0, the share of rows in which it says the right next letter; NaN where that cannot be known.</param>
public sealed record LengthRun(string Name, int Seed, IReadOnlyList<double> Right)
{
    /// <summary>The mean over the places of the trained length at which the next letter can be known.</summary>
    public double Within => Right.Take(Lesson14.TrainedLength).Where(double.IsFinite).Average();

    /// <summary>The mean over the places beyond it.</summary>
    public double Beyond => Right.Skip(Lesson14.TrainedLength).Average();
}

public static partial class Lesson14
{
    /// <summary>How long the rows are that the models of the length experiment are trained on.</summary>
    public const int TrainedLength = 20;

    /// <summary>How long the rows are that they then read.</summary>
    public const int ReadLength = 40;

    private const int RowLetters = 16, RowBack = 3;

    /// <summary>Trains a model of two layers on rows of 20 random letters to say at every place which letter stood three places before, and has it read rows of 40.</summary>
    /// <remarks>
    /// Width 32, two heads, 16 letters. It computes with registers of eight floats on every machine. The learned positions have vectors for 40
    /// places, of which the last 20 never see a gradient. (Rows that repeat, as in lesson 13, would not do: beyond place 20 the answer still stands before it.)
    /// </remarks>
    /// <param name="positions">How the model knows where a letter stands.</param>
    /// <param name="seed">Decides the first weights and the rows.</param>
    /// <param name="steps">How many steps.</param>
    public static LengthRun TrainShort(Positions positions, int seed, int steps = 400)
    {
        const int sequences = 16, tested = 64;
        var shape = new ModelShape
        {
            Vocabulary = RowLetters, DModel = 32, Heads = 2, Layers = 2, DFF = 32, Context = ReadLength, Activation = Activation.ReLU, AttentionBias = false,
            Positions = positions, EmbeddingScale = Math.Sqrt(32),
        };
        var model = new FastTransformer(shape, tested, threads: 1, KernelSet.Vector256);
        model.Initialise(seed, InitialisationScheme.Xavier);
        var run = new TrainingRun(model, new AdamW(model, beta2: 0.99, weightDecay: 0.01), Schedule.Cosine(5e-3, 1, steps, 1e-4),
            new LookBackBatches(RowLetters, sequences, TrainedLength, RowBack, 100 + seed));
        run.Run(steps);

        var test = new LookBackBatches(RowLetters, tested, ReadLength, RowBack, seed: 4);
        Batch batch = test.MakeBatch();
        test.Fill(batch, 0);
        ReadOnlySpan<float> logits = model.Logits(batch);
        var right = new double[ReadLength];
        var asked = new int[ReadLength];
        for (int row = 0; row < tested; row++)
            for (int place = 0; place < ReadLength; place++)
            {
                int target = batch.Targets[row * ReadLength + place];
                if (target == Batch.Ignored) continue;
                asked[place]++;
                if (Sampler.Likeliest(logits.Slice((row * ReadLength + place) * RowLetters, RowLetters)) == target) right[place]++;
            }
        return new(NameOf(positions), seed, [.. right.Select((count, place) => asked[place] == 0 ? double.NaN : count / asked[place])]);
    }

    /// <summary>Trains with several kinds of positions on several seeds, as many at once as there are cores.</summary>
    /// <param name="seeds">How many seeds, from 1.</param>
    /// <param name="positions">The kinds.</param>
    public static IReadOnlyList<LengthRun> TrainShort(int seeds, params Positions[] positions)
    {
        ArgumentNullException.ThrowIfNull(positions);
        var runs = new LengthRun[positions.Length * seeds];
        Parallel.For(0, runs.Length, i => runs[i] = TrainShort(positions[i / seeds], 1 + i % seeds));
        return runs;
    }

    /// <summary>Which run is right most often beyond the trained length, as a letter: "a" for the first, "b" for the second, and so on.</summary>
    /// <param name="runs">The runs, of different kinds.</param>
    public static string ReadsOn(IReadOnlyList<LengthRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        return ((char)('a' + Enumerable.Range(0, runs.Count).MaxBy(i => runs[i].Beyond))).ToString();
    }

    /// <summary>The share of right letters against the place, a line a run.</summary>
    /// <param name="runs">The runs, of different kinds.</param>
    public static LineChart LengthFigure(IReadOnlyList<LengthRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        double[] places = [.. Enumerable.Range(RowBack, ReadLength - RowBack).Select(place => (double)place)];
        return new()
        {
            Title = $"Trained on rows of {TrainedLength}, read rows of {ReadLength}", Height = 300,
            X = Axis.Linear("place"), Y = Axis.Linear("share of right letters", min: 0, max: 1),
            Series = [.. runs.Select(run => new Series(run.Name, places, places.Select(place => Math.Round(run.Right[(int)place], 2))) { Markers = false })],
            References = [Reference.X(TrainedLength, "trained up to here")],
        };
    }

    /// <summary>Right letters within the trained length and beyond it: where there are several seeds, the run in the middle, the worst and the best.</summary>
    /// <param name="runs">The runs.</param>
    public static Table LengthTable(IReadOnlyList<LengthRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var kinds = runs.GroupBy(run => run.Name).ToList();
        return kinds.Count == runs.Count
            ? new Table("positions", "right within 20", "right beyond") { Digits = 2 }.RowForEach(runs, run => [run.Name, run.Within, run.Beyond])
            : new Table("positions", "within, median", "beyond, median", "beyond, worst", "beyond, best") { Digits = 2 }.RowForEach(kinds, kind =>
                [kind.Key, kind.Select(run => run.Within).Median(), kind.Select(run => run.Beyond).Median(), kind.Min(run => run.Beyond), kind.Max(run => run.Beyond)]);
    }

    private static string NameOf(Positions positions) => positions switch
    {
        Positions.Learned => "learned",
        Positions.Sinusoidal => "sines",
        Positions.None => "none",
        Positions.Rotary => "RoPE",
        _ => "ALiBi",
    };
}
