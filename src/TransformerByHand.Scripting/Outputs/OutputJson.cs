using System.Text.Json;
using System.Text.Json.Nodes;

namespace TransformerByHand.Scripting;

/// <summary>Outputs as nbformat 4 stores them, keys in the order in which Jupyter writes them.</summary>
internal static class OutputJson
{
    public static JsonObject ToJson(CellOutput output) => output switch
    {
        StreamOutput stream => new()
        {
            ["name"] = stream.Name,
            ["output_type"] = "stream",
            ["text"] = MultilineText.Split(stream.Text),
        },
        DisplayOutput display => new()
        {
            ["data"] = Data(display.Data),
            ["metadata"] = new JsonObject(),
            ["output_type"] = "display_data",
        },
        ResultOutput result => new()
        {
            ["data"] = Data(result.Data),
            ["execution_count"] = result.ExecutionCount,
            ["metadata"] = new JsonObject(),
            ["output_type"] = "execute_result",
        },
        ErrorOutput error => new()
        {
            ["ename"] = error.Name,
            ["evalue"] = error.Message,
            ["output_type"] = "error",
            ["traceback"] = new JsonArray([.. error.Traceback.Select(line => (JsonNode)JsonValue.Create(line))]),
        },
        _ => throw new ArgumentException($"There is no nbformat output for {output.GetType().Name}.", nameof(output)),
    };

    private static JsonObject Data(IReadOnlyDictionary<string, string> data)
    {
        var json = new JsonObject();
        foreach ((string mimeType, string value) in data) json[mimeType] = Value(mimeType, value);
        return json;
    }

    /// <summary>JSON is stored as JSON and everything else as lines, as nbformat asks.</summary>
    private static JsonNode? Value(string mimeType, string value)
    {
        if (mimeType != "application/json" && !mimeType.EndsWith("+json", StringComparison.Ordinal)) return MultilineText.Split(value);
        try
        {
            return JsonNode.Parse(value);
        }
        catch (JsonException)
        {
            return MultilineText.Split(value);
        }
    }
}
