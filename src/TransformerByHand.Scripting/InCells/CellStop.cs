using System.ComponentModel;

namespace TransformerByHand.Scripting.InCells;

/// <summary>What the loops of a cell ask before each turn: has the cell been told to stop?</summary>
/// <remarks>
/// The host adds the question to every loop that a cell contains. It is the gentlest step of stopping: it reaches loops on
/// the thread pool too, which nothing else can end.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class CellStop
{
    private static readonly AsyncLocal<int> CurrentRun = new();
    private static int stoppedRun;
    private static Thread? cellThread;

    /// <summary>True from the moment a cell is told to stop until the next one begins. A field, because loops read it in every turn.</summary>
    public static volatile bool Requested;

    /// <summary>Ends the loop if it belongs to the cell that was told to stop.</summary>
    /// <exception cref="OperationCanceledException">It does.</exception>
    public static void End()
    {
        if (CurrentRun.Value != Volatile.Read(ref stoppedRun)) return;
        // An exception that nobody catches on a thread of the cell's own would end the process.
        Thread thread = Thread.CurrentThread;
        if (thread == cellThread || thread.IsThreadPoolThread) throw new OperationCanceledException("The cell was stopped.");
    }

    /// <summary>Notes that the current thread runs a cell; what the cell starts belongs to it.</summary>
    internal static void Begin(int run)
    {
        Requested = false;
        cellThread = Thread.CurrentThread;
        CurrentRun.Value = run;
    }

    /// <summary>Tells the loops of a run to end.</summary>
    internal static void Request(int run)
    {
        Volatile.Write(ref stoppedRun, run);
        Requested = true;
    }
}
