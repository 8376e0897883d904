using Ledger = TransformerByHand.Exercises.Claims;

namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>A claim card shows a verdict only where the lesson measured what the ledger says.</summary>
public class ClaimCardTests
{
    private static readonly LedgerEntry Entry = new()
    {
        Id = "X1", Claim = "Bread rises.", Lesson = "09", Cell = "claim-x1",
        Verdict = ClaimVerdict.HoldsWithCondition, Condition = "With yeast.",
        Figures = [new("height", 12.5, 0.1), new("weight gained", 0, 1e-9), new("price", double.NaN, 0)],
    };

    [Fact]
    public void Figures_that_agree_show_the_verdict_and_its_condition()
    {
        ClaimCard card = ClaimCard.Of(Entry, [("height", 12.44), ("weight gained", 3e-17), ("price", double.NaN)]);

        card.Confirmed.ShouldBeTrue();
        card.Headline.ShouldBe("Holds with a condition");
        foreach (string shown in (string[])[card.ToText(), card.ToHtml()])
        {
            shown.ShouldContain("X1");
            shown.ShouldContain("Bread rises.");
            shown.ShouldContain("With yeast.");
            shown.ShouldContain("12.4");
            shown.ShouldContain("12.5 ± 0.1");
            shown.ShouldNotContain("e-17", customMessage: "rounding noise differs between machines");
        }
    }

    [Fact]
    public void A_figure_outside_its_tolerance_is_named_with_both_numbers()
    {
        ClaimCard card = ClaimCard.Of(Entry, [("height", 12.7), ("weight gained", 0), ("price", double.NaN)]);

        card.Confirmed.ShouldBeFalse();
        card.Headline.ShouldBe("Not confirmed");
        card.ToText().ShouldContain("`height` came out as 12.7; the ledger says 12.5 ± 0.1.");
        card.ToText().ShouldNotContain("Holds");
    }

    [Fact]
    public void A_figure_that_was_not_measured_is_named()
    {
        ClaimCard card = ClaimCard.Of(Entry, [("height", 12.5), ("price", double.NaN)]);

        card.Confirmed.ShouldBeFalse();
        card.ToText().ShouldContain("`weight gained` was not measured here");
    }

    [Fact]
    public void A_figure_that_the_ledger_does_not_have_is_named_with_those_it_has()
    {
        ClaimCard card = ClaimCard.Of(Entry, [("height", 12.5), ("weight gained", 0), ("price", double.NaN), ("colour", 4)]);

        card.Confirmed.ShouldBeFalse();
        card.ToText().ShouldContain("no figure named `colour`");
        card.ToText().ShouldContain("`height`, `weight gained`, `price`");
    }

    [Fact]
    public void A_figure_that_is_given_twice_is_named()
    {
        ClaimCard card = ClaimCard.Of(Entry, [("height", 12.5), ("height", 12.5), ("weight gained", 0), ("price", double.NaN)]);

        card.Confirmed.ShouldBeFalse();
        card.ToText().ShouldContain("`height` is given 2 times.");
    }

    [Theory]
    [InlineData(1.2247, 5e-5, 1.22474487, "1.22474")]
    [InlineData(0.2, 1e-9, 0.20000000000000004, "0.2")]
    [InlineData(0, 1e-9, -3e-17, "0")]
    [InlineData(-1.3588, 0.0005, -1.3587646, "-1.3588")]
    [InlineData(4, 0, 4, "4")]
    [InlineData(0.5, 0.1, 0.7123456, "0.71235")]
    public void A_measurement_is_printed_as_far_as_the_tolerance_speaks_of_it(double value, double tolerance, double measured, string printed) =>
        new LedgerFigure("figure", value, tolerance).Measured(measured).ShouldBe(printed);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void What_is_no_number_agrees_with_no_number(double measured) =>
        new LedgerFigure("height", 12.5, 0.1).Agrees(measured).ShouldBeFalse();

    [Theory]
    [InlineData(0)]
    [InlineData(double.PositiveInfinity)]
    public void A_number_does_not_agree_where_the_ledger_says_that_there_is_none(double measured) =>
        new LedgerFigure("price", double.NaN, 0).Agrees(measured).ShouldBeFalse();

    [Fact]
    public void A_waiting_claim_is_never_confirmed()
    {
        LedgerEntry waiting = new() { Id = "X2", Claim = "Cake rises.", Lesson = "10", Verdict = ClaimVerdict.Waiting };

        ClaimCard card = ClaimCard.Of(waiting, [("height", 1)]);

        card.Confirmed.ShouldBeFalse();
        card.ToText().ShouldContain("waiting for lesson 10");
    }

    [Fact]
    public void An_id_that_is_not_in_the_ledger_is_answered_with_those_that_are()
    {
        ClaimCard card = Ledger.Claim("N9");

        card.Confirmed.ShouldBeFalse();
        card.ToText().ShouldContain("no claim `N9`");
        card.ToText().ShouldContain("N8");
    }

    [Fact]
    public void The_sample_deviation_is_not_taken_for_the_population_deviation()
    {
        ClaimCard card = Ledger.Claim("N3", ("σ, divided by N", 0.1), ("σ, divided by N − 1", 0.1));

        card.Confirmed.ShouldBeFalse();
        card.ToText().ShouldContain("`σ, divided by N` came out as 0.1");
    }
}
