using System.Net;
using Markdig;
using Markdig.Extensions.Mathematics;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace TransformerByHand.Course.Pages;

/// <summary>Turns a lesson's Markdown into HTML for one page that lies elsewhere than the notebook.</summary>
/// <param name="notebookFolder">What relative links in the Markdown are relative to.</param>
/// <param name="pageFolder">Where the page will lie.</param>
/// <param name="pageOf">The page of the notebook at a path, or null where it has none.</param>
internal sealed class MarkdownRenderer(string notebookFolder, string pageFolder, Func<string, string?> pageOf)
{
    // Formulas become elements of class "math", which the page's script hands to KaTeX.
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseAutoIdentifiers(Markdig.Extensions.AutoIdentifiers.AutoIdentifierOptions.GitHub)
        .UseMathematics()
        .UseEmphasisExtras()
        .Build();

    public string ToHtml(string markdown)
    {
        MarkdownDocument document = Markdown.Parse(markdown, Pipeline);
        foreach (LinkInline link in document.Descendants<LinkInline>())
            if (link.Url is { Length: > 0 } url)
                link.Url = link.IsImage ? Embed(url) : Retarget(url);

        // Two dollars mean a formula on a line of its own, also where they stand on one line.
        foreach (MathInline formula in document.Descendants<MathInline>())
            if (formula.DelimiterCount == 2)
                formula.GetAttributes().AddClass("display");

        using var writer = new StringWriter();
        var renderer = new HtmlRenderer(writer);
        Pipeline.Setup(renderer);
        renderer.Render(document);
        return writer.ToString();
    }

    /// <summary>A picture of the repository travels inside the page, so that the page can be moved or sent.</summary>
    private string Embed(string url)
    {
        if (LocalFile(url) is not { } path) return url;
        string type = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".svg" => "image/svg+xml",
            ".png" => "image/png",
            ".jpg" or ".jpeg" => "image/jpeg",
            ".gif" => "image/gif",
            _ => "application/octet-stream",
        };
        return $"data:{type};base64,{Convert.ToBase64String(File.ReadAllBytes(path))}";
    }

    /// <summary>A link to another notebook leads to its page, if it has one; one to another file leads to the file.</summary>
    private string Retarget(string url)
    {
        int hash = url.IndexOf('#');
        (string target, string fragment) = hash < 0 ? (url, "") : (url[..hash], url[hash..]);
        if (LocalFile(target) is not { } path) return url;

        string? page = path.EndsWith(".ipynb", StringComparison.OrdinalIgnoreCase) ? pageOf(path) : null;
        return LessonPage.Address(Path.GetRelativePath(pageFolder, page ?? path)) + fragment;
    }

    private string? LocalFile(string url)
    {
        if (url.Length == 0 || url[0] == '#' || Uri.TryCreate(url, UriKind.Absolute, out _)) return null;
        string path = Path.GetFullPath(Path.Combine(notebookFolder, WebUtility.UrlDecode(url)));
        return File.Exists(path) ? path : null;
    }
}
