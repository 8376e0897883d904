using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;

namespace TransformerByHand.Tests.Layers;

public class ALiBiTests
{
    [Fact]
    public void Eight_heads_have_the_slopes_of_the_paper() =>
        ALiBi.Slopes(8).ShouldBe([1 / 2.0, 1 / 4.0, 1 / 8.0, 1 / 16.0, 1 / 32.0, 1 / 64.0, 1 / 128.0, 1 / 256.0]);

    [Fact]
    public void Two_heads_have_every_fourth_of_them() => ALiBi.Slopes(2).ShouldBe([1 / 16.0, 1 / 256.0]);

    [Fact]
    public void The_bias_is_minus_the_slope_times_how_far_back_the_key_stands()
    {
        ALiBi.Bias(3, 3, 0.5).LowerTriangle().ToRowArrays().ShouldBe([[0, 0, 0], [-0.5, 0, 0], [-1, -0.5, 0]]);
        ALiBi.Bias(1, 3, 0.5).ToRowArrays().ShouldBe([[-1, -0.5, 0]]);
    }

    [Fact]
    public void Attention_that_cannot_tell_keys_apart_weighs_them_by_distance_alone()
    {
        // With W_Q = 0 all scores are 0, and of the weights nothing is left but e^(−m·(i − j)), brought to sum 1.
        var random = SeededRandom.Create(3);
        var one = Matrix<double>.Build.DenseIdentity(4);
        var layer = new MultiHeadAttention(2, one * 0, one, one, one) { UseALiBi = true };
        var trace = layer.Forward(random.NormalMatrix(4, 4), Mask.Causal(4)).Trace;

        double[] slopes = [1 / 16.0, 1 / 256.0];
        for (int head = 0; head < 2; head++)
            for (int i = 0; i < 4; i++)
            {
                double sum = Enumerable.Range(0, i + 1).Sum(j => Math.Exp(-slopes[head] * (i - j)));
                for (int j = 0; j < 4; j++)
                    trace.Heads[head].A[i, j].ShouldBe(j > i ? 0 : Math.Exp(-slopes[head] * (i - j)) / sum, 1e-15);
            }
    }

    [Fact]
    public void The_bias_is_added_after_the_scores_are_divided_by_the_root_of_the_width()
    {
        var random = SeededRandom.Create(2);
        var (Q, K, V) = (random.NormalMatrix(3, 4), random.NormalMatrix(3, 4), random.NormalMatrix(3, 4));
        var B = ALiBi.Bias(3, 3, 0.25);
        var trace = ScaledDotProductAttention.Forward(Q, K, V, Mask.Causal(3), bias: B).Trace;

        trace.Z[2, 0].ShouldBe(Q.Row(2) * K.Row(0) / 2 - 0.5, 1e-15);
        trace.Z[0, 2].ShouldBe(double.NegativeInfinity);
        Should.Throw<ArgumentException>(() => ScaledDotProductAttention.Forward(Q, K, V, bias: ALiBi.Bias(2, 3, 1))).Message.ShouldContain("bias is 2 × 3, but should be 3 × 3");
        Should.Throw<ArgumentOutOfRangeException>(() => ALiBi.Slopes(0)).Message.ShouldContain("h is 0");
    }
}
