using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;

namespace TransformerByHand.Tests.Layers;

public class AddAndNormTests
{
    private static AddAndNorm Make(NormPlacement placement, Random random, int d, bool skip = true) =>
        new AddAndNorm(placement, placement is NormPlacement.None ? null : new LayerNorm(d)) { Skip = skip }.With(random);

    private static Part Around(AddAndNorm residual, Linear block, Matrix<double> X)
    {
        var step = () => residual.Forward(X, block.Forward);
        return new(
            [new("X", X), .. residual.Parameters.Under("norm"), .. block.Parameters],
            () => step().Y,
            dY =>
            {
                var d = residual.Backward(step().Trace, dY, block.Backward);
                return [.. d.OfInputs(), .. d.OfParameters().Under("norm"), .. d.Block.OfParameters()];
            });
    }

    [Fact]
    public void Post_normalises_the_sum_and_pre_normalises_what_the_block_reads()
    {
        var random = SeededRandom.Create(1);
        var (X, block, norm) = (random.NormalMatrix(2, 3), Linear.Random(random, 3, 3).With(random), new LayerNorm(3).With(random));
        Matrix<double> f(Matrix<double> x) => block.Forward(x).Y;
        Matrix<double> LN(Matrix<double> x) => norm.Forward(x).Y;

        new AddAndNorm(NormPlacement.Post, norm).Forward(X, block.Forward).Y.ShouldBe(LN(X + f(X)));
        new AddAndNorm(NormPlacement.Pre, norm).Forward(X, block.Forward).Y.ShouldBe(X + f(LN(X)));
        new AddAndNorm(NormPlacement.None, null).Forward(X, block.Forward).Y.ShouldBe(X + f(X));
        new AddAndNorm(NormPlacement.OnWrite, norm).Forward(X, block.Forward).Y.ShouldBe(X + LN(f(X)));
    }

    [Fact]
    public void Without_the_skip_only_the_write_goes_on()
    {
        var random = SeededRandom.Create(4);
        var (X, block, norm) = (random.NormalMatrix(2, 3), Linear.Random(random, 3, 3).With(random), new LayerNorm(3).With(random));
        Matrix<double> f(Matrix<double> x) => block.Forward(x).Y;
        Matrix<double> LN(Matrix<double> x) => norm.Forward(x).Y;

        new AddAndNorm(NormPlacement.Post, norm) { Skip = false }.Forward(X, block.Forward).Y.ShouldBe(LN(f(X)));
        new AddAndNorm(NormPlacement.Pre, norm) { Skip = false }.Forward(X, block.Forward).Y.ShouldBe(f(LN(X)));
        new AddAndNorm(NormPlacement.None, null) { Skip = false }.Forward(X, block.Forward).Y.ShouldBe(f(X));
    }

    [Fact]
    public void Gradients_agree_with_differences_in_every_placement() => Seeded.ForAll(
        from random in Seeded.Random
        from placement in Gen.Elements(NormPlacement.Post, NormPlacement.Pre, NormPlacement.None, NormPlacement.OnWrite)
        from skip in Gen.Elements(true, false)
        from n in Gen.Choose(1, 3)
        from d in Gen.Choose(1, 4)
        select Around(Make(placement, random, d, skip), Linear.Random(random, d, d).With(random), random.NormalMatrix(n, d)),
        part => part.MustAgree());

    [Theory]
    [InlineData(NormPlacement.Post)]
    [InlineData(NormPlacement.Pre)]
    public void Wrong_backward_passes_are_rejected(NormPlacement placement)
    {
        var random = SeededRandom.Create(2);
        var (residual, block, X) = (Make(placement, random, 4), Linear.Random(random, 4, 4).With(random), random.NormalMatrix(3, 4));
        AddAndNormGradients<LinearGradients> d(Matrix<double> dY) => residual.Backward(residual.Forward(X, block.Forward).Trace, dY, block.Backward);
        var part = Around(residual, block, X);

        part.MustAgree();
        part.MustReject("the path past the block is forgotten", "X", dY => d(dY).dX - d(dY).dSum);
        part.MustReject("the path through the block is forgotten", "X", dY => d(dY).dSum);
        part.MustReject("the norm is taken for the identity", "X", dY => dY + block.Backward(block.Forward(X).Trace, dY).dX);
        part.MustReject("the norm stands in the other place", "X", dY => placement is NormPlacement.Post
            ? dY + residual.Norm!.Backward(residual.Norm.Forward(X).Trace, block.Backward(block.Forward(X).Trace, dY).dX).dX
            : residual.Norm!.Backward(residual.Norm.Forward(X + block.Forward(X).Y).Trace, dY).dX);
        part.MustRejectChanged("γ's gradient has the wrong sign", "norm.γ", dγ => -dγ);
    }

    [Fact]
    public void In_pre_the_stream_keeps_what_it_carried_and_in_post_it_does_not()
    {
        var random = SeededRandom.Create(3);
        var X = random.NormalMatrix(1, 4) + 10;
        var nothing = new Linear(Matrix<double>.Build.Dense(4, 4));

        Make(NormPlacement.Pre, random, 4).Forward(X, nothing.Forward).Y.ShouldBe(X);
        Compare.Distance(Make(NormPlacement.Post, random, 4).Forward(X, nothing.Forward).Y, X).ShouldBeGreaterThan(5);
    }

    [Fact]
    public void Refusals_say_what_was_wrong()
    {
        Should.Throw<ArgumentException>(() => new AddAndNorm(NormPlacement.Pre, null)).Message.ShouldContain("norm is null and placement is Pre");
        Should.Throw<ArgumentException>(() => new AddAndNorm(NormPlacement.None, new LayerNorm(2))).Message.ShouldContain("norm is given and placement is None");
        Should.Throw<ArgumentException>(() => new AddAndNorm(NormPlacement.None, null).Forward(Matrix<double>.Build.Dense(2, 3), new Linear(Matrix<double>.Build.Dense(3, 2)).Forward)).Message.ShouldContain("the block's output is 2 × 2, but should be 2 × 3");
    }
}
