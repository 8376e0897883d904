using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Running;

/// <summary>What came of running one lesson.</summary>
/// <param name="Lesson">The lesson.</param>
/// <param name="Run">Its cells, executed.</param>
/// <param name="Exercises">The ids of its exercises, in the order of the notebook.</param>
/// <param name="Passed">The ids of those whose check passed.</param>
/// <param name="Solved">Whether the reference solutions were in place of the stubs.</param>
/// <param name="Elapsed">How long it took.</param>
internal sealed record LessonRun(
    Lesson Lesson, NotebookRun Run, IReadOnlyList<string> Exercises, IReadOnlySet<string> Passed, bool Solved, TimeSpan Elapsed)
{
    public Notebook Notebook => Run.Notebook;

    public IReadOnlyList<CellRun> CodeCells { get; } = [.. Run.CodeCells];

    /// <summary>Exercises whose check did not pass although the reference solution was in place.</summary>
    public IReadOnlyList<string> Unsolved => Solved ? [.. Exercises.Where(id => !Passed.Contains(id))] : [];

    /// <summary>plotly.js, where one of the cells draws with it: taken out of their outputs, which it would make a hundred times larger.</summary>
    public byte[]? PlotlyScript { get; init; }

    public bool Succeeded => Run.Succeeded && Unsolved.Count == 0;
}
