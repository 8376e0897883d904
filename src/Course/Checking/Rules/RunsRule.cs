using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Checking.Rules;

/// <summary>Every cell runs, or fails where it says that it will.</summary>
internal sealed class RunsRule : LessonRule
{
    protected override IEnumerable<Violation> Check(CheckedLesson lesson, CheckedCourse course) =>
        from run in lesson.Fresh?.CodeCells ?? []
        where !run.IsAccepted
        select lesson.Violation(run.Cell, run.Status == CellRunStatus.NotRun ? run.Reason ?? "not run" : $"it fails: {run.Reason}");
}
