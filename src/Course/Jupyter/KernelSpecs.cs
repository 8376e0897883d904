using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TransformerByHand.Course.Jupyter;

/// <summary>The kernels that Jupyter finds, and this course's own among them.</summary>
/// <param name="userFolder">Where this user's Jupyter files are kept.</param>
/// <param name="searchPath">All the folders in which Jupyter looks for <c>kernels</c>.</param>
internal sealed class KernelSpecs(string userFolder, IReadOnlyList<string> searchPath)
{
    /// <summary>The name that lessons ask for, and that .NET Interactive takes where it is installed.</summary>
    public const string PreferredName = ".net-csharp";

    /// <summary>Ours where the other is taken.</summary>
    public const string OtherName = "csharp-by-hand";

    /// <summary>Tells our own kernel specifications from others of the same name.</summary>
    private const string Mark = "transformer_by_hand";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes this course's kernel for this user, under the preferred name if no other kernel has it.</summary>
    /// <param name="dotnet">The <c>dotnet</c> that runs the course.</param>
    /// <param name="course">The built course, <c>Course.dll</c>.</param>
    /// <returns>The name, and the folder that was written.</returns>
    public (string Name, string Folder) Install(string dotnet, string course)
    {
        string name = OthersNamed(PreferredName).Any() ? OtherName : PreferredName;
        Uninstall();
        string folder = Path.Combine(userFolder, "kernels", name);
        Directory.CreateDirectory(folder);
        var spec = new JsonObject
        {
            ["argv"] = new JsonArray(dotnet, course, "jupyter", "kernel", "-f", "{connection_file}"),
            ["display_name"] = name == PreferredName ? ".NET (C#)" : "C# (Transformer by Hand)",
            ["language"] = "C#",
            // Not a signal: Windows has none, and a message cannot come at a bad moment.
            ["interrupt_mode"] = "message",
            ["metadata"] = new JsonObject { [Mark] = new JsonObject { ["course"] = course } },
        };
        File.WriteAllText(Path.Combine(folder, "kernel.json"), spec.ToJsonString(Json) + "\n");
        return (name, folder);
    }

    /// <summary>Takes this course's kernel away, under whichever name, and returns the folders removed. Others' are left alone.</summary>
    public IReadOnlyList<string> Uninstall()
    {
        string[] ours = [.. Installed().Select(kernel => kernel.Folder)];
        foreach (string folder in ours) Directory.Delete(folder, recursive: true);
        return ours;
    }

    /// <summary>This course's kernels in the user's folder, with the built course that each starts.</summary>
    public IReadOnlyList<(string Name, string Folder, string Course)> Installed() =>
        [.. new[] { PreferredName, OtherName }
            .Select(name => (Name: name, Folder: Path.Combine(userFolder, "kernels", name)))
            .Select(kernel => (kernel.Name, kernel.Folder, Course: CourseOf(kernel.Folder)))
            .Where(kernel => kernel.Course is not null)
            .Select(kernel => (kernel.Name, kernel.Folder, kernel.Course!))];

    /// <summary>The folders of kernels of that name that are not this course's.</summary>
    public IEnumerable<string> OthersNamed(string name) =>
        searchPath.Append(userFolder)
            .Select(folder => Path.Combine(folder, "kernels", name))
            .Where(folder => File.Exists(Path.Combine(folder, "kernel.json")) && CourseOf(folder) is null)
            .Distinct();

    /// <summary>The built course that a kernel starts; null if it is no kernel of ours.</summary>
    /// <exception cref="InvalidOperationException">It is not shaped as a specification is.</exception>
    public static string? CourseOf(JsonNode spec) => (string?)spec["metadata"]?[Mark]?["course"];

    /// <summary>The built course that the kernel in a folder starts; null if it is no kernel of ours.</summary>
    private static string? CourseOf(string folder)
    {
        string file = Path.Combine(folder, "kernel.json");
        if (!File.Exists(file)) return null;
        try
        {
            return JsonNode.Parse(File.ReadAllText(file)) is { } spec ? CourseOf(spec) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
