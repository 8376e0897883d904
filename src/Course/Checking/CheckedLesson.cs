using System.Text.Json.Nodes;
using TransformerByHand.Course.Running;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Checking;

/// <summary>A lesson as it is stored, and as it came out of a fresh run.</summary>
/// <param name="Lesson">Where it lies.</param>
/// <param name="Notebook">The notebook as stored.</param>
/// <param name="Json">The same, as the file has it.</param>
/// <param name="Fresh">A fresh run, or null where none was made.</param>
internal sealed record CheckedLesson(Lesson Lesson, Notebook Notebook, JsonObject Json, LessonRun? Fresh)
{
    public string File => Lesson.Label + ".ipynb";

    public IEnumerable<NotebookCell> CodeCells => Notebook.Cells.Where(cell => cell.Kind == CellKind.Code);

    public IEnumerable<NotebookCell> MarkdownCells => Notebook.Cells.Where(cell => cell.Kind == CellKind.Markdown);

    /// <summary>The fresh run of a stored cell, or null.</summary>
    public CellRun? FreshRun(NotebookCell cell) => Fresh?.CodeCells.FirstOrDefault(run => run.Cell.Id == cell.Id);

    /// <summary>What the cell shows today: in the fresh run if it ran there, else as stored.</summary>
    public IReadOnlyList<StoredOutput> Outputs(NotebookCell cell) =>
        StoredOutput.Of(FreshRun(cell) is { Result: not null, Status: not CellRunStatus.Skipped } run ? run.Cell : cell);

    public Violation Violation(NotebookCell? cell, string message) => new(File, cell?.Id, message);
}
