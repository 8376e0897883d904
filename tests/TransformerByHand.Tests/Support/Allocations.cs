namespace TransformerByHand.Tests.Support;

/// <summary>What repeated work allocates.</summary>
internal static class Allocations
{
    /// <summary>
    /// The bytes that a step allocates on this thread: the least of ten. Now and then the runtime allocates for itself, as when it
    /// exchanges a method for a faster version; what a step needs, it needs every time.
    /// </summary>
    public static long OfAStep(Action step)
    {
        long least = long.MaxValue;
        for (int i = 0; i < 10; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            step();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
