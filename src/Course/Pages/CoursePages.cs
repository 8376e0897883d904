using System.Net;
using System.Text;
using TransformerByHand.Course.Running;
using TransformerByHand.Exercises;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Pages;

/// <summary>Writes a page for each notebook that ran, the index, and what they need beside them.</summary>
internal static class CoursePages
{
    /// <summary>Pages that every folder has, beside those of its notebooks.</summary>
    public static IReadOnlyList<string> OwnNames { get; } = ["index", "claims"];

    /// <summary>The folder beside the pages with what they need.</summary>
    public const string Assets = "katex";

    public static async Task WriteAsync(OutputFolder output, Repository repository, IReadOnlyList<LessonRun> runs)
    {
        CopyKatex(output.Path);
        if (runs.Select(run => run.PlotlyScript).FirstOrDefault(script => script is not null) is { } plotly)
            await File.WriteAllBytesAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(output.Path, "plotly")).FullName, "plotly.min.js"), plotly);
        using var highlighter = new CodeHighlighter();
        var page = new LessonPage(highlighter);
        foreach (LessonRun run in runs)
            await File.WriteAllTextAsync(output.PageOf(run.Lesson)!, await page.RenderAsync(run.Run, run.Lesson, output));

        // What lies in the repository is listed whether or not it ran now: the index is the way to everything.
        Lesson[] all = [.. repository.Lessons().Concat(repository.Labs()).Concat(runs.Select(run => run.Lesson)).Distinct()];
        await File.WriteAllTextAsync(Path.Combine(output.Path, "index.html"), Index(output, all, runs));
        await File.WriteAllTextAsync(Path.Combine(output.Path, "claims.html"), ClaimsPage.Render(Claims.All, all, lesson => Link(output, lesson)));
    }

    private static string Index(OutputFolder output, IReadOnlyList<Lesson> all, IReadOnlyList<LessonRun> runs)
    {
        string Rows(bool labs) => string.Concat(all.Where(lesson => lesson.IsLab == labs)
            .Select(lesson => Row(output, lesson, runs.FirstOrDefault(run => run.Lesson == lesson))));
        const string Columns = "<th class=\"number\">Cells run</th><th>Skipped</th><th>Exercises</th><th>Outcome</th></tr>";
        string labs = Rows(labs: true);
        string laboratories = labs.Length == 0 ? "" :
            $"""
            <h2>Laboratories</h2>
            <p>The evidence behind the lessons, and further: many seeds, published figures measured again, second opinions. Optional, each after its lesson, in any order. <code>run --labs</code> runs them too.</p>
            <table class="lessons">
            <tr><th>Laboratory</th>{Columns}
            {labs}</table>
            """;
        return LessonPage.Html("Transformer by Hand",
            $"""
            <h1>Transformer by Hand</h1>
            <p>The lessons as they ran on this machine. To work through one, open its notebook in your editor.</p>
            <table class="lessons">
            <tr><th>Lesson</th>{Columns}
            {Rows(labs: false)}</table>
            {laboratories}
            <p>What is often said about transformers, and what the lessons measured: <a href="claims.html">the claims and their verdicts</a>.</p>
            """);
    }

    private static string Row(OutputFolder output, Lesson lesson, LessonRun? run)
    {
        string title = WebUtility.HtmlEncode(LessonPage.Title(run?.Notebook ?? Notebook.Read(lesson.Path)) ?? lesson.Name);
        string name = Link(output, lesson) is { } link ? $"<a href=\"{link}\">{title}</a>" : title;
        return run is null
            ? $"<tr><td>{name}</td><td class=\"number\"></td><td></td><td></td><td>not run this time</td></tr>\n"
            : $"<tr><td>{name}</td><td class=\"number\">{RunSummary.Ran(run)}</td><td>{WebUtility.HtmlEncode(RunSummary.Skipped(run))}</td>" +
              $"<td>{RunSummary.Exercises(run)}</td><td>{(run.Succeeded ? "ran" : "failed")}</td></tr>\n";
    }

    /// <summary>The address of a notebook's page from the folder's top, or null where it has none.</summary>
    private static string? Link(OutputFolder output, Lesson lesson) => output.PageOf(lesson) is { } page
        ? LessonPage.Address(Path.GetRelativePath(output.Path, page))
        : null;

    private static void CopyKatex(string folder)
    {
        string source = Path.Combine(AppContext.BaseDirectory, "Pages", "katex");
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(folder, Assets, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }
}
