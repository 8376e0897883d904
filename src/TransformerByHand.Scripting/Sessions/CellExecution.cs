using System.Diagnostics;
using TransformerByHand.Scripting.Protocol;

namespace TransformerByHand.Scripting;

/// <summary>The parent's side of one run of one cell: collects what the worker sends and climbs the stop ladder.</summary>
internal sealed class CellExecution(WorkerProcess worker, int id, string cellName, Action<CellOutput>? onOutput, TimeSpan stopGrace) : IDisposable
{
    private readonly OutputList outputs = new();
    private readonly List<string> warnings = [];
    private readonly Lock stopping = new();
    private CellStatus? stopReason;
    private Timer? kill;
    private bool killed;
    private bool finished;

    /// <summary>Told of each text of the cell that has compiled and starts to run.</summary>
    public Action<CellDeclarations>? Declared { get; init; }

    public async Task<CellResult> RunAsync(string source, CancellationToken interrupt, TimeSpan? timeout)
    {
        long start = Stopwatch.GetTimestamp();
        worker.Send(new ExecuteMessage(id, source, cellName));
        using Timer? limit = timeout is { } longest
            ? new Timer(_ => Stop(CellStatus.TimedOut), null, longest, Timeout.InfiniteTimeSpan)
            : null;
        await using CancellationTokenRegistration registration = interrupt.Register(() => Stop(CellStatus.Interrupted));

        string? announced = null;
        await foreach (WorkerMessage message in worker.Messages.ReadAllAsync(CancellationToken.None))
        {
            switch (message)
            {
                case OutputMessage shown:
                    Show(shown.Output);
                    break;
                case DeclaredMessage declared:
                    warnings.AddRange(declared.Declarations.Warnings);
                    Declared?.Invoke(declared.Declarations);
                    break;
                case DyingMessage dying:
                    announced = dying.Reason;
                    break;
                case FinishedMessage end when end.Id == id && Finish():
                    return Finished(end, timeout);
            }
        }

        return await DiedAsync(announced, Stopwatch.GetElapsedTime(start), timeout);
    }

    public void Dispose()
    {
        lock (stopping) kill?.Dispose();
    }

    /// <summary>Closes the ladder; false when its last step has been taken already.</summary>
    private bool Finish()
    {
        lock (stopping) return finished = !killed;
    }

    private void Stop(CellStatus reason)
    {
        lock (stopping)
        {
            if (finished || stopReason is not null) return;
            stopReason = reason;
            kill = new Timer(_ => Kill(), null, stopGrace, Timeout.InfiniteTimeSpan);
        }

        worker.Send(new StopMessage(id));
    }

    private void Kill()
    {
        lock (stopping)
        {
            if (finished) return;
            killed = true;
        }

        worker.Kill();
    }

    private CellResult Finished(FinishedMessage end, TimeSpan? timeout)
    {
        CellStatus status = end.Outcome switch
        {
            RunOutcome.Succeeded => CellStatus.Succeeded,
            RunOutcome.Failed => CellStatus.Failed,
            _ => stopReason ?? CellStatus.Interrupted,
        };
        if (end.Outcome == RunOutcome.Stopped) Show(StopError(status, timeout, "Variables are kept."));
        return new CellResult(status, outputs.Items, TimeSpan.FromMilliseconds(end.Milliseconds), id)
        {
            UnavailablePackage = end.UnavailablePackage,
            Warnings = warnings,
        };
    }

    private async Task<CellResult> DiedAsync(string? announced, TimeSpan elapsed, TimeSpan? timeout)
    {
        string end = await worker.DescribeEndAsync(announced);
        if (stopReason is { } reason)
        {
            ErrorOutput error = StopError(reason, timeout, killed
                ? "It did not stop by itself, so its engine was ended: every variable is gone."
                : "The engine did not survive that: every variable is gone.");
            Show(error);
            return new CellResult(reason, outputs.Items, elapsed, id) { StateLost = true, DeathMessage = error.Message };
        }

        string message = $"{Capitalised(cellName)} {end}. The engine is gone, and every variable with it.";
        Show(new ErrorOutput("EngineDied", message, [message]));
        return new CellResult(CellStatus.Died, outputs.Items, elapsed, id) { StateLost = true, DeathMessage = message };
    }

    private ErrorOutput StopError(CellStatus reason, TimeSpan? timeout, string consequence)
    {
        string message = reason == CellStatus.TimedOut
            ? FormattableString.Invariant($"{Capitalised(cellName)} ran longer than the {timeout?.TotalSeconds:0.###} s it is allowed and was stopped. {consequence}")
            : $"{Capitalised(cellName)} was stopped. {consequence}";
        return new ErrorOutput(reason == CellStatus.TimedOut ? "TimedOut" : "Interrupted", message, [message]);
    }

    private void Show(CellOutput output)
    {
        outputs.Add(output);
        onOutput?.Invoke(output);
    }

    private static string Capitalised(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
