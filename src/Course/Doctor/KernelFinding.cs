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
        return (string?)spec["argv"]?[0] is { } python && machine.Written(python) is null
            ? new Finding(Area, $"C# kernel {name} runs with {python}, which is not there any more", State.Missing, Install)
            : null;
    }
}
