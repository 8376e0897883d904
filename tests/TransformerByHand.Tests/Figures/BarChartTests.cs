using TransformerByHand.Display;
using TransformerByHand.Figures;

namespace TransformerByHand.Tests.Figures;

public class BarChartTests
{
    private static string Colour(int k) => Palette.Categories[k];

    [Fact]
    public void Bars_are_as_long_as_their_numbers_and_negative_ones_hang()
    {
        var bars = Bars(new BarChart { Categories = ["a", "b", "c"], Series = [new("", [1, 2, -1])] }, 0);
        bars[1].Height.ShouldBe(2 * bars[0].Height, 0.3);
        bars[2].Height.ShouldBe(bars[0].Height, 0.3);
        (bars[0].Y + bars[0].Height).ShouldBe(bars[2].Y, 0.2);
    }

    [Fact]
    public void A_stack_is_as_high_as_the_sum_of_its_bars_and_the_sum_stands_beside_it()
    {
        var chart = new BarChart { Stacked = true, Categories = ["a"], Series = [new("x", [2]), new("y", [1]), new("z", [-1])] };
        var (x, y, z) = (Bars(chart, 0).Single(), Bars(chart, 1).Single(), Bars(chart, 2).Single());
        (y.Y + y.Height).ShouldBe(x.Y, 0.2); // y on top of x
        z.Y.ShouldBe(x.Y + x.Height, 0.2); // z hangs from 0
        var sum = Svg.Elements(chart, "rect").Where(r => r.Attribute("fill")!.Value == "#3d444d").Select(Rect).Single(r => r.Width > 13 && r.Height > 13);
        sum.Height.ShouldBe(x.Height, 0.3); // 2 + 1 - 1 = 2
        Svg.Texts(chart).ShouldContain("sum");
    }

    [Fact]
    public void The_alternative_states_every_number_and_the_sums() =>
        new BarChart { Title = "Stream", Stacked = true, Categories = ["x0", "x0"], Series = [new("embedding", [0.5, -1]), new("attention", [0.25, 1])] }
            .Alt.ShouldBe("Stream. Stacked bar chart. x0: embedding 0.50, attention 0.25, sum 0.75. x0: embedding -1.00, attention 1.00, sum 0.");

    [Fact]
    public void The_plain_text_is_a_table() =>
        new BarChart { Categories = ["the", "cat"], Series = [new("", [0.5, -1])], ValueTitle = "weight" }.ToText().ShouldBe("     weight\nthe     0.5\ncat    -1.0");

    [Fact]
    public void Every_number_is_written_at_its_bar() =>
        new[] { "0.35", "-1.20", "1.10" }.ShouldBeSubsetOf(Svg.Texts(Gallery.Figures["bars"]));

    [Fact]
    public void Bars_that_are_all_zero_are_drawn() => new BarChart { Categories = ["a"], Series = [new("", [0])] }.ToSvg().ShouldNotBeEmpty();

    [Fact]
    public void Data_that_do_not_fit_together_are_refused()
    {
        Should.Throw<ArgumentException>(() => new BarChart { Categories = ["a", "b"], Series = [new("w", [1])] }.ToSvg()).Message.ShouldContain("'w' have 1 numbers; the chart has 2 categories");
        Should.Throw<ArgumentException>(() => new Bars("w", [1, double.NaN])).Message.ShouldContain("NaN at position 1");
        Should.Throw<ArgumentException>(() => new BarChart { Series = [new("w", [1])] }.ToSvg()).Message.ShouldContain("at least one category");
    }

    /// <summary>The bars of one colour; the legend's squares are 12 wide and high.</summary>
    private static List<(double X, double Y, double Width, double Height)> Bars(BarChart chart, int series) =>
        [.. Svg.Elements(chart, "rect").Where(r => r.Attribute("fill")!.Value == Colour(series)).Select(Rect).Where(r => (r.Width, r.Height) != (12, 12))];

    private static (double X, double Y, double Width, double Height) Rect(System.Xml.Linq.XElement r) =>
        (Svg.Number(r, "x"), Svg.Number(r, "y"), Svg.Number(r, "width"), Svg.Number(r, "height"));
}
