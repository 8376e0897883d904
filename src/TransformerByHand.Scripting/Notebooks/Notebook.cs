using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TransformerByHand.Scripting;

/// <summary>A Jupyter notebook (nbformat 4), held so that whatever is not changed is written back as it was read.</summary>
/// <remarks>Unknown metadata, attachments, cell ids, the order of keys, indentation and line breaks all survive.</remarks>
public sealed class Notebook
{
    private readonly JsonObject root;
    private readonly JsonLayout layout;

    private Notebook(JsonObject root, JsonLayout layout, IReadOnlyList<NotebookCell> cells)
    {
        this.root = root;
        this.layout = layout;
        Cells = cells;
    }

    /// <summary>The cells, in order.</summary>
    public IReadOnlyList<NotebookCell> Cells { get; }

    /// <summary>The notebook's own metadata; changes to it are written.</summary>
    public JsonObject Metadata
    {
        get
        {
            if (root["metadata"] is JsonObject metadata) return metadata;
            metadata = [];
            root["metadata"] = metadata;
            return metadata;
        }
    }

    /// <summary>The language that the notebook's metadata names (<c>C#</c>, <c>python</c>, …); null when it names none.</summary>
    public string? Language =>
        root["metadata"] is JsonObject metadata && metadata["kernelspec"] is JsonObject kernel
        && kernel["language"] is JsonValue value && value.TryGetValue(out string? language) ? language : null;

    /// <summary>Reads a notebook file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="NotebookFormatException">The file is not a notebook of nbformat 4.</exception>
    public static Notebook Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no notebook '{path}'.", path);
        // Decoded without detection, so that a byte order mark stays part of the text and is written back.
        string json = new UTF8Encoding(false).GetString(File.ReadAllBytes(path));
        try
        {
            return Parse(json);
        }
        catch (NotebookFormatException e)
        {
            throw new NotebookFormatException($"'{path}' cannot be read as a notebook: {e.Message}", e);
        }
    }

    /// <summary>Reads a notebook from its JSON text.</summary>
    /// <exception cref="NotebookFormatException">The text is not a notebook of nbformat 4.</exception>
    public static Notebook Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        JsonNode? node;
        try
        {
            node = JsonNode.Parse(json.TrimStart('\uFEFF'), documentOptions: new() { AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw new NotebookFormatException(
                e.LineNumber is { } line
                    ? $"it is not valid JSON (line {line + 1}, position {e.BytePositionInLine + 1}). If two edits were merged, look for conflict marks."
                    : $"it is not valid JSON: {e.Message}", e);
        }

        if (node is not JsonObject root) throw new NotebookFormatException("it should be a JSON object with a list of cells.");
        if (root["nbformat"] is not JsonValue format || !format.TryGetValue(out int major))
            throw new NotebookFormatException("it has no number 'nbformat'; a notebook of version 4 has 'nbformat': 4.");
        if (major != 4)
            throw new NotebookFormatException(
                $"its nbformat is {major}, and this library reads 4. 'jupyter nbconvert --to notebook --nbformat 4' converts it.");
        if (root["cells"] is not JsonArray array) throw new NotebookFormatException("it has no list 'cells'.");

        var cells = new List<NotebookCell>(array.Count);
        for (int i = 0; i < array.Count; i++)
        {
            if (array[i] is not JsonObject cell) throw new NotebookFormatException($"cell {i + 1} should be a JSON object.");
            cells.Add(new NotebookCell(cell, i));
        }

        return new Notebook(root, JsonLayout.Of(json), cells);
    }

    /// <summary>Writes the notebook as JSON, in the layout that it was read in.</summary>
    public string ToJson() => JsonText.Write(root, layout);

    /// <summary>Writes the notebook to a file: whole or not at all.</summary>
    /// <remarks>The text goes to a file beside the target first, which then takes its place, so that an interrupted write loses nothing.</remarks>
    public void Write(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string target = Path.GetFullPath(path);
        string temporary = $"{target}.{Environment.ProcessId}.tmp";
        try
        {
            File.WriteAllText(temporary, ToJson(), new UTF8Encoding(false));
            File.Move(temporary, target, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Makes an independent copy.</summary>
    public Notebook Clone() => Parse(ToJson());
}
