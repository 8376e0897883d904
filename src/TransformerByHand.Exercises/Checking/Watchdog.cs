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

    // How often a run that is to end is woken, and how long it is given each time.
    private const int Wakes = 5;
    private static readonly TimeSpan BetweenWakes = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ForAborting = TimeSpan.FromSeconds(2);

    /// <summary>Whether a thread that computes can be aborted without harm.</summary>
    /// <remarks>
    /// <see cref="ControlledExecution"/> would end such a thread everywhere. But on Linux, aborting unoptimised code, which is
    /// what cells are compiled to, in a loop that calls a method (LINQ, say) ends the whole process with a segmentation fault
    /// more often than not, seen with .NET 10.0.12: the runtime throws a C++ exception through compiled frames that cannot
    /// carry it. A loop that goes on in the background costs a processor core; a lost process costs the learner everything.
    /// </remarks>
    public static bool CanAbort => OperatingSystem.IsWindows();

    /// <summary>Runs the work, at most for the limit, counted from its first instruction.</summary>
    /// <remarks>
    /// The ladder when time is up: the token asks the work to end; <see cref="Thread.Interrupt"/> ends code that sleeps or
    /// waits; where that is safe, an abort ends code that computes. What survives is left behind on a background thread of low
    /// priority, which does not keep the process alive. Whatever the end, the process and its state are kept.
    /// </remarks>
    public static End Run(Action<CancellationToken> work, TimeSpan limit)
    {
        var stop = new CancellationTokenSource();
        var abort = new CancellationTokenSource();
        var started = new ManualResetEventSlim();
        Exception? failure = null;

        void Work()
        {
            started.Set();
            work(stop.Token);
        }

        var thread = new Thread(() =>
        {
            try
            {
#pragma warning disable SYSLIB0046 // Aborting is what is wanted here: the code belongs to a learner who wrote a loop without an end.
                if (CanAbort) ControlledExecution.Run(Work, abort.Token);
                else Work();
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
            if (!finished) finished = Stop(thread, stop, abort);
        }

        if (failure is not null) throw new InvalidOperationException("The check itself failed.", failure);
        return !finished ? End.StillRunning : stop.IsCancellationRequested ? End.Stopped : End.Finished;
    }

    private static bool Stop(Thread thread, CancellationTokenSource stop, CancellationTokenSource abort)
    {
        stop.Cancel();
        for (int i = 0; i < Wakes; i++)
        {
            thread.Interrupt();
            if (thread.Join(BetweenWakes)) return true;
        }

        if (CanAbort)
        {
            // Cancelling comes back when the thread has been aborted, which may be never: a thread of its own waits for that.
            new Thread(abort.Cancel) { IsBackground = true, Name = "exercise, stopping" }.Start();
            if (thread.Join(ForAborting)) return true;
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
