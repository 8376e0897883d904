using System.Text.Json.Nodes;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.ClientTests;

/// <summary><c>jupyter install</c> and <c>uninstall</c>, as Jupyter sees them.</summary>
[Collection(JupyterCollection.Name)]
public sealed class InstallTests(JupyterInstallation jupyter)
{
    [Fact]
    public void Install_names_the_kernel_and_the_folder()
    {
        jupyter.InstallOutput.ShouldContain("'.net-csharp'");
        jupyter.InstallOutput.ShouldContain(Path.Combine(jupyter.DataFolder, "kernels", ".net-csharp"));
    }

    [Fact]
    public async Task Jupyter_lists_the_kernel_until_it_is_uninstalled()
    {
        string folder = Directory.CreateTempSubdirectory("install-").FullName;
        // A home of its own too: Jupyter also lists what whoever runs this test has installed there.
        Dictionary<string, string> environment = new(jupyter.Environment) { ["JUPYTER_DATA_DIR"] = folder, ["HOME"] = folder };

        await CourseAsync(environment, "jupyter", "install");
        (await KernelsAsync(environment)).ShouldContain(".net-csharp");
        await CourseAsync(environment, "jupyter", "uninstall");

        (await KernelsAsync(environment)).ShouldNotContain(".net-csharp");
        Directory.EnumerateFileSystemEntries(Path.Combine(folder, "kernels")).ShouldBeEmpty();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task It_is_installed_and_runs_where_there_is_no_Python()
    {
        string folder = Directory.CreateTempSubdirectory("bare-").FullName;
        // A PATH on which there is nothing at all.
        Dictionary<string, string> environment = new(jupyter.Environment) { ["JUPYTER_DATA_DIR"] = folder, ["HOME"] = folder, ["PATH"] = folder };

        (int exitCode, string output) = await Tool.RunAsync(DotnetCommand.OfThisRuntime(), [CourseBuild.Program, "jupyter", "install"], environment, Path.GetTempPath());

        exitCode.ShouldBe(0, output);
        JsonNode spec = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "kernels", ".net-csharp", "kernel.json")))!;
        ((string?)spec["argv"]![0]).ShouldBe(DotnetCommand.OfThisRuntime());
        spec["argv"]!.ToJsonString().ShouldNotContain("python");
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_connection_file_that_is_not_there_is_named_and_not_a_stack_trace()
    {
        (int exitCode, string output) = await Tool.RunAsync("dotnet", [CourseBuild.Program, "jupyter", "kernel", "-f", "/no/such/file.json"], jupyter.Environment, Path.GetTempPath());

        exitCode.ShouldBe(2);
        output.ShouldContain("/no/such/file.json");
        output.ShouldNotContain("   at ");
    }

    private static Task<string> CourseAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        Tool.RunWellAsync("dotnet", [CourseBuild.Program, .. arguments], environment, Path.GetTempPath());

    private static Task<string> KernelsAsync(IReadOnlyDictionary<string, string> environment) =>
        Tool.RunWellAsync(Tool.Python, ["-m", "jupyter_client.kernelspecapp", "list"], environment);
}
