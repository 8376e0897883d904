using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Gradients;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;

namespace TransformerByHand.Tests.Layers;

public class LayerNormGradientTests
{
    [Fact]
    public void Gradients_agree_with_differences_on_random_shapes() => Seeded.ForAll(
        from random in Seeded.Random
        from n in Gen.Choose(1, 4)
        from d in Gen.Choose(1, 6)
        from ε in Gen.Elements(1e-5, 1e-2)
        select Part.Of(new LayerNorm(Vector<double>.Build.Dense(d, 1), Vector<double>.Build.Dense(d), ε).With(random), random.NormalMatrix(n, d)),
        part => part.MustAgree());

    [Fact]
    public void Wrong_backward_passes_are_rejected()
    {
        var random = SeededRandom.Create(2);
        var layer = new LayerNorm(5).With(random);
        var X = random.NormalMatrix(3, 5);
        var trace = layer.Forward(X).Trace;
        var part = Part.Of(layer, X);

        part.MustAgree();
        part.MustReject("the path through the variance is forgotten", "X", dY => Wrong(trace, dY, layer, alongXHat: 0));
        part.MustReject("the path through the mean is forgotten", "X", dY => Wrong(trace, dY, layer, alongOnes: 0));
        part.MustReject("divided by d − 1", "X", dY => Wrong(trace, dY, layer, alongXHat: 5.0 / 4));
        part.MustReject("γ is forgotten", "X", dY => Wrong(trace, dY, new LayerNorm(5)));
        part.MustReject("ε stands outside the root", "X", dY => Wrong(trace, dY, layer).ScaleRows(trace.rstd.PointwisePower(-1)).ScaleRows(trace.σ2.Map(v => 1 / (Math.Sqrt(v) + 1e-5))));
        part.MustReject("dγ is taken with x in place of x̂", "γ", dY => dY.PointwiseMultiply(X).ColumnSums().ToRowMatrix());
        part.MustRejectChanged("dβ has the wrong sign", "β", dβ => -dβ);
    }

    [Fact]
    public void Three_wrong_gradients_pass_the_sum_of_outputs_and_miss_a_random_projection()
    {
        var random = SeededRandom.Create(3);
        var layer = new LayerNorm(8);
        var X = random.NormalMatrix(1, 8);
        var trace = layer.Forward(X).Trace;
        Func<Matrix<double>, Matrix<double>>[] wrongs =
        [
            dY => Wrong(trace, dY, layer, alongXHat: 0),
            dY => Wrong(trace, dY, layer, alongXHat: 8.0 / 7),
            dY => Wrong(trace, dY, layer).ScaleRows(trace.rstd.PointwisePower(-1)).ScaleRows(trace.σ2.Map(v => 1 / (Math.Sqrt(v) + 1e-5))),
        ];

        foreach (var wrong in wrongs)
        {
            GradientCheck.Run(x => layer.Forward(x).Y, X, wrong, new() { Projection = X * 0 + 1 }).Agrees.ShouldBeTrue();
            GradientCheck.Run(x => layer.Forward(x).Y, X, wrong).Verdict.ShouldBe(GradientVerdict.Disagrees);
        }
    }

    [Fact]
    public void Without_epsilon_rescaling_and_shifting_a_token_changes_nothing() => Seeded.ForAll(
        from random in Seeded.Random
        from d in Gen.Choose(2, 8)
        select (LayerNorm.WithoutEpsilon(d).With(random), random.NormalMatrix(3, d), 0.1 + 10 * random.NextDouble(), random.NextDouble() - 0.5),
        c =>
        {
            var (norm, X, a, b) = c;
            Compare.MustBeClose("LN(a·x + b)", norm.Forward(a * X + b).Y, norm.Forward(X).Y, 1e-11);
        });

    [Fact]
    public void With_epsilon_rescaling_a_token_changes_the_output()
    {
        var X = SeededRandom.Create(4).NormalMatrix(1, 6, 0.01);

        Compare.Distance(new LayerNorm(6).Forward(2 * X).Y, new LayerNorm(6).Forward(X).Y).ShouldBeGreaterThan(1e-3);
    }

    [Fact]
    public void The_gradient_is_orthogonal_to_ones_and_without_epsilon_to_the_normalised_token() => Seeded.ForAll(
        from random in Seeded.Random
        from d in Gen.Choose(2, 8)
        select (random, d),
        c =>
        {
            var (random, d) = c;
            var (X, dY) = (random.NormalMatrix(3, d), random.NormalMatrix(3, d));
            foreach (var norm in new[] { new LayerNorm(d, 0.1).With(random), LayerNorm.WithoutEpsilon(d).With(random) })
            {
                var trace = norm.Forward(X).Trace;
                var dX = norm.Backward(trace, dY).dX;
                double along1 = dX.RowSums().AbsoluteMaximum(), alongXHat = dX.PointwiseMultiply(trace.XHat).RowSums().AbsoluteMaximum();

                along1.ShouldBeLessThan(1e-12 * (1 + dX.FrobeniusNorm()));
                if (norm.ε == 0) alongXHat.ShouldBeLessThan(1e-11 * (1 + dX.FrobeniusNorm()));
                else alongXHat.ShouldBeGreaterThan(1e-8);
            }
        });

    /// <summary>The backward pass with its two means taken in other proportions.</summary>
    private static Matrix<double> Wrong(LayerNormTrace trace, Matrix<double> dY, LayerNorm layer, double alongOnes = 1, double alongXHat = 1)
    {
        var G = dY.ScaleColumns(layer.γ);
        return (G.SubtractColumn(alongOnes * G.RowMeans()) - trace.XHat.ScaleRows(alongXHat * G.PointwiseMultiply(trace.XHat).RowMeans())).ScaleRows(trace.rstd);
    }
}
