using TransformerByHand.Display;
using TransformerByHand.Figures;

namespace TransformerByHand.Exercises;

/// <summary>What came of some trials on several seeds each.</summary>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public sealed class TrialResults : IShown
{
    private readonly IReadOnlyList<Trial> trials;
    private readonly IReadOnlyList<IReadOnlyList<TrialRun>> runs;

    internal TrialResults(IReadOnlyList<Trial> trials, IReadOnlyList<IReadOnlyList<TrialRun>> runs) => (this.trials, this.runs) = (trials, runs);

    /// <summary>The trials' names, in order.</summary>
    public IEnumerable<string> Names => trials.Select(trial => trial.Name);

    /// <summary>The runs of a trial, in the order of the seeds.</summary>
    /// <param name="name">The trial's name.</param>
    /// <exception cref="ArgumentException">There is no such trial.</exception>
    public IReadOnlyList<TrialRun> Runs(string name) => trials.Select((trial, i) => (trial, i)).FirstOrDefault(pair => pair.trial.Name == name) is { trial: not null } found
        ? runs[found.i]
        : throw new ArgumentException($"There is no trial '{name}'; there is {string.Join(", ", Names.Select(known => $"'{known}'"))}.", nameof(name));

    /// <summary>The held-out loss of the run in the middle, in nats a word.</summary>
    /// <param name="name">The trial's name.</param>
    public double Median(string name) => Middle(Runs(name).Select(run => run.HeldOut));

    /// <summary>The median training loss of the last twenty steps.</summary>
    /// <param name="name">The trial's name.</param>
    public double TrainingLoss(string name) => Middle(Runs(name).Select(run => run.Losses.TakeLast(20).Average()));

    /// <summary>The median of the lowest held-out loss on the way.</summary>
    /// <param name="name">The trial's name.</param>
    public double Lowest(string name) => Middle(Runs(name).Select(run => run.Evaluations.Min(evaluation => evaluation.Loss)));

    /// <summary>The held-out loss of each trial: the run in the middle, the best and the worst.</summary>
    /// <param name="title">What the trials have in common.</param>
    public Table ToTable(string title = "Loss on held-out tales, nats a word") =>
        new Table("", "median", "best", $"worst of {runs[0].Count}") { Caption = title }
            .RowForEach(Names, name => [name, Shown(Median(name)), Shown(Runs(name).Min(run => run.HeldOut)), Shown(Runs(name).Max(run => run.HeldOut))]);

    /// <summary>The training loss of some trials over the steps: the mean of five steps a point, the median of the seeds as a line, from best to worst as a band.</summary>
    /// <param name="title">The title.</param>
    /// <param name="names">Which trials; all if none is named.</param>
    public LineChart Curves(string title, params string[] names)
    {
        const int each = 5;
        var drawn = (names.Length == 0 ? Names : names).Select(name => (Name: name, Points: Points(name))).ToArray();
        double[] steps = [.. drawn[0].Points.Select((_, k) => each * (k + 0.5))];
        return new()
        {
            Title = title, X = Axis.Linear("step"), Y = Axis.Linear("loss, nats a word", min: 0), Height = 300,
            Series = [.. drawn.Select(one => new Series(one.Name, steps, one.Points.Select(Middle)) { Markers = false })],
            Bands = [.. drawn.Select(one => new Band("", steps, one.Points.Select(point => point.Min()), one.Points.Select(point => point.Max())))],
        };

        double[][] Points(string name)
        {
            var all = Runs(name).Select(run => run.Losses.Chunk(each).Select(chunk => chunk.Average()).ToArray()).ToArray();
            return [.. Enumerable.Range(0, all.Min(run => run.Length)).Select(k => all.Select(run => run[k]).ToArray())];
        }
    }

    /// <summary>The held-out losses along the way, the median of the seeds, a line for each trial.</summary>
    /// <param name="title">The title.</param>
    public LineChart HeldOutCurves(string title) => new()
    {
        Title = title, X = Axis.Linear("step"), Y = Axis.Linear("loss on held-out tales, nats a word"), Height = 300,
        Series =
        [
            .. trials.Select((trial, i) => new Series(trial.Name,
                runs[i][0].Evaluations.Select(evaluation => (double)evaluation.Step),
                runs[i][0].Evaluations.Select((_, k) => Middle(runs[i].Select(run => run.Evaluations[k].Loss)))) { Markers = false }),
        ],
    };

    /// <inheritdoc/>
    public string ToHtml() => ToTable().ToHtml();

    /// <inheritdoc/>
    public string ToText() => ToTable().ToText();

    internal static double Middle(IEnumerable<double> values) => values.Order().ToArray() is var sorted && sorted.Length % 2 == 1
        ? sorted[sorted.Length / 2]
        : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;

    // Two decimals: a third would differ where registers have another width.
    private static object Shown(double loss) => double.IsInfinity(loss) ? "diverged" : Math.Round(loss, 2);
}
