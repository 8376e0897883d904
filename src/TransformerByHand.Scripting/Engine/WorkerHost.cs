using System.Globalization;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using TransformerByHand.Scripting.Engine;
using TransformerByHand.Scripting.Protocol;

namespace TransformerByHand.Scripting;

/// <summary>The worker's main loop: takes messages from the parent and ends with it.</summary>
public static class WorkerHost
{
    /// <summary>Runs cells until the parent closes the pipe.</summary>
    /// <param name="args">The name of the pipes, and the culture to start with (optional).</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args)
    {
        if (args.Length is not (1 or 2))
        {
            Console.Error.WriteLine("This program runs the cells of a notebook for a parent process; it is not started by hand.");
            return 2;
        }

        // The limit was for this process. What the cells start should not inherit it.
        Environment.SetEnvironmentVariable("DOTNET_GCHeapHardLimit", null);
        if (args.Length == 2)
        {
            CultureInfo.DefaultThreadCurrentCulture = new CultureInfo(args[1]);
            CultureInfo.DefaultThreadCurrentUICulture = new CultureInfo(args[1]);
        }

        // Ctrl+C reaches every process of the terminal. What it means for the cells is the parent's decision.
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);

        // Separate pipes, read and written without async: a blocked read would hold up writes on one pipe on Windows.
        using var input = new NamedPipeClientStream(".", $"{args[0]}-in", PipeDirection.In);
        using var output = new NamedPipeClientStream(".", $"{args[0]}-out", PipeDirection.Out);
        input.Connect();
        output.Connect();
        var pipe = new WorkerPipe(input, output);
        LastWords.Register(pipe);
        var engine = new CellEngine(pipe, Environment.CurrentDirectory);
        pipe.Send(new ReadyMessage());

        try
        {
            while (pipe.Receive() is { } message)
            {
                switch (message)
                {
                    case ExecuteMessage execute:
                        engine.Start(execute);
                        break;
                    case StopMessage stop:
                        engine.Stop(stop.Id);
                        break;
                }
            }
        }
        catch (IOException)
        {
            // The same as the end of the pipe: the parent is gone.
        }

        // Not Environment.Exit: that would wait for handlers that the cells have registered.
        System.Diagnostics.Process.GetCurrentProcess().Kill();
        return 0;
    }
}
