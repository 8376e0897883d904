using System.Diagnostics;
using TransformerByHand.Course.Solving;
using TransformerByHand.Exercises;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Running;

/// <summary>Runs lessons in worker processes, away from the learner's own progress.</summary>
internal sealed class LessonRunner(LessonRunOptions options)
{
    /// <exception cref="NotebookFormatException">It is no C# notebook; the message says what it is and what would help.</exception>
    /// <exception cref="FileNotFoundException">It is not there (any more).</exception>
    public async Task<LessonRun> RunAsync(Lesson lesson, IProgress<CellProgress>? progress, CancellationToken cancellation)
    {
        Notebook notebook = lesson.Read();
        string[] exercises = ExercisesOf(notebook);

        // What a run solves or predicts is nobody's progress.
        DirectoryInfo progressFolder = Directory.CreateTempSubdirectory("transformer-by-hand-");
        try
        {
            var runOptions = new RunOptions
            {
                With = options.With,
                TransformSource = options.Solve ? SolveStub : null,
                Session = new SessionOptions
                {
                    WorkingDirectory = lesson.Folder,
                    Environment = new Dictionary<string, string?> { [Progress.FolderVariable] = progressFolder.FullName },
                    Culture = "",
                },
            };
            var clock = Stopwatch.StartNew();
            NotebookRun run = await new NotebookRunner().RunAsync(notebook, lesson.Path, runOptions, progress, cancellation);
            return new LessonRun(lesson, run, exercises, SolvedIn(progressFolder.FullName), options.Solve, clock.Elapsed)
            {
                PlotlyScript = PlotlyOutputs.TakeScript(run.Notebook),
            };
        }
        finally
        {
            progressFolder.Delete(recursive: true);
        }
    }

    /// <summary>The ids of a notebook's exercises, in their order.</summary>
    public static string[] ExercisesOf(Notebook notebook) =>
        [.. notebook.Cells.Where(cell => cell.Kind == CellKind.Code).Select(cell => StubRewriter.ExerciseId(cell.Source)).OfType<string>()];

    private static string SolveStub(NotebookCell cell) =>
        StubRewriter.ExerciseId(cell.Source) is not { } id || StubRewriter.Find(cell.Source) is null
            ? cell.Source
            : StubRewriter.Solve(cell.Source, (ExerciseCatalog.Find(id) ?? throw new CourseException($"Exercise {id} of cell {cell.Id} is declared nowhere.")).SolutionSource);

    private static HashSet<string> SolvedIn(string folder) => 
        [.. Progress.LoadFrom(folder).Exercises.Where(exercise => exercise.Value.Solved).Select(exercise => exercise.Key)];
}
