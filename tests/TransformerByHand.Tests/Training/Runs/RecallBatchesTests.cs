using TransformerByHand.Training.Model;
using TransformerByHand.Training.Runs;

namespace TransformerByHand.Tests.Training.Runs;

public class RecallBatchesTests
{
    private const int Keys = 12, Values = 5, Length = 30;

    private static Batch Filled(RecallBatches source, long number = 0)
    {
        Batch batch = source.MakeBatch();
        source.Fill(batch, number);
        return batch;
    }

    [Fact]
    public void A_row_tells_pairs_whose_keys_all_differ_and_then_asks_for_them()
    {
        Batch batch = Filled(new(Keys, Values, [7], 20, Length, seed: 3));
        int firstAnswer = Keys * Values + Keys;

        for (int row = 0; row < 20; row++)
        {
            int[] inputs = batch.Inputs[(row * Length)..((row + 1) * Length)], targets = batch.Targets[(row * Length)..((row + 1) * Length)];
            int[] keys = [.. inputs[..7].Select(pair => pair / Values)], values = [.. inputs[..7].Select(pair => pair % Values)];
            keys.ShouldBeUnique();
            keys.ShouldAllBe(key => key >= 0 && key < Keys);
            targets[..7].ShouldAllBe(target => target == Batch.Ignored);
            for (int place = 7; place < Length; place++)
                targets[place].ShouldBe(firstAnswer + values[Array.IndexOf(keys, inputs[place] - Keys * Values)]);
        }
    }

    [Fact]
    public void The_vocabulary_is_pairs_keys_and_answers()
    {
        var source = new RecallBatches(Keys, Values, [7], 50, Length, seed: 3);
        Batch batch = Filled(source);

        source.Vocabulary.ShouldBe(12 * 5 + 12 + 5);
        batch.Inputs.Concat(batch.Targets).Max().ShouldBe(source.Vocabulary - 1);
        batch.Inputs.Min().ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public void Every_number_of_pairs_that_is_given_comes_up_and_no_other()
    {
        Batch batch = Filled(new(Keys, Values, [2, 5], 60, Length, seed: 3));

        Enumerable.Range(0, 60).Select(row => batch.Targets[(row * Length)..((row + 1) * Length)].Count(target => target == Batch.Ignored)).Distinct().Order().ShouldBe([2, 5]);
    }

    [Fact]
    public void Batches_differ_by_number_and_seed_and_come_again_the_same()
    {
        int[] first = Filled(new(Keys, Values, [4], 2, Length, seed: 3)).Inputs;

        Filled(new(Keys, Values, [4], 2, Length, seed: 3)).Inputs.ShouldBe(first);
        Filled(new(Keys, Values, [4], 2, Length, seed: 3), number: 1).Inputs.ShouldNotBe(first);
        Filled(new(Keys, Values, [4], 2, Length, seed: 4)).Inputs.ShouldNotBe(first);
    }

    [Theory]
    [InlineData(0, 5, 3, 2, 30, "keys")]
    [InlineData(12, 0, 3, 2, 30, "values")]
    [InlineData(12, 5, 0, 2, 30, "pairs")]
    [InlineData(12, 5, 13, 2, 30, "pairs")]
    [InlineData(12, 5, 3, 0, 30, "sequences")]
    [InlineData(12, 5, 3, 2, 3, "length")]
    public void What_cannot_be_is_refused_by_name(int keys, int values, int pairs, int sequences, int length, string name) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new RecallBatches(keys, values, [pairs], sequences, length, 1)).ParamName.ShouldBe(name);

    [Fact]
    public void No_number_of_pairs_is_refused() => Should.Throw<ArgumentException>(() => new RecallBatches(Keys, Values, [], 2, Length, 1)).ParamName.ShouldBe("pairs");
}
