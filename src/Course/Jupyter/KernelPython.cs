using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TransformerByHand.Course.Jupyter;

/// <summary>A Python that has ipykernel, and where its Jupyter looks for kernels.</summary>
/// <param name="Executable">The interpreter, in full: the <c>python3</c> of one terminal need not be that of another.</param>
/// <param name="Version">Its version.</param>
/// <param name="IpykernelVersion">The version of ipykernel.</param>
/// <param name="UserFolder">Where this user's Jupyter files are kept.</param>
/// <param name="SearchPath">All the folders that Jupyter searches for <c>kernels</c>, the user's own among them.</param>
internal sealed record KernelPython(
    [property: JsonPropertyName("executable")] string Executable,
    [property: JsonPropertyName("version")] string Version,
    [property: JsonPropertyName("ipykernel")] string IpykernelVersion,
    [property: JsonPropertyName("user")] string UserFolder,
    [property: JsonPropertyName("path")] IReadOnlyList<string> SearchPath)
{
    private const string Probe =
        """
        import sys, json, platform, ipykernel
        from jupyter_core.paths import jupyter_data_dir, jupyter_path
        print(json.dumps({"executable": sys.executable, "version": platform.python_version(), "ipykernel": ipykernel.__version__, "user": jupyter_data_dir(), "path": jupyter_path()}))
        """;

    /// <summary>Finds a Python with ipykernel: the one named, or the first of those usually found on a machine.</summary>
    /// <exception cref="CourseException">There is none; the message says what was tried and what to install.</exception>
    public static KernelPython Find(string? named)
    {
        var tried = new List<string>();
        foreach (string candidate in named is null ? Candidates() : [named])
        {
            (KernelPython? found, string? problem) = Ask(candidate);
            if (found is not null) return found;
            tried.Add($"  {candidate}: {problem}");
        }

        throw new CourseException(
            "No Python with ipykernel was found, and Jupyter's kernels need one. Tried:\n" + string.Join("\n", tried) + "\n" +
            "Install it (Debian and Ubuntu: sudo apt-get install python3-ipykernel; elsewhere: python3 -m pip install ipykernel), " +
            "or name the Python that has it: jupyter install --python PATH");
    }

    private static IEnumerable<string> Candidates()
    {
        bool windows = OperatingSystem.IsWindows();
        foreach (string variable in (string[])["VIRTUAL_ENV", "CONDA_PREFIX"])
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } folder)
                yield return windows ? Path.Combine(folder, variable == "VIRTUAL_ENV" ? @"Scripts\python.exe" : "python.exe") : Path.Combine(folder, "bin", "python3");
        }

        if (windows)
        {
            yield return "python.exe";
            yield return "py.exe";
            yield break;
        }

        yield return "python3";
        yield return "python";
        // Debian's own, which a version manager's python3 may hide.
        if (File.Exists("/usr/bin/python3")) yield return "/usr/bin/python3";
    }

    private static (KernelPython? Found, string? Problem) Ask(string command)
    {
        try
        {
            var start = new ProcessStartInfo(command) { RedirectStandardOutput = true, RedirectStandardError = true, ArgumentList = { "-c", Probe } };
            using Process process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode == 0) return (JsonSerializer.Deserialize<KernelPython>(output), null);
            string lastLine = error.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "";
            return (null, lastLine.Length > 0 ? lastLine : $"exit code {process.ExitCode}");
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or JsonException)
        {
            return (null, e is JsonException ? "it did not answer as a Python should" : "not found");
        }
    }
}
