using System.Net;
using System.Text;
using TransformerByHand.Exercises;

namespace TransformerByHand.Course.Pages;

/// <summary>The page of all claims: what is said, what was measured, and the verdict.</summary>
internal static class ClaimsPage
{
    /// <summary>What the letter of an id stands for, in the order of the course.</summary>
    private static readonly (char Letter, string Title)[] Groups =
    [
        ('N', "Layer normalisation"),
        ('R', "The residual stream"),
        ('Q', "Embeddings, queries, keys, values"),
        ('A', "Attention"),
        ('B', "Backpropagation by hand"),
        ('M', "Multi-head attention"),
        ('L', "The layer and the model"),
        ('T', "Training"),
    ];

    /// <summary>Renders the page.</summary>
    /// <param name="ledger">The claims, in order.</param>
    /// <param name="lessons">The lessons and laboratories.</param>
    /// <param name="pageOf">The address of a notebook's page from here, or null where it has none.</param>
    public static string Render(IReadOnlyList<LedgerEntry> ledger, IReadOnlyList<Lesson> lessons, Func<Lesson, string?> pageOf)
    {
        int settled = ledger.Count(entry => entry.Verdict != ClaimVerdict.Waiting);
        var body = new StringBuilder(
            $"""
            <nav class="bar"><a href="index.html">All lessons</a></nav>
            <h1>Claims and verdicts</h1>
            <p>These statements about transformer layers are met everywhere. Each is put to an experiment that could have come out otherwise; the figures that settled it are measured again by the tests. {settled} of {ledger.Count} have a verdict so far, the others wait for their lesson.</p>

            """);
        foreach (var group in ledger.GroupBy(entry => entry.Id[0]))
        {
            string title = Groups.FirstOrDefault(known => known.Letter == group.Key).Title ?? group.Key.ToString();
            body.Append($"<h2>{title}</h2>\n<table class=\"claims\">\n<tr><th></th><th>What is said</th><th>Verdict</th></tr>\n");
            foreach (LedgerEntry entry in group) body.Append(Row(entry, lessons, pageOf));
            body.Append("</table>\n");
        }
        return LessonPage.Html("Claims and verdicts", body.ToString());
    }

    private static string Row(LedgerEntry entry, IReadOnlyList<Lesson> lessons, Func<Lesson, string?> pageOf)
    {
        var said = new StringBuilder($"<p>{Encode(entry.Claim)}</p>");
        if ((entry.Condition ?? entry.Instead) is { } qualification) said.Append($"<p class=\"condition\">{Encode(qualification)}</p>");
        if (entry.Figures.Count > 0)
            said.Append($"<ul>{string.Concat(entry.Figures.Select(figure => $"<li>{Encode(figure.Name)}: {Encode(figure.Expected)}</li>"))}</ul>");
        return $"<tr id=\"{Encode(entry.Id)}\"><td>{Encode(entry.Id)}</td><td>{said}</td><td>{Verdict(entry, lessons, pageOf)}</td></tr>\n";
    }

    private static string Verdict(LedgerEntry entry, IReadOnlyList<Lesson> lessons, Func<Lesson, string?> pageOf)
    {
        if (entry.Verdict == ClaimVerdict.Waiting) return $"<span class=\"waiting\">waiting for {Encode(entry.Place)}</span>";
        string? page = lessons.Where(lesson => lesson.Number == entry.Lesson && lesson.IsLab == entry.Lab).Select(pageOf).FirstOrDefault(page => page is not null);
        string where = page is null ? Encode(entry.Place) : $"<a href=\"{page}#{Encode(entry.Cell ?? "")}\">{Encode(entry.Place)}</a>";
        return $"<strong>{Encode(entry.VerdictText)}</strong><br>{where}";
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
