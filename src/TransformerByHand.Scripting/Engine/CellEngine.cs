using System.Diagnostics;
using TransformerByHand.Scripting.InCells;
using TransformerByHand.Scripting.Protocol;

namespace TransformerByHand.Scripting.Engine;

/// <summary>Runs cells, one at a time, each on a thread of its own.</summary>
internal sealed class CellEngine
{
    // Recursion in lessons is deeper than a thread's default stack on some systems allows.
    private const int StackSize = 16 * 1024 * 1024;

    private readonly WorkerPipe pipe;
    private readonly CellRunner runner;
    private readonly Lock gate = new();
    private Stopper? current;

    public CellEngine(WorkerPipe pipe, string baseDirectory)
    {
        this.pipe = pipe;
        FormatLimits.Install();
        CellDisplay.Connect(Emit);
        runner = new CellRunner(baseDirectory, Emit) { Declared = declarations => pipe.Send(new DeclaredMessage(declarations)) };
    }

    /// <summary>Starts a cell and returns at once; the pipe tells how it ends.</summary>
    public void Start(ExecuteMessage execute)
    {
        var stopper = new Stopper(execute.Id);
        lock (gate) current = stopper;
        new Thread(() => Run(execute, stopper), StackSize) { Name = execute.CellName, IsBackground = true }.Start();
    }

    /// <summary>Asks the run of that id to stop, if it still goes on.</summary>
    public void Stop(int id)
    {
        lock (gate)
        {
            if (current?.RunId == id) current.Request();
        }
    }

    private void Emit(CellOutput output) => pipe.Send(new OutputMessage(output));

    private void Run(ExecuteMessage execute, Stopper stopper)
    {
        long start = Stopwatch.GetTimestamp();
        ConsoleCapture.Install(Emit);
        CellStop.Begin(execute.Id);
        RunOutcome outcome = RunOutcome.Succeeded;
        string? unavailable = null;
        try
        {
            runner.Run(execute.Source, execute.CellName, execute.Id, stopper);
        }
        catch (Exception) when (stopper.Requested)
        {
            outcome = RunOutcome.Stopped;
        }
        catch (CellError error)
        {
            outcome = RunOutcome.Failed;
            unavailable = error.UnavailablePackage;
            Emit(error.Output);
        }
        catch (Exception e)
        {
            // A file that cannot be read, a tool that cannot be started: the cell fails, and the engine lives.
            outcome = RunOutcome.Failed;
            Emit(ErrorReport.OfException(e, new TextName(execute.CellName, IsCell: true)));
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        if (outcome == RunOutcome.Stopped) StrayWork.WaitUntilGone();
        lock (gate) current = null;
        pipe.Send(new FinishedMessage(execute.Id, outcome, elapsed.TotalMilliseconds, unavailable));
    }
}
