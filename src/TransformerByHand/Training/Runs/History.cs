using TransformerByHand.Figures;

namespace TransformerByHand.Training.Runs;

/// <summary>What a run has gone through, step by step.</summary>
public sealed class History
{
    private readonly List<TrainingStep> steps = [];
    private readonly List<Evaluation> evaluations = [];

    /// <summary>The steps, from the first.</summary>
    public IReadOnlyList<TrainingStep> Steps => steps;

    /// <summary>The evaluations, from the first.</summary>
    public IReadOnlyList<Evaluation> Evaluations => evaluations;

    /// <summary>The mean loss of the last steps.</summary>
    /// <param name="count">How many, at most all there are.</param>
    public double RecentLoss(int count = 50) =>
        steps.Count == 0 ? double.NaN : steps.Skip(steps.Count - Math.Min(count, steps.Count)).Average(step => step.Loss);

    /// <summary>Draws the loss: each point the mean of some steps, and the evaluations beside it.</summary>
    /// <param name="title">The figure's title.</param>
    /// <param name="points">How many points the line of training losses has at most.</param>
    /// <exception cref="InvalidOperationException">There are no steps yet.</exception>
    public LineChart ToChart(string title = "Loss", int points = 200)
    {
        if (steps.Count == 0) throw new InvalidOperationException("There are no steps to draw yet.");
        int each = Math.Max(1, (steps.Count + points - 1) / points);
        var means = steps.Chunk(each).ToArray();
        List<Series> series = [new("training", means.Select(chunk => chunk.Average(step => (double)step.Number)), means.Select(chunk => chunk.Average(step => step.Loss)))];
        if (evaluations.Count > 0)
            series.Add(new("held out", evaluations.Select(evaluation => (double)evaluation.Step), evaluations.Select(evaluation => evaluation.Loss)));
        return new LineChart { Title = title, X = Axis.Linear("step"), Y = Axis.Linear("loss (nats a token)"), Series = series };
    }

    internal void Add(TrainingStep step) => steps.Add(step);

    internal void Add(Evaluation evaluation) => evaluations.Add(evaluation);

    internal void Reserve(int more) => steps.EnsureCapacity(steps.Count + more);
}

/// <summary>One step of a run.</summary>
/// <param name="Number">Which, from 1.</param>
/// <param name="Loss">The loss before the step, in nats a token.</param>
/// <param name="LearningRate">η.</param>
/// <param name="GradientNorm">The length of the gradient before clipping.</param>
public readonly record struct TrainingStep(int Number, double Loss, double LearningRate, double GradientNorm);

/// <summary>A measurement on held-out data.</summary>
/// <param name="Step">After how many steps.</param>
/// <param name="Loss">The mean loss.</param>
public readonly record struct Evaluation(int Step, double Loss);
