using TransformerByHand.Course.Checking;

namespace TransformerByHand.Course.Tests.Checking;

/// <summary>Numbers are read as people write them.</summary>
public class NumberInTextTests
{
    [Theory]
    [InlineData("0.08165", 0.08165)]
    [InlineData("about 10,000", 10000)]
    [InlineData("1,234,567.5", 1234567.5)]
    [InlineData("1e-5", 1e-5)]
    [InlineData("1.5e7", 1.5e7)]
    [InlineData("2E−3", 2e-3)]
    [InlineData("−0.5", -0.5)]
    [InlineData("-0.5", -0.5)]
    [InlineData("50 %", 50)]
    [InlineData("50%", 50)]
    [InlineData("**12**", 12)]
    [InlineData("$0.5$", 0.5)]
    [InlineData("(3)", 3)]
    [InlineData("0.24–0.25", 0.25)]
    [InlineData("3-4", 4)]
    public void The_number_at_the_end_of_a_text(string text, double value) => NumberInText.AtEndOf(text)!.Value.ShouldBe(value);

    [Theory]
    [InlineData("none")]
    [InlineData("12 apples")]
    [InlineData("x3")]
    [InlineData("d_5")]
    [InlineData("12, ")]
    public void A_text_that_does_not_end_in_a_number_has_none(string text) => NumberInText.AtEndOf(text).ShouldBeNull();

    [Fact]
    public void All_numbers_of_a_table_in_order() =>
        NumberInText.In("x̂₃  (0.2, -0.1, 0.3)  N3 1e-5  ±1.5  7 %").Select(number => number.Value).ShouldBe([0.2, -0.1, 0.3, 1e-5, 1.5, 7]);

    [Theory]
    [InlineData("0.0816", "0.08165", true)]
    [InlineData("0.0817", "0.08165", true)]
    [InlineData("0.0815", "0.08165", false)]
    [InlineData("0.082", "0.08165", true)]
    [InlineData("0.08165", "0.0817", false)]
    [InlineData("1.225", "1.2247", true)]
    [InlineData("1e-5", "0.0000104", true)]
    [InlineData("1e-5", "0.000016", false)]
    [InlineData("1.0e-5", "0.0000106", false)]
    [InlineData("50 %", "0.5", true)]
    [InlineData("50 %", "50 %", true)]
    [InlineData("50 %", "50", false)]
    [InlineData("50", "0.5", false)]
    [InlineData("−0.5", "-0.5", true)]
    [InlineData("0.5", "-0.5", false)]
    [InlineData("±0.5", "-0.5", true)]
    [InlineData("10,000", "10000", true)]
    [InlineData("4", "4.4", true)]
    [InlineData("4", "4.6", false)]
    public void A_quotation_is_the_number_rounded_to_its_own_digits(string quoted, string printed, bool agrees) =>
        NumberInText.AtEndOf(quoted)!.Quotes(NumberInText.AtEndOf(printed)!).ShouldBe(agrees);
}
