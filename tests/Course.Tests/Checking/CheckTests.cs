using System.Text.Json.Nodes;
using TransformerByHand.Course.Checking;
using TransformerByHand.Exercises;
using TransformerByHand.Figures;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Tests.Checking;

/// <summary>A lesson that is in order passes, and each way to break one is named with file and cell.</summary>
public class CheckTests
{
    [Fact]
    public void A_sound_lesson_has_nothing_to_mend()
    {
        using var lesson = new MadeUpLesson();

        lesson.Check().ShouldBeEmpty();
    }

    [Fact]
    public void A_file_that_is_no_notebook_is_named()
    {
        using var lesson = new MadeUpLesson();

        ShouldName(lesson.Check(json => json.Remove("cells")), null, "cannot be read as a notebook");
    }

    // Stored outputs

    [Fact]
    public void A_deleted_output() => Broken("numbers", "has no stored output", cell => cell["outputs"] = new JsonArray());

    [Fact]
    public void A_changed_number_in_plain_text() => Broken("numbers", "'value σ 0.0816' where 'value σ 0.08165'", cell => cell.ReplaceOutput("text/plain", "0.08165", "0.0816"));

    [Fact]
    public void A_changed_number_in_html() => Broken("numbers", "text/html", cell => cell.ReplaceOutput("text/html", "0.08165", "0.09165"));

    [Fact]
    public void A_changed_number_inside_a_figure() =>
        Broken("figure", "text/html", cell => cell["outputs"]![0]!["data"]!["text/html"] = MadeUpLesson.Image("a chart: 0.25", MadeUpLesson.Svg.Replace("0.25", "0.26")));

    [Fact]
    public void A_changed_alternative_of_a_figure() => Broken("figure", "text/html", cell => cell.ReplaceOutput("text/html", "a chart: 0.25", "a chart: 0.5"));

    [Fact]
    public void A_drawing_that_carries_the_script_that_draws_it() => Broken("figure", "carries the script", cell =>
        cell["outputs"]![0]!["data"]!["text/html"] = new PlotlyDrawing("""{"data":[],"layout":{}}""", PlotlyDrawing.Pack(new MemoryStream([1, 2, 3]))).ToHtml());

    [Fact]
    public void Where_a_stream_is_cut_is_not_compared()
    {
        using var lesson = new MadeUpLesson();
        JsonObject Piece(string text) => new() { ["name"] = "stdout", ["output_type"] = "stream", ["text"] = text };
        var whole = new StoredOutput("stream stdout", new Dictionary<string, string> { [StoredOutput.Plain] = "one\ntwo\n" });

        var cell = lesson.Json.Cell("numbers");
        cell["outputs"] = new JsonArray(Piece("one\nt"), Piece("wo\n"));
        File.WriteAllText(lesson.Path, lesson.Json.ToJsonString());

        OutputComparison.Difference([whole], StoredOutput.Of(Notebook.Read(lesson.Path).Cells.Single(each => each.Id == "numbers"))).ShouldBeNull();
    }

    [Fact]
    public void An_output_too_many() => Broken("numbers", "2 outputs are stored, and 1", cell => cell["outputs"]!.AsArray().Add(cell["outputs"]![0]!.DeepClone()));

    [Fact]
    public void An_output_of_another_kind() => Broken("numbers", "stream", cell =>
        cell["outputs"] = new JsonArray(new JsonObject { ["name"] = "stdout", ["output_type"] = "stream", ["text"] = "σ" }));

    [Fact]
    public void A_form_that_is_missing() => Broken("numbers", "text/plain is not stored", cell => cell["outputs"]![0]!["data"]!.AsObject().Remove("text/plain"));

    [Fact]
    public void Styles_counts_and_line_ends_are_not_compared()
    {
        using var lesson = new MadeUpLesson();

        lesson.Check(json =>
        {
            JsonObject cell = json.Cell("numbers");
            cell["execution_count"] = 77;
            cell["outputs"]![0]!["execution_count"] = 77;
            cell.ReplaceOutput("text/html", "#111", "#222");
            cell.ReplaceOutput("text/plain", "\n", "\r\n");
        }).ShouldBeEmpty();
    }

    [Fact]
    public void Timings_are_not_compared()
    {
        using var lesson = new MadeUpLesson().Code("speed", "clock", plain: "12.5 ms", tags: "timing");

        lesson.Check(json => json.Cell("speed").ReplaceOutput("text/plain", "12.5", "14.1")).ShouldBeEmpty();
    }

    [Fact]
    public void A_cell_that_was_skipped_keeps_what_it_has()
    {
        using var lesson = new MadeUpLesson().Code("referee", "#r \"nuget: TorchSharp-cpu, 0.107.0\"\nrun", plain: "0.2", tags: "requires:TorchSharp");

        lesson.Check(json => json.Cell("referee")["outputs"] = new JsonArray()).ShouldBeEmpty();
    }

    // Numbers quoted in prose

    [Theory]
    [InlineData("0.08165<!--= numbers | σ -->")]
    [InlineData("0.082<!--= numbers | σ -->")]
    [InlineData("**0.2**<!--=numbers|σ|2-->")]
    [InlineData("50 %<!--= numbers | share -->")]
    [InlineData("10,000<!--= numbers | count -->")]
    [InlineData("1e-5<!--= numbers | loss -->")]
    [InlineData("0.25<!--= figure -->")]
    [InlineData("| σ | 0.0817<!--= numbers \\| σ --> |")]
    public void A_number_quoted_rightly(string prose)
    {
        using var lesson = new MadeUpLesson().Markdown("prose", $"It is {prose}.");

        lesson.Check().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("0.0815<!--= numbers | σ -->", "the prose says 0.0815, but the cell numbers shows 0.08165")]
    [InlineData("5 %<!--= numbers | share -->", "shows 0.5")]
    [InlineData("0.2<!--= numbres | μ -->", "names a cell that is not there: 'numbres'")]
    [InlineData("0.2<!--= numbers | mean -->", "does not contain 'mean'")]
    [InlineData("0.2<!--= numbers -->", "needs a label: the output of numbers holds 5 numbers")]
    [InlineData("0.2<!--= numbers | share | 2 -->", "has 1 numbers, not 2")]
    [InlineData("0.2<!--= numbers | μ | second -->", "ends in 'second'")]
    [InlineData("0.2<!--= load | μ -->", "which has no output")]
    [InlineData("large<!--= numbers | μ -->", "does not stand directly after a number")]
    [InlineData("0.2<!--= numbers | μ | 1 | 2 -->", "too many parts")]
    public void A_number_quoted_wrongly(string prose, string message)
    {
        using var lesson = new MadeUpLesson().Markdown("prose", $"It is {prose}.");

        ShouldName(lesson.Check(), "prose", message);
    }

    [Fact]
    public void A_time_that_is_quoted()
    {
        using var lesson = new MadeUpLesson().Code("speed", "clock", plain: "12.5 ms", tags: "timing").Markdown("prose", "It took 12.5<!--= speed --> ms.");

        ShouldName(lesson.Check(), "prose", "measured times differ");
    }

    [Fact]
    public void A_lesson_that_marks_too_few_numbers()
    {
        using var lesson = new MadeUpLesson("42-few").Markdown("prose", "It is 0.2<!--= numbers | μ -->.");

        ShouldName(lesson.Check(), null, "1 numbers of its prose are marked");
    }

    [Fact]
    public void A_lesson_that_marks_enough_numbers()
    {
        using var lesson = new MadeUpLesson("42-enough").Markdown("prose", string.Concat(Enumerable.Repeat("It is 0.2<!--= numbers | μ -->. ", 10)));

        lesson.Check().ShouldBeEmpty();
    }

    // Metadata, ids, tags, packages

    [Fact]
    public void A_changed_kernel() => BrokenFile("\"kernelspec\"", json => json["metadata"]!["kernelspec"]!["name"] = "python3");

    [Fact]
    public void A_missing_language() => BrokenFile("\"language_info\" is missing", json => json["metadata"]!.AsObject().Remove("language_info"));

    [Theory]
    [InlineData("C#")]
    [InlineData("csharp")]
    public void What_an_editor_writes_when_it_saves_a_lesson_is_nothing_to_mend(string language)
    {
        using var lesson = new MadeUpLesson();

        lesson.Check(json =>
        {
            json["metadata"]!["language_info"] = new JsonObject { ["file_extension"] = ".cs", ["name"] = language, ["version"] = "14.0" };
            foreach (JsonNode? cell in json["cells"]!.AsArray())
            {
                cell!["metadata"]!["vscode"] = new JsonObject { ["languageId"] = "csharp" };
                if (cell["cell_type"]!.ToString() == "code") cell["execution_count"] = null;
            }
        }).ShouldBeEmpty();
    }

    [Fact]
    public void A_lesson_in_another_language() => BrokenFile("\"language_info\" is", json => json["metadata"]!["language_info"]!["name"] = "python");

    [Fact]
    public void A_format_without_ids() => BrokenFile("nbformat 4.5", json => json["nbformat_minor"] = 2);

    [Fact]
    public void A_cell_without_an_id() => BrokenFile("cell 3 has no id", json => json.Cell("numbers").Remove("id"));

    [Fact]
    public void Two_cells_with_one_id() => Broken("figure", "another cell has the same id", json => json.Cell("numbers")["id"] = "figure", onNotebook: true);

    [Fact]
    public void A_cell_of_another_language() => Broken("numbers", "\"polyglot_notebook\"", cell => cell["metadata"]!["polyglot_notebook"]!["kernelName"] = "fsharp");

    [Fact]
    public void A_cell_without_its_language() => Broken("numbers", "\"dotnet_interactive\" is missing", cell => cell["metadata"]!.AsObject().Remove("dotnet_interactive"));

    [Fact]
    public void A_first_cell_that_does_something_else() => Broken("load", "exactly the line '#!import lesson.csx'", cell => cell.Replace("lesson.csx", "lesson.csx\nint x = 1;"));

    [Fact]
    public void A_misspelt_tag() => Broken("numbers", "the tag 'timings' means nothing", cell => cell["metadata"]!["tags"] = new JsonArray("timings"));

    [Fact]
    public void A_tag_on_prose() => Broken("end", "stands on a cell that is not run", cell => cell["metadata"]!["tags"] = new JsonArray("timing"));

    [Fact]
    public void A_package_that_an_imported_script_names_is_named()
    {
        using var lesson = new MadeUpLesson()
            .Code("explore", "#!import plotly.csx\nTitled(1)", tags: "requires:Plotly.NET")
            .Code("untagged", "#!import plotly.csx\nTitled(2)");
        File.WriteAllText(Path.Combine(lesson.Folder, "plotly.csx"), "#r \"nuget: Plotly.NET, 6.0.0\"\n");

        IReadOnlyList<Violation> violations = lesson.Check();

        violations.ShouldNotContain(violation => violation.Cell == "explore");
        ShouldName(violations, "untagged", "tag the cell requires:Plotly.NET");
    }

    [Theory]
    [InlineData("#r \"nuget: Plotly.NET\"", "requires:Plotly.NET", "needs its version pinned")]
    [InlineData("#r \"nuget: Plotly.NET, 5.*\"", "requires:Plotly.NET", "needs its version pinned")]
    [InlineData("#r \"nuget: Plotly.NET, 5.1.0\"", null, "tag the cell requires:Plotly.NET")]
    [InlineData("Chart.Line()", "requires:Plotly.NET", "neither it nor a cell before it loads that package")]
    [InlineData("#r \"nuget: Other, 5.1.0\"", "requires:Plotly.NET", "neither it nor a cell before it loads that package")]
    public void A_package_that_is_not_named_properly(string source, string? tag, string message)
    {
        using var lesson = new MadeUpLesson().Code("explore", source, tags: tag is null ? [] : [tag]);

        ShouldName(lesson.Check(), "explore", message);
    }

    [Fact]
    public void A_package_that_an_earlier_cell_loaded()
    {
        using var lesson = new MadeUpLesson()
            .Code("explore", "#r \"nuget: Plotly.NET.CSharp, 0.13.0\"", tags: "requires:Plotly.NET")
            .Code("more", "Chart.Line()", tags: "requires:Plotly.NET");

        lesson.Check().ShouldBeEmpty();
    }

    [Fact]
    public void A_cell_that_loads_several_packages_is_tagged_with_one_of_them()
    {
        using var lesson = new MadeUpLesson()
            .Code("model", "#r \"nuget: Runtime, 1.2.3\"\n#r \"nuget: Weights, 4.5.6\"", tags: "requires:Weights")
            .Code("untagged", "#r \"nuget: Runtime, 1.2.3\"\n#r \"nuget: Weights, 4.5.6\"");

        IReadOnlyList<Violation> violations = lesson.Check();

        violations.ShouldNotContain(violation => violation.Cell == "model");
        ShouldName(violations, "untagged", "tag the cell requires:Runtime");
    }

    // Constructs that a cell must avoid

    [Theory]
    [InlineData("namespace A { }", "namespace")]
    [InlineData("static class E { public static int Twice(this int n) => 2 * n; }", "extension method Twice")]
    [InlineData("static class E { extension(int n) { public int Twice => 2 * n; } }", "extension block")]
    [InlineData("file class Secret { }", "'file'")]
    [InlineData("partial class Part { }", "'partial'")]
    [InlineData("static void Main() { }", "a function Main")]
    [InlineData("using var stream = new MemoryStream();", "'using var stream'")]
    [InlineData("int[] a = [1]; ref int first = ref a[0];", "ref variable first")]
    [InlineData("Span<int> s = [1, 2];", "the Span s")]
    [InlineData("var s = new int[3].AsSpan();", "the Span s")]
    [InlineData("var s = stackalloc int[3];", "the Span s")]
    [InlineData("var name = Console.ReadLine();", "Console.ReadLine")]
    [InlineData("#!javascript\nalert(1)", "JavaScript")]
    [InlineData("HTML(\"<script>alert(1)</script>\")", "JavaScript")]
    [InlineData("HTML(\"<img alt='x' src='https://cdn.jsdelivr.net/x.png'>\")", "https://cdn.jsdelivr.net")]
    [InlineData("display(1).Update(2)", "calls Update")]
    [InlineData("var shown = display(1);\nshown.Update(2);", "calls Update")]
    [InlineData("var shown = 1.Display();\nshown.Update(2);", "calls Update")]
    public void A_construct_that_not_every_host_takes(string source, string message)
    {
        using var lesson = new MadeUpLesson().Code("odd", source);

        ShouldName(lesson.Check(), "odd", message);
    }

    [Theory]
    [InlineData("void F() { using var s = new MemoryStream(); Span<int> t = [1]; ref int u = ref t[0]; }")]
    [InlineData("{ Span<int> t = [1]; using var s = new MemoryStream(); }")]
    [InlineData("using System.IO;\nusing (var s = new MemoryStream()) { }")]
    [InlineData("var optimiser = new Sgd();\noptimiser.Update(2);")]
    [InlineData("// Console.ReadLine() would hang; a namespace is not allowed\nvar text = \"namespace\";")]
    [InlineData("class Mainly { int MainThing() => 1; }")]
    [InlineData("#!mermaid\nflowchart LR\n  namespace X --> static Main")]
    public void What_only_looks_like_one(string source)
    {
        using var lesson = new MadeUpLesson().Code("fine", source);

        lesson.Check().ShouldBeEmpty();
    }

    // Links and pictures

    [Theory]
    [InlineData("[next](02-residual.ipynb)", "the link 02-residual.ipynb leads nowhere")]
    [InlineData("![layer](images/layer.svg)", "the picture images/layer.svg leads nowhere")]
    [InlineData("<img alt='x' src='layer.svg'>", "the picture layer.svg leads nowhere")]
    [InlineData("<a href=\"../NOTES.md\">notes</a>", "the link ../NOTES.md leads nowhere")]
    [InlineData("[end](#the-ende)", "a heading that is not there; headings: #made-up, #the-end")]
    [InlineData("![](square.svg)", "has no text alternative")]
    [InlineData("![a](https://example.org/a.png)", "blank offline")]
    [InlineData("[here](file:///home/me/x.ipynb)", "only works on one machine")]
    public void A_link_that_leads_nowhere(string link, string message)
    {
        using var lesson = new MadeUpLesson().Markdown("links", $"See {link}.");

        ShouldName(lesson.Check(), "links", message);
    }

    [Theory]
    [InlineData("[paper](https://arxiv.org/abs/1607.06450)")]
    [InlineData("[end](#the-end)")]
    [InlineData("[end](made-up.ipynb#the-end)")]
    [InlineData("<img alt='x' src='square.svg'>")]
    [InlineData("`[not a link](nowhere)`")]
    [InlineData("$a[i](x)$")]
    public void A_link_that_is_in_order(string link)
    {
        using var lesson = new MadeUpLesson().Markdown("links", $"See {link}.");

        lesson.Check().ShouldBeEmpty();
    }

    // Pictures among the outputs

    [Theory]
    [InlineData("text/html", "<img src='data:image/png;base64,AA=='>", "without a text alternative")]
    [InlineData("text/html", "<img alt='' src='data:image/png;base64,AA=='>", "without a text alternative")]
    [InlineData("text/html", "<svg></svg>", "a bare <svg>")]
    [InlineData("image/svg+xml", "<svg></svg>", "image/svg+xml, which has no text alternative")]
    public void A_picture_without_words(string type, string content, string message)
    {
        using var lesson = new MadeUpLesson().Code("picture", "draw", plain: "a picture");
        lesson.Json.Cell("picture")["outputs"]![0]!["data"]![type] = content;

        ShouldName(lesson.Check(), "picture", message);
    }

    [Fact]
    public void Html_with_no_plain_text_beside_it()
    {
        using var lesson = new MadeUpLesson().Code("picture", "draw", html: "<p>only here</p>");

        ShouldName(lesson.Check(), "picture", "no text/plain beside it");
    }

    // Exercises

    private static readonly IReadOnlyList<Exercise> Declared = [.. ExerciseCatalog.All.Where(exercise => exercise.Id == "00.1")];

    private static MadeUpLesson WithExercise() => new MadeUpLesson("00-made-up")
        .Code("ex-mean", Declared[0].Stub)
        .Code("help-mean", "// Stuck? Take the slashes off a line and run it.\n// Lesson00.Mean.Hint()\n// Lesson00.Mean.Solution()");

    [Fact]
    public void An_exercise_as_it_is_declared()
    {
        using var lesson = WithExercise();

        lesson.Check(exercises: Declared).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Exercise 00.1", "Exercise 00.7", "exercise 00.7 is declared nowhere; Lesson00 has 00.1")]
    [InlineData("// Exercise 00.1", "// The mean", "its first comment is not '// Exercise NN.n'")]
    [InlineData("Mean(double[] x)", "Average(double[] x)", "the function's header is 'double Average(double[] x)', but exercise 00.1 is declared as 'double Mean(double[] x)'")]
    [InlineData("double[] x", "double[] v", "'double Mean(double[] v)'")]
    [InlineData("double[] x", "float[] x", "'double Mean(float[] x)'")]
    [InlineData("throw new NotImplementedException();", "return x.Average();", "it is not a stub")]
    [InlineData("Lesson00.Mean.Check(Mean)", "Lesson00.Mean.Check(Mean);", "its last line should be 'Lesson00.Mean.Check(Mean)'")]
    public void An_exercise_that_does_not_fit_its_declaration(string old, string @new, string message)
    {
        using var lesson = WithExercise();

        ShouldName(lesson.Check(json => json.Cell("ex-mean").Replace(old, @new), exercises: Declared), "ex-mean", message);
    }

    [Fact]
    public void An_exercise_that_has_no_cell()
    {
        using var lesson = new MadeUpLesson("00-made-up");

        ShouldName(lesson.Check(exercises: Declared), null, "exercise 00.1, The mean of a vector, is declared but has no cell");
    }

    [Fact]
    public void An_exercise_that_stands_twice()
    {
        using var lesson = WithExercise().Code("again", Declared[0].Stub);

        ShouldName(lesson.Check(exercises: Declared), "again", "the first time in cell ex-mean");
    }

    [Fact]
    public void An_exercise_in_the_wrong_lesson()
    {
        using var lesson = new MadeUpLesson("made-up").Code("ex-mean", Declared[0].Stub);

        ShouldName(lesson.Check(exercises: Declared), "ex-mean", "belongs to lesson 00");
    }

    [Fact]
    public void An_exercise_without_its_hints()
    {
        using var lesson = WithExercise();

        ShouldName(lesson.Check(json => json.Cell("help-mean").Replace("Mean.Hint()", "Meen.Hint()"), exercises: Declared), "ex-mean", "'// Lesson00.Mean.Hint()'");
    }

    [Fact]
    public void An_exercise_may_stand_in_the_lesson_s_laboratory_and_then_not_in_the_lesson()
    {
        using var lesson = new MadeUpLesson("00-made-up");
        MadeUpLesson WithStub(MadeUpLesson notebook) => notebook.Code("ex-mean", Declared[0].Stub).Code("help", "// Lesson00.Mean.Hint()\n// Lesson00.Mean.Solution()");
        using MadeUpLesson lab = WithStub(new MadeUpLesson("labs/00-lab"));
        lab.Check(exercises: [Declared[0]]).ShouldBeEmpty();

        Directory.CreateDirectory(Path.Combine(lesson.Folder, "labs"));
        File.Copy(lab.Path, Path.Combine(lesson.Folder, "labs", "00-lab.ipynb"));
        lesson.Check(exercises: [Declared[0]]).ShouldBeEmpty();
        ShouldName(WithStub(lesson).Check(exercises: [Declared[0]]), "ex-mean", "stands in labs/00-lab as well");
    }

    // Claims

    private static readonly LedgerEntry Settled = new()
    {
        Id = "X1", Claim = "Bread rises.", Lesson = "00", Cell = "claim-x1", Verdict = ClaimVerdict.Holds, Figures = [new("height", 12.5, 0.1)],
    };

    private static readonly LedgerEntry Waiting = new() { Id = "X2", Claim = "Cake rises.", Lesson = "09", Verdict = ClaimVerdict.Waiting };

    [Fact]
    public void A_claim_that_is_measured_where_the_ledger_says()
    {
        using var lesson = new MadeUpLesson("00-made-up").Code("claim-x1", "Claim(\"X1\", (\"height\", h))", plain: "Holds: Claim X1");

        lesson.Check(ledger: [Settled, Waiting], whole: true).ShouldBeEmpty();
    }

    [Fact]
    public void A_claim_whose_cell_is_gone()
    {
        using var lesson = new MadeUpLesson("00-made-up");

        Violation violation = lesson.Check(ledger: [Settled], whole: true).ShouldHaveSingleItem();
        violation.File.ShouldBe("claims.json");
        violation.Message.ShouldContain("X1 has its verdict from the cell claim-x1");
    }

    [Fact]
    public void A_claim_whose_lesson_is_gone()
    {
        using var lesson = new MadeUpLesson("made-up");

        lesson.Check(ledger: [Settled], whole: true).ShouldHaveSingleItem().Message.ShouldContain("lesson 00, which does not exist");
        lesson.Check(ledger: [Settled], whole: false).ShouldBeEmpty();
    }

    [Fact]
    public void A_claim_that_is_measured_in_a_laboratory()
    {
        LedgerEntry inLab = Settled with { Lab = true };
        using var lab = new MadeUpLesson("labs/00-made-up").Code("claim-x1", "Claim(\"X1\", (\"height\", h))", plain: "Holds: Claim X1");
        using var lesson = new MadeUpLesson("00-made-up").Code("claim-x1", "Claim(\"X1\", (\"height\", h))", plain: "Holds: Claim X1");

        lab.Check(ledger: [inLab, Waiting], whole: true).ShouldBeEmpty();
        ShouldName(lesson.Check(ledger: [inLab]), "claim-x1", "the ledger has from laboratory 00, cell claim-x1");
        ShouldName(lab.Check(ledger: [Settled]), "claim-x1", "the ledger has from lesson 00, cell claim-x1");
        lesson.Check(ledger: [inLab], whole: true).ShouldContain(violation => violation.Message == "X1 has a verdict from laboratory 00, which does not exist.");
    }

    [Fact]
    public void A_claim_of_a_second_laboratory_is_not_missed_where_only_the_first_is_checked()
    {
        using var lab = new MadeUpLesson("labs/00-made-up");
        File.WriteAllText(Path.Combine(lab.Folder, "00-second.ipynb"), lab.Json.ToJsonString());

        lab.Check(ledger: [Settled with { Lab = true }]).ShouldBeEmpty();
        lab.Check(ledger: [Settled with { Lab = true }], whole: true).ShouldHaveSingleItem().Message.ShouldContain("X1 has its verdict from the cell claim-x1");
    }

    [Theory]
    [InlineData("1 + 1", "does not call Claim(\"X1\", …)")]
    [InlineData("// Claim(\"X1\")", "does not call Claim(\"X1\", …)")]
    [InlineData("Claim(\"X1\"); Claim(\"X2\")", "the claim X2, which the ledger lists as waiting")]
    [InlineData("Claim(\"X1\"); Claim(\"X3\")", "no claim X3")]
    public void A_claim_cell_that_shows_something_else(string source, string message)
    {
        using var lesson = new MadeUpLesson("00-made-up").Code("claim-x1", source);

        ShouldName(lesson.Check(ledger: [Settled, Waiting]), "claim-x1", message);
    }

    [Fact]
    public void A_claim_in_a_cell_that_the_ledger_does_not_name()
    {
        using var lesson = new MadeUpLesson("00-made-up").Code("claim-x1", "Claim(\"X1\")").Code("elsewhere", "Claim(\"X1\")");

        ShouldName(lesson.Check(ledger: [Settled]), "elsewhere", "from lesson 00, cell claim-x1");
    }

    [Fact]
    public void A_claim_that_is_not_confirmed()
    {
        using var lesson = new MadeUpLesson("00-made-up").Code("claim-x1", "Claim(\"X1\")", plain: "Not confirmed: Claim X1\nBread rises.\n> `height` was not measured here");

        ShouldName(lesson.Check(ledger: [Settled]), "claim-x1", "`height` was not measured here");
    }

    // Predictions

    [Theory]
    [InlineData("Predict(\"00.1\", null)", "names no choices, but the text before it offers \"ab\"")]
    [InlineData("Predict(\"00.1\", null, choices: \"abc\")", "has the choices \"abc\", but the text before it offers \"ab\"")]
    [InlineData("Predict(\"00.1\", \"a\", choices: \"ab\")", "already answered")]
    [InlineData("Predict(\"01.1\", null, choices: \"ab\")", "belongs to another lesson")]
    [InlineData("Predict(\"00.2\", null, choices: \"ab\")", "prediction 00.2 is revealed nowhere")]
    public void A_prediction_that_is_not_as_it_should_be(string call, string message)
    {
        using var lesson = WithPrediction(call);

        ShouldName(lesson.Check(), "predict", message);
    }

    [Fact]
    public void A_prediction_that_is_asked_for_twice()
    {
        using var lesson = WithPrediction("Predict(\"00.1\", null, choices: \"ab\")").Code("again", "Predict(\"00.1\", null)");

        ShouldName(lesson.Check(), "again", "the first time in cell predict");
    }

    [Fact]
    public void An_answer_that_nobody_was_asked_for()
    {
        using var lesson = new MadeUpLesson("00-made-up").Code("reveal", "Reveal(\"00.3\", 1.0)");

        ShouldName(lesson.Check(), "reveal", "no cell before it asks for it");
    }

    [Theory]
    [InlineData("Reveal(\"00.1\", \"a\")", "without saying why b is wrong")]
    [InlineData("Reveal(\"00.1\", \"a\", why: [(\"a\", \"It is.\")])", "without saying why b is wrong")]
    [InlineData("Reveal(\"00.1\", Best(x))", "without saying why ab is wrong")]
    [InlineData("Reveal(\"00.1\", Best(x), (\"b\", \"No.\"))", null)]
    [InlineData("Reveal(\"00.1\", \"a\", why: [(\"a\", \"It is.\"), (\"b\", \"No.\")])", null)]
    public void A_reveal_says_of_each_wrong_letter_why_it_is_wrong(string reveal, string? message)
    {
        using var lesson = new MadeUpLesson("00-made-up")
            .Markdown("question", "Which?\n\n- `\"a\"` this\n- `\"b\"` that")
            .Code("predict", "Predict(\"00.1\", null, choices: \"ab\")")
            .Code("reveal", reveal);

        if (message is null) lesson.Check().ShouldBeEmpty();
        else ShouldName(lesson.Check(), "reveal", message);
    }

    [Fact]
    public void A_prediction_in_order()
    {
        using var lesson = WithPrediction("Predict(\"00.1\", null, choices: \"ab\")");

        lesson.Check().ShouldNotContain(violation => violation.Message.Contains("prediction"));
    }

    private static MadeUpLesson WithPrediction(string call) => new MadeUpLesson("00-made-up")
        .Markdown("question", "Which?\n\n- `\"a\"` this\n- `\"b\"` that")
        .Code("predict", call)
        .Code("reveal", "Reveal(\"00.1\", \"a\", (\"b\", \"It is not that.\"))");

    private static void Broken(string cell, string message, Action<JsonObject> tamper, bool onNotebook = false)
    {
        using var lesson = new MadeUpLesson();

        ShouldName(lesson.Check(json => tamper(onNotebook ? json : json.Cell(cell))), cell, message);
    }

    private static void BrokenFile(string message, Action<JsonObject> tamper)
    {
        using var lesson = new MadeUpLesson();

        ShouldName(lesson.Check(tamper), null, message);
    }

    private static void ShouldName(IReadOnlyList<Violation> violations, string? cell, string message)
    {
        violations.ShouldContain(
            violation => violation.File.EndsWith(".ipynb") && violation.Cell == cell && violation.Message.Contains(message),
            string.Join('\n', violations));
    }
}
