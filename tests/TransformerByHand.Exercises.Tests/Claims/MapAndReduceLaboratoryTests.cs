using TransformerByHand.Models;

namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>What lesson and laboratory 09 show beyond the claims' figures.</summary>
public class MapAndReduceLaboratoryTests
{
    [Theory, InlineData(2), InlineData(3), InlineData(5)]
    public void No_map_counts_coins_better_than_the_variance_of_those_it_does_not_see(int n) =>
        Lesson09.FloorOfMap.ReferenceSolution(Lesson09.CountTokens(n), Lesson09.CountTargets(n)).ShouldBe((n - 1) / 4.0, 1e-12);

    [Fact]
    public void Attention_alone_loses_its_differences_with_the_third_power() => Lesson09.ThirdPower().Slope.ShouldBe(3, 0.15);

    [Fact]
    public void Four_layers_of_attention_alone_leave_nothing_but_rounding_and_whole_layers_most()
    {
        Lesson09.MedianShares(Lesson09.Stacks[0], 4)[4].ShouldBeLessThan(1e-14);
        Lesson09.MedianShares(Lesson09.Stacks[^1], 4)[4].ShouldBeGreaterThan(0.5);
    }

    [Fact]
    public void One_door_gets_no_further_than_two_thirds_at_XOR_and_many_get_to_the_end()
    {
        double[] one = [.. Enumerable.Range(1, 8).Select(seed => Lesson09.TrainFeedForward(Lesson09.Parity(2), seed, doors: 1))];
        one.Min().ShouldBe(2.0 / 3, 1e-3);
        Lesson09.TrainFeedForward(Lesson09.Parity(2), 1, doors: 16).ShouldBeLessThan(0.01);
    }

    [Fact]
    public void Attention_alone_gets_no_lower_than_1_at_XOR_until_begin_stands_beside_it()
    {
        Lesson09.TrainAttention(Lesson09.Xor(2), 1).ShouldBeInRange(1 - 1e-9, 1.01);
        Lesson09.TrainAttention(Lesson09.Xor(2, begin: true), 1).ShouldBeLessThan(0.01);
    }

    [Fact]
    public void A_head_is_chosen_on_known_sentences_and_judged_on_others() =>
        Lesson09.WithoutHeads(BankModel.Load(BankAsked.AtOnce), BankModel.HeldOut)[0].Answers.ShouldBe(60);
}
