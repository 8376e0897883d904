using System.CommandLine;
using Spectre.Console;
using TransformerByHand.Exercises;
using Progress = TransformerByHand.Exercises.Progress;

namespace TransformerByHand.Course.Commands;

// Inside the namespace, where it comes before the library's namespace of the same name.
using Text = Spectre.Console.Text;

/// <summary><c>progress</c>: what the learner has solved and predicted.</summary>
internal static class ProgressCommand
{
    private static readonly Option<bool> Reset = new("--reset")
    {
        Description = "Forget everything that was solved and predicted. The old file is overwritten.",
    };

    public static Command Create()
    {
        var command = new Command("progress", "Show what you have solved and predicted so far.") { Reset };
        command.SetAction(parsed => Run(AnsiConsole.Console, parsed.GetValue(Reset)));
        return command;
    }

    internal static int Run(IAnsiConsole console, bool reset)
    {
        if (reset)
        {
            string? problem = Progress.Reset();
            console.WriteLine(problem ?? $"Forgotten. Your progress is kept in {Progress.File} and starts again at nothing.");
            return problem is null ? ExitCode.Success : ExitCode.CannotRun;
        }

        (Progress progress, string? message) = Progress.Load();
        if (message is not null) console.WriteLine(message);

        Spectre.Console.Table exercises = new Spectre.Console.Table().Border(TableBorder.Simple)
            .AddColumns("Exercise", "", "State", "Attempts", "Hints");
        foreach (Exercise exercise in ExerciseCatalog.All)
        {
            ExerciseProgress done = progress.Exercise(exercise.Id);
            exercises.AddRow(
                new Text(exercise.Id), new Text(exercise.Title),
                new Text(done.Solved ? "solved" : done.Attempts > 0 ? "tried" : "open"),
                new Text(done.Attempts.ToString()), new Text($"{done.HintsOpened} of {exercise.Hints.Count}"));
        }
        console.Write(exercises);

        if (progress.Predictions.Count > 0)
        {
            Spectre.Console.Table predictions = new Spectre.Console.Table().Border(TableBorder.Simple).AddColumns("Prediction", "Yours", "Measured");
            foreach ((string id, PredictionProgress prediction) in progress.Predictions)
                predictions.AddRow(new Text(id), new Text(prediction.Guess?.ToString() ?? "none"), new Text(prediction.Outcome?.ToString() ?? "not revealed yet"));
            console.Write(predictions);
        }

        console.WriteLine($"{ExerciseCatalog.All.Count(exercise => progress.Exercise(exercise.Id).Solved)} of {ExerciseCatalog.All.Count} exercises solved. Kept in {Progress.File}");
        return ExitCode.Success;
    }
}
