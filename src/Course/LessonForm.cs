using System.Text.Json.Nodes;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course;

/// <summary>The metadata by which every host takes a lesson for C#, in the form in which lessons are committed.</summary>
internal static class LessonForm
{
    private const string LanguageInfo = "language_info";

    /// <summary>What a lesson's metadata holds.</summary>
    public static JsonObject Notebook { get; } = JsonNode.Parse(
        """
        {
          "kernelspec": { "display_name": ".NET (C#)", "language": "C#", "name": ".net-csharp" },
          "language_info": { "name": "polyglot-notebook" },
          "polyglot_notebook": { "kernelInfo": { "defaultKernelName": "csharp", "items": [ { "aliases": [], "name": "csharp" } ] } }
        }
        """)!.AsObject();

    /// <summary>What the metadata of each of its code cells holds, beside its tags.</summary>
    public static JsonObject Cell { get; } = JsonNode.Parse(
        """
        { "dotnet_interactive": { "language": "csharp" }, "polyglot_notebook": { "kernelName": "csharp" } }
        """)!.AsObject();

    /// <summary>
    /// Whether a member is as it should be, or as an editor leaves it: whoever saves a notebook with a kernel has no say in
    /// what the kernel calls its language.
    /// </summary>
    public static bool Accepts(string member, JsonNode? actual, JsonNode expected) =>
        JsonNode.DeepEquals(actual, expected)
        || member == LanguageInfo && actual is JsonObject info && info["name"]?.ToString().ToLowerInvariant() is "c#" or "csharp" or "polyglot-notebook";

    /// <summary>Puts back what an editor rewrites when it picks a kernel, runs a cell or adds one.</summary>
    public static void Restore(Notebook notebook)
    {
        foreach ((string name, JsonNode? value) in Notebook) Set(notebook.Metadata, name, value!);
        notebook.Metadata.Remove("vscode");
        foreach (NotebookCell cell in notebook.Cells)
        {
            cell.Metadata.Remove("vscode");
            if (cell.Kind != CellKind.Code) continue;
            foreach ((string name, JsonNode? value) in Cell)
                if (!cell.Metadata.ContainsKey(name)) Set(cell.Metadata, name, value!);
        }
    }

    /// <summary>Sets a member in its place: members stand in the order of their names.</summary>
    private static void Set(JsonObject metadata, string name, JsonNode value)
    {
        if (JsonNode.DeepEquals(metadata[name], value)) return;
        metadata.Remove(name);
        int index = metadata.TakeWhile(member => string.CompareOrdinal(member.Key, name) < 0).Count();
        metadata.Insert(index, name, value.DeepClone());
    }
}
