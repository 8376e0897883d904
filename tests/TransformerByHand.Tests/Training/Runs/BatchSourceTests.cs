using TransformerByHand.Training.Model;
using TransformerByHand.Training.Runs;

namespace TransformerByHand.Tests.Training.Runs;

public class BatchSourceTests
{
    [Fact]
    public void The_target_of_a_text_is_the_next_token()
    {
        var source = new TextBatches([.. Enumerable.Range(0, 100)], 3, 10, seed: 1);
        var batch = source.MakeBatch();
        source.Fill(batch, 5);
        for (int i = 0; i < 30; i++) batch.Targets[i].ShouldBe(batch.Inputs[i] + 1);
    }

    [Fact]
    public void A_batch_depends_on_its_number_alone()
    {
        var source = new TextBatches([.. Enumerable.Range(0, 1000)], 3, 10, seed: 1);
        Batch first = source.MakeBatch(), second = source.MakeBatch();
        source.Fill(first, 5);
        int[] five = [.. first.Inputs];
        for (int i = 0; i < 5; i++) source.Fill(second, i);
        second.Inputs.ShouldNotBe(five);
        source.Fill(second, 5);
        second.Inputs.ShouldBe(five);
    }

    [Fact]
    public void Every_place_of_a_text_is_drawn()
    {
        var source = new TextBatches([.. Enumerable.Range(0, 20)], 50, 3, seed: 1);
        var batch = source.MakeBatch();
        var seen = new HashSet<int>();
        for (int number = 0; number < 20; number++)
        {
            source.Fill(batch, number);
            seen.UnionWith(batch.Targets);
        }
        seen.Order().ShouldBe(Enumerable.Range(1, 19));
    }

    [Fact]
    public void Short_examples_are_padded_and_padding_is_not_counted()
    {
        var source = new ExampleBatches([Example.NextToken([4, 5, 6, 7]), Example.NextToken([8, 9])], 8, seed: 2) { PaddingId = 0 };
        var batch = source.MakeBatch();
        source.Fill(batch, 0);
        batch.Length.ShouldBe(3);
        for (int i = 0; i < 8; i++)
        {
            bool isLong = batch.Inputs[i * 3] == 4;
            batch.Lengths[i].ShouldBe(isLong ? 3 : 1);
            batch.Inputs[(i * 3)..((i + 1) * 3)].ShouldBe(isLong ? [4, 5, 6] : [8, 0, 0]);
            batch.Targets[(i * 3)..((i + 1) * 3)].ShouldBe(isLong ? [5, 6, 7] : [9, Batch.Ignored, Batch.Ignored]);
        }
    }

    [Fact]
    public void Hidden_tokens_are_the_only_ones_with_a_target()
    {
        int[] ids = [.. Enumerable.Range(10, 50)];
        var source = new ExampleBatches([new Example(ids, ids)], 40, seed: 3) { HideProbability = 0.15, MaskId = 1 };
        var batch = source.MakeBatch();
        source.Fill(batch, 0);
        int hidden = 0;
        for (int i = 0; i < batch.Inputs.Length; i++)
        {
            bool isHidden = batch.Inputs[i] == 1;
            batch.Targets[i].ShouldBe(isHidden ? ids[i % 50] : Batch.Ignored);
            if (isHidden) hidden++;
        }
        // 2000 places at 0.15, and a few more because one of each sequence is always hidden: deviation 16.
        hidden.ShouldBeInRange(260, 400);
    }

    [Fact]
    public void An_example_for_translation_has_source_input_and_target()
    {
        var example = Example.Translation([7, 8], [1, 5, 6, 2]);
        example.Inputs.ShouldBe([1, 5, 6]);
        example.Targets.ShouldBe([5, 6, 2]);
        example.Source.ShouldBe([7, 8]);
    }

    [Fact]
    public void A_text_that_is_too_short_is_refused() =>
        Should.Throw<ArgumentException>(() => new TextBatches(new int[10], 1, 10, 0)).Message.ShouldContain("at least 11");
}
