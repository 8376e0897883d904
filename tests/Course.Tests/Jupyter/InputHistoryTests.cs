using System.Text.Json.Nodes;
using TransformerByHand.Course.Jupyter;

namespace TransformerByHand.Course.Tests.Jupyter;

public sealed class InputHistoryTests
{
    private readonly InputHistory history = new();

    public InputHistoryTests()
    {
        history.Add(1, "int a = 1;", null);
        history.Add(2, "a", "1");
        history.Add(3, "int b = 2;", null);
        history.Add(4, "a", "1");
    }

    [Fact]
    public void The_tail_is_the_last_cells_oldest_first() => Numbers(history.Tail(2, withOutput: false)).ShouldBe([3, 4]);

    [Fact]
    public void A_range_leaves_out_its_end() => Numbers(history.Range(1, 2, 4, withOutput: false)).ShouldBe([2, 3]);

    [Fact]
    public void A_negative_start_counts_from_the_end() => Numbers(history.Range(0, -1, null, withOutput: false)).ShouldBe([4]);

    [Fact]
    public void Another_session_has_nothing() => history.Range(2, 0, null, withOutput: false).ShouldBeEmpty();

    [Fact]
    public void A_search_matches_stars_and_question_marks_and_nothing_else()
    {
        Numbers(history.Search("int*", null, unique: false, withOutput: false)).ShouldBe([1, 3]);
        Numbers(history.Search("int ? = 2;", null, unique: false, withOutput: false)).ShouldBe([3]);
        Numbers(history.Search("in.*", null, unique: false, withOutput: false)).ShouldBeEmpty();
    }

    [Fact]
    public void Of_equal_inputs_a_unique_search_keeps_the_latest() => Numbers(history.Search("a", null, unique: true, withOutput: false)).ShouldBe([4]);

    [Fact]
    public void With_outputs_each_entry_is_a_pair() =>
        history.Tail(1, withOutput: true)[0]![2]!.ToJsonString().ShouldBe("""["a","1"]""");

    private static IEnumerable<int> Numbers(JsonArray entries) => entries.Select(entry => (int)entry![1]!);
}
