using System.CommandLine;
using Spectre.Console;
using TransformerByHand.Course.Checking;
using TransformerByHand.Course.Mutants;
using TransformerByHand.Course.Pages;
using TransformerByHand.Course.Running;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Commands;

/// <summary><c>check</c>: the author's contract, for every lesson.</summary>
internal static class CheckCommand
{
    private static readonly Argument<string[]> Lessons = new("lesson")
    {
        Description = "A lesson by its number (00), a laboratory by its lesson's (labs/00), or the path of a notebook. All lessons and laboratories if none is named.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<bool> Mutants = new("--mutants")
    {
        Description = "Try the checks instead of the lessons: change every solution, and every implementation that a test has to accept, in each small way, and name the changes that pass.",
    };

    private static readonly Option<int?> Sample = new("--sample")
    {
        Description = "With --mutants: how many to try, drawn with a fixed seed. All if not given.",
    };

    private static readonly Option<string[]> With = new("--with")
    {
        Description = "Also run, and check, the cells that need this package (tagged requires:PACKAGE). May be repeated.",
        HelpName = "PACKAGE",
    };

    private static readonly Option<DirectoryInfo?> Out = new("--out")
    {
        Description = "Where to put the executed notebooks and their pages, as `run` does. They are not kept if this is not given.",
        HelpName = "DIR",
    };

    public static Command Create()
    {
        var command = new Command("check",
            "For authors: run lessons afresh and name everything that is not as a lesson should be (stale outputs, misquoted numbers, broken links, exercises that do not fit their declarations, …).")
        {
            Lessons,
            With,
            Out,
            Mutants,
            Sample,
        };
        command.SetAction((parsed, cancellation) => parsed.GetValue(Mutants)
            ? Task.FromResult(TryMutants(Repository.Find(), parsed.GetValue(Lessons) ?? [], parsed.GetValue(Sample), AnsiConsole.Console, cancellation))
            : RunAsync(
                Repository.Find(),
                parsed.GetValue(Lessons) ?? [],
                LessonRunOptions.SmallAnd(parsed.GetValue(With)),
                parsed.GetValue(Out)?.FullName,
                AnsiConsole.Console,
                cancellation));
        return command;
    }

    internal static async Task<int> RunAsync(
        Repository repository, IReadOnlyList<string> names, IReadOnlySet<string> with, string? @out, IAnsiConsole console, CancellationToken cancellation)
    {
        IReadOnlyList<Lesson> lessons = repository.Select(names, labs: true);
        OutputFolder? pages = @out is null ? null : new OutputFolder(Path.GetFullPath(@out), lessons);
        var runs = new List<LessonRun>();

        IReadOnlyList<Violation> violations = await LessonChecker.CheckAsync(
            lessons, isWhole: names.Count == 0, progress: lesson => new ProgressLine(console, lesson), with: with, ran: runs.Add, cancellation: cancellation);
        if (pages is not null)
        {
            foreach (LessonRun run in runs) run.Notebook.Write(pages.NotebookOf(run.Lesson));
            await CoursePages.WriteAsync(pages, repository, runs);
            RunSummary.Write(console, runs, pages.Path);
        }

        TextWriter output = console.Profile.Out.Writer;
        foreach (Violation violation in violations) output.WriteLine(violation);
        string checkedNotebooks = lessons.Count == 1 ? "1 notebook" : $"{lessons.Count} notebooks";
        output.WriteLine(violations.Count == 0 ? $"{checkedNotebooks} checked, nothing to mend." : $"{checkedNotebooks} checked, {violations.Count} to mend.");
        return violations.Count == 0 ? ExitCode.Success : ExitCode.Found;
    }

    internal static int TryMutants(Repository repository, IReadOnlyList<string> names, int? sample, IAnsiConsole console, CancellationToken cancellation)
    {
        string[] lessons = names.Count == 0 ? [] : [.. repository.Select(names, labs: false).Select(lesson => lesson.Number).Distinct()];
        int told = 0;
        IReadOnlyList<MutantResult> results = MutantRunner.Run(repository, lessons, sample, (tried, all) =>
        {
            if (tried * 10 / all == told) return;
            told = tried * 10 / all;
            console.Profile.Out.Writer.WriteLine($"{tried} of {all} tried");
        }, cancellation);

        string listing = Path.Combine(repository.Root, "artifacts", "mutants.txt");
        Directory.CreateDirectory(Path.GetDirectoryName(listing)!);
        File.WriteAllText(listing, MutantReport.Listing(results));
        int toMend = MutantReport.Write(results, isWhole: sample is null, console);
        console.Profile.Out.Writer.WriteLine($"What the checks said of each: {listing}");
        return toMend == 0 ? ExitCode.Success : ExitCode.Found;
    }
}
