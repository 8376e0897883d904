using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Exercises.Tests;

public class ValueTests
{
    private sealed record Gradients(double[] DX, Matrix<double> DW, int Steps);

    private readonly record struct Pair(double First, bool Second);

    public static TheoryData<object, object, string> Pairs => new()
    {
        { 1.5, 1.6, "" },
        { 3, 4, "" },
        { true, false, "" },
        { "a", "b", "" },
        { new[] { 1.0, 2 }, new[] { 1.0, 3 }, "[1]" },
        { new[] { 1, 2 }, new[] { 1, 3 }, "[1]" },
        { new[,] { { 1.0, 2 }, { 3, 4 } }, new[,] { { 1.0, 2 }, { 5, 4 } }, "[1, 0]" },
        { new double[][] { [1], [2, 3] }, new double[][] { [1], [2, 4] }, "[1][1]" },
        { new[] { "a", "b" }, new[] { "a", "c" }, "[1]" },
        { Vector<double>.Build.Dense([1, 2]), Vector<double>.Build.Dense([0, 2]), "[0]" },
        { Matrix<double>.Build.Dense(2, 2, 1), Matrix<double>.Build.DenseIdentity(2), "[0, 1]" },
        { (1.0, new[] { 2.0 }), (1.0, new[] { 3.0 }), "Item2[0]" },
        { new Gradients([1], Matrix<double>.Build.Dense(1, 1, 2), 3), new Gradients([1], Matrix<double>.Build.Dense(1, 1, 9), 3), "DW[0, 0]" },
        { new Pair(1, true), new Pair(1, false), "Second" },
        { (1.0, (2.0, 3.0)), (1.0, (2.0, 4.0)), "Item2.Item2" },
    };

    [Theory, MemberData(nameof(Pairs))]
    public void Values_agree_with_themselves_and_differ_where_they_differ(object value, object other, string place)
    {
        Value.Of(value).Agrees(Value.Of(value), Tolerance.Default).ShouldBeTrue();
        Value.Of(value).Agrees(Value.Of(other), Tolerance.Default).ShouldBeFalse();

        Value.Of(value).Places().Zip(Value.Of(other).Places())
            .First(pair => !Value.Agree(pair.First.Entry, pair.Second.Entry, Tolerance.Default)).First.Path.ShouldBe(place);
    }

    [Theory, MemberData(nameof(Pairs))]
    public void A_copy_agrees_and_shares_no_memory(object value, object other, string place)
    {
        object copy = DeepCopy.Of(value)!;

        Value.Of(copy).Agrees(Value.Of(value), new Tolerance(0, 0)).ShouldBeTrue();
        SharedMemory.Between(copy, value).ShouldBeFalse($"{other} {place}");
    }

    [Fact]
    public void Writing_into_a_copy_leaves_the_original()
    {
        (double[] a, Matrix<double> b) original = ([1], Matrix<double>.Build.Dense(1, 1, 1));
        var copy = ((double[] a, Matrix<double> b))DeepCopy.Of(original)!;

        copy.a[0] = 2;
        copy.b[0, 0] = 2;

        original.a[0].ShouldBe(1);
        original.b[0, 0].ShouldBe(1);
    }

    [Fact]
    public void Shapes_that_differ_do_not_agree_even_if_the_numbers_do() =>
        Value.Of(new[,] { { 1.0, 2 } }).Agrees(Value.Of(new[,] { { 1.0 }, { 2 } }), Tolerance.Default).ShouldBeFalse();

    [Fact]
    public void NaN_agrees_with_NaN_only_and_an_infinity_with_itself_only()
    {
        Value Of(double number) => Value.Of(number);

        Of(double.NaN).Agrees(Of(double.NaN), Tolerance.Default).ShouldBeTrue();
        Of(1).Agrees(Of(double.NaN), Tolerance.Default).ShouldBeFalse();
        Of(double.PositiveInfinity).Agrees(Of(double.PositiveInfinity), Tolerance.Default).ShouldBeTrue();
        Of(double.PositiveInfinity).Agrees(Of(double.NegativeInfinity), Tolerance.Default).ShouldBeFalse();
        Of(double.PositiveInfinity).Agrees(Of(1), Tolerance.Default).ShouldBeFalse();
        Of(1).Agrees(Of(double.PositiveInfinity), Tolerance.Default).ShouldBeFalse();
    }

    [Fact]
    public void A_type_that_cannot_be_compared_is_refused_by_name() =>
        Should.Throw<NotSupportedException>(() => Value.Of(new Uri("http://localhost"))).Message.ShouldContain("System.Uri");

    [Fact]
    public void A_matrix_is_written_row_under_row_with_its_shape() =>
        ValueText.Named("W", Value.Of(new[,] { { 1.0, 20 }, { -3, 4 } })).ShouldBe("W = [[ 1, 20]\n     [-3,  4]]  (2 × 2)");

    [Fact]
    public void A_long_vector_is_cut_with_its_length() =>
        ValueText.Of(Value.Of(new double[100])).ShouldEndWith(", … 100 numbers]");

    [Fact]
    public void A_large_matrix_is_cut_with_its_shape() =>
        ValueText.Of(Value.Of(new double[100, 50])).ShouldEndWith("…]  (100 × 50)");
}
