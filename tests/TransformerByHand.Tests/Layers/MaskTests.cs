using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;

namespace TransformerByHand.Tests.Layers;

public class MaskTests
{
    [Fact]
    public void A_causal_mask_is_a_lower_triangle() => Mask.Causal(3).ToText().ShouldBe("1 . .\n1 1 .\n1 1 1\n");

    [Fact]
    public void A_causal_window_of_2_sees_itself_and_the_one_before() => Mask.SlidingWindow(4, 2).ToText().ShouldBe("1 . . .\n1 1 . .\n. 1 1 .\n. . 1 1\n");

    [Fact]
    public void A_two_sided_window_of_3_sees_itself_and_one_on_each_side() => Mask.SlidingWindow(4, 3, causal: false).ToText().ShouldBe("1 1 . .\n1 1 1 .\n. 1 1 1\n. . 1 1\n");

    [Fact]
    public void Padding_is_seen_by_nobody() => Mask.Padding(2, [false, true, false]).ToText().ShouldBe("1 . 1\n1 . 1\n");

    [Fact]
    public void And_allows_what_both_allow() => (Mask.Causal(3) & Mask.Padding(3, [true, false, false])).ToText().ShouldBe(". . .\n. 1 .\n. 1 1\n");

    [Fact]
    public void What_is_not_allowed_scores_minus_infinity()
    {
        var Z = Mask.Causal(2).Apply(Matrix<double>.Build.Dense(2, 2, 7));

        Z.ToRowArrays().ShouldBe([[7, double.NegativeInfinity], [7, 7]]);
    }

    [Fact]
    public void A_window_of_all_tokens_is_the_causal_mask() => Seeded.ForAll(
        Gen.Choose(1, 8),
        n => Mask.SlidingWindow(n, n).ToText().ShouldBe(Mask.Causal(n).ToText()));

    [Fact]
    public void The_table_is_copied()
    {
        var table = new[,] { { true, true } };
        var mask = new Mask(table);
        table[0, 0] = false;

        mask[0, 0].ShouldBeTrue();
    }

    [Fact]
    public void Refusals_say_what_was_wrong()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Mask.SlidingWindow(4, 0)).Message.ShouldContain("w is 0");
        Should.Throw<ArgumentOutOfRangeException>(() => Mask.SlidingWindow(4, 2, causal: false)).Message.ShouldContain("odd number");
        Should.Throw<ArgumentException>(() => Mask.Causal(2) & Mask.Causal(3)).Message.ShouldContain("b is 3 × 3, but should be 2 × 2");
        Should.Throw<ArgumentException>(() => Mask.Causal(2).Apply(Matrix<double>.Build.Dense(2, 3))).Message.ShouldContain("mask is 2 × 2, but should be 2 × 3");
        Should.Throw<ArgumentException>(() => new Mask(new bool[0, 3])).Message.ShouldContain("empty");
    }
}
