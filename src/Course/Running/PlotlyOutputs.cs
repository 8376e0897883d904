using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TransformerByHand.Figures;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Running;

/// <summary>Brings outputs that draw with Plotly into the form in which they are stored: without the script that draws.</summary>
internal static partial class PlotlyOutputs
{
    private const string Html = "text/html";

    /// <summary>Takes plotly.js out of all outputs of a notebook.</summary>
    /// <returns>The script, or null where no output carried it.</returns>
    public static byte[]? TakeScript(Notebook notebook)
    {
        byte[]? script = null;
        foreach (JsonObject data in notebook.Cells.Where(cell => cell.Kind == CellKind.Code).SelectMany(cell => cell.Outputs).Select(output => output?["data"]).OfType<JsonObject>())
        {
            if (data[Html] is not { } form) continue;
            string html = form is JsonArray lines ? string.Concat(lines.Select(line => (string?)line)) : form.ToString();
            string bare = PlotlyDrawing.WithoutScript(html, out byte[]? carried);
            if (carried is null) continue;
            script ??= carried;
            // As a notebook stores text: a list of lines that keep their line breaks.
            data[Html] = new JsonArray([.. AfterLineBreak().Split(bare).Where(line => line.Length > 0).Select(line => JsonValue.Create(line))]);
        }
        return script;
    }

    [GeneratedRegex(@"(?<=\n)")]
    private static partial Regex AfterLineBreak();
}
