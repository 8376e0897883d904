using System.Text.Json.Nodes;
using TransformerByHand.Scripting.Tests.Support;

namespace TransformerByHand.Scripting.Tests.Running;

public sealed class NotebookRunnerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Cells_run_in_order_and_their_outputs_replace_the_old_ones()
    {
        Notebook notebook = Make(Prose("# Title"), Code("var x = 20;"), Code("Console.WriteLine(x); x + 1", outputs: """[{"name": "stdout", "output_type": "stream", "text": ["old"]}]"""));
        var progress = new Recorder();
        NotebookRun run = await RunAsync(notebook, progress: progress);
        run.Succeeded.ShouldBeTrue();
        (run.RanCount, run.SkippedCount, run.FailedCount, run.NotRunCount).ShouldBe((2, 0, 0, 0));
        run.Cells[0].Status.ShouldBe(CellRunStatus.Skipped);
        JsonArray outputs = notebook.Cells[2].Outputs;
        outputs.Count.ShouldBe(2);
        outputs[0]!["text"]![0]!.GetValue<string>().ShouldBe("20\n");
        outputs[1]!["output_type"]!.GetValue<string>().ShouldBe("execute_result");
        notebook.Cells.Skip(1).Select(cell => cell.ExecutionCount).ShouldBe([1, 2]);
        progress.Seen.Select(seen => (seen.Number, seen.Total, seen.Ended?.Status)).ShouldBe(
            [(1, 2, null), (1, 2, CellRunStatus.Ran), (2, 2, null), (2, 2, CellRunStatus.Ran)]);
    }

    [Fact]
    public async Task Cells_after_a_failure_still_run()
    {
        Notebook notebook = Make(Code("throw new Exception(\"first\");"), Code("\nmissing();"), Code("1 + 1"));
        NotebookRun run = await RunAsync(notebook);
        run.Succeeded.ShouldBeFalse();
        run.Cells.Select(cell => cell.Status).ShouldBe([CellRunStatus.Failed, CellRunStatus.Failed, CellRunStatus.Ran]);
        run.Cells[0].Reason.ShouldBe("line 1: System.Exception: first");
        run.Cells[1].Reason!.ShouldStartWith("line 2: CompilationError: (2,1): error CS0103");
        notebook.Cells[0].Outputs[0]!["ename"]!.GetValue<string>().ShouldBe("System.Exception");
    }

    [Fact]
    public async Task A_cell_that_is_meant_to_fail_may_fail_and_must()
    {
        Notebook notebook = Make(
            Code("throw new Exception();", tags: "raises-exception"), Code("does not compile", tags: "raises-exception"), Code("1", tags: "raises-exception"));
        NotebookRun run = await RunAsync(notebook);
        run.Cells.Select(cell => cell.Status).ShouldBe(
            [CellRunStatus.FailedAsExpected, CellRunStatus.FailedAsExpected, CellRunStatus.DidNotFailThoughExpected]);
        run.Succeeded.ShouldBeFalse();
        run.FailedCount.ShouldBe(1);
    }

    [Fact]
    public async Task A_cell_that_requires_a_package_is_skipped_unless_asked_for_and_keeps_its_outputs()
    {
        const string old = """[{"name": "stdout", "output_type": "stream", "text": ["kept"]}]""";
        Notebook notebook = Make(Code("Console.Write(\"new\");", outputs: old, tags: "requires:Charts"));
        NotebookRun run = await RunAsync(notebook);
        run.Succeeded.ShouldBeTrue();
        run.Cells[0].Status.ShouldBe(CellRunStatus.Skipped);
        run.Cells[0].Reason.ShouldBe("requires Charts, which was not asked for");
        notebook.Cells[0].Outputs.ToJsonString().ShouldBe(JsonNode.Parse(old)!.ToJsonString());

        NotebookRun asked = await RunAsync(notebook, new RunOptions { With = new HashSet<string> { "Charts" } });
        asked.Cells[0].Status.ShouldBe(CellRunStatus.Ran);
        notebook.Cells[0].Outputs[0]!["text"]![0]!.GetValue<string>().ShouldBe("new");
    }

    [Fact]
    public async Task A_required_package_that_cannot_be_restored_skips_its_cells_by_name()
    {
        string id = $"Course.Test.Absent{Guid.NewGuid():N}"[..30];
        Notebook notebook = Make(
            Code($"#r \"nuget: {id}, 1.0.0\"", tags: "requires:Absent"), Code("Absent.Use();", tags: "requires:Absent"), Code("1"));
        NotebookRun run = await RunAsync(notebook, new RunOptions { With = new HashSet<string> { "Absent" } });
        run.Cells.Select(cell => cell.Status).ShouldBe([CellRunStatus.Skipped, CellRunStatus.Skipped, CellRunStatus.Ran]);
        run.Cells[0].Reason!.ShouldContain($"Package {id} 1.0.0 could not be restored");
        run.Cells[1].Reason.ShouldBe(run.Cells[0].Reason);
        run.Succeeded.ShouldBeTrue();
        notebook.Cells[0].Outputs.Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_package_that_cannot_be_restored_fails_a_cell_that_is_not_tagged()
    {
        string id = $"Course.Test.Absent{Guid.NewGuid():N}"[..30];
        NotebookRun run = await RunAsync(Make(Code($"#r \"nuget: {id}, 1.0.0\"")));
        run.Cells[0].Status.ShouldBe(CellRunStatus.Failed);
    }

    [Fact]
    public async Task After_a_death_the_later_cells_are_not_run_and_say_why()
    {
        Notebook notebook = Make(Code("1"), Code("Environment.Exit(1);"), Code("2"), Code("3", tags: "requires:X"));
        NotebookRun run = await RunAsync(notebook);
        run.Cells.Select(cell => cell.Status).ShouldBe([CellRunStatus.Ran, CellRunStatus.Failed, CellRunStatus.NotRun, CellRunStatus.Skipped]);
        run.Cells[1].Reason!.ShouldContain("Cell 2 ended its process with exit code 1");
        run.Cells[2].Reason!.ShouldStartWith("not run: state lost (Cell 2 ended its process");
        (run.Succeeded, run.NotRunCount).ShouldBe((false, 1));
        notebook.Cells[2].Outputs.Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_death_is_a_failure_also_where_an_exception_is_expected()
    {
        NotebookRun run = await RunAsync(Make(Code("Environment.Exit(1);", tags: "raises-exception")));
        run.Cells[0].Status.ShouldBe(CellRunStatus.Failed);
    }

    [Fact]
    public async Task A_cell_that_runs_too_long_fails_and_the_next_one_gets_its_turn()
    {
        var options = new RunOptions { CellTimeout = TimeSpan.FromSeconds(3) };
        NotebookRun run = await RunAsync(Make(Code("while (true) { }"), Code("1")), options);
        run.Cells[0].Status.ShouldBe(CellRunStatus.Failed);
        run.Cells[0].Result!.Status.ShouldBe(CellStatus.TimedOut);
        run.Cells[0].Reason!.ShouldContain("longer than the 3 s it is allowed");
        run.Cells[1].Status.ShouldBe(CellRunStatus.Ran, run.Cells[1].Reason);
        run.Cells[1].Result!.PlainValue().ShouldBe("1");
    }

    [Fact]
    public async Task Stopping_the_run_stops_its_cell_and_runs_no_more()
    {
        using var stop = new CancellationTokenSource();
        var options = new RunOptions { OnOutput = (_, _) => stop.Cancel() };
        NotebookRun run = await RunAsync(Make(Code("Console.Write(1); while (true) { }"), Code("2")), options, ct: stop.Token);
        run.Cells[0].Result!.Status.ShouldBe(CellStatus.Interrupted);
        run.Cells[1].Status.ShouldBe(CellRunStatus.NotRun);
        run.Cells[1].Reason.ShouldBe("not run: the run was stopped");
    }

    [Fact]
    public async Task Another_source_can_be_run_in_a_cells_place()
    {
        Notebook notebook = Make(Code("throw new NotImplementedException();"));
        var options = new RunOptions { TransformSource = cell => cell.Source.Replace("throw new NotImplementedException();", "Console.Write(\"solved\");", StringComparison.Ordinal) };
        NotebookRun run = await RunAsync(notebook, options);
        run.Succeeded.ShouldBeTrue();
        notebook.Cells[0].Source.ShouldBe("throw new NotImplementedException();");
        notebook.Cells[0].Outputs[0]!["text"]![0]!.GetValue<string>().ShouldBe("solved");
    }

    [Fact]
    public async Task The_language_in_a_cells_metadata_is_honoured()
    {
        Notebook notebook = Make(Code("*prose*", language: "markdown"), Code("#!mermaid\ngraph LR; A-->B", language: "mermaid"), Code("let x = 1", language: "fsharp"));
        NotebookRun run = await RunAsync(notebook);
        notebook.Cells[0].Outputs[0]!["data"]!["text/markdown"].ShouldNotBeNull();
        notebook.Cells[1].Outputs.Count.ShouldBe(1);
        run.Cells[2].Reason!.ShouldContain("not '#!fsharp'");
    }

    [Fact]
    public async Task A_notebook_for_another_language_is_refused()
    {
        Notebook notebook = Make(Code("print(1)"));
        notebook.Metadata["kernelspec"] = new JsonObject { ["language"] = "python" };
        (await Should.ThrowAsync<NotebookFormatException>(() => RunAsync(notebook))).Message.ShouldContain("a notebook for python");
    }

    [Fact]
    public async Task The_same_notebook_gives_the_same_file_twice()
    {
        static Notebook Fresh() => Make(Code("display(new { A = 1.5 }); Console.Write(2);"), Code("new[] { 1, 2 }"), Code("throw new Exception(\"x\");"), Code("#!markdown\n# hi"));
        Notebook first = Fresh();
        Notebook second = Fresh();
        await RunAsync(first);
        await RunAsync(second);
        second.ToJson().ShouldBe(first.ToJson());
    }

    private async Task<NotebookRun> RunAsync(Notebook notebook, RunOptions? options = null, IProgress<CellProgress>? progress = null, CancellationToken ct = default)
    {
        options ??= new RunOptions();
        options = options with { Session = CellHost.OptionsFor(folder) };
        return await new NotebookRunner().RunAsync(notebook, Path.Combine(folder.Path, "lesson.ipynb"), options, progress, ct);
    }

    private static Notebook Make(params JsonObject[] cells) => Notebook.Parse(new JsonObject
    {
        ["cells"] = new JsonArray([.. cells]),
        ["metadata"] = new JsonObject(),
        ["nbformat"] = 4,
        ["nbformat_minor"] = 5,
    }.ToJsonString());

    private static JsonObject Prose(string text) => new() { ["cell_type"] = "markdown", ["metadata"] = new JsonObject(), ["source"] = text };

    private static JsonObject Code(string source, string outputs = "[]", string? language = null, params string[] tags)
    {
        var metadata = new JsonObject { ["tags"] = new JsonArray([.. tags.Select(tag => (JsonNode)JsonValue.Create(tag))]) };
        if (language is not null) metadata["dotnet_interactive"] = new JsonObject { ["language"] = language };
        return new JsonObject { ["cell_type"] = "code", ["metadata"] = metadata, ["source"] = source, ["outputs"] = JsonNode.Parse(outputs), ["execution_count"] = null };
    }

    /// <summary>Unlike Progress&lt;T&gt;, keeps what is reported at once and in order.</summary>
    private sealed class Recorder : IProgress<CellProgress>
    {
        public List<CellProgress> Seen { get; } = [];

        public void Report(CellProgress value) => Seen.Add(value);
    }
}
