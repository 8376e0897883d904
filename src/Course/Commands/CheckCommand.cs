using System.CommandLine;
using Spectre.Console;
using TransformerByHand.Course.Checking;
using TransformerByHand.Course.Mutants;
using TransformerByHand.Course.Running;

namespace TransformerByHand.Course.Commands;

/// <summary><c>check</c>: the author's contract, for every lesson.</summary>
internal static class CheckCommand
{
    private static readonly Argument<string[]> Lessons = new("lesson")
    {
        Description = "A lesson by its number (00), or the path of a notebook. All lessons if none is named.",
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

    public static Command Create()
    {
        var command = new Command("check",
            "For authors: run lessons afresh and name everything that is not as a lesson should be (stale outputs, misquoted numbers, broken links, exercises that do not fit their declarations, …).")
        {
            Lessons, Mutants, Sample,
        };
        command.SetAction((parsed, cancellation) => parsed.GetValue(Mutants)
            ? Task.FromResult(TryMutants(Repository.Find(), parsed.GetValue(Lessons) ?? [], parsed.GetValue(Sample), AnsiConsole.Console, cancellation))
            : RunAsync(Repository.Find(), parsed.GetValue(Lessons) ?? [], AnsiConsole.Console, cancellation));
        return command;
    }

    internal static async Task<int> RunAsync(Repository repository, IReadOnlyList<string> names, IAnsiConsole console, CancellationToken cancellation)
    {
        IReadOnlyList<Lesson> lessons = names.Count == 0 ? repository.Lessons() : [.. names.Select(repository.Resolve).Distinct()];
        if (lessons.Count == 0) throw new CourseException($"There are no notebooks in {repository.Notebooks}.");

        IReadOnlyList<Violation> violations = await LessonChecker.CheckAsync(
            lessons, isWhole: names.Count == 0, progress: lesson => new ProgressLine(console, lesson), cancellation: cancellation);

        TextWriter output = console.Profile.Out.Writer;
        foreach (Violation violation in violations) output.WriteLine(violation);
        string checkedLessons = lessons.Count == 1 ? "1 lesson" : $"{lessons.Count} lessons";
        output.WriteLine(violations.Count == 0 ? $"{checkedLessons} checked, nothing to mend." : $"{checkedLessons} checked, {violations.Count} to mend.");
        return violations.Count == 0 ? ExitCode.Success : ExitCode.Found;
    }

    internal static int TryMutants(Repository repository, IReadOnlyList<string> names, int? sample, IAnsiConsole console, CancellationToken cancellation)
    {
        string[] lessons = [.. names.Select(name => repository.Resolve(name).Number).Distinct()];
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
