using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace TransformerByHand.Training;

/// <summary>Work that nobody but its caller can end, and that is asked to end, never torn.</summary>
/// <remarks>
/// A host that stops a cell interrupts the cell's thread, and aborts it where that does not help. Either may strike between any
/// two instructions: half of the weights updated, the step not yet counted. So the work has a thread that no host knows, and
/// the caller waits; what strikes the caller becomes a request to the work, which ends where it is whole.
/// </remarks>
internal static class OwnThread
{
    /// <summary>Does the work, and returns or throws what it returned or threw.</summary>
    /// <param name="work">Looks at its token between two parts that belong together, and ends when asked to.</param>
    /// <param name="cancellation">The caller's own request to end; handed to the work with that of a host.</param>
    // Not optimised: the optimiser runs a finally block as ordinary code where nothing was thrown, and there an abort does not
    // wait for its end.
    [MethodImpl(MethodImplOptions.NoOptimization | MethodImplOptions.NoInlining)]
    public static T Run<T>(Func<CancellationToken, T> work, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = work(stop.Token);
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        })
        { IsBackground = true, Name = "training run" };

        try
        {
            thread.Start();
            thread.Join();
        }
        finally
        {
            stop.Cancel();
            Await(thread);
        }
        failure?.Throw();
        return result;
    }

    private static void Await(Thread thread)
    {
        while (thread.IsAlive)
        {
            try
            {
                thread.Join();
            }
            catch (ThreadInterruptedException)
            {
                // Once more, while the work ends: it has been told already.
            }
        }
    }
}
