using System.Text.Json.Nodes;

namespace TransformerByHand.Course.ClientTests;

/// <summary><c>jupyter install</c> and <c>uninstall</c>, as Jupyter sees them.</summary>
[Collection(JupyterCollection.Name)]
public sealed class InstallTests(JupyterInstallation jupyter)
{
    [Fact]
    public void Install_names_the_kernel_the_folder_and_the_Python()
    {
        jupyter.InstallOutput.ShouldContain("'.net-csharp'");
        jupyter.InstallOutput.ShouldContain(Path.Combine(jupyter.DataFolder, "kernels", ".net-csharp"));
        jupyter.InstallOutput.ShouldContain(Tool.Python);
    }

    [Fact]
    public async Task Jupyter_lists_the_kernel_until_it_is_uninstalled()
    {
        string folder = Directory.CreateTempSubdirectory("install-").FullName;
        Dictionary<string, string> environment = new(jupyter.Environment) { ["JUPYTER_DATA_DIR"] = folder };

        await CourseAsync(environment, "jupyter", "install", "--python", Tool.Python);
        (await KernelsAsync(environment)).ShouldContain(".net-csharp");
        await CourseAsync(environment, "jupyter", "uninstall", "--python", Tool.Python);

        (await KernelsAsync(environment)).ShouldNotContain(".net-csharp");
        Directory.EnumerateFileSystemEntries(Path.Combine(folder, "kernels")).ShouldBeEmpty();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_Python_without_ipykernel_is_refused_with_what_to_install()
    {
        (int exitCode, string output) = await Tool.RunAsync(
            "dotnet", [CourseBuild.Program, "jupyter", "install", "--python", "/usr/bin/no-such-python"], jupyter.Environment, Path.GetTempPath());

        exitCode.ShouldBe(2);
        output.ShouldContain("/usr/bin/no-such-python: not found");
        output.ShouldContain("python3-ipykernel");
    }

    [Fact]
    public async Task A_kernel_whose_course_is_gone_says_how_to_get_it_back()
    {
        string folder = Directory.CreateTempSubdirectory("gone-").FullName;
        Dictionary<string, string> environment = new(jupyter.Environment) { ["JUPYTER_DATA_DIR"] = folder };
        await CourseAsync(environment, "jupyter", "install", "--python", Tool.Python);
        string file = Path.Combine(folder, "kernels", ".net-csharp", "kernel.json");
        JsonNode spec = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        spec["argv"]![3] = Path.Combine(folder, "moved", "Course.dll");
        await File.WriteAllTextAsync(file, spec.ToJsonString());
        string notebook = Path.Combine(folder, "a.ipynb");
        await File.WriteAllTextAsync(notebook,
            """{"cells": [{"cell_type": "code", "execution_count": null, "id": "a", "metadata": {}, "outputs": [], "source": "1"}], "metadata": {"kernelspec": {"display_name": "C#", "language": "C#", "name": ".net-csharp"}}, "nbformat": 4, "nbformat_minor": 5}""");

        (int exitCode, string output) = await Tool.RunAsync(Tool.Python, ["-m", "nbconvert", "--to", "notebook", "--execute", "--stdout", notebook], environment, folder);

        exitCode.ShouldNotBe(0);
        output.ShouldContain("dotnet build");
        output.ShouldContain(Path.Combine("moved", "Course.dll"));
        Directory.Delete(folder, recursive: true);
    }

    private static Task<string> CourseAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        Tool.RunWellAsync("dotnet", [CourseBuild.Program, .. arguments], environment, Path.GetTempPath());

    private static Task<string> KernelsAsync(IReadOnlyDictionary<string, string> environment) =>
        Tool.RunWellAsync(Tool.Python, ["-m", "jupyter_client.kernelspecapp", "list"], environment);
}
