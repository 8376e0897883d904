using System.CommandLine;
using Spectre.Console;
using TransformerByHand.Course.Jupyter;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Commands;

/// <summary><c>jupyter</c>: makes the course's C# kernel known to Jupyter and VS Code, and is that kernel.</summary>
internal static class JupyterCommand
{
    private static readonly Option<string?> Python = new("--python")
    {
        Description = "The Python to use, one that has ipykernel. Default: the first found that has.",
        HelpName = "PATH",
    };

    public static Command Create()
    {
        var install = new Command("install", "Install the kernel for this user, in VS Code, JupyterLab and classic Notebook.") { Python };
        install.SetAction((parsed, cancellation) => InstallAsync(AnsiConsole.Console, parsed.GetValue(Python), cancellation));
        var uninstall = new Command("uninstall", "Take the kernel away again.") { Python };
        uninstall.SetAction(parsed => Uninstall(AnsiConsole.Console, parsed.GetValue(Python)));
        var host = new Command("host", "Answer Jupyter's requests on standard input; kernel.py starts this.") { Hidden = true };
        host.SetAction((_, _) => HostAsync());
        return new Command("jupyter", "The C# kernel for VS Code, JupyterLab and classic Notebook.") { install, uninstall, host };
    }

    internal static async Task<int> InstallAsync(IAnsiConsole console, string? named, CancellationToken cancellation)
    {
        KernelPython python = KernelPython.Find(named);
        await TryEngineAsync(cancellation);
        var specs = new KernelSpecs(python.UserFolder, python.SearchPath);
        (string name, string folder) = specs.Install(python.Executable, DotnetCommand.OfThisRuntime(), Path.Combine(AppContext.BaseDirectory, "Course.dll"));
        TextWriter output = console.Profile.Out.Writer;
        output.WriteLine($"Installed the C# kernel as '{name}' in {folder}");
        if (name == KernelSpecs.PreferredName)
            output.WriteLine("Lessons ask for that name, so they open with it.");
        else
            output.WriteLine($"'{KernelSpecs.PreferredName}', the name that lessons ask for, belongs to another kernel ({specs.OthersNamed(KernelSpecs.PreferredName).First()}). Lessons open with that one; ours is in the kernel menu as 'C# (Transformer by Hand)'.");
        output.WriteLine($"It runs with {python.Executable} (Python {python.Version}, ipykernel {python.IpykernelVersion}).");
        output.WriteLine("Installed once, it goes on working after every 'dotnet build'. If you move this folder, install again.");
        return ExitCode.Success;
    }

    internal static int Uninstall(IAnsiConsole console, string? named)
    {
        KernelPython python = KernelPython.Find(named);
        IReadOnlyList<string> removed = new KernelSpecs(python.UserFolder, python.SearchPath).Uninstall();
        console.Profile.Out.Writer.WriteLine(removed.Count == 0
            ? $"There was nothing to take away: this course has no kernel in {Path.Combine(python.UserFolder, "kernels")}"
            : $"Took away {string.Join(" and ", removed)}");
        return ExitCode.Success;
    }

    private static async Task<int> HostAsync()
    {
        Stream output = Console.OpenStandardOutput();
        // The stream belongs to the protocol. Whatever else this process prints goes where it cannot hurt.
        Console.SetOut(Console.Error);
        using var input = new StreamReader(Console.OpenStandardInput(), new System.Text.UTF8Encoding(false));
        await using var host = new KernelHost(output, new SessionOptions { WorkingDirectory = Environment.CurrentDirectory });
        await host.RunAsync(input);
        return ExitCode.Success;
    }

    /// <summary>Makes sure that the kernel will have something to run cells with.</summary>
    private static async Task TryEngineAsync(CancellationToken cancellation)
    {
        try
        {
            await using CellSession session = await CellSession.StartAsync(new SessionOptions { WorkingDirectory = Path.GetTempPath() }, cancellation);
        }
        catch (WorkerStartException e)
        {
            throw new CourseException($"The kernel was not installed, because its engine does not start: {e.Message}");
        }
    }
}
