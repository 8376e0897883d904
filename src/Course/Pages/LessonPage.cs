using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TransformerByHand.Course.Running;
using TransformerByHand.Figures;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Pages;

/// <summary>An executed notebook as one page that needs nothing but the folders <c>katex</c> and, where something is drawn with Plotly, <c>plotly</c> that all pages share.</summary>
internal sealed partial class LessonPage(CodeHighlighter highlighter)
{
    /// <summary>What a client shows of an output that comes in several forms, the richest first.</summary>
    private static readonly string[] Preferred = ["text/html", "image/svg+xml", "image/png", "text/markdown", "text/plain"];

    /// <summary>Renders the notebook.</summary>
    /// <param name="run">The executed notebook.</param>
    /// <param name="lesson">Where it came from.</param>
    /// <param name="output">The folder of all pages.</param>
    public async Task<string> RenderAsync(NotebookRun run, Lesson lesson, OutputFolder output)
    {
        string folder = Path.GetDirectoryName(output.PageOf(lesson))!;
        string top = Path.GetRelativePath(folder, output.Path) is var up && up == "." ? "" : up.Replace('\\', '/') + "/";
        var markdown = new MarkdownRenderer(lesson.Folder, folder, path => output.PageOf(Lesson.At(path)));
        var body = new StringBuilder();
        foreach (CellRun cell in run.Cells)
        {
            if (cell.Cell.Kind == CellKind.Markdown)
                body.Append($"<section class=\"markdown\">\n{markdown.ToHtml(cell.Cell.Source)}</section>\n");
            else if (cell.Cell.Kind == CellKind.Code)
                body.Append(await CodeAsync(cell, markdown));
        }
        // Before the outputs, whose drawings ask for it as soon as they are read.
        string plotly = run.Cells.Where(cell => cell.Cell.Kind == CellKind.Code).SelectMany(cell => cell.Cell.Outputs).Any(shown => PlotlyDrawing.IsIn(Text(shown?["data"]?["text/html"])))
            ? $"<script src=\"{top}plotly/plotly.min.js\"></script>\n"
            : "";
        return Html(Title(run.Notebook) ?? lesson.Name, plotly + $"<nav class=\"bar\"><a href=\"{top}index.html\">All lessons</a><span>{Encode(lesson.Label)}</span></nav>\n{body}", top);
    }

    /// <summary>The text of the notebook's first heading.</summary>
    public static string? Title(Notebook notebook) =>
        notebook.Cells.Where(cell => cell.Kind == CellKind.Markdown)
            .Select(cell => FirstHeading().Match(cell.Source))
            .FirstOrDefault(match => match.Success)?.Groups[1].Value.Trim();

    /// <summary>A relative path as the address of a link.</summary>
    public static string Address(string path) => string.Join('/', path.Replace('\\', '/').Split('/').Select(Uri.EscapeDataString));

    /// <summary>Wraps a body in the page that all pages of the course share.</summary>
    /// <param name="title">The page's title.</param>
    /// <param name="body">What it shows.</param>
    /// <param name="top">The way to the folder of all pages: <c>../</c> from a laboratory's.</param>
    public static string Html(string title, string body, string top = "") =>
        $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Encode(title)}</title>
        <link rel="stylesheet" href="{top}katex/katex.min.css">
        <style>
        {Style.Value}
        </style>
        </head>
        <body>
        {body}
        <script src="{top}katex/katex.min.js"></script>
        <script>
        for (const formula of document.querySelectorAll(".math")) {"{"}
          const display = formula.tagName === "DIV" || formula.classList.contains("display");
          const text = formula.textContent.trim().replace(/^\\[(\[]|\\[)\]]$/g, "");
          katex.render(text, formula, {"{"} displayMode: display, throwOnError: false {"}"});
        {"}"}
        </script>
        </body>
        </html>

        """;

    private async Task<string> CodeAsync(CellRun run, MarkdownRenderer markdown)
    {
        var html = new StringBuilder($"<section class=\"cell\" id=\"{Encode(run.Cell.Id)}\">\n");
        string skipped = run.Status is CellRunStatus.Skipped or CellRunStatus.NotRun ? " skipped" : "";
        html.Append($"<div class=\"source{skipped}\"><pre>{await highlighter.ToHtmlAsync(run.Cell.Source)}</pre></div>\n");
        if (skipped.Length > 0) html.Append($"<p class=\"note\">Not run: {Encode(run.Reason ?? "no reason given")}</p>\n");

        string outputs = string.Concat(run.Cell.Outputs.Select(output => Output(output!.AsObject(), markdown)));
        if (outputs.Length > 0) html.Append($"<div class=\"outputs\">\n{outputs}</div>\n");
        return html.Append("</section>\n").ToString();
    }

    private static string Output(JsonObject output, MarkdownRenderer markdown)
    {
        switch ((string?)output["output_type"])
        {
            case "stream":
                return $"<pre class=\"{Encode(Text(output["name"]))}\">{TerminalText.ToHtml(Text(output["text"]))}</pre>\n";
            case "error":
                return $"<pre class=\"error\">{TerminalText.ToHtml($"{Text(output["ename"])}: {Text(output["evalue"])}")}</pre>\n";
            default:
                JsonObject? data = output["data"]?.AsObject();
                string? type = Preferred.FirstOrDefault(type => data?.ContainsKey(type) == true);
                return type is null ? "" : Shown(type, Text(data![type]), markdown);
        }
    }

    private static string Shown(string type, string text, MarkdownRenderer markdown) => type switch
    {
        "text/html" => $"<div>{text}</div>\n",
        "text/markdown" => $"<div class=\"markdown\">{markdown.ToHtml(text)}</div>\n",
        "image/svg+xml" => $"<img alt=\"figure\" src=\"data:{type};base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}\">\n",
        "image/png" => $"<img alt=\"figure\" src=\"data:{type};base64,{text.ReplaceLineEndings("")}\">\n",
        _ => $"<pre>{TerminalText.ToHtml(text)}</pre>\n",
    };

    /// <summary>Text in a notebook is a string or a list of them.</summary>
    private static string Text(JsonNode? node) => node switch
    {
        JsonArray lines => string.Concat(lines.Select(line => (string?)line)),
        JsonValue value => value.ToString(),
        _ => "",
    };

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private static readonly Lazy<string> Style = new(() =>
    {
        using Stream stream = typeof(LessonPage).Assembly.GetManifestResourceStream("page.css")!;
        return new StreamReader(stream).ReadToEnd();
    });

    [GeneratedRegex(@"^#\s+(.+)$", RegexOptions.Multiline)]
    private static partial Regex FirstHeading();
}
