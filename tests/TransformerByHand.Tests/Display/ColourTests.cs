using TransformerByHand.Display;

namespace TransformerByHand.Tests.Display;

public class ColourTests
{
    [Fact]
    public void Black_on_white_has_the_contrast_that_WCAG_gives_it()
    {
        Rgb.Contrast(new(0, 0, 0), new(255, 255, 255)).ShouldBe(21, 1e-9);
        Rgb.Contrast(Rgb.Parse("#777777"), new(255, 255, 255)).ShouldBe(4.48, 0.005);
    }

    [Fact]
    public void Text_on_every_colour_of_the_palettes_is_readable()
    {
        foreach (var palette in new[] { Palette.Sequential, Palette.Diverging })
            for (int k = 0; k <= 1000; k++)
            {
                var colour = palette.At(k / 1000.0);
                Rgb.Contrast(colour, colour.Ink).ShouldBeGreaterThan(4.5, $"at {k / 1000.0}, {colour.Hex}");
            }
    }

    [Fact]
    public void White_is_zero_and_the_sides_of_a_diverging_scale_have_the_same_length()
    {
        var scale = ColorScale.For([-1, 3]);
        scale.ShouldBe(new ColorScale(Palette.Diverging, -3, 3));
        scale.At(0).Hex.ShouldBe("#ffffff");
        ColorScale.For([0.25, 0.75]).At(0).Hex.ShouldBe("#ffffff");
    }

    [Fact]
    public void A_larger_number_is_darker()
    {
        var scale = ColorScale.For([0, 1]);
        double[] luminances = [.. Enumerable.Range(0, 21).Select(k => scale.At(k / 20.0).Luminance)];
        luminances.ShouldBe(luminances.OrderDescending());
        luminances.Distinct().Count().ShouldBe(21);
    }

    [Fact]
    public void Equal_numbers_infinities_and_NaN_still_give_a_scale()
    {
        ColorScale.For([]).At(0).Hex.ShouldBe("#ffffff");
        ColorScale.For([0, 0]).At(0).Hex.ShouldBe("#ffffff");
        ColorScale.For([double.NegativeInfinity, double.NaN, 2]).ShouldBe(new ColorScale(Palette.Sequential, 0, 2));
    }

    [Fact]
    public void A_range_that_runs_backwards_is_refused() =>
        Should.Throw<ArgumentException>(() => ColorScale.For([1], min: 2, max: 1)).Message.ShouldContain("from 2 to 1");

    [Fact]
    public void A_colour_that_is_none_is_refused() =>
        Should.Throw<FormatException>(() => Rgb.Parse("blue")).Message.ShouldContain("'blue'");

    [Fact]
    public void A_colour_shown_by_itself_is_its_name_and_not_the_ink_of_its_ink_without_end() => Rgb.Parse("#0072b2").ToString().ShouldBe("#0072b2");
}
