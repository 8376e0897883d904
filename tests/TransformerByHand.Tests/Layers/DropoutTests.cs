using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;

namespace TransformerByHand.Tests.Layers;

public class DropoutTests
{
    private static Part At(double p, int seed, Matrix<double> X)
    {
        var layer = new Dropout(p);
        X = X.Clone();
        return new([new("X", X)], () => layer.Forward(X, SeededRandom.Create(seed)).Y, dY => layer.Backward(layer.Forward(X, SeededRandom.Create(seed)).Trace, dY).ByName());
    }

    [Fact]
    public void In_evaluation_nothing_is_dropped_or_scaled()
    {
        var X = SeededRandom.Create(1).NormalMatrix(3, 4);

        var (Y, trace) = new Dropout(0.9).Forward(X, random: null);

        Y.ShouldBe(X);
        trace.ShouldBeNull();
        new Dropout(0.9).Backward(trace, 2 * X).dX.ShouldBe(2 * X);
    }

    [Fact]
    public void In_training_a_number_is_dropped_or_scaled_up()
    {
        var X = Matrix<double>.Build.Dense(20, 20, 3);
        var Y = new Dropout(0.25).Forward(X, SeededRandom.Create(1)).Y;

        Y.Enumerate().Distinct().Order().ShouldBe([0, 4]);
    }

    [Fact]
    public void The_share_that_is_dropped_is_p_and_the_mean_stays()
    {
        var X = Matrix<double>.Build.Dense(200, 200, 1);
        var Y = new Dropout(0.3).Forward(X, SeededRandom.Create(1)).Y;

        // 40,000 draws: the standard deviation of the share is 0.0023, that of the mean 0.0033.
        (Y.Enumerate().Count(y => y == 0) / 40_000.0).ShouldBe(0.3, 0.01);
        Y.Enumerate().Average().ShouldBe(1, 0.014);
    }

    [Fact]
    public void The_same_seed_drops_the_same_numbers_and_another_seed_others()
    {
        var X = Matrix<double>.Build.Dense(4, 4, 1);
        Matrix<double> Y(int seed) => new Dropout(0.5).Forward(X, SeededRandom.Create(seed)).Y;

        Y(1).ShouldBe(Y(1));
        Y(1).ShouldNotBe(Y(2));
    }

    [Fact]
    public void Gradients_agree_with_differences_on_random_shapes() => Seeded.ForAll(
        from random in Seeded.Random
        from n in Gen.Choose(1, 4)
        from d in Gen.Choose(1, 5)
        from p in Gen.Elements(0, 0.1, 0.5)
        from seed in Gen.Choose(1, 1000)
        select At(p, seed, random.NormalMatrix(n, d)),
        part => part.MustAgree());

    [Fact]
    public void Wrong_backward_passes_are_rejected()
    {
        var part = At(0.5, seed: 3, SeededRandom.Create(2).NormalMatrix(4, 4));
        var M = new Dropout(0.5).Forward(Matrix<double>.Build.Dense(4, 4, 1), SeededRandom.Create(3)).Trace!.M;
        var other = new Dropout(0.5).Forward(Matrix<double>.Build.Dense(4, 4, 1), SeededRandom.Create(4)).Trace!.M;

        part.MustAgree();
        part.MustReject("the mask is forgotten", "X", dY => dY);
        part.MustReject("the scale is forgotten", "X", dY => dY.PointwiseMultiply(M) / 2);
        part.MustReject("a new mask is drawn", "X", dY => dY.PointwiseMultiply(other));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.0)]
    [InlineData(double.NaN)]
    public void A_probability_out_of_range_is_refused(double p) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new Dropout(p)).Message.ShouldContain("from 0 to below 1");
}
