using System.Text.Json.Nodes;
using Spectre.Console;
using TransformerByHand.Course.Commands;
using TransformerByHand.Course.Running;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Tests.Commands;

/// <summary>Runs real notebooks in real workers: slow, and therefore few.</summary>
public sealed class RunCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    private string Out => Path.Combine(_folder.FullName, "out");

    private string Notebook(string name, params string[] cells)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder.FullName, name))!);
        string source = string.Join(",", cells.Select((cell, i) =>
            $$"""{"cell_type":"code","execution_count":null,"id":"c{{i}}","metadata":{},"outputs":[],"source":{{System.Text.Json.JsonSerializer.Serialize(cell)}}}"""));
        string path = Path.Combine(_folder.FullName, name + ".ipynb");
        File.WriteAllText(path, $$"""{"cells":[{{source}}],"metadata":{},"nbformat":4,"nbformat_minor":5}""");
        return path;
    }

    private async Task<(int Code, string Text)> RunAsync(
        string[] names, LessonRunOptions? options = null, bool write = false, string? output = null, Repository? repository = null, bool labs = false)
    {
        var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No, Interactive = InteractionSupport.No });
        int code = await RunCommand.RunAsync(repository ?? Repository.Find(), names, labs, options ?? new LessonRunOptions(), write, output ?? Out, console, CancellationToken.None);
        return (code, text.ToString());
    }

    [Fact]
    public async Task A_notebook_whose_cells_all_run_is_written_as_notebook_and_page()
    {
        (int code, string text) = await RunAsync([Notebook("sum", "int a = 20;", "a + 22")]);

        code.ShouldBe(ExitCode.Success);
        text.ShouldContain("sum");
        Scripting.Notebook.Read(Path.Combine(Out, "sum.ipynb")).Cells[1].Outputs.ToJsonString().ShouldContain("42");
        File.ReadAllText(Path.Combine(Out, "sum.html")).ShouldContain("42");
        File.ReadAllText(Path.Combine(Out, "index.html")).ShouldContain("sum.html");
        File.Exists(Path.Combine(Out, "katex", "katex.min.js")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_lesson_and_its_laboratory_of_one_name_have_a_page_each_and_the_lesson_stands_first()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "labs"));
        (int code, string text) = await RunAsync([Notebook("labs/09-bread", "\"in the laboratory\""), Notebook("09-bread", "\"in the lesson\"")]);

        code.ShouldBe(ExitCode.Success);
        text.ShouldContain("labs/09-bread");
        File.ReadAllText(Path.Combine(Out, "09-bread.html")).ShouldSatisfyAllConditions(
            page => page.ShouldContain("in the lesson"), page => page.ShouldContain("href=\"katex/katex.min.css\""));
        File.ReadAllText(Path.Combine(Out, "labs", "09-bread.html")).ShouldSatisfyAllConditions(
            page => page.ShouldContain("in the laboratory"), page => page.ShouldContain("href=\"../katex/katex.min.css\""), page => page.ShouldContain("href=\"../index.html\""));
        Scripting.Notebook.Read(Path.Combine(Out, "labs", "09-bread.ipynb")).Cells[0].Outputs.ToJsonString().ShouldContain("in the laboratory");
        string index = File.ReadAllText(Path.Combine(Out, "index.html"));
        index.IndexOf("href=\"labs/09-bread.html\"", StringComparison.Ordinal).ShouldBeGreaterThan(index.IndexOf("href=\"09-bread.html\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Laboratories_are_asked_for_with_the_whole_main_line_or_by_name_and_not_both() =>
        (await Should.ThrowAsync<CourseException>(() => RunAsync(["00"], labs: true))).Message.ShouldContain("labs/01");

    [Fact]
    public async Task A_failing_cell_is_named_and_the_exit_code_says_so()
    {
        (int code, string text) = await RunAsync([Notebook("broken", "int a = ;", "1")]);

        code.ShouldBe(ExitCode.Found);
        text.ShouldContain("broken, cell c0:");
        text.ShouldContain("CS1525");
    }

    [Fact]
    public async Task The_notebook_itself_changes_only_when_asked_to()
    {
        string path = Notebook("kept", "1 + 1");
        string before = File.ReadAllText(path);

        await RunAsync([path]);
        File.ReadAllText(path).ShouldBe(before);

        await RunAsync([path], write: true);
        Scripting.Notebook.Read(path).Cells[0].Outputs.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_solved_exercise_counts_and_one_whose_check_does_not_pass_fails_the_run()
    {
        string script = File.ReadAllText(Path.Combine(Repository.Find().Notebooks, "lesson.csx"));
        File.WriteAllText(Path.Combine(_folder.FullName, "lesson.csx"), script.Replace("\"../", $"\"{Repository.Find().Root}/"));
        const string Stub = "double Mean(double[] x)\n{\n    throw new NotImplementedException();\n}\n";
        string lesson = Notebook("solved", "#!import lesson.csx",
            $"// Exercise 00.1\n{Stub}Lesson00.Mean.Check(Mean)",
            "// Exercise 00.2\ndouble[] Multiply(double[] x, double[,] W)\n{\n    throw new NotImplementedException();\n}\n1");

        (int code, string text) = await RunAsync([lesson], new LessonRunOptions { Solve = true });

        code.ShouldBe(ExitCode.Found);
        text.ShouldContain("exercise 00.2: the check did not pass");
        text.ShouldNotContain("exercise 00.1:");
    }

    [Fact]
    public async Task Of_a_whole_solved_course_notebooks_without_exercises_are_left_out()
    {
        Notebook("notebooks/00-told", "1");
        Notebook("notebooks/labs/00-asked", "// Exercise 00.1\nthrow new NotImplementedException();");
        var solve = new LessonRunOptions { Solve = true };

        string whole = (await RunAsync([], solve, repository: new Repository(_folder.FullName), labs: true)).Text;
        whole.ShouldContain("labs/00-asked");
        whole.ShouldNotContain("00-told");

        (await RunAsync(["00"], solve, repository: new Repository(_folder.FullName))).Text.ShouldContain("00-told");
    }

    [Fact]
    public async Task Cells_that_need_a_package_are_skipped_by_name()
    {
        string path = Notebook("tagged", "1");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"metadata\":{},\"outputs\"", "\"metadata\":{\"tags\":[\"requires:TorchSharp\"]},\"outputs\""));

        (int code, string text) = await RunAsync([path]);

        code.ShouldBe(ExitCode.Success);
        text.ShouldContain("TorchSharp");
    }

    [Fact]
    public async Task Writing_solved_lessons_is_refused() =>
        (await Should.ThrowAsync<CourseException>(() => RunAsync([Notebook("any", "1")], new LessonRunOptions { Solve = true }, write: true)))
            .Message.ShouldContain("--solve");

    [Fact]
    public async Task An_unknown_lesson_is_refused_with_the_list_of_those_there_are() =>
        (await Should.ThrowAsync<CourseException>(() => RunAsync(["77"]))).Message.ShouldContain("00");

    [Fact]
    public async Task A_path_that_is_not_there_is_refused() =>
        (await Should.ThrowAsync<CourseException>(() => RunAsync(["missing.ipynb"]))).Message.ShouldContain("missing.ipynb");

    [Fact]
    public async Task What_cannot_be_read_is_named_with_the_remedy_and_the_other_notebooks_run()
    {
        string cut = Path.Combine(_folder.FullName, "cut.ipynb");
        File.WriteAllText(cut, "{\"nbformat\": 4,");
        string python = Notebook("python", "1");
        File.WriteAllText(python, File.ReadAllText(python).Replace("\"metadata\":{},\"nbformat\"", "\"metadata\":{\"kernelspec\":{\"language\":\"python\"}},\"nbformat\""));
        string latin = Notebook("latin", "// Gr\u00f6\u00dfe\n1");
        byte[] bytes = System.Text.Encoding.Latin1.GetBytes(File.ReadAllText(latin).Replace("\\u00F6", "\u00f6"));
        File.WriteAllBytes(latin, bytes);
        string polyglot = Path.Combine(_folder.FullName, "other.dib"), script = Path.Combine(_folder.FullName, "script.csx");
        File.WriteAllText(polyglot, "#!csharp\n1\n");
        File.WriteAllText(script, "1");

        (int code, string text) = await RunAsync([cut, python, latin, polyglot, script, Notebook("good", "40 + 2")], write: true);

        code.ShouldBe(ExitCode.CannotRun);
        text.ShouldContain($"'{cut}' cannot be read as a notebook: it ends in the middle, on line 1");
        text.ShouldContain($"'{python}' is a notebook for python; this host runs C#.");
        text.ShouldContain($"'{latin}' cannot be read as a notebook: line 1 holds bytes that are not UTF-8");
        File.ReadAllBytes(latin).ShouldBe(bytes);
        text.ShouldContain($"'{polyglot}' is a .dib, .NET Interactive's own format, and no .ipynb; open it in VS Code");
        text.ShouldContain($"'{script}' is a script and no notebook; put the line '#!import script.csx' into a cell");
        File.ReadAllText(Path.Combine(Out, "good.html")).ShouldContain("42");
        File.ReadAllText(Path.Combine(Out, "index.html")).ShouldNotContain("cut");
    }

    [Fact]
    public async Task Outputs_never_take_the_notebooks_own_place()
    {
        string path = Notebook("kept", "1 + 1");
        string before = File.ReadAllText(path);
        string link = Path.Combine(_folder.FullName, "link");
        Directory.CreateSymbolicLink(link, _folder.FullName);

        foreach (string folder in new[] { _folder.FullName, link })
            (await Should.ThrowAsync<CourseException>(() => RunAsync([path], output: folder))).Message.ShouldContain("would write over kept.ipynb");
        File.ReadAllText(path).ShouldBe(before);

        // Nor that of a notebook that is not run, or of a page.
        (await Should.ThrowAsync<CourseException>(() => RunAsync([Notebook("below/kept", "2")], output: _folder.FullName))).Message.ShouldContain("kept.ipynb");
        Directory.CreateDirectory(Out);
        File.WriteAllText(Path.Combine(Out, "index.html"), "mine");
        (await Should.ThrowAsync<CourseException>(() => RunAsync([path]))).Message.ShouldContain("index.html");
        File.ReadAllText(Path.Combine(Out, "index.html")).ShouldBe("mine");
    }

    [Fact]
    public async Task Outputs_of_an_earlier_run_are_replaced()
    {
        string path = Notebook("twice", "1");
        await RunAsync([path]);

        (await RunAsync([path])).Code.ShouldBe(ExitCode.Success);
    }

    [Fact]
    public async Task Notebooks_of_one_name_do_not_write_over_each_other()
    {
        (int code, string text) = await RunAsync([Notebook("one/same", "\"first\""), Notebook("two/same", "\"second\""), Notebook("index", "\"third\"")]);

        code.ShouldBe(ExitCode.Success);
        File.ReadAllText(Path.Combine(Out, "same.ipynb")).ShouldContain("first");
        File.ReadAllText(Path.Combine(Out, "same-2.html")).ShouldContain("second");
        File.ReadAllText(Path.Combine(Out, "index-2.html")).ShouldContain("third");
        string index = File.ReadAllText(Path.Combine(Out, "index.html"));
        index.ShouldContain("href=\"same.html\"");
        index.ShouldContain("href=\"same-2.html\"");
        text.ShouldContain("same");
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_told_before_anything_runs()
    {
        string file = Path.Combine(_folder.FullName, "file");
        File.WriteAllText(file, "");

        (await Should.ThrowAsync<CourseException>(() => RunAsync([Notebook("any", "1")], output: Path.Combine(file, "out")))).Message.ShouldContain("cannot be written to");
    }

    [Fact]
    public async Task A_notebook_that_is_changed_while_it_runs_keeps_the_change()
    {
        string path = Notebook("edited", $"""System.IO.File.AppendAllText("edited.ipynb", "\n");""");

        (int code, string text) = await RunAsync([path], write: true);

        code.ShouldBe(ExitCode.CannotRun);
        text.ShouldContain("was changed while it ran");
        File.ReadAllText(path).ShouldEndWith("\n");
        File.ReadAllText(Path.Combine(Out, "edited.ipynb")).ShouldNotEndWith("\n");
    }

    [Fact]
    public async Task A_lesson_that_an_editor_has_saved_gets_the_committed_form_back()
    {
        var repository = new Repository(_folder.FullName);
        string path = Notebook("notebooks/01-saved", "1 + 1", "2 + 2");
        JsonNode committed = JsonNode.Parse(File.ReadAllText(path))!;
        committed["metadata"] = LessonForm.Notebook.DeepClone();
        foreach (JsonNode? cell in committed["cells"]!.AsArray()) cell!["metadata"] = LessonForm.Cell.DeepClone();
        committed["cells"]![1]!["metadata"]!["tags"] = new JsonArray("requires:Nothing");
        File.WriteAllText(path, committed.ToJsonString(new() { WriteIndented = true, IndentSize = 1, NewLine = "\n" }) + "\n");
        await RunAsync([path], write: true, repository: repository);
        string before = File.ReadAllText(path);

        // What VS Code 1.139 with the Jupyter extension makes of it when somebody picks this course's kernel and runs a cell.
        JsonNode saved = JsonNode.Parse(before)!;
        saved["metadata"]!["kernelspec"] = JsonNode.Parse("""{"display_name": "C# (Transformer by Hand)", "language": "C#", "name": "csharp-by-hand"}""");
        saved["metadata"]!["language_info"] = JsonNode.Parse("""{"codemirror_mode": "text/x-csharp", "file_extension": ".cs", "mimetype": "text/x-csharp", "name": "C#", "pygments_lexer": "csharp", "version": "14.0"}""");
        foreach (JsonNode? cell in saved["cells"]!.AsArray())
        {
            cell!["metadata"]!["vscode"] = new JsonObject { ["languageId"] = "csharp" };
            cell["execution_count"] = null;
        }

        // A cell that the author added there has nothing but what VS Code gives it.
        saved["cells"]![0]!["metadata"] = new JsonObject { ["vscode"] = new JsonObject { ["languageId"] = "csharp" } };
        File.WriteAllText(path, saved.ToJsonString(new() { WriteIndented = true, IndentSize = 1, NewLine = "\n" }) + "\n");
        (await RunAsync([path], write: true, repository: repository)).Code.ShouldBe(ExitCode.Success);

        File.ReadAllText(path).ShouldBe(before);
    }

    [Fact]
    public async Task A_notebook_that_is_no_lesson_keeps_its_metadata()
    {
        string path = Notebook("foreign", "1 + 1");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"id\":\"c0\",\"metadata\":{}", "\"id\":\"c0\",\"metadata\":{\"vscode\":{\"languageId\":\"csharp\"}}"));

        await RunAsync([path], write: true);

        File.ReadAllText(path).ShouldContain("\"vscode\":{\"languageId\":\"csharp\"}");
        File.ReadAllText(path).ShouldNotContain("polyglot_notebook");
    }
}
