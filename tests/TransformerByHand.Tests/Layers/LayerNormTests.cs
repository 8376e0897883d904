using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Gradients;
using TransformerByHand.Layers;

namespace TransformerByHand.Tests.Layers;

public class LayerNormTests
{
    private static Matrix<double> Row(params double[] x) => Matrix<double>.Build.DenseOfRowArrays(x);

    [Fact]
    public void One_two_three_four_becomes_the_published_numbers()
    {
        var (Y, trace) = LayerNorm.WithoutEpsilon(4).Forward(Row(1, 2, 3, 4));

        double[] expected = [-1.341641, -0.447214, 0.447214, 1.341641];
        for (int j = 0; j < 4; j++)
            Y[0, j].ShouldBe(expected[j], 5e-7);
        trace.μ[0].ShouldBe(2.5);
        trace.σ2[0].ShouldBe(1.25);
    }

    [Fact]
    public void Zero_and_two_become_minus_one_and_one() =>
        LayerNorm.WithoutEpsilon(2).Forward(Row(0, 2)).Y.ToRowMajorArray().ShouldBe([-1, 1]);

    [Fact]
    public void The_variance_is_divided_by_d_and_not_by_d_minus_one()
    {
        var (_, trace) = new LayerNorm(3).Forward(Row(0.2, 0.1, 0.3));

        Math.Sqrt(trace.σ2[0]).ShouldBe(Math.Sqrt(0.02 / 3), 1e-15);
    }

    [Fact]
    public void Gain_and_shift_come_after_the_normalisation()
    {
        var norm = LayerNorm.WithoutEpsilon(Vector<double>.Build.Dense([2.0, 3]), Vector<double>.Build.Dense([10.0, 20]));

        norm.Forward(Row(5, 7)).Y.ToRowMajorArray().ShouldBe([8, 23]);
    }

    [Fact]
    public void A_constant_vector_becomes_the_shift()
    {
        var norm = new LayerNorm(Vector<double>.Build.Dense(3, 4), Vector<double>.Build.Dense([1.0, 2, 3]));

        norm.Forward(Row(7, 7, 7)).Y.ToRowMajorArray().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void A_single_number_becomes_its_shift_whatever_it_was_and_has_no_gradient()
    {
        var norm = new LayerNorm(Vector<double>.Build.Dense(1, 3), Vector<double>.Build.Dense(1, 0.25));
        var (Y, trace) = norm.Forward(Row(1234.5));

        Y[0, 0].ShouldBe(0.25);
        norm.Backward(trace, Row(7)).dX[0, 0].ShouldBe(0);
    }

    [Theory]
    [InlineData(1e-5)]
    [InlineData(1e-2)]
    [InlineData(1.0)]
    public void The_output_variance_is_what_epsilon_leaves_of_it(double ε)
    {
        var X = SeededRandom.Create(5).NormalMatrix(1, 8, 0.1);
        var norm = new LayerNorm(8, ε);
        var (Y, trace) = norm.Forward(X);

        double variance = Y.PointwiseMultiply(Y).RowMeans()[0];
        variance.ShouldBe(trace.σ2[0] / (trace.σ2[0] + ε), 1e-14);
    }

    [Fact]
    public void Each_token_is_normalised_by_itself()
    {
        var X = SeededRandom.Create(5).NormalMatrix(4, 6);
        var norm = new LayerNorm(6);
        var together = norm.Forward(X).Y;

        for (int i = 0; i < 4; i++)
            norm.Forward(X.SubMatrix(i, 1, 0, 6)).Y.ToRowMajorArray().ShouldBe(together.Row(i).ToArray());
    }

    [Fact]
    public void Backward_agrees_with_central_differences()
    {
        var random = SeededRandom.Create(6);
        var norm = new LayerNorm(random.NormalVector(5), random.NormalVector(5));

        GradientCheck.Run(norm, random.NormalMatrix(3, 5)).Verdict.ShouldBe(GradientVerdict.Agrees);
    }

    [Fact]
    public void Refusals_name_the_argument_its_value_and_what_is_expected()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new LayerNorm(4, ε: 0)).Message.ShouldSatisfyAllConditions(
            m => m.ShouldContain("ε is 0"), m => m.ShouldContain("above 0"), m => m.ShouldContain("WithoutEpsilon"));
        Should.Throw<ArgumentOutOfRangeException>(() => new LayerNorm(4, ε: -1e-5)).Message.ShouldContain("ε is -1E-05");
        Should.Throw<ArgumentOutOfRangeException>(() => new LayerNorm(4, ε: double.NaN)).Message.ShouldContain("ε is NaN");
        Should.Throw<ArgumentOutOfRangeException>(() => new LayerNorm(0)).Message.ShouldContain("d is 0");
        Should.Throw<ArgumentException>(() => new LayerNorm(Vector<double>.Build.Dense(3, 1), Vector<double>.Build.Dense(2))).Message.ShouldContain("β has 2 numbers, but should have 3");
        Should.Throw<ArgumentException>(() => new LayerNorm(4).Forward(Row(1, 2, 3))).Message.ShouldContain("X is 1 × 3, but this layer takes tokens of width 4");
        Should.Throw<ArgumentException>(() => new LayerNorm(3).Forward(Row(1, double.NaN, 3))).Message.ShouldContain("X[0, 1] is NaN");
        Should.Throw<ArgumentException>(() => new LayerNorm(3).Backward(new LayerNorm(3).Forward(Row(1, 2, 3)).Trace, Row(1, 2))).Message.ShouldContain("dY is 1 × 2, but should be 1 × 3");
        Should.Throw<ArgumentException>(() => LayerNorm.WithoutEpsilon(2).Forward(Matrix<double>.Build.DenseOfRowArrays([1, 2], [5.0, 5]))).Message.ShouldSatisfyAllConditions(
            m => m.ShouldContain("Token 1 of X is constant"), m => m.ShouldContain("ε above 0"));
    }
}
