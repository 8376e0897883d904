using System.Text.Json.Nodes;
using TransformerByHand.Course.Checking;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.ClientTests;

/// <summary><c>jupyter nbconvert --execute</c> with the kernel: the outputs are those that <c>run --write</c> has stored.</summary>
/// <remarks>Two lessons tell as much as all: cells run in the same engine under <c>run</c> and under the kernel.</remarks>
[Collection(JupyterCollection.Name)]
public sealed class NbconvertTests(JupyterInstallation jupyter)
{
    public static TheoryData<string> Lessons => [.. CourseBuild.Lessons.Take(2)];

    [Theory]
    [MemberData(nameof(Lessons))]
    public async Task Nbconvert_shows_what_is_stored(string lesson)
    {
        using var copy = new CheckoutCopy();
        string path = copy.Lesson(lesson);
        // Opt-in cells need packages that a machine may lack; nbconvert knows no tag for that but its own.
        JsonNode json = JsonNode.Parse(await File.ReadAllTextAsync(path))!;
        foreach (JsonArray tags in json["cells"]!.AsArray().Select(cell => cell?["metadata"]?["tags"]).OfType<JsonArray>())
        {
            if (tags.Any(tag => ((string?)tag)!.StartsWith("requires:", StringComparison.Ordinal))) tags.Add("skip-execution");
        }
        await File.WriteAllTextAsync(path, json.ToJsonString());

        Dictionary<string, string> environment = new(jupyter.Environment) { ["TRANSFORMER_BY_HAND_PROGRESS"] = Path.Combine(copy.Parent, "progress") };
        string output = Path.Combine(copy.Parent, "nbconvert");
        await Tool.RunWellAsync(
            Tool.Python,
            ["-m", "nbconvert", "--to", "notebook", "--execute", "--ExecutePreprocessor.timeout=600", "--output-dir", output, path],
            environment, limit: TimeSpan.FromMinutes(10));

        Notebook stored = Notebook.Read(Path.Combine(CourseBuild.Notebooks, lesson + ".ipynb")), executed = Notebook.Read(Path.Combine(output, lesson + ".ipynb"));
        executed.Cells.Count.ShouldBe(stored.Cells.Count);
        stored.Cells.Where(cell => cell.Kind == CellKind.Code).Sum(cell => cell.Outputs.Count).ShouldBeGreaterThan(0);
        foreach ((NotebookCell expected, NotebookCell actual) in stored.Cells.Zip(executed.Cells))
        {
            if (expected.Kind != CellKind.Code || expected.Tags.Any(tag => tag == "timing" || tag.StartsWith("requires:", StringComparison.Ordinal))) continue;
            OutputComparison.Difference(expected, actual).ShouldBeNull($"cell {expected.Id}");
        }
    }
}
