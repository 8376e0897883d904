namespace TransformerByHand.Course.ClientTests;

/// <summary>JupyterLab, put together once from its packages (lab/build.js).</summary>
public sealed class JupyterLabBuild : IAsyncLifetime
{
    private static readonly Dictionary<string, string> Environment = [];

    private static readonly string Sources = Path.Combine(CourseBuild.Root, "tests", "Course.ClientTests", "lab");

    /// <summary>What starts the server; the build is its first argument.</summary>
    public static string Server { get; } = Path.Combine(Sources, "server.py");

    public static string Folder { get; } = Path.Combine(CourseBuild.Root, "artifacts", "jupyterlab");

    /// <summary>Once for all classes of tests that use it.</summary>
    private static readonly Lazy<Task> Built = new(async () =>
    {
        await Tool.RunWellAsync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], Environment, Sources);
        await Tool.RunWellAsync("node", ["build.js", Folder], Environment, Sources);
    });

    public Task InitializeAsync() => Built.Value;

    public Task DisposeAsync() => Task.CompletedTask;
}
