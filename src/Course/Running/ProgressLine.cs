using Spectre.Console;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Running;

/// <summary>One line that says where a run is: rewritten in place on a terminal, written once at the end elsewhere.</summary>
internal sealed class ProgressLine(IAnsiConsole console, Lesson lesson) : IProgress<CellProgress>
{
    private readonly bool _live = console.Profile.Capabilities.Interactive && console.Profile.Capabilities.Ansi;

    public void Report(CellProgress value)
    {
        if (_live)
            console.Write(new ControlCode($"\r\e[2K{lesson.Label}  cell {value.Number} of {value.Total}"));
    }

    /// <summary>Ends the line with the outcome.</summary>
    public void Finish(LessonRun run)
    {
        if (_live) console.Write(new ControlCode("\r\e[2K"));
        console.MarkupLineInterpolated($"{lesson.Label}  {(run.Succeeded ? "done" : "FAILED")} in {run.Elapsed.TotalSeconds:0.0} s");
    }
}
