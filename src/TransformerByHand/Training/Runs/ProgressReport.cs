using System.Diagnostics;
using System.Globalization;

namespace TransformerByHand.Training.Runs;

/// <summary>Tells people how a run is going, in lines that are appended: every terminal and every notebook shows them live.</summary>
/// <param name="output">Where the lines go.</param>
/// <param name="seconds">How long the report waits, at least, before the next line.</param>
public sealed class ProgressReport(TextWriter output, double seconds = 5)
{
    private readonly Stopwatch clock = new();
    private TrainingRun run = null!;
    private int lastStep;
    private int firstStep;
    private double nextLine;

    internal void Begin(TrainingRun run, int lastStep)
    {
        (this.run, this.lastStep, firstStep, nextLine) = (run, lastStep, run.StepsTaken, 0);
        var shape = run.Model.Shape;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{run.Model.Weights.Count:N0} weights, {run.TokensPerStep:N0} tokens a step, {lastStep:N0} steps, {run.Model.Threads} {(run.Model.Threads == 1 ? "thread" : "threads")} ({run.Model.Kernels})"));
        if (firstStep > 0) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"resumed after step {firstStep:N0}"));
        output.Flush();
        clock.Restart();
    }

    internal void Report()
    {
        double elapsed = clock.Elapsed.TotalSeconds;
        if (elapsed < nextLine && run.StepsTaken < lastStep) return;
        nextLine = elapsed + seconds;
        int done = run.StepsTaken - firstStep;
        double perStep = elapsed / done;
        string heldOut = run.History.Evaluations is [.., var last] ? string.Create(CultureInfo.InvariantCulture, $"  held out {last.Loss:F3}") : "";
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"step {run.StepsTaken,6:N0}  loss {run.History.RecentLoss():F3}{heldOut}  {run.TokensPerStep / perStep:N0} tokens/s  {Time(perStep * (lastStep - run.StepsTaken))} left"));
        output.Flush();
    }

    internal void End(bool finished)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{(finished ? "done" : "stopped")} after step {run.StepsTaken:N0}, {Time(clock.Elapsed.TotalSeconds)} in this run"));
        output.Flush();
    }

    private static string Time(double seconds)
    {
        var time = TimeSpan.FromSeconds(Math.Round(seconds));
        return time.TotalHours >= 1 ? time.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture) : time.ToString(@"m\:ss", CultureInfo.InvariantCulture);
    }
}
