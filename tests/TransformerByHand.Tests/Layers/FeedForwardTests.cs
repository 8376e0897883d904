using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Gradients;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;

namespace TransformerByHand.Tests.Layers;

public class FeedForwardTests
{
    public static TheoryData<string> Activations => ["ReLU", "GELU", "GELU (tanh)"];

    [Fact]
    public void Known_values_of_the_activations()
    {
        Activation.ReLU.Value(-2).ShouldBe(0);
        Activation.ReLU.Value(3).ShouldBe(3);
        // Φ(1) = 0.841344746…, a table's value.
        Activation.GELU.Value(1).ShouldBe(0.8413447460685429, 1e-15);
        Activation.GELU.Value(-1).ShouldBe(-0.15865525393145707, 1e-15);
        // The approximation is near, and not the same.
        Math.Abs(Activation.GELUTanh.Value(1) - Activation.GELU.Value(1)).ShouldBeInRange(1e-5, 1e-3);
    }

    [Theory, MemberData(nameof(Activations))]
    public void The_derivative_of_an_activation_agrees_with_differences(string name)
    {
        var φ = GoldenCase.ActivationNamed(name);
        foreach (double x in new[] { -4, -1.3, -0.2, 0.1, 0.9, 3 })
            GradientCheck.Run(φ.Value, x, φ.Derivative(x)).Verdict.ShouldBe(GradientVerdict.Agrees, $"{name} at {x}");
    }

    [Fact]
    public void ReLU_at_its_kink_is_reported_as_not_smooth_and_not_as_wrong()
    {
        var layer = new FeedForward(Matrix<double>.Build.Dense(1, 1, 1), null, Matrix<double>.Build.Dense(1, 1, 1), null);

        GradientCheck.Run(layer, Matrix<double>.Build.Dense(1, 1)).For("X").Verdict.ShouldBe(GradientVerdict.NotSmooth);
    }

    [Theory, MemberData(nameof(Activations))]
    public void Gradients_agree_with_differences_on_random_shapes(string name) => Seeded.ForAll(
        from random in Seeded.Random
        from n in Gen.Choose(1, 3)
        from d in Gen.Choose(1, 4)
        from dFF in Gen.Choose(1, 6)
        from bias in Gen.Elements(true, false)
        select Part.Of(FeedForward.Random(random, d, dFF, GoldenCase.ActivationNamed(name), bias).With(random, 1), random.NormalMatrix(n, d)),
        part => part.MustAgree());

    [Fact]
    public void Wrong_backward_passes_are_rejected()
    {
        var random = SeededRandom.Create(1);
        var layer = FeedForward.Random(random, 3, 5, Activation.GELU).With(random, 1);
        var X = random.NormalMatrix(3, 3);
        var trace = layer.Forward(X).Trace;
        var part = Part.Of(layer, X);

        part.MustAgree();
        part.MustReject("the activation is forgotten", "X", dY => dY * layer.W_2.Transpose() * layer.W_1.Transpose());
        part.MustReject("ReLU's derivative in place of GELU's", "X", dY => (dY * layer.W_2.Transpose()).PointwiseMultiply(trace.H.Map(Activation.ReLU.Derivative)) * layer.W_1.Transpose());
        part.MustReject("the derivative is taken at Φ in place of H", "X", dY => (dY * layer.W_2.Transpose()).PointwiseMultiply(trace.Φ.Map(Activation.GELU.Derivative)) * layer.W_1.Transpose());
        part.MustReject("dW_2 is taken with H in place of Φ", "W_2", dY => trace.H.Transpose() * dY);
        part.MustReject("b_1 hears of dY before the activation's derivative", "b_1", dY => (dY * layer.W_2.Transpose()).ColumnSums().ToRowMatrix());
    }

    [Fact]
    public void It_does_the_same_for_every_token() => Seeded.ForAll(
        from random in Seeded.Random
        from order in Gen.Shuffle([0, 1, 2, 3])
        select (FeedForward.Random(random, 3, 6).With(random), random.NormalMatrix(4, 3), order),
        c =>
        {
            var (layer, X, order) = c;
            layer.Forward(Shuffle.Rows(X, order)).Y.ShouldBe(Shuffle.Rows(layer.Forward(X).Y, order));
        });

    [Fact]
    public void Refusals_say_what_was_wrong()
    {
        var (W_1, W_2) = (Matrix<double>.Build.Dense(2, 3), Matrix<double>.Build.Dense(4, 2));
        Should.Throw<ArgumentException>(() => new FeedForward(W_1, null, W_2, null)).Message.ShouldContain("W_2 is 4 × 2, but should be 3 × 2");
        Should.Throw<ArgumentOutOfRangeException>(() => FeedForward.Random(SeededRandom.Create(1), 2, 0)).Message.ShouldContain("is 0");
    }
}
