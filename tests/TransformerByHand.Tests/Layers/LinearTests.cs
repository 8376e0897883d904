using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;

namespace TransformerByHand.Tests.Layers;

public class LinearTests
{
    [Fact]
    public void A_token_is_multiplied_from_the_right_and_the_bias_is_added()
    {
        var layer = new Linear(Matrix<double>.Build.DenseOfRowArrays([1, 2], [3.0, 4], [5, 6]), Vector<double>.Build.Dense([10.0, 20]));

        layer.Forward(Matrix<double>.Build.DenseOfRowArrays([1.0, 0, -1], [0, 1, 0])).Y.ToRowArrays().ShouldBe([[6, 16], [13, 24]]);
    }

    [Fact]
    public void Gradients_agree_with_differences_on_random_shapes() => Seeded.ForAll(
        from random in Seeded.Random
        from n in Gen.Choose(1, 4)
        from dIn in Gen.Choose(1, 5)
        from dOut in Gen.Choose(1, 5)
        from bias in Gen.Elements(true, false)
        select Part.Of(Linear.Random(random, dIn, dOut, bias).With(random), random.NormalMatrix(n, dIn)),
        part => part.MustAgree());

    [Fact]
    public void Wrong_backward_passes_are_rejected()
    {
        var random = SeededRandom.Create(1);
        var layer = Linear.Random(random, 3, 3).With(random);
        var X = random.NormalMatrix(3, 3);
        var part = Part.Of(layer, X);

        part.MustAgree();
        part.MustReject("the transpose of W is forgotten", "X", dY => dY * layer.W);
        part.MustReject("dW is transposed", "W", dY => dY.Transpose() * X);
        part.MustReject("the bias hears of the first token only", "b", dY => dY.SubMatrix(0, 1, 0, 3));
        part.MustRejectChanged("dW is averaged over tokens", "W", dW => dW / 3);
    }

    [Fact]
    public void Refusals_say_what_was_wrong()
    {
        var W = Matrix<double>.Build.Dense(3, 2, 1);

        Should.Throw<ArgumentException>(() => new Linear(W, Vector<double>.Build.Dense(3))).Message.ShouldContain("b has 3 numbers, but should have 2");
        Should.Throw<ArgumentException>(() => new Linear(W * double.NaN)).Message.ShouldContain("W[0, 0] is NaN");
        Should.Throw<ArgumentException>(() => new Linear(W).Forward(W)).Message.ShouldContain("X is 3 × 2, but this layer takes tokens of width 3");
        Should.Throw<ArgumentOutOfRangeException>(() => Linear.Random(SeededRandom.Create(1), 0, 2)).Message.ShouldContain("dIn is 0");
        Should.Throw<ArgumentNullException>(() => new Linear(W).Forward(null!)).ParamName.ShouldBe("X");
    }
}
