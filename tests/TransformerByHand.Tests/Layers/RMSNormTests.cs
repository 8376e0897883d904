using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;

namespace TransformerByHand.Tests.Layers;

public class RMSNormTests
{
    [Fact]
    public void A_token_is_divided_by_its_root_mean_square()
    {
        var norm = RMSNorm.WithoutEpsilon(Vector<double>.Build.Dense([1.0, 10]));
        double rms = Math.Sqrt((3 * 3 + 4 * 4) / 2.0);

        var Y = norm.Forward(Matrix<double>.Build.DenseOfRowArrays([3.0, 4])).Y;
        Y[0, 0].ShouldBe(3 / rms, 1e-15);
        Y[0, 1].ShouldBe(40 / rms, 1e-14);
    }

    [Fact]
    public void On_tokens_of_mean_zero_it_is_LayerNorm()
    {
        var X = SeededRandom.Create(1).NormalMatrix(3, 6);
        X = X.SubtractColumn(X.RowMeans());

        Compare.MustBeClose("RMSNorm", new RMSNorm(6).Forward(X).Y, new LayerNorm(6).Forward(X).Y, 1e-12);
    }

    [Fact]
    public void It_does_not_see_the_scale_but_does_see_a_shift()
    {
        var X = SeededRandom.Create(2).NormalMatrix(3, 6);
        var norm = RMSNorm.WithoutEpsilon(Vector<double>.Build.Dense(6, 1));

        Compare.MustBeClose("RMSNorm(7x)", norm.Forward(7 * X).Y, norm.Forward(X).Y, 1e-14);
        Compare.Distance(norm.Forward(X + 1).Y, norm.Forward(X).Y).ShouldBeGreaterThan(0.1);
    }

    [Fact]
    public void Gradients_agree_with_differences_on_random_shapes() => Seeded.ForAll(
        from random in Seeded.Random
        from n in Gen.Choose(1, 4)
        from d in Gen.Choose(1, 6)
        select Part.Of(new RMSNorm(d).With(random), random.NormalMatrix(n, d)),
        part => part.MustAgree());

    [Fact]
    public void Wrong_backward_passes_are_rejected()
    {
        var random = SeededRandom.Create(3);
        var layer = new RMSNorm(4).With(random);
        var X = random.NormalMatrix(3, 4);
        var trace = layer.Forward(X).Trace;
        var part = Part.Of(layer, X);
        var G = (Matrix<double> dY) => dY.ScaleColumns(layer.γ);

        part.MustAgree();
        part.MustReject("the root mean square is taken for a constant", "X", dY => G(dY).ScaleRows(trace.rrms));
        part.MustReject("LayerNorm's mean is subtracted too", "X", dY => (G(dY).SubtractColumn(G(dY).RowMeans()) - trace.XHat.ScaleRows(G(dY).PointwiseMultiply(trace.XHat).RowMeans())).ScaleRows(trace.rrms));
        part.MustReject("the sum stands where the mean should", "X", dY => (G(dY) - trace.XHat.ScaleRows(G(dY).PointwiseMultiply(trace.XHat).RowSums())).ScaleRows(trace.rrms));
        part.MustReject("dγ is taken with x in place of x̂", "γ", dY => dY.PointwiseMultiply(X).ColumnSums().ToRowMatrix());
    }

    [Fact]
    public void Refusals_say_what_was_wrong()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new RMSNorm(4, ε: 0)).Message.ShouldContain("RMSNorm.WithoutEpsilon");
        Should.Throw<ArgumentOutOfRangeException>(() => new RMSNorm(4, ε: -1)).Message.ShouldContain("ε is -1");
        Should.Throw<ArgumentException>(() => RMSNorm.WithoutEpsilon(Vector<double>.Build.Dense(2, 1)).Forward(Matrix<double>.Build.DenseOfRowArrays([1, 2], [0.0, 0]))).Message.ShouldContain("Token 1 of X is all zeros");
    }
}
