using System.Text.Json;
using System.Text.Json.Nodes;
using TransformerByHand.Course.Jupyter;

namespace TransformerByHand.Course.Doctor;

/// <summary>Looks at the C# kernels that Jupyter lists: whether there is one, and whether the course's own would start.</summary>
internal static class KernelFinding
{
    /// <summary>The command that installs the course's own kernel.</summary>
    public const string Install = "dotnet run --project src/Course -- jupyter install";

    private const string Area = "Jupyter";

    /// <param name="list">What <c>jupyter kernelspec list --json</c> answered; null if it did not.</param>
    /// <param name="machine">Asked whether what a kernel starts is there.</param>
    /// <param name="root">The repository.</param>
    public static Finding Of(string? list, IMachine machine, string root)
    {
        KeyValuePair<string, JsonNode?>[] kernels = CSharpKernels(list);
        if (kernels.Length == 0) return new Finding(Area, "a C# kernel, to run lessons cell by cell", State.Missing, Install);
        foreach ((string name, JsonNode? spec) in kernels)
        {
            if (spec is not null && Problem(name, spec, machine, root) is { } problem) return problem;
        }

        return new Finding(Area, $"C# kernel: {string.Join(", ", kernels.Select(kernel => kernel.Key))}", State.Found);
    }

    /// <summary>The kernels in the folders that Jupyter searches, as <c>jupyter kernelspec list --json</c> would answer.</summary>
    public static string InFolders(IMachine machine)
    {
        var kernels = new JsonObject();
        foreach (string folder in new JupyterFolders(machine.Variable, machine.Home).SearchPath)
            foreach (string file in machine.Files(Path.Combine(folder, "kernels"), "kernel.json"))
            {
                // The first folder that has a name is the one that Jupyter takes.
                string name = Path.GetFileName(Path.GetDirectoryName(file))!;
                if (!kernels.ContainsKey(name) && Parsed(machine.Text(file)) is { } spec) kernels[name] = new JsonObject { ["spec"] = spec };
            }

        return new JsonObject { ["kernelspecs"] = kernels }.ToJsonString();
    }

    private static JsonNode? Parsed(string? json)
    {
        try
        {
            return json is null ? null : JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static KeyValuePair<string, JsonNode?>[] CSharpKernels(string? list)
    {
        try
        {
            return [.. from kernel in JsonNode.Parse(list ?? "{}")?["kernelspecs"]?.AsObject() ?? []
                       where kernel.Value?["spec"]?["language"]?.ToString() is "C#" or "csharp"
                       select KeyValuePair.Create(kernel.Key, kernel.Value["spec"])];
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    /// <summary>What keeps the course's own kernel from starting. Others' are theirs to look after.</summary>
    private static Finding? Problem(string name, JsonNode spec, IMachine machine, string root)
    {
        if (KernelSpecs.CourseOf(spec) is not { } course) return null;
        if (course != Path.Combine(root, "artifacts", "bin", "Course", "course", "Course.dll"))
            return new Finding(Area, $"C# kernel {name} starts another copy of the course, {course}", State.Missing, Install);
        if (machine.Written(course) is null)
            return new Finding(Area, $"C# kernel {name} starts {course}, which is not built", State.Missing, "dotnet build");
        if (spec["argv"] is not JsonArray argv || !argv.Any(argument => (string?)argument == "kernel"))
            return new Finding(Area, $"C# kernel {name} was installed by an earlier version of the course, and does not start", State.Missing, Install);
        return (string?)argv[0] is { } dotnet && machine.Written(dotnet) is null
            ? new Finding(Area, $"C# kernel {name} runs with {dotnet}, which is not there any more", State.Missing, Install)
            : null;
    }
}
