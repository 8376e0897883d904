using System.Text.Json.Nodes;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Checking;

/// <summary>An output of a cell, each of its forms as text.</summary>
/// <param name="Kind">nbformat's output_type.</param>
/// <param name="Forms">The text of each form by MIME type; a stream's and an error's under <c>text/plain</c>.</param>
internal sealed record StoredOutput(string Kind, IReadOnlyDictionary<string, string> Forms)
{
    public const string Plain = "text/plain";

    public const string Html = "text/html";

    /// <summary>A cell's outputs. Neighbouring pieces of a stream are one: where it is cut depends on the moment.</summary>
    public static IReadOnlyList<StoredOutput> Of(NotebookCell cell)
    {
        var outputs = new List<StoredOutput>();
        foreach (StoredOutput output in cell.Outputs.OfType<JsonObject>().Select(Of))
        {
            if (output.IsStream && outputs.LastOrDefault() is { } last && last.Kind == output.Kind)
                outputs[^1] = last with { Forms = Single(last.Forms[Plain] + output.Forms[Plain]) };
            else
                outputs.Add(output);
        }
        return outputs;
    }

    private bool IsStream => Kind.StartsWith("stream ", StringComparison.Ordinal);

    public string? Form(string type) => Forms.GetValueOrDefault(type);

    private static StoredOutput Of(JsonObject output)
    {
        string kind = Text(output["output_type"]);
        return kind switch
        {
            "stream" => new StoredOutput($"stream {Text(output["name"])}", Single(Text(output["text"]))),
            "error" => new StoredOutput(kind, Single($"{Text(output["ename"])}: {Text(output["evalue"])}")),
            // The value of the last line and a displayed value look the same to a reader.
            _ => new StoredOutput("value", (output["data"] as JsonObject ?? []).ToDictionary(form => form.Key, form => Text(form.Value))),
        };
    }

    private static Dictionary<string, string> Single(string text) => new() { [Plain] = text };

    /// <summary>Text in a notebook is a string or a list of lines; other forms are JSON.</summary>
    private static string Text(JsonNode? node) => node switch
    {
        JsonArray lines when lines.All(line => line is JsonValue) => string.Concat(lines.Select(line => line!.ToString())),
        JsonValue value => value.ToString(),
        null => "",
        _ => node.ToJsonString(),
    };
}
