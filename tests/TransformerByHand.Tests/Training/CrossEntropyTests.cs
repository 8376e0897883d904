using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Gradients;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;
using TransformerByHand.Training;

namespace TransformerByHand.Tests.Training;

public class CrossEntropyTests
{
    private static Part At(Matrix<double> logits, int[] targets, double smoothing = 0) => new(
        [new("logits", logits)],
        () => Matrix<double>.Build.Dense(1, 1, CrossEntropy.Forward(logits, targets, smoothing).Loss),
        dL => [new("logits", CrossEntropy.Backward(CrossEntropy.Forward(logits, targets, smoothing).Trace) * dL[0, 0])]);

    [Theory]
    [InlineData(27, 3.296)]
    [InlineData(65, 4.174)]
    public void A_model_that_knows_nothing_loses_ln_V(int V, double published)
    {
        double loss = CrossEntropy.Forward(Matrix<double>.Build.Dense(2, V, 0.7), [0, V - 1]).Loss;

        loss.ShouldBe(Math.Log(V), 1e-14);
        loss.ShouldBe(published, 5e-4);
    }

    [Fact]
    public void A_model_that_gives_the_right_word_a_quarter_loses_ln_4() =>
        CrossEntropy.Forward(Matrix<double>.Build.DenseOfRowArrays([0, Math.Log(3)]), [0]).Loss.ShouldBe(Math.Log(4), 1e-15);

    [Fact]
    public void The_gradient_is_p_minus_y()
    {
        var (_, trace) = CrossEntropy.Forward(Matrix<double>.Build.DenseOfRowArrays([0, Math.Log(3)]), [0]);

        Compare.MustBeClose("dz", CrossEntropy.Backward(trace), Matrix<double>.Build.DenseOfRowArrays([-0.75, 0.75]), 1e-15);
    }

    [Fact]
    public void Large_logits_do_not_overflow() => CrossEntropy.Forward(Matrix<double>.Build.DenseOfRowArrays([5000.0, 0]), [1]).Loss.ShouldBe(5000);

    [Fact]
    public void Ignored_positions_change_neither_the_loss_nor_the_gradient_of_the_others() => Seeded.ForAll(
        from random in Seeded.Random
        select (random.NormalMatrix(2, 3), random.NormalMatrix(2, 3, 50)),
        c =>
        {
            var (logits, noise) = c;
            var (loss, trace) = CrossEntropy.Forward(logits, [2, 0]);
            var (padded, paddedTrace) = CrossEntropy.Forward(logits.Stack(noise), [2, 0, CrossEntropy.Ignored, CrossEntropy.Ignored]);
            var d = CrossEntropy.Backward(paddedTrace);

            padded.ShouldBe(loss);
            d.SubMatrix(0, 2, 0, 3).ShouldBe(CrossEntropy.Backward(trace));
            d.SubMatrix(2, 2, 0, 3).Enumerate().ShouldAllBe(x => x == 0);
        });

    [Fact]
    public void Gradients_agree_with_differences() => Seeded.ForAll(
        from random in Seeded.Random
        from V in Gen.Choose(1, 5)
        from targets in Gen.Choose(0, V - 1).ArrayOf(3)
        from ignored in Gen.Elements(true, false)
        from smoothing in Gen.Elements(0, 0.1)
        select At(random.NormalMatrix(3, V), ignored ? [CrossEntropy.Ignored, .. targets[1..]] : targets, smoothing),
        part => part.MustAgree());

    [Fact]
    public void Wrong_backward_passes_are_rejected()
    {
        var logits = SeededRandom.Create(1).NormalMatrix(3, 4);
        int[] targets = [2, CrossEntropy.Ignored, 0];
        var trace = CrossEntropy.Forward(logits, targets, 0.1).Trace;
        var part = At(logits, targets, 0.1);
        Matrix<double> Counted(Matrix<double> d) => d.MapIndexed((i, _, x) => i == 1 ? 0 : x);

        part.MustAgree();
        part.MustReject("the target is forgotten", "logits", dL => Counted(trace.P) / 2 * dL[0, 0]);
        part.MustReject("the sum is not averaged", "logits", dL => Counted(trace.P - trace.Q) * dL[0, 0]);
        part.MustReject("averaged over ignored positions too", "logits", dL => Counted(trace.P - trace.Q) / 3 * dL[0, 0]);
        part.MustReject("ignored positions are counted", "logits", dL => (trace.P - trace.Q) / 2 * dL[0, 0]);
        part.MustReject("the smoothing is forgotten", "logits", dL => CrossEntropy.Backward(CrossEntropy.Forward(logits, targets).Trace) * dL[0, 0]);
    }

    [Fact]
    public void Refusals_say_what_was_wrong()
    {
        var logits = Matrix<double>.Build.Dense(2, 3);

        Should.Throw<ArgumentException>(() => CrossEntropy.Forward(logits, [1])).Message.ShouldContain("There are 1 targets, but should be one for each of the 2 rows");
        Should.Throw<ArgumentOutOfRangeException>(() => CrossEntropy.Forward(logits, [1, 3])).Message.ShouldContain("targets[1] is 3, but should be from 0 to 2");
        Should.Throw<ArgumentException>(() => CrossEntropy.Forward(logits, [-100, -100])).Message.ShouldContain("Every target is -100");
        Should.Throw<ArgumentOutOfRangeException>(() => CrossEntropy.Forward(logits, [0, 0], smoothing: 1)).Message.ShouldContain("smoothing is 1");
        Should.Throw<ArgumentException>(() => CrossEntropy.Forward(logits * double.NaN, [0, 0])).Message.ShouldContain("logits[0, 0] is NaN");
    }
}
