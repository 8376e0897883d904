using System.Text.Json.Nodes;

namespace TransformerByHand.Scripting;

/// <summary>One cell of a <see cref="Notebook"/>: a view of its JSON, which keeps everything this class does not know.</summary>
public sealed class NotebookCell
{
    private readonly JsonObject json;

    internal NotebookCell(JsonObject json, int index)
    {
        this.json = json;
        Kind = Text(json["cell_type"]) switch
        {
            "code" => CellKind.Code,
            "markdown" => CellKind.Markdown,
            _ => CellKind.Raw,
        };
        // Ids came with nbformat 4.5. An older cell is known by its place, and nothing is written into it.
        Id = Text(json["id"]) ?? $"cell-{index + 1}";
    }

    /// <summary>The cell's id; for a notebook without ids, one made from the cell's place.</summary>
    public string Id { get; }

    /// <summary>Code, Markdown or raw text.</summary>
    public CellKind Kind { get; }

    /// <summary>The cell's text. A file may hold it as one string or as a list of lines; setting it keeps that form.</summary>
    public string Source
    {
        get => MultilineText.Join(json["source"]);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value == Source) return;
            json["source"] = json["source"] is JsonValue ? JsonValue.Create(value) : MultilineText.Split(value);
        }
    }

    /// <summary>The cell's metadata; changes to it are written.</summary>
    public JsonObject Metadata
    {
        get
        {
            if (json["metadata"] is JsonObject metadata) return metadata;
            metadata = [];
            json["metadata"] = metadata;
            return metadata;
        }
    }

    /// <summary>The tags in the cell's metadata.</summary>
    public IReadOnlyList<string> Tags =>
        json["metadata"]?["tags"] is JsonArray tags ? [.. tags.Select(Text).OfType<string>()] : [];

    /// <summary>The language that the cell's metadata names (<c>csharp</c>, <c>markdown</c>, …); null when it names none.</summary>
    public string? Language =>
        Member("polyglot_notebook", "kernelName") ?? Member("dotnet_interactive", "language") ?? Member("vscode", "languageId");

    /// <summary>The outputs of a code cell as nbformat holds them.</summary>
    /// <exception cref="InvalidOperationException">The cell is not a code cell.</exception>
    public JsonArray Outputs
    {
        get
        {
            RequireCode();
            if (json["outputs"] is JsonArray outputs) return outputs;
            outputs = [];
            json["outputs"] = outputs;
            return outputs;
        }
    }

    /// <summary>The number a client shows beside the cell; null before it has run.</summary>
    /// <exception cref="InvalidOperationException">A number is set on a cell that is not a code cell.</exception>
    public int? ExecutionCount
    {
        get => json["execution_count"] is JsonValue value && value.TryGetValue(out int count) ? count : null;
        set
        {
            RequireCode();
            json["execution_count"] = value is int count ? JsonValue.Create(count) : null;
        }
    }

    /// <summary>Replaces the cell's outputs. Neighbouring pieces of one stream become one, and an updated display takes its first place.</summary>
    /// <exception cref="InvalidOperationException">The cell is not a code cell.</exception>
    public void SetOutputs(IEnumerable<CellOutput> outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        JsonArray target = Outputs;
        var collected = new OutputList();
        foreach (CellOutput output in outputs) collected.Add(output);
        target.Clear();
        foreach (CellOutput output in collected.Items) target.Add(OutputJson.ToJson(output));
    }

    private void RequireCode()
    {
        if (Kind != CellKind.Code) throw new InvalidOperationException($"Cell '{Id}' is a {Kind} cell; only code cells have outputs.");
    }

    private string? Member(string section, string name) =>
        json["metadata"] is JsonObject metadata && metadata[section] is JsonObject members ? Text(members[name]) : null;

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
