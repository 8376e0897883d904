using System.Net;
using System.Text;
using TransformerByHand.Course.Running;
using TransformerByHand.Exercises;

namespace TransformerByHand.Course.Pages;

/// <summary>Writes a page for each lesson, the index, and what they need beside them.</summary>
internal static class CoursePages
{
    public static async Task WriteAsync(string folder, IReadOnlyList<LessonRun> runs)
    {
        CopyKatex(folder);
        if (runs.Select(run => run.PlotlyScript).FirstOrDefault(script => script is not null) is { } plotly)
            await File.WriteAllBytesAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "plotly")).FullName, "plotly.min.js"), plotly);
        using var highlighter = new CodeHighlighter();
        var page = new LessonPage(highlighter);
        foreach (LessonRun run in runs)
            await File.WriteAllTextAsync(Path.Combine(folder, run.Lesson.Name + ".html"), await page.RenderAsync(run.Run, run.Lesson, folder));
        await File.WriteAllTextAsync(Path.Combine(folder, "index.html"), Index(runs));
        await File.WriteAllTextAsync(Path.Combine(folder, "claims.html"), ClaimsPage.Render(Claims.All, [.. runs.Select(run => run.Lesson)]));
    }

    private static string Index(IReadOnlyList<LessonRun> runs)
    {
        var rows = new StringBuilder();
        foreach (LessonRun run in runs)
            rows.Append(
                $"<tr><td><a href=\"{Uri.EscapeDataString(run.Lesson.Name)}.html\">{WebUtility.HtmlEncode(LessonPage.Title(run.Notebook) ?? run.Lesson.Name)}</a></td>" +
                $"<td class=\"number\">{RunSummary.Ran(run)}</td><td>{WebUtility.HtmlEncode(RunSummary.Skipped(run))}</td>" +
                $"<td>{RunSummary.Exercises(run)}</td><td>{(run.Succeeded ? "ran" : "failed")}</td></tr>\n");
        return LessonPage.Html("Transformer by Hand",
            $"""
            <h1>Transformer by Hand</h1>
            <p>The lessons as they ran on this machine. To work through one, open its notebook in your editor.</p>
            <table class="lessons">
            <tr><th>Lesson</th><th class="number">Cells run</th><th>Skipped</th><th>Exercises</th><th>Outcome</th></tr>
            {rows}</table>
            <p>What is often said about transformers, and what the lessons measured: <a href="claims.html">the claims and their verdicts</a>.</p>
            """);
    }

    private static void CopyKatex(string folder)
    {
        string source = Path.Combine(AppContext.BaseDirectory, "Pages", "katex");
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(folder, "katex", Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }
}
