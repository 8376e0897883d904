using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises.Tests.Lessons;

/// <summary>What lesson 12's experiments stand on.</summary>
public class ThreeObjectivesTests
{
    [Theory]
    [InlineData(1f, 1f)]
    [InlineData(257f, 256f)]            // the middle of 256 and 258: to the even one
    [InlineData(259f, 260f)]            // the middle of 258 and 260
    [InlineData(1.00390625f, 1f)]
    [InlineData(1.01171875f, 1.015625f)]
    [InlineData(3.14159274f, 3.140625f)]
    [InlineData(-3.14159274f, -3.140625f)]
    [InlineData(1.9999999f, 2f)]        // carries into the exponent
    [InlineData(3.4e38f, float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity, float.NegativeInfinity)]
    public void Rounding_to_bfloat16_gives_known_values(float x, float expected) =>
        Lesson12.RoundToBf16.ReferenceSolution(x).ShouldBe(expected);

    [Fact]
    public void A_sum_of_ones_in_bfloat16_ends_at_256() =>
        Lesson12.AddOnes(Lesson12.RoundToBf16.ReferenceSolution, 300)[255..].ShouldBe([255, .. Enumerable.Repeat(256.0, 45)]);

    [Fact]
    public void The_published_models_have_the_numbers_of_weights_that_they_are_known_by()
    {
        Lesson12.Gpt2.Parameters.ShouldBe(124_439_808);
        Lesson12.Llama7B.Parameters.ShouldBe(6_738_415_616);
    }

    [Fact]
    public void Two_processes_compute_several_blocks_and_their_weights_are_sent_once()
    {
        Random random = SeededRandom.Create(3);
        FeedForward first = FeedForward.Random(random, 4, 6, Activation.ReLU), second = FeedForward.Random(random, 4, 10, Activation.ReLU);
        using var two = TwoWorkers.Start();
        for (int round = 0; round < 3; round++)
            foreach (FeedForward block in new[] { first, second })
            {
                Matrix<double> X = random.NormalMatrix(3, 4);
                (two.FeedForward(X, block.W_1, block.b_1!, block.W_2, block.b_2!) - block.Forward(X).Y).Enumerate().Max(Math.Abs).ShouldBeLessThan(1e-12);
            }
        two.WeightsSent.ShouldBe(4 * 6 * 2 + 6 + 4 * 10 * 2 + 10);
        two.ActivationsSent.ShouldBe(6 * 3 * 4 * 4);
    }

    [Fact]
    public void An_odd_inner_width_cannot_be_shared()
    {
        using var two = TwoWorkers.Start();
        Random random = SeededRandom.Create(4);
        Should.Throw<ArgumentException>(() => two.FeedForward(random.NormalMatrix(2, 3), random.NormalMatrix(3, 5), random.NormalVector(5), random.NormalMatrix(5, 3), random.NormalVector(3)))
            .Message.ShouldContain("5 columns");
    }

    [Fact]
    public void Who_is_asked_for_came_or_went_has_learned_the_twin_with_the_other_word()
    {
        IReadOnlyList<string> heldOut = ThreeModels.Train(steps: 1).HeldOut;
        string[] open = [.. heldOut.Where(sentence => sentence.Contains(" to the bank", StringComparison.Ordinal))];
        open.Length.ShouldBe(32);
        foreach (string sentence in open)
            heldOut.ShouldNotContain(sentence.Contains(" came to", StringComparison.Ordinal)
                ? sentence.Replace(" came to", " went to", StringComparison.Ordinal) : sentence.Replace(" went to", " came to", StringComparison.Ordinal));
    }

    [Fact]
    public void A_sentence_without_a_hole_or_with_an_unknown_word_is_told_so()
    {
        ThreeModels three = ThreeModels.Train(steps: 1, threads: 1);
        Should.Throw<ArgumentException>(() => three.Fill("anna counted the coins")).Message.ShouldContain("hole");
        Should.Throw<ArgumentException>(() => three.Fill("anna ___ the elephant")).Message.ShouldContain("coins");
        Should.Throw<ArgumentException>(() => three.Fill("___ counted ___ coins")).Message.ShouldContain("follow each other");
    }
}
