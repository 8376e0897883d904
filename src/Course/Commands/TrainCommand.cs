using System.CommandLine;
using TransformerByHand.Layers;
using TransformerByHand.Training.Model;
using TransformerByHand.Training.Runs;

namespace TransformerByHand.Course.Commands;

/// <summary><c>train</c>: trains one of the course's models from nothing, in minutes, on the processor.</summary>
internal static class TrainCommand
{
    private const string CheckpointName = "run.safetensors";
    private const string ModelName = "model.safetensors";
    private const string SampleName = "sample.txt";
    private const string CurveName = "loss.svg";

    private static readonly Argument<string> Name = new("name")
    {
        Description = $"What to train: {string.Join(", ", Recipes.All.Select(recipe => recipe.Name))}.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<int?> Threads = new("--threads") { Description = "How many threads work; one for each core if not given. The result does not depend on it." };
    private static readonly Option<int?> Steps = new("--steps") { Description = "After how many steps to stop. A run that is stopped early can be resumed." };
    private static readonly Option<bool> Resume = new("--resume") { Description = "Take up the run where it was left. Without it a new run begins, and an earlier one in the folder is set aside." };
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
        string checkpoint = Path.Combine(folder, CheckpointName);
        if (resume && !File.Exists(checkpoint)) throw new CourseException($"There is nothing to resume: {checkpoint} does not exist.");

        PreparedRun? prepared = null;
        try
        {
            // Asked now and not after minutes of training.
            Directory.CreateDirectory(folder);
            string probe = Path.Combine(folder, $".{Environment.ProcessId}.tmp");
            File.Create(probe).Dispose();
            File.Delete(probe);

            output.WriteLine($"Training {recipe.Description}.");
            if (!resume && SetAside(folder) is { } aside) output.WriteLine($"There was a run here already. It is kept in {aside}; --resume would have gone on with it.");
            prepared = recipe.Prepare(threads, checkpoint);
            if (resume) TakeUp(prepared.Run, checkpoint);
            return Train(recipe, prepared, steps, folder, output, cancellation);
        }
        catch (ArithmeticException e)
        {
            throw new CourseException($"{e.Message} {Kept(checkpoint)}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CourseException(prepared is null
                ? $"The run cannot be saved in {folder}: {e.Message} Name another folder with --output."
                : $"The run could not be saved after step {prepared.Run.StepsTaken}: {e.Message} {Kept(checkpoint)}");
        }
    }

    private static int Train(Recipe recipe, PreparedRun prepared, int? steps, string folder, TextWriter output, CancellationToken cancellation)
    {
        int last = Math.Min(recipe.Steps, steps ?? recipe.Steps);
        bool finished = prepared.Run.Run(Math.Max(0, last - prepared.Run.StepsTaken), new ProgressReport(output), cancellation) && last == recipe.Steps;
        if (!finished)
        {
            output.WriteLine($"Saved. To go on: dotnet run --project src/Course -- train {recipe.Name} --resume");
            return cancellation.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Success;
        }

        string sample = prepared.Sample();
        File.WriteAllText(Path.Combine(folder, SampleName), sample + "\n");
        File.WriteAllText(Path.Combine(folder, CurveName), prepared.Run.History.ToChart($"Training '{recipe.Name}'").ToSvg());
        output.WriteLine($"Held-out loss {prepared.Run.History.Evaluations[^1].Loss:F3} nats a token. Expected: {recipe.Expectation}.");
        output.WriteLine();
        output.WriteLine(sample);
        output.WriteLine();
        Safetensors.Save(Path.Combine(folder, ModelName), prepared.Run.Model.ToParameters(), singlePrecision: true);
        output.WriteLine($"In {folder}: {CheckpointName}, {ModelName} (the weights alone), {SampleName}, {CurveName}");
        return ExitCode.Success;
    }

    private static void TakeUp(TrainingRun run, string checkpoint)
    {
        try
        {
            run.Resume(checkpoint);
        }
        catch (InvalidDataException e)
        {
            throw new CourseException($"{e.Message} Name the folder of the run you mean with --output, or leave --resume out: a new run begins, and this file is set aside.");
        }
    }

    /// <summary>Moves what an earlier run has left into a folder of its own, and returns that; null where there was nothing.</summary>
    private static string? SetAside(string folder)
    {
        string[] files = [.. new[] { CheckpointName, ModelName, SampleName, CurveName }.Where(name => File.Exists(Path.Combine(folder, name)))];
        if (files.Length == 0) return null;
        int number = 1;
        while (Path.Exists(Path.Combine(folder, $"earlier-{number}"))) number++;
        string aside = Path.Combine(folder, $"earlier-{number}");
        Directory.CreateDirectory(aside);
        foreach (string name in files) File.Move(Path.Combine(folder, name), Path.Combine(aside, name));
        return aside;
    }

    private static string Kept(string checkpoint) => File.Exists(checkpoint)
        ? $"{checkpoint} is the run as it was last saved; --resume goes on from there."
        : "Nothing of it is saved.";
}
