using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Checking.Rules;

/// <summary>A tag that no part of the course knows has been misspelt.</summary>
internal sealed class TagsRule : LessonRule
{
    private static readonly string[] Known = ["raises-exception", TimingTag];

    public const string TimingTag = "timing";

    public const string RequiresTag = "requires:";

    protected override IEnumerable<Violation> Check(CheckedLesson lesson, CheckedCourse course)
    {
        foreach (NotebookCell cell in lesson.Notebook.Cells)
            foreach (string tag in cell.Tags)
            {
                bool known = Known.Contains(tag) || (tag.StartsWith(RequiresTag, StringComparison.Ordinal) && tag.Length > RequiresTag.Length);
                if (!known)
                    yield return lesson.Violation(cell, $"the tag '{tag}' means nothing here; known are {string.Join(", ", Known)} and {RequiresTag}PACKAGE.");
                else if (cell.Kind != CellKind.Code)
                    yield return lesson.Violation(cell, $"the tag '{tag}' stands on a cell that is not run.");
            }
    }
}
