using System.CommandLine;
using Spectre.Console;
using TransformerByHand.Course.Checking;
using TransformerByHand.Course.Running;

namespace TransformerByHand.Course.Commands;

/// <summary><c>check</c>: the author's contract, for every lesson.</summary>
internal static class CheckCommand
{
    private static readonly Argument<string[]> Lessons = new("lesson")
    {
        Description = "A lesson by its number (00), a laboratory by its lesson's (labs/00), or the path of a notebook. All lessons and laboratories if none is named.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public static Command Create()
    {
        var command = new Command("check",
            "For authors: run lessons afresh and name everything that is not as a lesson should be (stale outputs, misquoted numbers, broken links, exercises that do not fit their declarations, …).")
        {
            Lessons,
        };
        command.SetAction((parsed, cancellation) => RunAsync(Repository.Find(), parsed.GetValue(Lessons) ?? [], AnsiConsole.Console, cancellation));
        return command;
    }

    internal static async Task<int> RunAsync(Repository repository, IReadOnlyList<string> names, IAnsiConsole console, CancellationToken cancellation)
    {
        IReadOnlyList<Lesson> lessons = repository.Select(names, labs: true);

        IReadOnlyList<Violation> violations = await LessonChecker.CheckAsync(
            lessons, isWhole: names.Count == 0, progress: lesson => new ProgressLine(console, lesson), cancellation: cancellation);

        TextWriter output = console.Profile.Out.Writer;
        foreach (Violation violation in violations) output.WriteLine(violation);
        string checkedNotebooks = lessons.Count == 1 ? "1 notebook" : $"{lessons.Count} notebooks";
        output.WriteLine(violations.Count == 0 ? $"{checkedNotebooks} checked, nothing to mend." : $"{checkedNotebooks} checked, {violations.Count} to mend.");
        return violations.Count == 0 ? ExitCode.Success : ExitCode.Found;
    }
}
