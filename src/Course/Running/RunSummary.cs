using Spectre.Console;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Running;

// Inside the namespace, where it comes before the library's namespace of the same name.
using Text = Spectre.Console.Text;

/// <summary>The table that ends a run, and under it every problem by name.</summary>
internal static class RunSummary
{
    public static void Write(IAnsiConsole console, IReadOnlyList<LessonRun> runs, string folder)
    {
        Table table = new Table().Border(TableBorder.Simple)
            .AddColumn("Lesson")
            .AddColumn(new TableColumn("Cells run").RightAligned())
            .AddColumn("Skipped")
            .AddColumn("Exercises")
            .AddColumn(new TableColumn("Seconds").RightAligned());
        foreach (LessonRun run in runs)
            table.AddRow(
                new Text(run.Lesson.Label),
                new Text(Ran(run).ToString()),
                new Text(Skipped(run)),
                new Text(Exercises(run)),
                new Text(run.Elapsed.TotalSeconds.ToString("0.0")));
        console.WriteLine();
        console.Write(table);

        foreach (LessonRun run in runs)
            foreach (string problem in Problems(run))
                console.Profile.Out.Writer.WriteLine(problem);
        console.Profile.Out.Writer.WriteLine($"Read the lessons: {Path.Combine(folder, "index.html")}");
    }

    public static int Ran(LessonRun run) =>
        run.CodeCells.Count(cell => cell.Status is not (CellRunStatus.Skipped or CellRunStatus.NotRun));

    /// <summary>How many cells were skipped, and the reasons.</summary>
    public static string Skipped(LessonRun run) =>
        string.Join("; ", run.CodeCells
            .Where(cell => cell.Status is CellRunStatus.Skipped or CellRunStatus.NotRun)
            .GroupBy(cell => cell.Reason ?? "no reason given")
            .Select(group => $"{group.Count()}: {group.Key}"));

    public static string Exercises(LessonRun run) =>
        run.Exercises.Count == 0 ? "none"
        : run.Solved ? $"{run.Exercises.Count - run.Unsolved.Count} of {run.Exercises.Count} solved"
        : $"{run.Exercises.Count} to do";

    private static IEnumerable<string> Problems(LessonRun run)
    {
        foreach (CellRun cell in run.CodeCells.Where(cell => !cell.IsAccepted))
            yield return $"{run.Lesson.Label}, cell {cell.Cell.Id}: {cell.Reason}";
        foreach (string id in run.Unsolved)
            yield return $"{run.Lesson.Label}, exercise {id}: the check did not pass on the reference solution.";
    }
}
