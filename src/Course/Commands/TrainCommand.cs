using System.CommandLine;
using TransformerByHand.Layers;
using TransformerByHand.Training.Model;
using TransformerByHand.Training.Runs;

namespace TransformerByHand.Course.Commands;

/// <summary><c>train</c>: trains one of the course's models from nothing, in minutes, on the processor.</summary>
internal static class TrainCommand
{
    private static readonly Argument<string> Name = new("name")
    {
        Description = $"What to train: {string.Join(", ", Recipes.All.Select(recipe => recipe.Name))}.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<int?> Threads = new("--threads") { Description = "How many threads work; one for each core if not given. The result does not depend on it." };
    private static readonly Option<int?> Steps = new("--steps") { Description = "After how many steps to stop. A run that is stopped early can be resumed." };
    private static readonly Option<bool> Resume = new("--resume") { Description = "Take up the run where it was left." };
    private static readonly Option<string?> Output = new("--output") { Description = "The folder for checkpoint, sample and curve; artifacts/train/NAME if not given." };

    public static Command Create()
    {
        var command = new Command("train", "Train one of the course's models from nothing, in minutes. Without a name, lists them.") { Name, Threads, Steps, Resume, Output };
        command.SetAction((parsed, cancellation) => Task.Run(() => parsed.GetValue(Name) is { } name
            ? Run(name, parsed.GetValue(Threads), parsed.GetValue(Steps), parsed.GetValue(Resume), parsed.GetValue(Output), Console.Out, cancellation)
            : List(Console.Out), CancellationToken.None));
        return command;
    }

    internal static int List(TextWriter output)
    {
        foreach (Recipe recipe in Recipes.All)
            output.WriteLine($"{recipe.Name,-10} {recipe.Description}. Reaches {recipe.Expectation}.");
        return ExitCode.Success;
    }

    internal static int Run(string name, int? threads, int? steps, bool resume, string? folder, TextWriter output, CancellationToken cancellation)
    {
        Recipe recipe = Recipes.All.FirstOrDefault(candidate => candidate.Name == name)
            ?? throw new CourseException($"There is no recipe '{name}'. There is {string.Join(", ", Recipes.All.Select(known => known.Name))}.");
        if (threads is < 1) throw new CourseException($"--threads is {threads}; it should be 1 or more.");
        if (steps is < 1) throw new CourseException($"--steps is {steps}; it should be 1 or more.");
        folder ??= Path.Combine(Repository.Find().Root, "artifacts", "train", name);
        Directory.CreateDirectory(folder);
        string checkpoint = Path.Combine(folder, "run.safetensors");
        if (resume && !File.Exists(checkpoint)) throw new CourseException($"There is nothing to resume: {checkpoint} does not exist.");

        output.WriteLine($"Training {recipe.Description}.");
        PreparedRun prepared = recipe.Prepare(threads, checkpoint);
        if (resume) prepared.Run.Resume(checkpoint);

        int last = Math.Min(recipe.Steps, steps ?? recipe.Steps);
        bool finished = prepared.Run.Run(last, new ProgressReport(output), cancellation) && last == recipe.Steps;
        if (!finished)
        {
            output.WriteLine($"Saved. To go on: dotnet run --project src/Course -- train {name} --resume");
            return cancellation.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Success;
        }

        string sample = prepared.Sample();
        File.WriteAllText(Path.Combine(folder, "sample.txt"), sample + "\n");
        File.WriteAllText(Path.Combine(folder, "loss.svg"), prepared.Run.History.ToChart($"Training '{name}'").ToSvg());
        output.WriteLine($"Held-out loss {prepared.Run.History.Evaluations[^1].Loss:F3} nats a token. Expected: {recipe.Expectation}.");
        output.WriteLine();
        output.WriteLine(sample);
        output.WriteLine();
        Safetensors.Save(Path.Combine(folder, "model.safetensors"), prepared.Run.Model.ToParameters(), singlePrecision: true);
        output.WriteLine($"In {folder}: run.safetensors, model.safetensors (the weights alone), sample.txt, loss.svg");
        return ExitCode.Success;
    }
}
