using System.Runtime;

namespace TransformerByHand.Exercises;

/// <summary>Runs a learner's code on a thread of its own and stops it when its time is up.</summary>
internal static class Watchdog
{
    /// <summary>How a run ended.</summary>
    public enum End
    {
        Finished,
        Stopped,
        StillRunning,
    }

    // How long a cancelled run is given to end, then how often it is woken, and how long it is given each time.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);
    private const int Wakes = 20;
    private static readonly TimeSpan BetweenWakes = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs the work, at most for the limit, counted from its first instruction. A run that is stopped has lost the thread, not the process.</summary>
    /// <remarks>
    /// The ladder: a cancelled <see cref="ControlledExecution"/> ends code that computes, also inside catch-all blocks;
    /// <see cref="Thread.Interrupt"/> ends code that sleeps or waits; what survives both is left behind on a background
    /// thread of low priority, which does not keep the process alive.
    /// </remarks>
    public static End Run(Action<CancellationToken> work, TimeSpan limit)
    {
        var stop = new CancellationTokenSource();
        var started = new ManualResetEventSlim();
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
#pragma warning disable SYSLIB0046 // Aborting a thread is what is wanted here: the code belongs to a learner who wrote a loop without an end.
                ControlledExecution.Run(() =>
                {
                    started.Set();
                    work(stop.Token);
                }, stop.Token);
#pragma warning restore SYSLIB0046
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
            }
            catch (Exception e)
            {
                failure = e;
            }
        })
        { IsBackground = true, Name = "exercise" };

        thread.Start();
        bool finished = false;
        try
        {
            started.Wait();
            finished = thread.Join(limit);
        }
        finally
        {
            // Also reached when the cell itself is interrupted while it waits.
            if (!finished) finished = Stop(thread, stop);
        }

        if (failure is not null) throw new InvalidOperationException("The check itself failed.", failure);
        return !finished ? End.StillRunning : stop.IsCancellationRequested ? End.Stopped : End.Finished;
    }

    private static bool Stop(Thread thread, CancellationTokenSource stop)
    {
        // Cancelling comes back when the thread has been aborted, which may be never: a thread of its own waits for that.
        new Thread(stop.Cancel) { IsBackground = true, Name = "exercise, stopping" }.Start();
        if (thread.Join(Grace)) return true;
        for (int i = 0; i < Wakes; i++)
        {
            thread.Interrupt();
            if (thread.Join(BetweenWakes)) return true;
        }
        try
        {
            thread.Priority = ThreadPriority.Lowest;
        }
        catch (ThreadStateException)
        {
            return true;
        }
        return false;
    }
}
