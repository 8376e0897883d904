using System.Runtime;
using TransformerByHand.Scripting.InCells;

namespace TransformerByHand.Scripting.Engine;

/// <summary>Stops the cell that runs on one thread: the lower steps of the ladder, taken inside the worker.</summary>
/// <remarks>
/// At once, awaits are given up and the cell's own loops end themselves (<see cref="CellStop"/>). What goes on has its
/// sleeps and waits ended by <see cref="Thread.Interrupt"/>. What still goes on, such as a loop in a library, is ended
/// wherever it is by <see cref="ControlledExecution"/>; that comes last because now and then the runtime does not survive
/// it. The last two reach only code inside <see cref="Guard"/>: the compiler and this host are never cut short.
/// </remarks>
internal sealed class Stopper(int runId)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private const int StepsBeforeAbort = 3;

    private readonly CancellationTokenSource source = new();
    private readonly CancellationTokenSource abort = new();
    private readonly Lock gate = new();
    private Thread? guarded;
    private volatile bool requested;

    public int RunId => runId;

    public bool Requested => requested;

    public CancellationToken Token => source.Token;

    /// <summary>Asks the cell to stop. Returns at once.</summary>
    public void Request()
    {
        requested = true;
        CellStop.Request(runId);
        Start(source.Cancel);
        Start(Climb);
    }

    /// <summary>Runs the cell's own code.</summary>
    /// <exception cref="OperationCanceledException">The cell was asked to stop.</exception>
    public void Guard(Action action)
    {
        ThrowIfRequested();
        lock (gate) guarded = Thread.CurrentThread;
        try
        {
#pragma warning disable SYSLIB0046 // Meant for exactly this: interactive code that may have to be stopped.
            ControlledExecution.Run(action, abort.Token);
#pragma warning restore SYSLIB0046
        }
        catch (ThreadInterruptedException) when (Requested)
        {
            throw new OperationCanceledException(source.Token);
        }
        finally
        {
            lock (gate) guarded = null;
            if (Requested) SwallowLateInterrupt();
        }

        // A cell that caught what stopped it, and came to an end, was stopped all the same.
        ThrowIfRequested();
    }

    /// <exception cref="OperationCanceledException">The cell was asked to stop.</exception>
    public void ThrowIfRequested()
    {
        if (requested) throw new OperationCanceledException(source.Token);
    }

    private void Climb()
    {
        for (int step = 1; ; step++)
        {
            Thread.Sleep(Step);
            lock (gate)
            {
                if (guarded is null) return;
                guarded.Interrupt();
            }

            // Cancelling aborts the cell's thread and may wait for it, so it has a thread of its own.
            if (step == StepsBeforeAbort) Start(abort.Cancel);
        }
    }

    private static void SwallowLateInterrupt()
    {
        try
        {
            Thread.Sleep(1);
        }
        catch (ThreadInterruptedException)
        {
            // Meant for the cell, which is over.
        }
    }

    private static void Start(Action action) => new Thread(() => action()) { IsBackground = true, Name = "Stop" }.Start();
}
