using System.Text.Json.Nodes;
using TransformerByHand.Course.Doctor;
using TransformerByHand.Course.Jupyter;

namespace TransformerByHand.Course.Tests.WayIn;

/// <summary>What an editor or a container reads before anyone has typed a command.</summary>
public class EditorSettingsTests
{
    private static readonly string Root = Repository.Find().Root;

    private static readonly string[] Extensions = ["ms-toolsai.jupyter", "ms-dotnettools.dotnet-interactive-vscode"];

    [Fact]
    public void The_container_has_the_sdk_and_the_extensions_and_runs_its_script()
    {
        JsonObject container = Read(".devcontainer/devcontainer.json");

        container["image"]!.ToString().ShouldStartWith("mcr.microsoft.com/devcontainers/");
        container["features"]!["ghcr.io/devcontainers/features/dotnet:2"]!["version"]!.ToString().ShouldBe("10.0");
        Extensions.ShouldBeSubsetOf(Texts(container["customizations"]!["vscode"]!["extensions"]!));
        string script = container["postCreateCommand"]!.ToString().Split(' ')[^1];
        File.Exists(Path.Combine(Root, script)).ShouldBeTrue(script);
        container["remoteEnv"]!["PATH"]!.ToString().ShouldContain("/.dotnet/tools");
        // Or a learner could run a first cell before there is anything to load.
        container["waitFor"]!.ToString().ShouldBe("postCreateCommand");
        foreach (string file in Texts(container["customizations"]!["codespaces"]!["openFiles"]!))
            File.Exists(Path.Combine(Root, file)).ShouldBeTrue(file);
    }

    [Fact]
    public void A_first_open_shows_the_way_runs_lessons_in_their_folder_and_wraps_prose()
    {
        JsonObject settings = Read(".vscode/settings.json");

        settings["workbench.startupEditor"]!.ToString().ShouldBe("readme");
        // Cells name files beside the notebook: '#!import lesson.csx'.
        settings["jupyter.notebookFileRoot"]!.ToString().ShouldBe("${fileDirname}");
        // σ and − look like o and - to it, and every formula would stand in yellow boxes.
        settings["editor.unicodeHighlight.ambiguousCharacters"]!.GetValue<bool>().ShouldBeFalse();
        settings["[markdown]"]!["editor.wordWrap"]!.ToString().ShouldBe("on");
    }

    [Fact]
    public void The_kernel_that_every_lesson_asks_for_is_the_one_that_is_installed()
    {
        // Clients then pick it by themselves: there is no setting that names a kernel.
        foreach (string lesson in Directory.EnumerateFiles(Path.Combine(Root, "notebooks"), "*.ipynb"))
            JsonNode.Parse(File.ReadAllText(lesson))!["metadata"]!["kernelspec"]!["name"]!.ToString().ShouldBe(KernelSpecs.PreferredName, lesson);
    }

    [Fact]
    public void The_editor_recommends_what_a_lesson_needs() =>
        Extensions.ShouldBeSubsetOf(Texts(Read(".vscode/extensions.json")["recommendations"]!));

    [Fact]
    public void Everything_asks_for_the_same_build_of_the_kernel()
    {
        Read(".vscode/settings.json")["dotnet-interactive.requiredInteractiveToolVersion"]!.ToString().ShouldBe(Examination.InteractiveVersion);
        File.ReadAllText(Path.Combine(Root, ".devcontainer/post-create.sh")).ShouldContain($"interactive_version={Examination.InteractiveVersion}\n");
        File.ReadAllText(Path.Combine(Root, "README.md")).ShouldContain($"--version {Examination.InteractiveVersion}");
    }

    [Fact]
    public void The_solution_that_the_editor_opens_is_there() =>
        File.Exists(Path.Combine(Root, Read(".vscode/settings.json")["dotnet.defaultSolution"]!.ToString())).ShouldBeTrue();

    // These files may hold comments in an editor; ours must be plain JSON, so that every tool reads them.
    private static JsonObject Read(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(Root, file)))!.AsObject();

    private static string[] Texts(JsonNode list) => [.. list.AsArray().Select(text => text!.ToString())];
}
