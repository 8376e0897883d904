using System.Text.Json;
using System.Text.Json.Nodes;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Jupyter;

/// <summary>Outputs as messages of the Jupyter protocol, version 5.3.</summary>
internal static class JupyterMessage
{
    /// <summary>The message that shows an output.</summary>
    /// <param name="output">The output.</param>
    /// <param name="executionCount">The client's number of the cell's run.</param>
    /// <param name="generation">The process that made it: display ids are unique within one.</param>
    public static (string Type, JsonObject Content) Of(CellOutput output, int executionCount, string generation) => output switch
    {
        StreamOutput stream => ("stream", new() { ["name"] = stream.Name, ["text"] = stream.Text }),
        DisplayOutput display => (display.IsUpdate ? "update_display_data" : "display_data", new()
        {
            ["data"] = Data(display.Data),
            ["metadata"] = new JsonObject(),
            ["transient"] = display.DisplayId is { } id ? new JsonObject { ["display_id"] = $"{generation}-{id}" } : [],
        }),
        ResultOutput result => ("execute_result", new()
        {
            ["data"] = Data(result.Data),
            ["metadata"] = new JsonObject(),
            ["execution_count"] = executionCount,
        }),
        ErrorOutput error => ("error", Error(error)),
        ClearOutput clear => ("clear_output", new() { ["wait"] = clear.Wait }),
        _ => throw new ArgumentException($"There is no Jupyter message for {output.GetType().Name}.", nameof(output)),
    };

    /// <summary>The fields that say what went wrong.</summary>
    public static JsonObject Error(ErrorOutput error) => new()
    {
        ["ename"] = error.Name,
        ["evalue"] = error.Message,
        ["traceback"] = new JsonArray([.. error.Traceback.Select(line => (JsonNode)JsonValue.Create(line))]),
    };

    /// <summary>A value in each of its forms.</summary>
    public static JsonObject Data(IReadOnlyDictionary<string, string> data)
    {
        var json = new JsonObject();
        foreach ((string mimeType, string value) in data) json[mimeType] = Value(mimeType, value);
        return json;
    }

    private static JsonNode? Value(string mimeType, string value)
    {
        if (mimeType != "application/json" && !mimeType.EndsWith("+json", StringComparison.Ordinal)) return value;
        try
        {
            return JsonNode.Parse(value);
        }
        catch (JsonException)
        {
            return value;
        }
    }
}
