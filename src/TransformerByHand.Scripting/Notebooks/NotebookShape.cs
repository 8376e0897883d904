using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TransformerByHand.Scripting;

/// <summary>Holds the parts of a notebook's JSON that this library reads against nbformat 4, so that no reader of them meets a surprise.</summary>
internal static class NotebookShape
{
    /// <exception cref="NotebookFormatException">A part is not as nbformat 4 has it; the message names the part, what it is and what it should be.</exception>
    public static void Check(JsonNode? node)
    {
        if (node is not JsonObject root) throw new NotebookFormatException($"it should be a JSON object with a list of cells, and is {Described(node)}.");
        CheckFormat(root["nbformat"]);
        CheckMetadata(root, "its");
        if (!root.ContainsKey("cells")) throw new NotebookFormatException("it has no list 'cells'; it is JSON of another kind, or was cut off.");
        if (root["cells"] is not JsonArray cells) throw new NotebookFormatException($"its 'cells' are {Described(root["cells"])}; they should be a list.");
        for (int i = 0; i < cells.Count; i++) CheckCell(cells[i], string.Create(CultureInfo.InvariantCulture, $"cell {i + 1}"));
    }

    private static void CheckFormat(JsonNode? format)
    {
        if (format is null) throw new NotebookFormatException("it has no number 'nbformat'; a notebook of version 4 has \"nbformat\": 4.");
        if (format is not JsonValue value || !value.TryGetValue(out int major))
            throw new NotebookFormatException($"its 'nbformat' is {Described(format)}; it should be the number 4, without quotes.");
        if (major < 4) throw new NotebookFormatException($"its nbformat is {major}, and this program reads 4; 'jupyter nbconvert --to notebook --nbformat 4 FILE' converts it.");
        if (major > 4) throw new NotebookFormatException($"its nbformat is {major}, which is newer than the 4 that this program reads; save it as version 4 in the program that wrote it.");
    }

    private static void CheckCell(JsonNode? node, string name)
    {
        if (node is not JsonObject cell) throw new NotebookFormatException($"{name} is {Described(node)}; it should be a JSON object.");
        if (Text(cell["cell_type"]) is not ("code" or "markdown" or "raw"))
            throw new NotebookFormatException($"{name} has cell_type {Described(cell["cell_type"])}; it should be code, markdown or raw.");
        if (!IsText(cell["source"]))
            throw new NotebookFormatException($"{name} has {(cell.ContainsKey("source") ? $"the source {Described(cell["source"])}" : "no source")}; it should be a text or a list of lines, [] for an empty cell.");
        CheckMetadata(cell, $"{name}: its");
        if (Text(cell["cell_type"]) != "code" || !cell.ContainsKey("outputs")) return;
        if (cell["outputs"] is not JsonArray outputs)
            throw new NotebookFormatException($"{name} has the outputs {Described(cell["outputs"])}; they should be a list, [] for none.");
        for (int i = 0; i < outputs.Count; i++) CheckOutput(outputs[i], string.Create(CultureInfo.InvariantCulture, $"{name}, output {i + 1}"));
    }

    private static void CheckOutput(JsonNode? node, string name)
    {
        const string remedy = "clear the cell's outputs, and run it again";
        string? problem = node is not JsonObject output ? $"is {Described(node)} and no JSON object" : Text(output["output_type"]) switch
        {
            "stream" => IsText(output["text"]) ? null : $"has the text {Described(output["text"])}",
            "display_data" or "execute_result" => output["data"] is JsonObject data
                ? data.Where(form => form.Key.StartsWith("text/", StringComparison.Ordinal) && !IsText(form.Value)).Select(form => $"has as {form.Key} {Described(form.Value)}").FirstOrDefault()
                : $"has the data {Described(output["data"])}",
            "error" => null,
            _ => $"has output_type {Described(output["output_type"])}",
        };
        if (problem is not null) throw new NotebookFormatException($"{name} {problem}; {remedy}.");
    }

    private static void CheckMetadata(JsonObject owner, string whose)
    {
        if (owner.ContainsKey("metadata") && owner["metadata"] is not JsonObject)
            throw new NotebookFormatException($"{whose} metadata is {Described(owner["metadata"])}; it should be a JSON object, {{}} for none.");
    }

    private static bool IsText(JsonNode? node) => Text(node) is not null || node is JsonArray lines && lines.All(line => Text(line) is not null);

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static string Described(JsonNode? node) => node switch
    {
        null => "null",
        JsonArray => "a list",
        JsonObject => "an object",
        _ => node.GetValueKind() switch
        {
            JsonValueKind.String => $"the text \"{Short(node.GetValue<string>())}\"",
            JsonValueKind.Number => $"the number {node.ToJsonString()}",
            _ => node.ToJsonString(),
        },
    };

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
