using System.Text.RegularExpressions;
using TransformerByHand.Course.Checking;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.ClientTests.Genuine;

/// <summary>What a cell shows, without what is each host's own manner.</summary>
internal static partial class HostOutputs
{
    /// <summary>A cell's outputs with each host's way of telling an error brought into one form.</summary>
    public static IReadOnlyList<StoredOutput> Of(NotebookCell cell)
    {
        List<StoredOutput> outputs = [.. StoredOutput.Of(cell).Where(output => !IsBootstrap(output)).Select(WithoutRemarksOnAssemblies).OfType<StoredOutput>()];
        int at = outputs.FindIndex(output => output.Kind == "error");
        if (at < 0) return outputs;
        string message = Prefix().Replace(outputs[at].Form(StoredOutput.Plain)!, "");
        if (message == "compilation error" && outputs.FirstOrDefault(output => output.Kind == "stream stderr") is { } said)
        {
            message = said.Form(StoredOutput.Plain)!;
            outputs.Remove(said);
            at = outputs.FindIndex(output => output.Kind == "error");
        }

        string first = OfItsSubmission().Replace(message.Trim().Split('\n')[0].TrimEnd('\r'), "");
        outputs[at] = outputs[at] with { Forms = new Dictionary<string, string> { [StoredOutput.Plain] = first } };
        return outputs;
    }

    /// <summary>What the genuine kernel puts before the first output of all: a script for clients that draw with JavaScript.</summary>
    private static bool IsBootstrap(StoredOutput output) => output.Form(StoredOutput.Html)?.Contains("dotnet-interactive-this-cell", StringComparison.Ordinal) == true;

    /// <summary>Without the genuine kernel's remark that two assemblies name different builds of a third: it is about none of the cell's text, and no cell can help it.</summary>
    private static StoredOutput? WithoutRemarksOnAssemblies(StoredOutput output)
    {
        if (output.Kind != "stream stderr") return output;
        string left = RemarkOnAssemblies().Replace(output.Form(StoredOutput.Plain)!, "");
        return string.IsNullOrWhiteSpace(left) ? null : output with { Forms = new Dictionary<string, string> { [StoredOutput.Plain] = left } };
    }

    [GeneratedRegex(@"^warning CS1701: .*$", RegexOptions.Multiline)]
    private static partial Regex RemarkOnAssemblies();

    [GeneratedRegex(@"^(Error|CompilationError): ")]
    private static partial Regex Prefix();

    // An exception's class that a cell declares: the genuine kernel names the submission it lies in.
    [GeneratedRegex(@"^Submission#\d+\+")]
    private static partial Regex OfItsSubmission();
}
