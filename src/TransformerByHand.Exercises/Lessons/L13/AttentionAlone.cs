using MathNet.Numerics.Statistics;
using TransformerByHand.Display;
using TransformerByHand.Layers;
using TransformerByHand.Models;
using TransformerByHand.Training.Kernels;
using TransformerByHand.Training.Model;
using TransformerByHand.Training.Runs;

namespace TransformerByHand.Exercises;

// Do induction heads need the feed-forward blocks between them?
public static partial class Lesson13
{
    /// <summary>Trains models with and without feed-forward blocks on rows that repeat, and measures on other rows how well they go on and whether a head has the score.</summary>
    /// <remarks>Every model is trained as those of <see cref="Watch"/>. They compute with registers of eight floats on every machine, as many at once as there are cores.</remarks>
    /// <param name="seeds">How many models of each kind, 1 or more.</param>
    /// <param name="steps">How many steps each model takes, at most 1,200.</param>
    /// <returns>
    /// A row for two layers with feed-forward blocks, for two of attention alone and for one of attention alone: how many weights a model has; its loss, in nats a letter;
    /// and the score of its head with the highest, from the lowest to the highest of the models.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The number of seeds is below 1.</exception>
    public static Table AttentionAlone(int seeds = 5, int steps = 600)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seeds, 1);
        (string Name, int Layers, bool FeedForward)[] kinds = [("two layers, with feed-forward", 2, true), ("two layers, attention alone", 2, false), ("one layer, attention alone", 1, false)];
        IReadOnlyList<int[]> rows = RepeatModel.Rows(8);
        var trained = new (int Weights, double Loss, double Score)[kinds.Length, seeds];
        Parallel.For(0, trained.Length, i => trained[i / seeds, i % seeds] = Trained(kinds[i / seeds].Layers, kinds[i / seeds].FeedForward, seed: 1 + i % seeds));
        return new Table("model", "weights", "loss: lowest", "median", "highest", "score: lowest", "median", "highest") { Caption = $"{seeds} seeds, {steps} steps", Digits = 2 }
            .RowForEach(Enumerable.Range(0, kinds.Length), kind =>
            {
                var models = Enumerable.Range(0, seeds).Select(seed => trained[kind, seed]).ToList();
                return [kinds[kind].Name, models[0].Weights, .. Spread(models.Select(model => model.Loss)), .. Spread(models.Select(model => model.Score))];
            });

        (int Weights, double Loss, double Score) Trained(int layers, bool feedForward, int seed)
        {
            TrainingRun run = RepeatModel.Prepare(layers, seed, threads: 1, feedForward: feedForward, kernels: KernelSet.Vector256);
            run.Run(steps);
            LanguageModel model = run.Model.ToLanguageModel();
            return (run.Model.Weights.Count, RepeatLoss(model, rows), ScoresOfHeads(InductionScore.ReferenceSolution, model, rows).Cast<double>().Max());
        }

        static object?[] Spread(IEnumerable<double> numbers) => [numbers.Min(), numbers.Median(), numbers.Max()];
    }
}
