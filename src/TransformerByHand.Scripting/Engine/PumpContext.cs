using System.Collections.Concurrent;

namespace TransformerByHand.Scripting.Engine;

/// <summary>Runs the continuations of a cell's awaits on the cell's own thread, so that stopping that thread stops the cell.</summary>
internal sealed class PumpContext : SynchronizationContext
{
    private enum Phase
    {
        Pumping,
        Finished,
        Abandoned,
    }

    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> queue = [];
    private readonly Thread thread = Thread.CurrentThread;
    private readonly Lock gate = new();
    private Phase phase = Phase.Pumping;

    /// <summary>Starts the work and runs its continuations until it is done.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first. What was not done by then is never continued.</exception>
    public static object? Run(Func<Task<object?>> work, CancellationToken stop)
    {
        var pump = new PumpContext();
        SynchronizationContext? before = Current;
        SetSynchronizationContext(pump);
        try
        {
            Task<object?> task = work();
            // Wakes the loop below, also when the last continuation ran on another thread.
            task.ContinueWith(_ => pump.queue.Add((static _ => { }, null)), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            while (!task.IsCompleted)
            {
                (SendOrPostCallback callback, object? state) = pump.queue.Take(stop);
                callback(state);
            }

            // Work that the cell started and did not await goes on, on the thread pool.
            pump.Leave(Phase.Finished);
            return task.GetAwaiter().GetResult();
        }
        finally
        {
            pump.Leave(Phase.Abandoned);
            SetSynchronizationContext(before);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (gate)
        {
            if (phase == Phase.Pumping) queue.Add((d, state));
            else if (phase == Phase.Finished) ThreadPool.QueueUserWorkItem(_ => d(state));
        }
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (Thread.CurrentThread == thread)
        {
            d(state);
            return;
        }

        using var done = new ManualResetEventSlim();
        Post(_ =>
        {
            d(state);
            done.Set();
        }, null);
        done.Wait();
    }

    public override SynchronizationContext CreateCopy() => this;

    private void Leave(Phase next)
    {
        lock (gate)
        {
            if (phase != Phase.Pumping) return;
            phase = next;
        }

        while (queue.TryTake(out var left)) Post(left.Callback, left.State);
    }
}
