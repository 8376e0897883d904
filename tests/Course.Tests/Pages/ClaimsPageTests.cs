using System.Net;
using TransformerByHand.Course.Pages;
using TransformerByHand.Exercises;

namespace TransformerByHand.Course.Tests.Pages;

/// <summary>The page of claims lists every row of the ledger, with what settled it.</summary>
public class ClaimsPageTests
{
    private static readonly LedgerEntry Settled = new()
    {
        Id = "N1", Claim = "1 < 2 & bread rises.", Lesson = "09", Cell = "claim-n1",
        Verdict = ClaimVerdict.HoldsWithCondition, Condition = "With yeast.", Figures = [new("height", 12.5, 0.1)],
    };

    private static readonly LedgerEntry Refuted = new()
    {
        Id = "N2", Claim = "Bread sinks.", Lesson = "10", Cell = "claim-n2",
        Verdict = ClaimVerdict.DoesNotHold, Instead = "It rises.", Figures = [new("height", 12.5, 0.1)],
    };

    private static readonly LedgerEntry Waiting = new() { Id = "R1", Claim = "Cake rises.", Lesson = "11", Verdict = ClaimVerdict.Waiting };

    private readonly string _page = ClaimsPage.Render([Settled, Refuted, Waiting], [Lesson.At("/notebooks/09-bread.ipynb"), Lesson.At("/notebooks/labs/09-bread.ipynb")], PageOf);

    private static string PageOf(Lesson lesson) => lesson.Label + ".html";

    [Fact]
    public void A_settled_claim_stands_with_verdict_condition_figures_and_the_way_to_its_cell()
    {
        _page.ShouldContain("1 &lt; 2 &amp; bread rises.");
        _page.ShouldContain("Holds with a condition");
        _page.ShouldContain("With yeast.");
        WebUtility.HtmlDecode(_page).ShouldContain("height: 12.5 ± 0.1");
        _page.ShouldContain("href=\"09-bread.html#claim-n1\"");
    }

    [Fact]
    public void A_claim_that_a_laboratory_settled_leads_there()
    {
        string page = ClaimsPage.Render([Settled with { Lab = true }], [Lesson.At("/notebooks/09-bread.ipynb"), Lesson.At("/notebooks/labs/09-bread.ipynb")], PageOf);

        page.ShouldContain("<a href=\"labs/09-bread.html#claim-n1\">laboratory 09</a>");
    }

    [Fact]
    public void A_claim_that_does_not_hold_stands_with_what_does()
    {
        _page.ShouldContain("Does not hold as it is usually said");
        _page.ShouldContain("It rises.");
    }

    [Fact]
    public void A_lesson_without_a_page_is_named_and_not_linked()
    {
        _page.ShouldContain("lesson 10");
        _page.ShouldNotContain("#claim-n2");
    }

    [Fact]
    public void A_waiting_claim_names_its_lesson_and_counts_as_open()
    {
        _page.ShouldContain("waiting for lesson 11");
        _page.ShouldContain("2 of 3 have a verdict");
    }

    [Fact]
    public void Every_claim_of_the_course_stands_on_its_page()
    {
        string page = ClaimsPage.Render(Claims.All, Repository.Find().Lessons(), PageOf);

        foreach (LedgerEntry entry in Claims.All) page.ShouldContain($"<tr id=\"{entry.Id}\">");
    }
}
