namespace TransformerByHand.Course.ClientTests;

/// <summary>A Jupyter of the tests' own: every folder it uses is temporary, and the kernel is installed in it.</summary>
public sealed class JupyterInstallation : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("jupyter-").FullName;

    /// <summary>The environment for every program that is to use it.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["JUPYTER_DATA_DIR"] = DataFolder,
        ["JUPYTER_CONFIG_DIR"] = Path.Combine(folder, "config"),
        ["JUPYTER_RUNTIME_DIR"] = Path.Combine(folder, "runtime"),
        ["IPYTHONDIR"] = Path.Combine(folder, "ipython"),
        ["TRANSFORMER_BY_HAND_PROGRESS"] = Path.Combine(folder, "progress"),
        ["NOTEBOOKS"] = CourseBuild.Notebooks,
        ["PYTHONWARNINGS"] = "ignore",
    };

    public string DataFolder => Path.Combine(folder, "data");

    /// <summary>What <c>jupyter install</c> said.</summary>
    public string InstallOutput { get; private set; } = "";

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(folder, "runtime"));
        InstallOutput = await Tool.RunWellAsync("dotnet", [CourseBuild.Program, "jupyter", "install"], Environment, Path.GetTempPath());
    }

    public Task DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return Task.CompletedTask;
    }
}

/// <summary>Tests that share one installation, and run one after another: each starts several processes.</summary>
[CollectionDefinition(Name)]
public sealed class JupyterCollection : ICollectionFixture<JupyterInstallation>
{
    public const string Name = "Jupyter";
}
