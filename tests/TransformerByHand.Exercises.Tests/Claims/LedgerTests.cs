using System.Text;
using System.Text.Json;
using Ledger = TransformerByHand.Exercises.Claims;

namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>The ledger is complete, and each of its verdicts rests on figures that come out again.</summary>
public class LedgerTests
{
    public static TheoryData<string> Settled => [.. Ledger.All.Where(entry => entry.Verdict != ClaimVerdict.Waiting).Select(entry => entry.Id)];

    public static TheoryData<string> Everything => [.. Ledger.All.Select(entry => entry.Id)];

    [Fact]
    public void It_lists_every_claim_of_the_course_once()
    {
        (char Letter, int Count)[] groups = [('N', 8), ('R', 8), ('Q', 5), ('A', 10), ('B', 5), ('M', 5), ('L', 7), ('T', 8)];

        Ledger.All.Select(entry => entry.Id).ShouldBe(groups.SelectMany(group => Enumerable.Range(1, group.Count).Select(n => $"{group.Letter}{n}")));
    }

    [Theory, MemberData(nameof(Settled))]
    public void A_verdict_comes_out_again_when_it_is_measured_from_the_library(string id)
    {
        var measurement = Measurements.All[id].ShouldHaveSingleItem($"Write one method with [Measures(\"{id}\")] that measures the figures of {id}.");

        ClaimCard card = Ledger.Claim(id, measurement());

        card.Confirmed.ShouldBeTrue(card.ToText());
    }

    [Fact]
    public void Nothing_is_measured_that_has_no_verdict_in_the_ledger() =>
        Measurements.All.Select(group => group.Key).Where(id => Ledger.Find(id) is not { Verdict: not ClaimVerdict.Waiting }).ShouldBeEmpty();

    [Theory, MemberData(nameof(Everything))]
    public void A_row_says_what_its_verdict_needs_and_nothing_else(string id)
    {
        LedgerEntry entry = Ledger.Find(id)!;
        bool waiting = entry.Verdict == ClaimVerdict.Waiting;

        entry.Claim.ShouldNotBeNullOrWhiteSpace();
        entry.Lesson.ShouldMatch("^[0-9]{2}$");
        (entry.Cell is null).ShouldBe(waiting);
        (entry.Figures.Count == 0).ShouldBe(waiting);
        string.IsNullOrWhiteSpace(entry.Condition).ShouldBe(entry.Verdict != ClaimVerdict.HoldsWithCondition);
        string.IsNullOrWhiteSpace(entry.Instead).ShouldBe(entry.Verdict != ClaimVerdict.DoesNotHold);
        entry.Figures.Select(figure => figure.Name).ShouldBeUnique();
    }

    [Theory, MemberData(nameof(Settled))]
    public void A_figure_is_known_to_better_than_one_part_in_fifty(string id)
    {
        foreach (LedgerFigure figure in Ledger.Find(id)!.Figures)
            figure.Tolerance.ShouldBeInRange(0, figure.Value == 0 ? 1e-9 : double.IsNaN(figure.Value) ? 0 : 0.02 * Math.Abs(figure.Value), figure.Name);
    }

    [Fact]
    public void A_field_that_the_ledger_does_not_know_is_an_error()
    {
        using var misspelt = new MemoryStream(Encoding.UTF8.GetBytes(
            """{ "claims": [ { "id": "N1", "claim": "…", "lesson": "01", "verdict": "waiting", "figurs": [] } ] }"""));

        Should.Throw<JsonException>(() => Ledger.Parse(misspelt)).Message.ShouldContain("figurs");
    }
}
