using Microsoft.AspNetCore.Html;
using Microsoft.DotNet.Interactive.Formatting;
using TransformerByHand.Scripting.Engine;

namespace TransformerByHand.Scripting.InCells;

/// <summary>The functions that every cell can call without a prefix, named as .NET Interactive names them.</summary>
public static class CellFunctions
{
    /// <summary>Shows a value.</summary>
    /// <param name="value">What to show.</param>
    /// <param name="mimeTypes">The forms to show it in; those its formatter prefers if none is given.</param>
    public static DisplayedValue display(object? value, params string[] mimeTypes) => CellDisplay.Show(value, mimeTypes);

    /// <summary>Marks text as HTML: shown as the last value of a cell, or displayed, it is rendered.</summary>
    public static IHtmlContent HTML(string content) => new HtmlString(content);

    /// <summary>Takes away what the cell has shown so far.</summary>
    /// <param name="wait">True to wait with it until the cell shows something else.</param>
    public static void clear_output(bool wait = false) => CellDisplay.Clear(wait);

    /// <summary>Adds a style sheet to the page.</summary>
    public static void CSS(string content) => CellDisplay.ShowText($"<style>{content}</style>", "text/html");

    /// <summary>Runs a script in the page, where the client allows it.</summary>
    public static void Javascript(string scriptContent) =>
        CellDisplay.ShowText($"<script type=\"text/javascript\">{scriptContent}</script>", "text/html");
}
