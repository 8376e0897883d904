using TransformerByHand.Training.Model;
using TransformerByHand.Training.Runs;

namespace TransformerByHand.Tests.Training.Runs;

public class RepeatBatchesTests
{
    [Fact]
    public void A_row_holds_different_tokens_that_come_again_in_the_same_order()
    {
        foreach (var (inputs, _) in Rows(new RepeatBatches(vocabulary: 9, sequences: 50, length: 20, least: 2, most: 7, seed: 1)))
        {
            int n = Array.IndexOf(inputs, inputs[0], 1);
            n.ShouldBeInRange(2, 7);
            inputs[..n].ShouldBeUnique();
            for (int i = n; i < inputs.Length; i++) inputs[i].ShouldBe(inputs[i - n]);
        }
    }

    [Fact]
    public void Only_what_can_be_known_is_asked_for()
    {
        foreach (var (inputs, targets) in Rows(new RepeatBatches(vocabulary: 9, sequences: 50, length: 20, least: 2, most: 7, seed: 1)))
        {
            int n = Array.IndexOf(inputs, inputs[0], 1);
            targets[..n].ShouldAllBe(target => target == Batch.Ignored);
            targets[n..^1].ShouldBe(inputs[(n + 1)..]);
            targets[^1].ShouldBe(inputs[inputs.Length - n]);
        }
    }

    [Fact]
    public void Every_number_of_letters_occurs_and_the_letters_differ_from_row_to_row()
    {
        var rows = Rows(new RepeatBatches(vocabulary: 9, sequences: 200, length: 20, least: 2, most: 7, seed: 1));
        rows.Select(row => Array.IndexOf(row.Inputs, row.Inputs[0], 1)).Distinct().Order().ShouldBe([2, 3, 4, 5, 6, 7]);
        rows.Select(row => row.Inputs[0]).Distinct().Count().ShouldBe(9);
    }

    [Fact]
    public void The_same_number_gives_the_same_batch_whatever_was_asked_for_before()
    {
        var source = new RepeatBatches(9, 4, 20, 2, 7, seed: 1);
        Batch first = source.MakeBatch(), again = source.MakeBatch();
        source.Fill(first, 5);
        source.Fill(again, 2);
        again.Inputs.ShouldNotBe(first.Inputs);
        source.Fill(again, 5);
        again.Inputs.ShouldBe(first.Inputs);
        again.Targets.ShouldBe(first.Targets);
    }

    [Theory]
    [InlineData(9, 4, 20, 0, 7, "least"), InlineData(9, 4, 20, 5, 4, "most"), InlineData(9, 4, 20, 2, 10, "most"), InlineData(30, 4, 20, 2, 20, "most"), InlineData(9, 0, 20, 2, 7, "sequences")]
    public void A_size_that_makes_no_rows_is_named(int vocabulary, int sequences, int length, int least, int most, string name) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new RepeatBatches(vocabulary, sequences, length, least, most, seed: 1)).ParamName.ShouldBe(name);

    private static IReadOnlyList<(int[] Inputs, int[] Targets)> Rows(RepeatBatches source)
    {
        Batch batch = source.MakeBatch();
        source.Fill(batch, 0);
        return [.. batch.Inputs.Chunk(batch.Length).Zip(batch.Targets.Chunk(batch.Length))];
    }
}
