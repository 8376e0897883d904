using System.Text.RegularExpressions;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Checking;

/// <summary>How much a lesson asks of its reader.</summary>
/// <param name="Words">The words of its prose: what stands between blanks in Markdown cells, comments left out.</param>
/// <param name="Lines">The lines of its code cells, stubs and help included, empty ones left out.</param>
/// <param name="Exercises">Its exercises: cells with a stub.</param>
internal sealed partial record LessonSize(int Words, int Lines, int Exercises)
{
    /// <summary>A reader's minutes: 60 words a minute (read slowly, with formulas), 20 lines a minute, 5 minutes an exercise.</summary>
    public double Minutes => Words / 60.0 + Lines / 20.0 + 5 * Exercises;

    /// <summary>What the lesson should state: the minutes, rounded up to five.</summary>
    public int Stated => (int)Math.Ceiling(Minutes / 5) * 5;

    public static LessonSize Of(Notebook notebook) => new(
        notebook.Cells.Where(cell => cell.Kind == CellKind.Markdown).Sum(cell => Comment().Replace(cell.Source, " ").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length),
        notebook.Cells.Where(cell => cell.Kind == CellKind.Code).Sum(LinesOf),
        notebook.Cells.Count(IsExercise));

    /// <summary>The lines of a cell that are not empty.</summary>
    public static int LinesOf(NotebookCell cell) => cell.Source.Split('\n').Count(line => !string.IsNullOrWhiteSpace(line));

    public static bool IsExercise(NotebookCell cell) => cell.Kind == CellKind.Code && cell.Source.Contains("NotImplementedException", StringComparison.Ordinal);

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Comment();
}
