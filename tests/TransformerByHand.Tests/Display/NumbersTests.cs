using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using TransformerByHand.Display;

namespace TransformerByHand.Tests.Display;

public class NumbersTests
{
    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(0.2, "0.2")]
    [InlineData(1.3416407864998738, "1.342")]
    [InlineData(-0.4472135954999579, "-0.4472")]
    [InlineData(0.0816496580927726, "0.08165")]
    [InlineData(9.99996, "10")]
    [InlineData(0.00012344, "0.0001234")]
    [InlineData(0.000012344, "1.234e-5")]
    [InlineData(9999.4, "9999")]
    [InlineData(12345.6, "1.235e4")]
    [InlineData(124439808, "124439808")]
    [InlineData(-7e20, "-7e20")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "∞")]
    [InlineData(double.NegativeInfinity, "-∞")]
    public void A_number_has_at_most_four_significant_digits_unless_it_is_whole(double value, string expected) =>
        Numbers.Format(value).ShouldBe(expected);

    [Fact]
    public void Negative_zero_has_no_sign() => Numbers.Format(double.NegativeZero).ShouldBe("0");

    [Theory]
    [InlineData(1, "0.7")]
    [InlineData(2, "0.71")]
    [InlineData(6, "0.707107")]
    public void The_number_of_digits_can_be_chosen(int digits, string expected) =>
        Numbers.Format(Math.Sqrt(0.5), digits).ShouldBe(expected);

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    public void A_number_of_digits_that_a_double_does_not_have_is_refused(int digits) =>
        Should.Throw<ArgumentOutOfRangeException>(() => Numbers.Format(1.5, digits)).ParamName.ShouldBe("digits");

    [Fact]
    public void Printing_never_moves_a_number_by_more_than_its_last_digit() =>
        Prop.ForAll(Gen.Choose(-2_000_000_000, 2_000_000_000).SelectMany(m => Gen.Choose(-12, 6).Select(e => m / 7.0 * Math.Pow(10, e - 8))).ToArbitrary(), value =>
        {
            double printed = double.Parse(Numbers.Format(value), CultureInfo.InvariantCulture);
            return Math.Abs(printed - value) <= 0.5001e-3 * Math.Abs(value);
        }).Check(Seeded());

    [Fact]
    public void Numbers_that_stand_together_get_the_same_decimals()
    {
        double[] values = [1.3416407, -0.4472135, 0.25];
        values.Select(Numbers.Together(values)).ShouldBe(["1.342", "-0.447", "0.250"]);
    }

    [Fact]
    public void Decimals_that_no_number_needs_are_left_out()
    {
        double[] values = [0.2, 0.1, 0.3];
        values.Select(Numbers.Together(values)).ShouldBe(["0.2", "0.1", "0.3"]);
    }

    [Fact]
    public void Rounding_noise_beside_real_numbers_prints_as_zero_and_a_small_number_does_not()
    {
        double[] values = [1.5, 2.8e-17, 4.54e-5, 0];
        values.Select(Numbers.Together(values)).ShouldBe(["1.5", "0", "4.5e-5", "0"]);
        values.Select(Numbers.Together(values, keepSmall: false)).ShouldBe(["1.5", "0", "0.0", "0"]);
    }

    [Fact]
    public void Whole_numbers_together_get_no_decimals()
    {
        double[] values = [12345, -3, 0];
        values.Select(Numbers.Together(values)).ShouldBe(["12345", "-3", "0"]);
    }

    [Fact]
    public void Infinities_and_NaN_do_not_disturb_their_neighbours()
    {
        double[] values = [double.NegativeInfinity, 0.5, double.NaN];
        values.Select(Numbers.Together(values)).ShouldBe(["-∞", "0.5", "NaN"]);
    }

    private static Config Seeded() => Config.QuickThrowOnFailure.WithReplay(1, 1).WithMaxTest(500);
}
