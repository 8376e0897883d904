using System.Text;
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

    /// <summary>The language that the notebook's metadata names (<c>C#</c>, <c>python</c>, …), its kernel's before its own; null when it names none.</summary>
    public string? Language => Named("kernelspec", "language") ?? Named("language_info", "name");

    /// <summary>Reads a notebook file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="NotebookFormatException">The file is not a notebook of nbformat 4, or may not be read. The message names it and says what would help.</exception>
    public static Notebook Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        try
        {
            if (Directory.Exists(path)) throw new NotebookFormatException("it is a folder; name a notebook in it.");
            return Parse(NotebookText.Decode(File.ReadAllBytes(path)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            string lost = new FileInfo(path).LinkTarget is { } target ? $"'{path}' is a link to '{target}', where there is nothing; mend the link, or name the notebook itself." : $"There is no notebook '{path}'.";
            throw new FileNotFoundException(lost, path, e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new NotebookFormatException($"'{path}' may not be read by {Environment.UserName}; give yourself the right to read it{(OperatingSystem.IsWindows() ? "" : $" (chmod u+r '{path}')")}.", e);
        }
        catch (Exception e) when (e is NotebookFormatException or IOException)
        {
            throw new NotebookFormatException($"'{path}' cannot be read as a notebook: {e.Message}", e);
        }
    }

    /// <summary>Reads a notebook from its JSON text.</summary>
    /// <exception cref="NotebookFormatException">The text is not a notebook of nbformat 4.</exception>
    public static Notebook Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        NotebookText.Check(json);
        JsonNode? root = JsonNode.Parse(json.TrimStart('\uFEFF'), documentOptions: new() { MaxDepth = NotebookText.MaxDepth });
        NotebookShape.Check(root);
        return new Notebook(root!.AsObject(), JsonLayout.Of(json), [.. root["cells"]!.AsArray().Select((cell, i) => new NotebookCell(cell!.AsObject(), i))]);
    }

    /// <summary>Writes the notebook as JSON, in the layout that it was read in.</summary>
    public string ToJson() => JsonText.Write(root, layout);

    /// <summary>The notebook as JSON, to look at: a copy.</summary>
    public JsonObject ToJsonObject() => root.DeepClone().AsObject();

    /// <summary>Writes the notebook to a file: whole or not at all, through a link to what it points to, and with the file's own mode.</summary>
    /// <remarks>The text goes to a file beside the target first, which then takes its place, so that an interrupted write loses nothing.</remarks>
    /// <exception cref="IOException">The file cannot be written, and is as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The file, or its folder, may not be written to; the file is as it was.</exception>
    public void Write(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var file = new FileInfo(Path.GetFullPath(path));
        string target = file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
        // A new file in its place needs no right to write to the old one: whoever took that right away meant something by it.
        if (File.Exists(target)) File.OpenWrite(target).Dispose();
        string temporary = $"{target}.{Environment.ProcessId}.tmp";
        try
        {
            File.WriteAllText(temporary, ToJson(), new UTF8Encoding(false));
            if (!OperatingSystem.IsWindows() && File.Exists(target)) File.SetUnixFileMode(temporary, File.GetUnixFileMode(target));
            File.Move(temporary, target, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Makes an independent copy.</summary>
    public Notebook Clone() => Parse(ToJson());

    private string? Named(string section, string name) =>
        root["metadata"] is JsonObject metadata && metadata[section] is JsonObject members
        && members[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
