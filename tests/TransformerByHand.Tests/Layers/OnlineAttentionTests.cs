using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;

namespace TransformerByHand.Tests.Layers;

public class OnlineAttentionTests
{
    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(true, 1)]
    [InlineData(true, 3)]
    [InlineData(true, 100)]
    [InlineData(false, 1)]
    [InlineData(false, 5)]
    public void It_gives_what_masked_attention_gives(bool causal, int? w)
    {
        var (Q, K, V) = Inputs(seed: 1, n: 9, dK: 4, dV: 3);
        Mask mask = w is { } window ? Mask.SlidingWindow(9, window, causal) : causal ? Mask.Causal(9) : Mask.All(9, 9);

        var (O, cost) = OnlineAttention.Forward(Q, K, V, causal, w);

        (O - ScaledDotProductAttention.Forward(Q, K, V, mask).O).Enumerate().Max(Math.Abs).ShouldBeLessThan(1e-14);
        cost.Pairs.ShouldBe((long)mask.ToMatrix().Enumerate().Sum());
    }

    [Fact]
    public void Scores_in_the_thousands_do_not_overflow()
    {
        var (Q, K, V) = Inputs(seed: 2, n: 6, dK: 4, dV: 3);

        var (O, _) = OnlineAttention.Forward(Q * 5000, K, V);

        (O - ScaledDotProductAttention.Forward(Q * 5000, K, V).O).Enumerate().Max(Math.Abs).ShouldBeLessThan(1e-9);
    }

    [Fact]
    public void A_pair_costs_a_product_and_a_sum_for_each_number_of_a_key_and_of_a_value()
    {
        var (Q, K, V) = Inputs(seed: 3, n: 5, dK: 4, dV: 3);

        var (_, cost) = OnlineAttention.Forward(Q, K, V);

        cost.Pairs.ShouldBe(25);
        cost.Flops.ShouldBe(25 * (2 * 4 + 2 * 3));
    }

    [Fact]
    public void What_it_holds_does_not_grow_with_the_text()
    {
        long Held(int n)
        {
            var (Q, K, V) = Inputs(seed: 4, n, dK: 4, dV: 3);
            return OnlineAttention.Forward(Q, K, V).Cost.NumbersHeld;
        }
        Held(50).ShouldBe(Held(5));
    }

    [Fact]
    public void A_window_of_even_width_cannot_look_to_both_sides()
    {
        var (Q, K, V) = Inputs(seed: 5, n: 5, dK: 4, dV: 3);

        Should.Throw<ArgumentOutOfRangeException>(() => OnlineAttention.Forward(Q, K, V, causal: false, w: 4)).Message.ShouldContain("w is 4");
        Should.Throw<ArgumentOutOfRangeException>(() => OnlineAttention.Forward(Q, K, V, causal: true, w: 0)).ParamName.ShouldBe("w");
    }

    private static (Matrix<double> Q, Matrix<double> K, Matrix<double> V) Inputs(int seed, int n, int dK, int dV)
    {
        var random = SeededRandom.Create(seed);
        return (random.NormalMatrix(n, dK), random.NormalMatrix(n, dK), random.NormalMatrix(n, dV));
    }
}
