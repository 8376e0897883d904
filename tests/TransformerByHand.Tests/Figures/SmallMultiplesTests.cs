using TransformerByHand.Figures;

namespace TransformerByHand.Tests.Figures;

public class SmallMultiplesTests
{
    [Fact]
    public void Every_part_keeps_its_title_and_all_its_cells()
    {
        var figure = Gallery.Figures["heads"];
        Svg.Cells(figure).Count.ShouldBe(3 * 25);
        new[] { "Heads", "head 0", "head 1", "head 2" }.ShouldBeSubsetOf(Svg.Texts(figure));
    }

    [Fact]
    public void The_alternative_reads_the_parts_in_order() =>
        new SmallMultiples { Title = "Two", Figures = [new Heatmap(new double[,] { { 1 } }) { Title = "a" }, new Heatmap(new double[,] { { 2 } }) { Title = "b" }] }
            .Alt.ShouldBe("Two. Part 1: a. Heatmap of 1 rows and 1 columns. Columns: 0. Row 0: 1. Part 2: b. Heatmap of 1 rows and 1 columns. Columns: 0. Row 0: 2.");

    [Fact]
    public void A_mistake_in_a_part_is_reported() =>
        Should.Throw<ArgumentException>(() => new SmallMultiples { Figures = [new LineChart()] }.ToSvg()).Message.ShouldContain("at least one series");

    [Fact]
    public void Nothing_to_show_and_no_columns_are_refused()
    {
        Should.Throw<ArgumentException>(() => new SmallMultiples().ToSvg()).Message.ShouldContain("at least one figure");
        Should.Throw<ArgumentOutOfRangeException>(() => new SmallMultiples { Figures = [new Heatmap(new double[1, 1])], Columns = 0 }.ToSvg()).ParamName.ShouldBe("Columns");
    }
}
