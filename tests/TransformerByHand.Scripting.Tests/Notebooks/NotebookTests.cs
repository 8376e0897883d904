using TransformerByHand.Scripting.Tests.Support;

namespace TransformerByHand.Scripting.Tests.Notebooks;

public sealed class NotebookTests
{
    [Theory]
    [InlineData("not json at all", "it is not valid JSON (line 1")]
    [InlineData("{\n<<<<<<< HEAD\n", "it is not valid JSON (line 2")]
    [InlineData("[]", "it should be a JSON object")]
    [InlineData("{}", "it has no number 'nbformat'")]
    [InlineData("""{"nbformat": 3, "worksheets": []}""", "its nbformat is 3, and this library reads 4")]
    [InlineData("""{"nbformat": 4}""", "it has no list 'cells'")]
    [InlineData("""{"nbformat": 4, "cells": [1]}""", "cell 1 should be a JSON object")]
    [InlineData("""{"nbformat": 4, "cells": [{"cell_type": "heading"}]}""", "cell 1 has cell_type 'heading'")]
    [InlineData("""{"nbformat": 4, "nbformat": 4, "cells": []}""", "it is not valid JSON")]
    public void What_is_not_a_notebook_is_refused_with_the_reason(string json, string reason) =>
        Should.Throw<NotebookFormatException>(() => Notebook.Parse(json)).Message.ShouldContain(reason);

    [Fact]
    public void A_damaged_file_is_named()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("damaged.ipynb", "{");
        Should.Throw<NotebookFormatException>(() => Notebook.Read(path)).Message.ShouldContain("damaged.ipynb");
        Should.Throw<FileNotFoundException>(() => Notebook.Read(path + "x")).Message.ShouldContain("damaged.ipynbx");
    }

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
}
