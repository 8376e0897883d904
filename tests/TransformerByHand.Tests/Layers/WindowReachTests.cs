using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;

namespace TransformerByHand.Tests.Layers;

public class WindowReachTests
{
    [Fact]
    public void Stacked_causal_windows_of_w_reach_back_layers_times_w_minus_1_tokens_and_not_one_more() => Seeded.ForAll(
        from random in Seeded.Random
        from w in Gen.Choose(1, 4)
        from layers in Gen.Choose(1, 3)
        select (random, w, layers),
        c =>
        {
            var (random, w, layers) = c;
            const int n = 12;
            var stack = Encoder.Random(random, layers, new LayerOptions { DModel = 4, DFF = 4, Heads = 2, Activation = Activation.GELU });
            var trace = stack.Forward(random.NormalMatrix(n, 4), Mask.SlidingWindow(n, w)).Trace;

            // A gradient at the last token alone: it arrives at exactly the tokens that the last one can see.
            var dY = Matrix<double>.Build.Dense(n, 4);
            dY.SetRow(n - 1, random.NormalVector(4));
            var dX = stack.Backward(trace, dY).dX;

            int reach = Math.Min(n, layers * (w - 1) + 1);
            for (int j = 0; j < n; j++)
                (dX.Row(j).AbsoluteMaximum() > 0).ShouldBe(j >= n - reach, $"token {j}, window {w}, {layers} layers");
        });
}
