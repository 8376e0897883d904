namespace TransformerByHand.Scripting.Tests.Completion;

public sealed class ClearOutputTests
{
    private static readonly StreamOutput Before = new("stdout", "before");
    private static readonly StreamOutput After = new("stdout", "after");

    [Fact]
    public void Clearing_takes_away_what_was_shown() => Shown(Before, new ClearOutput(Wait: false)).ShouldBeEmpty();

    [Fact]
    public void What_follows_a_clearing_stays() => Shown(Before, new ClearOutput(Wait: false), After).ShouldBe([After]);

    [Fact]
    public void A_clearing_that_waits_does_nothing_until_something_follows()
    {
        Shown(Before, new ClearOutput(Wait: true)).ShouldBe([Before]);
        Shown(Before, new ClearOutput(Wait: true), After).ShouldBe([After]);
    }

    private static IReadOnlyList<CellOutput> Shown(params CellOutput[] outputs)
    {
        var list = new OutputList();
        foreach (CellOutput output in outputs) list.Add(output);
        return list.Items;
    }
}
