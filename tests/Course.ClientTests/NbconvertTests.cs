using System.Text.Json.Nodes;

namespace TransformerByHand.Course.ClientTests;

/// <summary><c>jupyter nbconvert --execute</c> with the kernel, against the course's own <c>run</c>.</summary>
[Collection(JupyterCollection.Name)]
public sealed class NbconvertTests(JupyterInstallation jupyter)
{
    public static TheoryData<string> Lessons => [.. CourseBuild.Lessons];

    [Theory]
    [MemberData(nameof(Lessons))]
    public async Task Nbconvert_shows_what_run_shows(string lesson)
    {
        using var copy = new CheckoutCopy();
        string path = copy.Lesson(lesson);
        // Opt-in cells need packages that a machine may lack; run leaves them out, and nbconvert knows no tags.
        JsonNode notebook = JsonNode.Parse(await File.ReadAllTextAsync(path))!;
        foreach (JsonNode? cell in CodeCells(notebook).Where(cell => Tags(cell).Any(tag => tag.StartsWith("requires:", StringComparison.Ordinal))))
            cell["source"] = "// left out";
        await File.WriteAllTextAsync(path, notebook.ToJsonString());

        // A lesson solved in one of the two runs would look different in the other.
        Dictionary<string, string> environment = new(jupyter.Environment) { ["TRANSFORMER_BY_HAND_PROGRESS"] = Path.Combine(copy.Parent, "progress") };
        await Tool.RunWellAsync("dotnet", [CourseBuild.Program, "run", path, "--out", Path.Combine(copy.Parent, "run")], environment, limit: TimeSpan.FromMinutes(10));
        await Tool.RunWellAsync(
            Tool.Python,
            ["-m", "nbconvert", "--to", "notebook", "--execute", "--ExecutePreprocessor.timeout=600", "--output-dir", Path.Combine(copy.Parent, "nbconvert"), path],
            environment, limit: TimeSpan.FromMinutes(10));

        JsonNode[] expected = [.. CodeCells(Read(Path.Combine(copy.Parent, "run", lesson + ".ipynb")))];
        JsonNode[] actual = [.. CodeCells(Read(Path.Combine(copy.Parent, "nbconvert", lesson + ".ipynb")))];
        actual.Length.ShouldBe(expected.Length);
        expected.Sum(cell => cell["outputs"]!.AsArray().Count).ShouldBeGreaterThan(0);
        for (int i = 0; i < expected.Length; i++)
        {
            if (Tags(expected[i]).Contains("timing")) continue;
            Outputs(actual[i]).ShouldBe(Outputs(expected[i]), $"cell {expected[i]["id"]}");
        }
    }

    private static JsonNode Read(string path) => JsonNode.Parse(File.ReadAllText(path))!;

    private static IEnumerable<JsonNode> CodeCells(JsonNode notebook) =>
        notebook["cells"]!.AsArray().OfType<JsonNode>().Where(cell => (string?)cell["cell_type"] == "code");

    private static IEnumerable<string> Tags(JsonNode cell) =>
        cell["metadata"]?["tags"]?.AsArray().Select(tag => (string?)tag ?? "") ?? [];

    /// <summary>The outputs in one form: texts joined, neighbouring pieces of a stream joined, keys sorted, counts left out.</summary>
    private static string Outputs(JsonNode cell)
    {
        var outputs = new List<JsonObject>();
        foreach (JsonNode? output in cell["outputs"]!.AsArray())
        {
            JsonObject form = Form(output!.AsObject());
            if ((string?)form["output_type"] == "stream" && outputs.LastOrDefault() is { } last && (string?)last["output_type"] == "stream" && (string?)last["name"] == (string?)form["name"])
                last["text"] = (string?)last["text"] + (string?)form["text"];
            else
                outputs.Add(form);
        }

        return new JsonArray([.. outputs]).ToJsonString(new() { WriteIndented = true });
    }

    private static JsonObject Form(JsonObject output)
    {
        var form = new JsonObject();
        foreach ((string key, JsonNode? value) in output.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (key == "execution_count") continue;
            form[key] = value switch
            {
                JsonObject inner => Form(inner),
                JsonArray lines when key is not "traceback" => string.Concat(lines.Select(line => (string?)line)),
                _ => value?.DeepClone(),
            };
        }

        return form;
    }
}
