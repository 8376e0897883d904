using System.Text.Json.Nodes;

namespace TransformerByHand.Course.ClientTests;

/// <summary>The course where its folder may not be written to, and has a name that trips programs up.</summary>
public sealed class ReadOnlyCheckoutTests : IDisposable
{
    private readonly string parent = Directory.CreateTempSubdirectory("read-only-").FullName;

    private string Root => Path.Combine(parent, "Kurs für Żaneta 數學");

    private string Home => Path.Combine(parent, "home");

    [Fact]
    public async Task The_kernel_runs_a_lesson_and_writes_nothing()
    {
        foreach (string project in (string[])["Course", "TransformerByHand.Worker", "TransformerByHand.Exercises"])
            Copy(Path.Combine(CourseBuild.Root, "artifacts", "bin", project), Path.Combine(Root, "artifacts", "bin", project));
        Copy(CourseBuild.Notebooks, Path.Combine(Root, "notebooks"));
        File.Copy(Path.Combine(CourseBuild.Root, "TransformerByHand.slnx"), Path.Combine(Root, "TransformerByHand.slnx"));
        Directory.CreateDirectory(Home);
        await Tool.RunWellAsync("chmod", ["-R", "a-w,a+rX", Root], new Dictionary<string, string>());
        await Tool.RunWellAsync("chmod", ["755", parent], new Dictionary<string, string>());
        await Tool.RunWellAsync("chmod", ["777", Home], new Dictionary<string, string>());
        string[] before = [.. Entries()];
        var environment = new Dictionary<string, string>
        {
            ["HOME"] = Home,
            ["JUPYTER_DATA_DIR"] = Path.Combine(Home, "data"),
            ["JUPYTER_CONFIG_DIR"] = Path.Combine(Home, "config"),
            ["JUPYTER_RUNTIME_DIR"] = Path.Combine(Home, "runtime"),
            ["IPYTHONDIR"] = Path.Combine(Home, "ipython"),
            ["TRANSFORMER_BY_HAND_PROGRESS"] = Path.Combine(Home, "progress"),
            ["PYTHONWARNINGS"] = "ignore",
        };
        (await AsSomebodyAsync("touch", [Path.Combine(Root, "notebooks", "new")], environment)).ExitCode.ShouldNotBe(0, "the folder should be read-only for whoever runs this");

        (int installed, string said) = await AsSomebodyAsync(
            "dotnet", [Path.Combine(Root, "artifacts", "bin", "Course", "course", "Course.dll"), "jupyter", "install"], environment);
        installed.ShouldBe(0, said);
        (int converted, string log) = await AsSomebodyAsync(
            Tool.Python,
            ["-m", "nbconvert", "--to", "notebook", "--execute", "--output-dir", Path.Combine(Home, "out"), Path.Combine(Root, "notebooks", "00-start-here.ipynb")],
            environment);
        converted.ShouldBe(0, log);

        JsonNode executed = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Home, "out", "00-start-here.ipynb")))!;
        executed["cells"]!.AsArray().Count(cell => cell!["outputs"] is JsonArray { Count: > 0 }).ShouldBeGreaterThan(3);
        Entries().ShouldBe(before);
    }

    public void Dispose()
    {
        using var chmod = System.Diagnostics.Process.Start("chmod", ["-R", "u+w", parent]);
        chmod.WaitForExit();
        Directory.Delete(parent, recursive: true);
    }

    /// <summary>Runs a program as a user to whom read-only means read-only: root, as whom tests run in containers, may write anywhere.</summary>
    private static Task<(int ExitCode, string Output)> AsSomebodyAsync(string command, string[] arguments, IReadOnlyDictionary<string, string> environment) =>
        Environment.UserName == "root"
            ? Tool.RunAsync("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", command, .. arguments], environment, Path.GetTempPath())
            : Tool.RunAsync(command, arguments, environment, Path.GetTempPath());

    private IEnumerable<string> Entries() =>
        Directory.EnumerateFileSystemEntries(Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(entry => $"{entry} {File.GetLastWriteTimeUtc(entry):O}");

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string folder in Directory.EnumerateDirectories(from)) Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        foreach (string file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
