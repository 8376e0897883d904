using System.CommandLine;
using Spectre.Console;
using TransformerByHand.Course.Pages;
using TransformerByHand.Course.Running;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Commands;

/// <summary><c>run</c>: executes lessons and writes what they show.</summary>
internal static class RunCommand
{
    private static readonly Argument<string[]> Lessons = new("lesson")
    {
        Description = "A lesson by its number (00), a laboratory by its lesson's (labs/00), or the path of any C# notebook. All lessons if none is named.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<bool> Labs = new("--labs")
    {
        Description = "Run the laboratories as well as the lessons.",
    };

    private static readonly Option<bool> Solve = new("--solve")
    {
        Description = "Put the reference solution in place of each exercise's stub, and require every check to pass. Where no notebook is named, one without exercises is left out: there is nothing to solve.",
    };

    private static readonly Option<bool> Write = new("--write")
    {
        Description = "Store the fresh outputs in the notebooks themselves.",
    };

    private static readonly Option<string[]> With = new("--with")
    {
        Description = $"Also run the cells that need this package (tagged requires:PACKAGE). May be repeated. {string.Join(", ", LessonRunOptions.Small)} need not be named.",
        HelpName = "PACKAGE",
    };

    private static readonly Option<DirectoryInfo?> Out = new("--out")
    {
        Description = "Where to put executed notebooks and pages. Default: artifacts/course in the repository.",
        HelpName = "DIR",
    };

    public static Command Create()
    {
        var command = new Command("run", "Run lessons from top to bottom, and write the executed notebook and a page for each.");
        AddTo(command);
        return command;
    }

    /// <summary>Adds the arguments and the action, so that the program without a command means <c>run</c>.</summary>
    public static void AddTo(Command command)
    {
        command.Add(Lessons);
        command.Add(Labs);
        command.Add(Solve);
        command.Add(Write);
        command.Add(With);
        command.Add(Out);
        command.SetAction((parsed, cancellation) => RunAsync(
            Repository.Find(),
            parsed.GetValue(Lessons) ?? [],
            parsed.GetValue(Labs),
            new LessonRunOptions
            {
                Solve = parsed.GetValue(Solve),
                With = LessonRunOptions.SmallAnd(parsed.GetValue(With)),
            },
            parsed.GetValue(Write),
            parsed.GetValue(Out)?.FullName,
            AnsiConsole.Console,
            cancellation));
    }

    internal static async Task<int> RunAsync(
        Repository repository, IReadOnlyList<string> names, bool labs, LessonRunOptions options, bool write, string? @out, IAnsiConsole console, CancellationToken cancellation)
    {
        if (write && options.Solve)
            throw new CourseException("--write and --solve do not go together: the notebooks would carry the outputs of the solutions. Run them one after the other.");

        if (labs && names.Count > 0)
            throw new CourseException("--labs adds the laboratories to the whole main line. Where notebooks are named, name the laboratory too: labs/01.");

        IReadOnlyList<Lesson> lessons = repository.Select(names, labs);

        string folder = Path.GetFullPath(@out ?? repository.DefaultOutput);
        var output = new OutputFolder(folder, lessons);
        var runner = new LessonRunner(options);
        var runs = new List<LessonRun>();
        var problems = new List<string>();
        foreach (Lesson lesson in lessons)
        {
            try
            {
                if (options.Solve && names.Count == 0 && LessonRunner.ExercisesOf(lesson.Read()).Length == 0) continue;
                byte[] before = write && File.Exists(lesson.Path) ? File.ReadAllBytes(lesson.Path) : [];
                var progress = new ProgressLine(console, lesson);
                LessonRun run = await runner.RunAsync(lesson, progress, cancellation);
                progress.Finish(run);
                runs.Add(run);

                run.Notebook.Write(output.NotebookOf(lesson));
                if (!write) continue;
                if (!File.ReadAllBytes(lesson.Path).AsSpan().SequenceEqual(before))
                    throw new IOException("it was changed while it ran; run it again");
                if (repository.Holds(lesson)) LessonForm.Restore(run.Notebook);
                run.Notebook.Write(lesson.Path);
            }
            catch (Exception e) when (e is NotebookFormatException or FileNotFoundException)
            {
                problems.Add(e.Message);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                problems.Add($"The outputs of '{lesson.Path}' were not stored: {e.Message.TrimEnd('.')}. The notebook is as it was.");
            }
        }

        await CoursePages.WriteAsync(output, repository, runs);
        RunSummary.Write(console, runs, folder);
        foreach (string problem in problems) console.Profile.Out.Writer.WriteLine(problem);
        return problems.Count > 0 ? ExitCode.CannotRun : runs.All(run => run.Succeeded) ? ExitCode.Success : ExitCode.Found;
    }
}
