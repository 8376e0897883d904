using TransformerByHand.Course.Doctor;

namespace TransformerByHand.Course.ClientTests.Genuine;

/// <summary>.NET Interactive itself, of the version that the course names: the tool, and its kernel in a Jupyter of the tests' own.</summary>
public sealed class GenuineInstallation : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("genuine-").FullName;

    private string ToolFolder => Path.Combine(folder, "tool");

    /// <summary>The program, which can also be spoken to without Jupyter.</summary>
    public string Program => Path.Combine(ToolFolder, "dotnet-interactive");

    /// <summary>The environment for every program that is to use it; progress goes to a folder that nothing has used before.</summary>
    public Dictionary<string, string> Environment => new()
    {
        // The kernel is started as `dotnet interactive`, which looks for the tool on the path.
        ["PATH"] = $"{ToolFolder}{Path.PathSeparator}{System.Environment.GetEnvironmentVariable("PATH")}",
        ["JUPYTER_DATA_DIR"] = Path.Combine(folder, "data"),
        ["JUPYTER_CONFIG_DIR"] = Path.Combine(folder, "config"),
        ["JUPYTER_RUNTIME_DIR"] = Path.Combine(folder, "runtime"),
        ["IPYTHONDIR"] = Path.Combine(folder, "ipython"),
        ["TRANSFORMER_BY_HAND_PROGRESS"] = Directory.CreateTempSubdirectory("genuine-progress-").FullName,
        ["DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1",
        ["PYTHONWARNINGS"] = "ignore",
    };

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(folder, "runtime"));
        string kernels = Directory.CreateDirectory(Path.Combine(folder, "data", "kernels")).FullName;
        await Tool.RunWellAsync("dotnet", ["tool", "install", "Microsoft.dotnet-interactive", "--version", Examination.InteractiveVersion, "--tool-path", ToolFolder], Environment, folder);
        await Tool.RunWellAsync(Program, ["jupyter", "install", "--path", kernels], Environment, folder);
    }

    public Task DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>Runs a notebook from top to bottom with this kernel, by <c>nbconvert</c>.</summary>
    /// <param name="notebook">The notebook; it stays as it is.</param>
    /// <param name="failing">Whether cells may fail without ending the run.</param>
    /// <returns>The path of the executed copy.</returns>
    public async Task<string> ExecuteAsync(string notebook, bool failing = false)
    {
        string output = Directory.CreateTempSubdirectory("executed-").FullName;
        string[] allow = failing ? ["--allow-errors"] : [];
        await Tool.RunWellAsync(
            Tool.Python,
            ["-m", "nbconvert", "--to", "notebook", "--execute", "--ExecutePreprocessor.timeout=900", "--ExecutePreprocessor.kernel_name=.net-csharp", .. allow, "--output-dir", output, notebook],
            Environment, Path.GetDirectoryName(notebook), limit: TimeSpan.FromMinutes(30));
        return Path.Combine(output, Path.GetFileName(notebook));
    }
}

/// <summary>Tests with the genuine kernel run one after another: two that start at once may collide on a port.</summary>
[CollectionDefinition(Name)]
public sealed class GenuineCollection : ICollectionFixture<GenuineInstallation>
{
    public const string Name = "Genuine";
}
