using System.Diagnostics;

namespace TransformerByHand.Course.ClientTests;

/// <summary>Runs the programs of others.</summary>
internal static class Tool
{
    /// <summary>Debian's Python, which has Jupyter; another may come first on the PATH.</summary>
    public static string Python { get; } = Environment.GetEnvironmentVariable("JUPYTER_PYTHON") ?? "/usr/bin/python3";

    /// <summary>Runs a program to its end and returns what it printed on both streams.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string command, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string? folder = null, TimeSpan? limit = null)
    {
        using Process process = Start(command, arguments, environment, folder);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(limit ?? TimeSpan.FromMinutes(5));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{command} {string.Join(' ', arguments)} did not end in time.\n{await output}\n{await error}");
        }

        return (process.ExitCode, await output + await error);
    }

    /// <summary>Runs a program that has to succeed.</summary>
    public static async Task<string> RunWellAsync(
        string command, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string? folder = null, TimeSpan? limit = null)
    {
        (int exitCode, string output) = await RunAsync(command, arguments, environment, folder, limit);
        exitCode.ShouldBe(0, output);
        return output;
    }

    /// <summary>Starts a program with its streams redirected.</summary>
    public static Process Start(string command, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string? folder = null)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? CourseBuild.Root,
        };
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
