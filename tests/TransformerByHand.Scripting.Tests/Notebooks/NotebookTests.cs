using System.Runtime.Versioning;
using TransformerByHand.Scripting.Tests.Support;

namespace TransformerByHand.Scripting.Tests.Notebooks;

public sealed class NotebookTests
{
    public static TheoryData<string> Damages => [.. DamagedNotebooks.All.Select(each => each.Damage)];

    [Theory]
    [MemberData(nameof(Damages))]
    public void What_is_not_a_notebook_is_named_with_its_damage_and_the_remedy(string damage)
    {
        using var folder = new TemporaryFolder();
        (_, byte[] bytes, string sentence) = DamagedNotebooks.All.Single(each => each.Damage == damage);
        string path = Path.Combine(folder.Path, "damaged.ipynb");
        File.WriteAllBytes(path, bytes);

        Should.Throw<NotebookFormatException>(() => Notebook.Read(path)).Message.ShouldBe($"'{path}' cannot be read as a notebook: {sentence}");
    }

    [Fact]
    public void What_is_no_file_is_named_as_what_it_is()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "folder.ipynb");
        Directory.CreateDirectory(path);

        Should.Throw<NotebookFormatException>(() => Notebook.Read(path)).Message.ShouldBe($"'{path}' cannot be read as a notebook: it is a folder; name a notebook in it.");
        Should.Throw<FileNotFoundException>(() => Notebook.Read(path + "x")).Message.ShouldBe($"There is no notebook '{path}x'.");
    }

    [UnixFact]
    public void A_link_that_leads_nowhere_is_named_with_where_it_leads()
    {
        using var folder = new TemporaryFolder();
        string link = Path.Combine(folder.Path, "link.ipynb");
        File.CreateSymbolicLink(link, "gone.ipynb");

        Should.Throw<FileNotFoundException>(() => Notebook.Read(link)).Message.ShouldBe($"'{link}' is a link to 'gone.ipynb', where there is nothing; mend the link, or name the notebook itself.");
    }

    [Fact]
    public void What_is_nested_a_hundred_deep_is_read_and_written_as_it_was()
    {
        string json = "{\"nbformat\": 4, \"cells\": [], \"metadata\": {\"x\": " + new string('[', 100) + new string(']', 100) + "}}";

        Notebook.Parse(json).ToJson().ShouldBe(json);
        Notebook.Parse(json).Clone().ToJson().ShouldBe(json);
    }

    [Theory]
    [InlineData("""{"kernelspec": {"language": "python"}}""", "python")]
    [InlineData("""{"language_info": {"name": "julia"}}""", "julia")]
    [InlineData("""{"kernelspec": {"name": "x"}, "language_info": {"name": "C#"}}""", "C#")]
    [InlineData("""{"kernelspec": {"language": "F#"}, "language_info": {"name": "C#"}}""", "F#")]
    [InlineData("{}", null)]
    public void The_language_is_the_kernels_and_else_the_notebooks_own(string metadata, string? language) =>
        Notebook.Parse($$"""{"nbformat": 4, "metadata": {{metadata}}, "cells": []}""").Language.ShouldBe(language);

    [Fact]
    public void Cells_tell_kind_id_tags_and_language()
    {
        Notebook notebook = Notebook.Parse(
            """
            {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"language": "C#"}}, "cells": [
              {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "x"},
              {"cell_type": "code", "metadata": {"tags": ["timing", "requires:X"], "dotnet_interactive": {"language": "csharp"}}, "source": ["y\n", "z"], "outputs": [], "execution_count": null},
              {"cell_type": "code", "metadata": {"dotnet_interactive": {"language": "csharp"}, "polyglot_notebook": {"kernelName": "mermaid"}}, "source": "", "outputs": [], "execution_count": 4},
              {"cell_type": "raw", "source": ""}
            ]}
            """);
        notebook.Language.ShouldBe("C#");
        notebook.Cells.Select(cell => cell.Kind).ShouldBe([CellKind.Markdown, CellKind.Code, CellKind.Code, CellKind.Raw]);
        notebook.Cells.Select(cell => cell.Id).ShouldBe(["a", "cell-2", "cell-3", "cell-4"]);
        notebook.Cells[1].Tags.ShouldBe(["timing", "requires:X"]);
        notebook.Cells[1].Source.ShouldBe("y\nz");
        notebook.Cells.Select(cell => cell.Language).ShouldBe([null, "csharp", "mermaid", null]);
        notebook.Cells.Skip(1).Take(2).Select(cell => cell.ExecutionCount).ShouldBe([null, 4]);
    }

    [Fact]
    public void Only_code_cells_have_outputs()
    {
        Notebook notebook = Notebook.Parse("""{"nbformat": 4, "cells": [{"cell_type": "markdown", "id": "prose", "metadata": {}, "source": ""}]}""");
        Should.Throw<InvalidOperationException>(() => notebook.Cells[0].SetOutputs([])).Message.ShouldContain("'prose' is a Markdown cell");
        Should.Throw<InvalidOperationException>(() => notebook.Cells[0].ExecutionCount = 1);
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_file()
    {
        using var folder = new TemporaryFolder();
        Notebook notebook = Notebook.Parse("""{"nbformat": 4, "cells": []}""");
        // The target is a folder: the move cannot succeed.
        string target = Path.Combine(folder.Path, "taken");
        Directory.CreateDirectory(target);
        Should.Throw<Exception>(() => notebook.Write(target));
        Directory.Exists(target).ShouldBeTrue();
        Directory.GetFiles(folder.Path).ShouldBeEmpty();
    }

    [UnixFact, UnsupportedOSPlatform("windows")]
    public void A_write_goes_through_a_link_and_keeps_the_files_mode()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("real.ipynb", """{"nbformat": 4, "cells": []}""");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.UserExecute);
        string link = Path.Combine(folder.Path, "link.ipynb");
        File.CreateSymbolicLink(link, "real.ipynb");
        Notebook notebook = Notebook.Read(link);
        notebook.Metadata["added"] = 1;

        notebook.Write(link);

        new FileInfo(link).LinkTarget.ShouldBe("real.ipynb");
        File.ReadAllText(file).ShouldContain("added");
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.UserExecute);
        Directory.GetFiles(folder.Path).Length.ShouldBe(2);
    }
}
