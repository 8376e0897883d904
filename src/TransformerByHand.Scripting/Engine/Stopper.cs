using System.Diagnostics;
using System.Runtime;

namespace TransformerByHand.Scripting.Engine;

/// <summary>Stops the cell that runs on one thread: the two lower steps of the ladder, taken inside the worker.</summary>
/// <remarks>
/// <see cref="ControlledExecution"/> ends running code wherever it is, catch-all handlers and Parallel.For included;
/// <see cref="Thread.Interrupt"/> ends sleeps and waits. Both reach only code inside <see cref="Guard"/>: the compiler and
/// this host are never cut short.
/// </remarks>
internal sealed class Stopper(int runId)
{
    private static readonly TimeSpan FirstInterrupt = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan NextInterrupt = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource source = new();
    private readonly Lock gate = new();
    private Thread? guarded;

    public int RunId => runId;

    public bool Requested => source.IsCancellationRequested;

    public CancellationToken Token => source.Token;

    /// <summary>Asks the cell to stop. Returns at once.</summary>
    public void Request()
    {
        // Cancelling aborts the cell's thread and may wait for it; so each step has a thread of its own.
        Start(source.Cancel);
        Start(InterruptUntilOut);
    }

    /// <summary>Runs the cell's own code.</summary>
    /// <exception cref="OperationCanceledException">The cell was asked to stop.</exception>
    public void Guard(Action action)
    {
        source.Token.ThrowIfCancellationRequested();
        lock (gate) guarded = Thread.CurrentThread;
        try
        {
#pragma warning disable SYSLIB0046 // Meant for exactly this: interactive code that may have to be stopped.
            ControlledExecution.Run(action, source.Token);
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
    }

    /// <summary>Waits, after a stop, until nothing that the cell started is still computing.</summary>
    /// <remarks>A loop on a pool thread cannot be ended from here. The parent loses patience and ends the process.</remarks>
    public static void WaitUntilQuiet()
    {
        var window = TimeSpan.FromMilliseconds(60);
        while (true)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            Thread.Sleep(window);
            TimeSpan used = Environment.CpuUsage.TotalTime - before;
            if (used < Stopwatch.GetElapsedTime(start) * 0.2) return;
        }
    }

    private void InterruptUntilOut()
    {
        Thread.Sleep(FirstInterrupt);
        while (true)
        {
            lock (gate)
            {
                if (guarded is null) return;
                guarded.Interrupt();
            }

            Thread.Sleep(NextInterrupt);
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
