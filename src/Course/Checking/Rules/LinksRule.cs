using System.Net;
using System.Text.RegularExpressions;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Checking.Rules;

/// <summary>Every link and picture in the prose leads somewhere in the repository. Addresses on the web are not visited.</summary>
internal sealed partial class LinksRule : LessonRule
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables().UseMathematics().UseAutoIdentifiers(AutoIdentifierOptions.GitHub).Build();

    protected override IEnumerable<Violation> Check(CheckedLesson lesson, CheckedCourse course)
    {
        foreach (NotebookCell cell in lesson.MarkdownCells)
        {
            MarkdownDocument prose = Markdown.Parse(cell.Source, Pipeline);
            foreach (LinkInline link in prose.Descendants<LinkInline>())
            {
                if (link.IsImage && link.FirstChild is null)
                    yield return lesson.Violation(cell, $"the picture {link.Url} has no text alternative: ![what it shows]({link.Url}).");
                if (Problem(link.Url ?? "", link.IsImage, lesson) is { } problem) yield return lesson.Violation(cell, problem);
            }
            foreach (Match reference in HtmlReference().Matches(cell.Source))
            {
                string url = WebUtility.HtmlDecode(reference.Groups["url"].Value);
                if (Problem(url, isImage: reference.Groups["attribute"].Value == "src", lesson) is { } problem) yield return lesson.Violation(cell, problem);
            }
        }
    }

    private static string? Problem(string url, bool isImage, CheckedLesson lesson)
    {
        string what = isImage ? "the picture" : "the link";
        if (url.Length == 0) return $"{what} has no address.";
        if (url.StartsWith("data:", StringComparison.Ordinal)) return null;
        if (Uri.TryCreate(url, UriKind.Absolute, out Uri? absolute) && !url.StartsWith('/'))
        {
            if (absolute.Scheme is not ("https" or "http" or "mailto")) return $"{what} {url} only works on one machine; give the path from the notebook's folder.";
            return isImage ? $"the picture {url} lies on the web and is blank offline; keep it in images/." : null;
        }

        int hash = url.IndexOf('#', StringComparison.Ordinal);
        string target = WebUtility.UrlDecode(hash < 0 ? url : url[..hash]);
        string anchor = hash < 0 ? "" : url[(hash + 1)..];
        string path = target.Length == 0 ? lesson.Lesson.Path : Path.GetFullPath(Path.Combine(lesson.Lesson.Folder, target));
        if (!File.Exists(path) && (isImage || !Directory.Exists(path)))
            return $"{what} {url} leads nowhere: there is no {target} beside the notebook.";
        if (anchor.Length > 0 && Anchors(path, target.Length == 0 ? lesson.Notebook : null) is { } anchors && !anchors.Contains(anchor))
            return $"the link {url} leads to a heading that is not there; headings: {string.Join(", ", anchors.Select(name => "#" + name))}.";
        return null;
    }

    /// <summary>The headings one can link to, or null for a file that is neither a notebook nor Markdown.</summary>
    private static HashSet<string>? Anchors(string path, Notebook? notebook)
    {
        string[]? texts = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".ipynb" => (notebook ?? Readable(path)) is not { } read ? null : [.. read.Cells.Where(cell => cell.Kind == CellKind.Markdown).Select(cell => cell.Source)],
            ".md" => [File.ReadAllText(path)],
            _ => null,
        };
        return texts?.SelectMany(text =>
                Markdown.Parse(text, Pipeline).Descendants<HeadingBlock>().Select(heading => heading.GetAttributes().Id)
                .Concat(NamedPlace().Matches(text).Select(match => match.Groups["name"].Value)))
            .OfType<string>().ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The notebook that a link leads to; null where it is damaged, of which its own check tells.</summary>
    private static Notebook? Readable(string path)
    {
        try
        {
            return Notebook.Read(path);
        }
        catch (NotebookFormatException)
        {
            return null;
        }
    }

    [GeneratedRegex("""<(?:img|a)\b[^>]*?\s(?<attribute>src|href)\s*=\s*["'](?<url>[^"']*)["']""", RegexOptions.IgnoreCase)]
    private static partial Regex HtmlReference();

    [GeneratedRegex("""<a\b[^>]*?\s(?:id|name)\s*=\s*["'](?<name>[^"']*)["']""", RegexOptions.IgnoreCase)]
    private static partial Regex NamedPlace();
}
