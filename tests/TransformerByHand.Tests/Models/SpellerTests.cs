using TransformerByHand.Models;

namespace TransformerByHand.Tests.Models;

/// <summary>The small encoder–decoder does what it was trained for, on rows that it never saw.</summary>
public class SpellerTests
{
    private readonly Speller speller = Speller.Load();

    [Theory, InlineData("copy", "badge", "badge"), InlineData("reverse", "badge", "egdab"), InlineData("sort", "badge", "abdeg"), InlineData("sort", "jihgfeda", "adefghij"), InlineData("reverse", "aab", "baa")]
    public void It_does_its_tasks(string task, string letters, string result) => speller.Do(task, letters).Written.ShouldBe(result);

    [Fact]
    public void Nearly_all_rows_that_were_held_out_come_out_right()
    {
        var rows = Speller.HeldOut.Take(60).ToArray();

        rows.Count(row => speller.Do(row.Task, row.Letters).Written == row.Result).ShouldBeGreaterThanOrEqualTo(58);
    }

    [Fact]
    public void Its_cross_attention_has_a_row_for_each_word_written_and_a_column_for_each_word_read()
    {
        var reading = speller.Do("reverse", "abc");

        reading.SourceWords.ShouldBe(["reverse", "a", "b", "c"]);
        reading.WritesNext.ShouldBe(["c", "b", "a", "<end>"]);
        (reading.CrossAttention(2).RowCount, reading.CrossAttention().ColumnCount).ShouldBe((4, 4));
        reading.CrossAttention().RowSums().ShouldAllBe(sum => Math.Abs(sum - 1) < 1e-12);
    }

    [Theory, InlineData("shuffle", "abc", "There is no task 'shuffle'; there is copy, reverse, sort."), InlineData("copy", "xyz", "letters is 'xyz', but should be 1 to 8 letters from a to j."), InlineData("copy", "", "1 to 8 letters")]
    public void What_it_cannot_do_is_said(string task, string letters, string message) =>
        Should.Throw<ArgumentException>(() => speller.Do(task, letters)).Message.ShouldContain(message);
}
