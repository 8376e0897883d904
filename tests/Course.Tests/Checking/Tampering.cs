using System.Text.Json.Nodes;

namespace TransformerByHand.Course.Tests.Checking;

/// <summary>Ways to change a stored notebook.</summary>
internal static class Tampering
{
    public static JsonObject Cell(this JsonObject notebook, string id) =>
        notebook["cells"]!.AsArray().OfType<JsonObject>().Single(cell => cell["id"]?.ToString() == id);

    public static string Source(this JsonObject cell) => cell["source"] is JsonArray lines ? string.Concat(lines.Select(line => line!.ToString())) : cell["source"]!.ToString();

    public static void Replace(this JsonObject cell, string old, string @new)
    {
        string source = cell.Source();
        source.ShouldContain(old);
        cell["source"] = source.Replace(old, @new, StringComparison.Ordinal);
    }

    public static void ReplaceOutput(this JsonObject cell, string type, string old, string @new)
    {
        JsonNode data = cell["outputs"]![0]!["data"]!;
        string text = data[type] is JsonArray lines ? string.Concat(lines.Select(line => line!.ToString())) : data[type]!.ToString();
        text.ShouldContain(old);
        data[type] = text.Replace(old, @new, StringComparison.Ordinal);
    }
}
