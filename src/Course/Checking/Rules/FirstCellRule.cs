using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Checking.Rules;

/// <summary>Every lesson is set up by the same line, in a cell of its own before all others.</summary>
internal sealed class FirstCellRule : LessonRule
{
    private const string Import = "#!import lesson.csx";

    protected override IEnumerable<Violation> Check(CheckedLesson lesson, CheckedCourse course)
    {
        NotebookCell? first = lesson.CodeCells.FirstOrDefault();
        if (first is null)
            yield return lesson.Violation(null, "it has no code cell.");
        else if (first.Source != Import)
            yield return lesson.Violation(first, $"the first code cell should be exactly the line '{Import}'.");
    }
}
