using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Tests.Display;

public class CompareTests
{
    private static readonly Matrix<double> Reference = Matrix<double>.Build.DenseOfRowArrays([1, -2], [0.5, 4]);

    [Fact]
    public void The_same_numbers_are_exact() =>
        Compare.Show("dX", Reference.Clone(), Reference).ToText().ShouldBe("dX: exact, all 4 numbers are the same");

    [Fact]
    public void A_difference_of_rounding_is_close()
    {
        var mine = Reference.Clone();
        mine[1, 1] += 2e-15;
        var comparison = Compare.Show("dX", mine, Reference);
        comparison.Closeness.ShouldBe(Closeness.Close);
        comparison.ToText().ShouldBe("dX: close, relative difference below 1e-15");
    }

    [Fact]
    public void A_wrong_number_is_off_and_its_place_and_both_values_are_named()
    {
        var mine = Reference.Clone();
        mine[0, 1] = -2.25;
        mine[1, 1] = 4.5;
        var comparison = Compare.Show("dX", mine, Reference);
        comparison.Closeness.ShouldBe(Closeness.Off);
        comparison.Difference.ShouldBe(0.5);
        comparison.RelativeDifference.ShouldBe(0.125);
        comparison.ToText().ShouldBe("dX: off by 0.5 (relative 0.12), 2 of 4 numbers differ; the worst at row 1, column 1: yours is 4.5, the reference 4");
    }

    [Fact]
    public void Two_numbers_that_are_not_the_same_are_never_written_alike() =>
        Compare.Show("loss", 1.00001, 1.0).ToText().ShouldBe("loss: off by 1e-5 (relative 1e-5): yours is 1.00001, the reference 1");

    [Fact]
    public void The_tolerance_decides_between_close_and_off()
    {
        Compare.Show("x", 1.001, 1, tolerance: 0.01).Closeness.ShouldBe(Closeness.Close);
        Compare.Show("x", 1.001, 1, tolerance: 1e-4).Closeness.ShouldBe(Closeness.Off);
        Should.Throw<ArgumentOutOfRangeException>(() => Compare.Show("x", 1, 1, tolerance: -1)).ParamName.ShouldBe("tolerance");
    }

    [Fact]
    public void Another_shape_is_off_and_both_shapes_are_named()
    {
        Compare.Show("dW", Reference.Append(Reference), Reference).ToText().ShouldBe("dW: off, another shape: yours is 2 × 4, the reference 2 × 2");
        Compare.Show("b", [1.0], [1.0, 2.0]).Closeness.ShouldBe(Closeness.Off);
    }

    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(1, double.NaN)]
    [InlineData(double.PositiveInfinity, 1)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity)]
    public void A_value_that_is_no_number_is_never_close(double mine, double reference) =>
        Compare.Show("x", mine, reference).Closeness.ShouldBe(Closeness.Off);

    [Theory]
    [InlineData(double.NaN, double.NaN)]
    [InlineData(double.NegativeInfinity, double.NegativeInfinity)]
    [InlineData(0.0, -0.0)]
    public void The_same_value_is_exact_even_where_it_is_no_number(double mine, double reference) =>
        Compare.Show("x", mine, reference).Closeness.ShouldBe(Closeness.Exact);

    [Fact]
    public void A_reference_of_zeros_calls_no_difference_close() =>
        Compare.Show("x", [1e-300, 0], [0, 0]).Closeness.ShouldBe(Closeness.Off);
}
