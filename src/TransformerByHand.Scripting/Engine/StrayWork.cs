using System.ComponentModel;
using System.Diagnostics;

namespace TransformerByHand.Scripting.Engine;

/// <summary>Finds out whether something that a stopped cell started is still computing.</summary>
/// <remarks>
/// Asked of the system's scheduler, not of a clock: on a machine with much else to do, a thread that wants to compute shows
/// as such even if it hardly gets to. Only work on the thread pool counts; a thread of its own is the cell's own business.
/// </remarks>
internal static class StrayWork
{
    private const int Samples = 4;
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(15);

    /// <summary>Waits until nothing of the kind is left. A loop in a library, on a pool thread, cannot be ended from here: the parent loses patience and ends the process.</summary>
    public static void WaitUntilGone()
    {
        while (PoolIsBusy() && SomeThreadKeepsRunning())
        {
        }
    }

    private static bool PoolIsBusy()
    {
        ThreadPool.GetMaxThreads(out int most, out _);
        ThreadPool.GetAvailableThreads(out int available, out _);
        return available < most;
    }

    private static bool SomeThreadKeepsRunning()
    {
        HashSet<int> running = RunningThreads();
        for (int sample = 1; sample < Samples && running.Count > 0; sample++)
        {
            Thread.Sleep(Between);
            running.IntersectWith(RunningThreads());
        }

        return running.Count > 0;
    }

    /// <summary>The ids of the threads that compute or wait for a processor.</summary>
    private static HashSet<int> RunningThreads()
    {
        var ids = new HashSet<int>();
        // Each time on a thread of its own, since whoever looks is running: it is then in no two samples.
        var observer = new Thread(() =>
        {
            using Process process = Process.GetCurrentProcess();
            foreach (ProcessThread thread in process.Threads)
            {
                try
                {
                    if (thread.ThreadState is System.Diagnostics.ThreadState.Running or System.Diagnostics.ThreadState.Ready) ids.Add(thread.Id);
                }
                catch (Exception e) when (e is InvalidOperationException or Win32Exception or NotSupportedException)
                {
                    // It has ended in the meantime.
                }
            }
        });
        observer.Start();
        observer.Join();
        return ids;
    }
}
