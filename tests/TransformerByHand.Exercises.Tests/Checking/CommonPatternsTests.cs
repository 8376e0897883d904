using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Exercises.Tests;

public class CommonPatternsTests
{
    [Fact]
    public void The_transpose_is_recognised() =>
        Samples.Product.Check((A, B) => (A * B).Transpose()).ToText().ShouldContain("the right numbers, transposed");

    [Fact]
    public void The_transpose_of_every_part_is_recognised() =>
        Samples.Pair.Check(A => (2 * A.Transpose(), 3 * A.Transpose())).ToText().ShouldContain("`Twice` and `Thrice` hold the right numbers, transposed");

    [Fact]
    public void The_transpose_of_one_part_is_recognised_where_the_other_is_right() =>
        Samples.Pair.Check(A => (2 * A, 3 * A.Transpose())).ToText().ShouldContain("`Thrice` holds the right numbers, transposed");

    [Fact]
    public void A_transposed_part_beside_a_wrong_one_is_not_claimed() =>
        Samples.Pair.Check(A => (7 * A, 3 * A.Transpose())).ToText().ShouldNotContain("transposed");

    [Fact]
    public void The_opposite_sign_is_recognised() =>
        Samples.Product.Check((A, B) => -A * B).ToText().ShouldContain("with the opposite sign");

    [Fact]
    public void A_constant_factor_is_named()
    {
        Prop.ForAll(Gen.Choose(2, 1000).ToArbitrary(), factor =>
            Samples.Product.Check((A, B) => factor * (A * B)).ToText().Contains($"Every number is {factor} times the right one"))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(10).WithReplay(1, 3));
    }

    [Fact]
    public void A_factor_that_changes_with_the_input_is_not_claimed() =>
        Samples.Product.Check((A, B) => (1 + A.ColumnCount) * (A * B)).ToText().ShouldNotContain("times the right one");

    [Fact]
    public void A_result_that_is_never_filled_is_recognised() =>
        Samples.Product.Check((A, B) => Matrix<double>.Build.Dense(A.RowCount, B.ColumnCount)).ToText().ShouldContain("Every number is 0");

    [Fact]
    public void A_missing_last_number_is_recognised() =>
        Samples.Doubled.Check(x => [.. x.SkipLast(1).Select(value => 2 * value)]).ToText().ShouldContain("the last one is missing");

    [Fact]
    public void A_missing_first_number_is_recognised() =>
        Samples.Doubled.Check(x => [.. x.Skip(1).Select(value => 2 * value)]).ToText().ShouldContain("the first one is missing");

    [Fact]
    public void The_right_numbers_in_another_shape_are_recognised() =>
        Samples.Product.Check((A, B) => Matrix<double>.Build.DenseOfRowMajor(1, A.RowCount * B.ColumnCount, (A * B).ToRowMajorArray()))
            .ToText().ShouldContain("arranged in another shape");

    [Fact]
    public void Something_else_is_not_given_a_name() =>
        Samples.Product.Check((A, B) => (A * B).MapIndexed((i, j, v) => v + Math.Sin(3 * v + i - 2 * j))).ToText().ShouldNotContain("\n> ");
}
