using TransformerByHand.Figures;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Checking.Rules;

/// <summary>The outputs stored in a notebook are those that its cells give today.</summary>
/// <remarks>
/// <see cref="OutputComparison"/> says what counts as the same. Cells tagged <c>timing</c> are run and not compared; cells that
/// were not run keep what they have.
/// </remarks>
internal sealed class OutputsRule : LessonRule
{
    private const string Remedy = "`run --write` stores what it shows today.";

    protected override IEnumerable<Violation> Check(CheckedLesson lesson, CheckedCourse course)
    {
        foreach (NotebookCell cell in lesson.CodeCells)
        {
            if (lesson.FreshRun(cell) is not { Result: not null, Status: not CellRunStatus.Skipped } run || cell.Tags.Contains(TagsRule.TimingTag)) continue;
            if (OutputComparison.Difference(cell, run.Cell) is { } difference)
                yield return lesson.Violation(cell, $"{difference}: {Remedy}");
            if (StoredOutput.Of(cell).Any(output => PlotlyDrawing.CarriesScript(output.Form(StoredOutput.Html) ?? "")))
                yield return lesson.Violation(cell, $"its stored output carries the script that draws it, of more than a megabyte; `run --write` stores it without.");
        }
    }
}
