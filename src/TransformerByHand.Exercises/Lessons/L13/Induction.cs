using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Figures;
using TransformerByHand.Layers;
using TransformerByHand.Models;
using TransformerByHand.Training.Model;
using TransformerByHand.Training.Runs;

namespace TransformerByHand.Exercises;

/// <summary>A training run as it was watched: loss and induction score every so many steps.</summary>
/// <param name="Name">What was trained.</param>
/// <param name="Steps">After how many steps.</param>
/// <param name="Losses">The mean loss of the steps since the last point, in nats a letter.</param>
/// <param name="Scores">The score of the head with the highest.</param>
/// <param name="Letters">V.</param>
/// <param name="Model">The model at the end.</param>
public sealed record WatchedRun(string Name, IReadOnlyList<double> Steps, IReadOnlyList<double> Losses, IReadOnlyList<double> Scores, int Letters, CausalLanguageModel Model)
{
    /// <summary>After how many steps the loss first is below a number; null where it never is.</summary>
    /// <param name="loss">The number.</param>
    public double? FirstBelow(double loss) => Enumerable.Range(0, Steps.Count).Where(i => Losses[i] < loss).Select(i => (double?)Steps[i]).FirstOrDefault();
}

// What the lesson does with rows that repeat.
public static partial class Lesson13
{
    /// <summary>The induction score of every head of a model, read by a function of the reader's, as the mean over some rows.</summary>
    /// <param name="score">13.2; the course's own where it is not written yet.</param>
    /// <param name="model">The model.</param>
    /// <param name="rows">The rows.</param>
    /// <returns>The scores (layers × heads).</returns>
    public static double[,] ScoresOfHeads(InductionScoreFunction score, LanguageModel model, IReadOnlyList<int[]> rows)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(rows);
        InductionScoreFunction own = Stub.IsWritten(score, f => f(new double[1, 1], [0])) ? score : InductionScore.ReferenceSolution;
        return MeanOverHeads(model, rows, (A, ids) => own(A.ToArray(), ids));
    }

    /// <summary>How much weight every head gives to the place right before, as the mean over places and rows.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">The rows.</param>
    /// <returns>The weights (layers × heads).</returns>
    public static double[,] PreviousTokenScores(LanguageModel model, IReadOnlyList<int[]> rows) =>
        MeanOverHeads(model, rows, (A, ids) => Enumerable.Range(1, ids.Length - 1).Average(q => A[q, q - 1]));

    /// <summary>The score of a published port, one place too early: the weight on the earlier place of the same token.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">The rows.</param>
    /// <returns>The scores (layers × heads).</returns>
    public static double[,] OffByOneScores(LanguageModel model, IReadOnlyList<int[]> rows) =>
        MeanOverHeads(model, rows, (A, ids) => ScoreOf(A.ToArray(), ids, (q, earlier) => A[q, earlier]));

    /// <summary>How much weight every head gives to the tokens after all earlier places of a token together, where the score counts the latest place alone.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">The rows.</param>
    /// <returns>The weights (layers × heads).</returns>
    public static double[,] AnyEarlierScores(LanguageModel model, IReadOnlyList<int[]> rows) =>
        MeanOverHeads(model, rows, (A, ids) => ScoreOf(A.ToArray(), ids, (q, _) => AfterAny(A.ToArray(), ids, q).Sum()));

    /// <summary>The loss of a model on rows that repeat, in nats a letter: over the letters that can be known.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="change">What stands in for the outputs of heads, or null.</param>
    public static double RepeatLoss(LanguageModel model, IReadOnlyList<int[]> rows, HeadChange? change = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(rows);
        return rows.Average(ids =>
        {
            Matrix<double> logits = HeadRun.Of(model, ids, change).Logits;
            int n = PeriodOf(ids);
            return Enumerable.Range(n, ids.Length - 1 - n).Average(i => -Math.Log(Layers.Softmax.Of(logits.Row(i))[ids[i + 1]]));
        });
    }

    /// <summary>The loss after a head was taken away, for every head of a model.</summary>
    /// <param name="ablate">13.4, which makes what stands in for it; the course's own where it is not written yet. Null for zeros.</param>
    /// <param name="model">The model.</param>
    /// <param name="rows">The rows on which the loss is measured.</param>
    /// <param name="others">The rows of which the mean is taken.</param>
    /// <returns>The losses (layers × heads).</returns>
    public static double[,] RepeatLossWithout(MeanAblateFunction? ablate, LanguageModel model, IReadOnlyList<int[]> rows, IReadOnlyList<int[]> others)
    {
        var instead = Instead(ablate, model, others);
        return ForEachHead(model, at => RepeatLoss(model, rows, HeadRun.At(at, O => instead(at, O))));
    }

    /// <summary>Trains a model on rows that repeat and looks at it every so many steps. Writes a point for each.</summary>
    /// <param name="name">What it is called in the figure.</param>
    /// <param name="score">13.2; the course's own where it is not written yet.</param>
    /// <param name="layers">The number of layers.</param>
    /// <param name="steps">How many steps, at most 1,200.</param>
    /// <param name="every">After how many steps it is looked at.</param>
    /// <param name="n">After how many letters every row repeats; a number of its own for each row where it is null.</param>
    /// <param name="seed">Draws the first weights and the rows.</param>
    /// <param name="positions">How the model knows where a letter stands.</param>
    /// <param name="letters">V.</param>
    public static WatchedRun Watch(
        string name, InductionScoreFunction score, int layers, int steps = 600, int every = 25, int? n = null, int seed = 1, Positions positions = Positions.Sinusoidal, int letters = RepeatModel.Letters)
    {
        TrainingRun run = RepeatModel.Prepare(layers, seed, n, positions, letters);
        IReadOnlyList<int[]> rows = RepeatModel.Rows(8, n, letters);
        List<double> at = [], losses = [], scores = [];
        var model = (CausalLanguageModel)run.Model.ToLanguageModel();
        for (int step = every; step <= steps; step += every)
        {
            run.Run(every);
            Console.Write('.');
            model = (CausalLanguageModel)run.Model.ToLanguageModel();
            at.Add(step);
            losses.Add(run.History.RecentLoss(every));
            scores.Add(ScoresOfHeads(score, model, rows).Cast<double>().Max());
        }
        return new(name, at, losses, scores, letters, model);
    }

    /// <summary>Loss and score of runs on one axis: the loss as a share of ln V, which is what guessing costs.</summary>
    /// <param name="title">The figure's title.</param>
    /// <param name="runs">The runs.</param>
    public static LineChart WatchFigure(string title, params WatchedRun[] runs) => new()
    {
        Title = title,
        X = Axis.Linear("step"), Y = Axis.Linear("score, and loss / ln V", min: 0, max: 1.2),
        Series = [.. runs.SelectMany(run => new Series[]
        {
            new($"loss, {run.Name}", run.Steps, run.Losses.Select(loss => loss / Math.Log(run.Letters))) { Dashed = true },
            new($"score, {run.Name}", run.Steps, run.Scores),
        })],
    };

    /// <summary>After how many letters a row repeats.</summary>
    internal static int PeriodOf(int[] ids) => Array.IndexOf(ids, ids[0], 1) is var n && n > 0 ? n : ids.Length;

    internal static double[,] ForEachHead(LanguageModel model, Func<(int Layer, int Head), double> of) =>
        Arrays.Build(model.Encoder.Layers.Count, model.Encoder.Layers[0].Attention.h, (l, h) => of((l, h)));

    private static double[,] MeanOverHeads(LanguageModel model, IReadOnlyList<int[]> rows, Func<Matrix<double>, int[], double> of)
    {
        var runs = rows.Select(ids => (Ids: ids, Run: HeadRun.Of(model, ids))).ToList();
        return ForEachHead(model, at => runs.Average(one => of(one.Run.Heads[at.Layer][at.Head].A, one.Ids)));
    }

    /// <summary>What stands in for a head that is taken away: its mean over some rows, or zeros.</summary>
    private static Func<(int Layer, int Head), Matrix<double>, Matrix<double>> Instead(MeanAblateFunction? ablate, LanguageModel model, IReadOnlyList<int[]> others)
    {
        if (ablate is null) return (_, O) => O * 0;
        MeanAblateFunction own = Stub.IsWritten(ablate, f => f(new double[1, 1], [new double[1, 1]])) ? ablate : MeanAblate.ReferenceSolution;
        var runs = others.Select(ids => HeadRun.Of(model, ids)).ToList();
        Dictionary<(int Layer, int Head), double[][,]> outputs = [];
        return (at, O) =>
        {
            if (!outputs.TryGetValue(at, out double[][,]? known))
                outputs[at] = known = [.. runs.Select(run => run.Heads[at.Layer][at.Head].O.ToArray())];
            return Matrix<double>.Build.DenseOfArray(own(O.ToArray(), known));
        };
    }
}
