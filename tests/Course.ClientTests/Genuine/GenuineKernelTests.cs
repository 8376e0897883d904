using System.Text.Json.Nodes;
using TransformerByHand.Course.Checking;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.ClientTests.Genuine;

/// <summary>The lessons in the kernel of .NET Interactive, which the course's readers may have: the same outputs as in the course's own.</summary>
[Collection(GenuineCollection.Name)]
public sealed class GenuineKernelTests(GenuineInstallation genuine)
{
    private const string Timing = "timing", Requires = "requires:";

    public static TheoryData<string> Notebooks =>
    [
        .. Directory.EnumerateFiles(CourseBuild.Notebooks, "*.ipynb", SearchOption.AllDirectories)
            .Where(path => !path.Contains(".ipynb_checkpoints", StringComparison.Ordinal))
            .Select(path => Path.GetRelativePath(CourseBuild.Notebooks, path)).Order(StringComparer.Ordinal),
    ];

    /// <summary>The committed outputs are the course's host's (<c>check</c> sees to that), so that one run compares the two.</summary>
    [Theory]
    [MemberData(nameof(Notebooks))]
    public async Task Every_output_is_the_committed_one(string notebook)
    {
        using var copy = new CheckoutCopy();
        string path = Path.Combine(copy.Notebooks, notebook);
        // Plotly.NET does not load in it, and TorchSharp not on every machine; nothing later depends on such cells.
        JsonNode json = JsonNode.Parse(await File.ReadAllTextAsync(path))!;
        foreach (JsonNode? cell in json["cells"]!.AsArray())
        {
            if (cell?["metadata"]?["tags"] is JsonArray tags && tags.Any(tag => ((string?)tag)!.StartsWith(Requires, StringComparison.Ordinal)))
                tags.Add("skip-execution");
        }
        await File.WriteAllTextAsync(path, json.ToJsonString());

        Notebook stored = Notebook.Read(Path.Combine(CourseBuild.Notebooks, notebook));
        Notebook executed = Notebook.Read(await genuine.ExecuteAsync(path));

        executed.Cells.Count.ShouldBe(stored.Cells.Count);
        string[] differences =
        [
            .. from pair in stored.Cells.Zip(executed.Cells)
               where pair.First.Kind == CellKind.Code && !pair.First.Tags.Any(tag => tag == Timing || tag.StartsWith(Requires, StringComparison.Ordinal))
               let difference = OutputComparison.Difference(HostOutputs.Of(pair.First), HostOutputs.Of(pair.Second))
               where difference is not null
               select $"cell {pair.First.Id}: {difference}{Warnings(pair.Second)}",
        ];
        differences.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_exercise_names_the_mistake_opens_a_hint_and_reveals_what_was_predicted()
    {
        using var copy = new CheckoutCopy();
        string path = Path.Combine(copy.Notebooks, "exercise.ipynb");
        await File.WriteAllTextAsync(path, MadeUpNotebook.Of(
            "#!import lesson.csx",
            ClassicNotebookTests.SampleVariance,
            "Lesson01.Variance.Hint()",
            ClassicNotebookTests.SampleVariance.Replace("(x.Length - 1)", "x.Length", StringComparison.Ordinal),
            "Predict(\"90.1\", 0.5)",
            "Reveal(\"90.1\", 0.25)"));

        string[] shown = [.. Notebook.Read(await genuine.ExecuteAsync(path)).Cells.Select(cell => string.Concat(StoredOutput.Of(cell).Select(output => output.Form(StoredOutput.Plain))))];

        shown[1].ShouldContain("sample variance, which divides by N − 1");
        shown[2].ShouldContain("First the mean of `x`");
        shown[3].ShouldContain("Passed: Exercise 01.1");
        shown[4].ShouldContain("Predicted 0.5");
        shown[5].ShouldContain("0.25");
        shown[5].ShouldContain("0.5");
    }

    /// <summary>What the Polyglot Notebooks extension does: it speaks to the tool line by line, without Jupyter.</summary>
    [Fact]
    public async Task The_first_section_of_lesson_01_shows_what_it_should_without_Jupyter()
    {
        using var copy = new CheckoutCopy();
        string lesson = Directory.EnumerateFiles(copy.Notebooks, "01-*.ipynb").Single();
        string[] cells =
        [
            .. Notebook.Read(lesson).Cells
                .TakeUntilSecond(cell => cell.Kind == CellKind.Markdown && cell.Source.StartsWith("## ", StringComparison.Ordinal))
                .Where(cell => cell.Kind == CellKind.Code && !cell.Tags.Any(tag => tag.StartsWith(Requires, StringComparison.Ordinal)))
                .Select(cell => cell.Source),
        ];
        cells.Length.ShouldBeGreaterThan(1);

        await using var kernel = new StandardIoKernel(genuine.Program, copy.Notebooks, genuine.Environment);
        var shown = new List<JsonNode>();
        foreach (string cell in cells)
        {
            IReadOnlyList<JsonNode> events = await kernel.SubmitAsync(cell);
            events.ShouldNotContain(each => (string?)each["eventType"] == "CommandFailed", cell);
            shown.AddRange(events.Where(each => (string?)each["eventType"] is "ReturnValueProduced" or "DisplayedValueProduced"));
        }

        // The library's own types come as HTML with plain text beside it, the form for clients that show no HTML.
        shown.ShouldContain(each => each["event"]!["formattedValues"]!.AsArray().Select(value => (string?)value!["mimeType"]).Intersect(new[] { "text/html", "text/plain" }).Count() == 2);
        shown.ShouldAllBe(each => each["event"]!["formattedValues"]!.AsArray().Count > 0);
    }

    private static string Warnings(NotebookCell cell) =>
        string.Concat(StoredOutput.Of(cell).Where(output => output.Kind == "stream stderr").Select(output => $"\n  on standard error: {output.Form(StoredOutput.Plain)}"));
}
