using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using TransformerByHand.Course;
using TransformerByHand.Course.Commands;
using TransformerByHand.Exercises;
using TransformerByHand.Scripting;

// Numbers in tables and pages are read by people of every country and compared by programs: one form for all.
CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;

// Not for people: lesson 12 starts two of these, which share a layer.
if (args is [HalfLayer.Verb])
{
    HalfLayer.Serve(Console.OpenStandardInput(), Console.OpenStandardOutput());
    return ExitCode.Success;
}

var root = new RootCommand("Transformer by Hand: runs, checks and looks after the lessons. Without a command it runs every lesson.");
RunCommand.AddTo(root);
root.Add(RunCommand.Create());
root.Add(CheckCommand.Create());
root.Add(DoctorCommand.Create());
root.Add(ProgressCommand.Create());
root.Add(TrainCommand.Create());
root.Add(DataCommand.Create());
root.Add(JupyterCommand.Create());
root.Add(ImagesCommand.Create());

try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception problem) when (problem is CourseException or WorkerStartException)
{
    AnsiConsole.Console.Profile.Out.Writer.Flush();
    await Console.Error.WriteLineAsync(problem.Message);
    return ExitCode.CannotRun;
}
catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
{
    // A full disk, a folder that went away: the message names the file, and a stack trace would name nothing that can be mended.
    AnsiConsole.Console.Profile.Out.Writer.Flush();
    await Console.Error.WriteLineAsync($"Stopped, because a file could not be read or written: {problem.Message}");
    return ExitCode.CannotRun;
}
catch (OperationCanceledException)
{
    await Console.Error.WriteLineAsync("Stopped.");
    return ExitCode.Interrupted;
}
