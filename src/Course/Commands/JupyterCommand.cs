using System.CommandLine;
using System.Runtime.InteropServices;
using NetMQ;
using Spectre.Console;
using TransformerByHand.Course.Jupyter;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Commands;

/// <summary><c>jupyter</c>: makes the course's C# kernel known to Jupyter and VS Code, and is that kernel.</summary>
internal static class JupyterCommand
{
    private static readonly Option<string> Connection = new("-f")
    {
        Description = "The file in which the client says where to listen.",
        HelpName = "FILE",
        Required = true,
    };

    public static Command Create()
    {
        var install = new Command("install", "Install the kernel for this user, in VS Code, JupyterLab and classic Notebook.");
        install.SetAction((_, cancellation) => InstallAsync(AnsiConsole.Console, JupyterFolders.OfThisMachine, cancellation));
        var uninstall = new Command("uninstall", "Take the kernel away again.");
        uninstall.SetAction(_ => Uninstall(AnsiConsole.Console, JupyterFolders.OfThisMachine));
        var kernel = new Command("kernel", "Be the kernel; Jupyter and VS Code start this.") { Connection };
        kernel.Hidden = true;
        kernel.SetAction((parsed, _) => KernelAsync(parsed.GetRequiredValue(Connection)));
        return new Command("jupyter", "The C# kernel for VS Code, JupyterLab and classic Notebook.") { install, uninstall, kernel };
    }

    internal static async Task<int> InstallAsync(IAnsiConsole console, JupyterFolders folders, CancellationToken cancellation)
    {
        await TryEngineAsync(cancellation);
        var specs = new KernelSpecs(folders.User, folders.SearchPath);
        (string name, string folder) = specs.Install(DotnetCommand.OfThisRuntime(), Path.Combine(AppContext.BaseDirectory, "Course.dll"));
        TextWriter output = console.Profile.Out.Writer;
        output.WriteLine($"Installed the C# kernel as '{name}' in {folder}");
        if (name == KernelSpecs.PreferredName)
            output.WriteLine("Lessons ask for that name, so they open with it.");
        else
            output.WriteLine($"'{KernelSpecs.PreferredName}', the name that lessons ask for, belongs to another kernel ({specs.OthersNamed(KernelSpecs.PreferredName).First()}). Lessons open with that one; ours is in the kernel menu as 'C# (Transformer by Hand)'.");
        output.WriteLine("It needs nothing but the .NET SDK. Installed once, it goes on working after every 'dotnet build'. If you move this folder, install again.");
        return ExitCode.Success;
    }

    internal static int Uninstall(IAnsiConsole console, JupyterFolders folders)
    {
        IReadOnlyList<string> removed = new KernelSpecs(folders.User, folders.SearchPath).Uninstall();
        console.Profile.Out.Writer.WriteLine(removed.Count == 0
            ? $"There was nothing to take away: this course has no kernel in {Path.Combine(folders.User, "kernels")}"
            : $"Took away {string.Join(" and ", removed)}");
        return ExitCode.Success;
    }

    private static async Task<int> KernelAsync(string connectionFile)
    {
        ConnectionFile connection = ConnectionFile.Read(connectionFile);
        KernelHost host;
        try
        {
            host = new KernelHost(connection, new SessionOptions { WorkingDirectory = Environment.CurrentDirectory });
        }
        catch (NetMQException e)
        {
            throw new CourseException($"The kernel cannot listen on the ports that '{connectionFile}' names: {e.Message}");
        }

        // A terminal's Ctrl+C stops the cell, as a client's request does. Asked to end by the system, it takes the cells' process along.
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            host.Interrupt();
        });
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            host.End();
        });
        _ = ParentWatch.GoneAsync().ContinueWith(_ => host.End(), TaskScheduler.Default);

        await host.RunAsync();
        await host.DisposeAsync();
        // The last reply may still be on its way.
        NetMQConfig.Cleanup(block: true);
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
