using TransformerByHand.Scripting.Tests.Support;

namespace TransformerByHand.Scripting.Tests.Sessions;

public sealed class MagicTests(CellHost host) : IClassFixture<CellHost>
{
    [Fact]
    public async Task The_using_lines_of_an_imported_script_stay_in_force()
    {
        host.Folder.Write("common.csx", "using System.Numerics;\nusing static System.Math;\nvar imported = 3;");
        (await host.RunAsync("#!import common.csx")).ShouldSucceed().Outputs.ShouldBeEmpty();
        (await host.RunAsync("Max(imported, (int)new BigInteger(2))")).PlainValue().ShouldBe("3");
    }

    [Fact]
    public async Task References_in_an_imported_script_are_relative_to_the_notebooks_folder()
    {
        TestLibrary.Build(Path.Combine(host.Folder.Path, "libs"), "ForScript", "namespace ForScript { public class Thing { public int Size => 5; } }");
        host.Folder.Write("deep/down/setup.csx", "#r \"libs/ForScript.dll\"\nusing ForScript;");
        (await host.RunAsync("#!import deep/down/setup.csx")).ShouldSucceed();
        (await host.RunAsync("new Thing().Size")).PlainValue().ShouldBe("5");
    }

    [Fact]
    public async Task An_import_may_stand_between_code()
    {
        host.Folder.Write("middle.cs", "int FromMiddle() => startValue * 2;");
        (await host.RunAsync("var startValue = 4;\n#!import \"middle.cs\"\nFromMiddle()")).ShouldSucceed().PlainValue().ShouldBe("8");
    }

    [Fact]
    public async Task A_notebook_can_be_imported()
    {
        host.Folder.Write("other.ipynb",
            """
            {"cells": [
              {"cell_type": "markdown", "metadata": {}, "source": "prose"},
              {"cell_type": "code", "metadata": {}, "source": ["int fromOther = 11;\n", "int unused = 1;"], "outputs": [], "execution_count": null},
              {"cell_type": "code", "metadata": {}, "source": "int twice = fromOther * 2;", "outputs": [], "execution_count": null}
             ], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
            """);
        await host.RunAsync("#!import other.ipynb");
        (await host.RunAsync("twice")).PlainValue().ShouldBe("22");
    }

    [Theory]
    [InlineData("#!import nothing.csx", "There is no file 'nothing.csx' to import")]
    [InlineData("#!import", "#!import needs a file")]
    [InlineData("#!import table.csv", "only .csx, .cs and .ipynb can")]
    [InlineData("#!import circle.csx", "Does it import itself?")]
    [InlineData("#!import damaged.ipynb", "it ends in the middle")]
    public async Task An_import_that_cannot_be_done_says_why(string cell, string expected)
    {
        host.Folder.Write("table.csv", "1,2");
        host.Folder.Write("circle.csx", "#!import circle.csx");
        host.Folder.Write("damaged.ipynb", "{\"cells\": [");
        CellResult result = await host.RunAsync(cell);
        result.Status.ShouldBe(CellStatus.Failed);
        result.Error!.Message.ShouldContain(expected);
        result.Error.Line.ShouldBe(1);
    }

    [Fact]
    public async Task Errors_in_an_imported_script_name_the_script_and_the_line_that_imports()
    {
        host.Folder.Write("faulty.csx", "var ok = 1;\nmissing();");
        CellResult compile = await host.RunAsync("// first\n#!import faulty.csx");
        compile.Error!.Message.ShouldStartWith("faulty.csx(2,1): error CS0103");
        compile.Error.Line.ShouldBe(2);

        host.Folder.Write("throwing.csx", "\nthrow new InvalidOperationException(\"in the script\");");
        CellResult thrown = await host.RunAsync("#!import throwing.csx");
        thrown.Error!.Traceback[1].ShouldBe("   at throwing.csx, line 2");
    }

    [Fact]
    public async Task Markdown_html_and_mermaid_are_shown_as_what_they_are()
    {
        CellResult result = await host.RunAsync("#!markdown\n# Title\n\n#hash\n#!html\n<b>x</b>\n#!mermaid\ngraph LR; A-->B\n#!csharp\n1 + 1");
        IReadOnlyList<DisplayOutput> shown = result.ShouldSucceed().Displays();
        shown[0].Data.ShouldBe(new Dictionary<string, string> { ["text/markdown"] = "# Title\n\n#hash" });
        shown[1].Data.ShouldBe(new Dictionary<string, string> { ["text/html"] = "<b>x</b>" });
        shown[2].Data["text/vnd.mermaid"].ShouldBe("graph LR; A-->B");
        shown[2].Data["text/plain"].ShouldBe("graph LR; A-->B");
        result.PlainValue().ShouldBe("2");
    }

    [Fact]
    public async Task Time_adds_how_long_the_cell_took()
    {
        CellResult result = await host.RunAsync("#!time\n3");
        result.ShouldSucceed().PlainValue().ShouldBe("3");
        result.Displays().Single().Data["text/plain"].ShouldMatch("""^Wall time: \d+(\.\d+)?ms$""");
    }

    [Fact]
    public async Task Variables_are_listed()
    {
        await host.RunAsync("var listedVariable = 123;");
        (await host.RunAsync("#!whos")).ShouldSucceed().Displays().Single().Data["text/html"].ShouldContain("listedVariable");
    }

    [Theory]
    [InlineData("#!set --name text --value 1\ntext + text", "11")]
    [InlineData("#!set --value 1 --name swapped\nswapped", "1")]
    [InlineData("#!set --name json --value {\"k\": [1, 2]}\njson", "{\"k\": [1, 2]}")]
    [InlineData("var number = 42;\n#!set --name same --value @number\n(same + 1).ToString()", "43")]
    [InlineData("var list = new List<int>();\n#!set --name alias --value @csharp:list\nalias.Add(5); list.Count.ToString()", "1")]
    public async Task Set_makes_a_variable(string cell, string value) => (await host.RunAsync(cell)).ShouldSucceed().Value("text/plain").ShouldBe(value);

    [Fact]
    public async Task Who_lists_the_names_and_whos_their_types_and_values()
    {
        await host.RunAsync("double listedNumber = 1.5; string listedText = \"<b>\";");
        (await host.RunAsync("#!who")).ShouldSucceed().Displays().Single().Data["text/html"].ShouldContain("listedNumber, listedText");
        DisplayOutput table = (await host.RunAsync("#!whos")).ShouldSucceed().Displays().Single();
        table.Data["text/html"].ShouldContain("<tr><td>listedNumber</td><td>System.Double</td><td>1.5</td></tr>");
        table.Data["text/html"].ShouldContain("<td>&lt;b&gt;</td>");
        table.Data["text/plain"].ShouldContain("listedNumber: System.Double = 1.5");
    }

    [Fact]
    public async Task About_says_what_runs_the_cells() =>
        (await host.RunAsync("#!about")).ShouldSucceed().Displays().Single().Data["text/plain"].ShouldStartWith("C# 14 on .NET 10.");

    [Fact]
    public async Task The_known_magics_are_listed() =>
        (await host.RunAsync("#!lsmagic")).Displays().Single().Data["text/plain"].ShouldContain("#!import");
}
