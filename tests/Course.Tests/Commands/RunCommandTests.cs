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
        string source = string.Join(",", cells.Select((cell, i) =>
            $$"""{"cell_type":"code","execution_count":null,"id":"c{{i}}","metadata":{},"outputs":[],"source":{{System.Text.Json.JsonSerializer.Serialize(cell)}}}"""));
        string path = Path.Combine(_folder.FullName, name + ".ipynb");
        File.WriteAllText(path, $$"""{"cells":[{{source}}],"metadata":{},"nbformat":4,"nbformat_minor":5}""");
        return path;
    }

    private async Task<(int Code, string Text)> RunAsync(string[] names, LessonRunOptions? options = null, bool write = false, bool labs = false)
    {
        var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No, Interactive = InteractionSupport.No });
        int code = await RunCommand.RunAsync(Repository.Find(), names, labs, options ?? new LessonRunOptions(), write, Out, console, CancellationToken.None);
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
    public async Task Of_two_notebooks_of_one_name_neither_overwrites_the_other()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "elsewhere"));
        await RunAsync([Notebook("twin", "\"the first\""), Notebook("elsewhere/twin", "\"the second\"")]);

        File.ReadAllText(Path.Combine(Out, "twin.html")).ShouldContain("the first");
        File.ReadAllText(Path.Combine(Out, "twin-2.html")).ShouldContain("the second");
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
}
