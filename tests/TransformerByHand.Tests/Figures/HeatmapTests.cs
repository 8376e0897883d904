using TransformerByHand.Display;
using TransformerByHand.Figures;

namespace TransformerByHand.Tests.Figures;

public class HeatmapTests
{
    [Fact]
    public void Repeated_labels_keep_all_cells()
    {
        var figure = Gallery.Figures["weights"];
        var cells = Svg.Cells(figure);
        cells.Count.ShouldBe(25);
        var format = Numbers.Together(Gallery.Weights.Enumerate(), 3);
        cells.Select(cell => cell.Text).ShouldBe(Gallery.Weights.ToRowArrays().SelectMany(row => row).Select(format));
        Svg.Texts(figure).Count(text => text == "the").ShouldBe(4); // twice on each side
    }

    [Fact]
    public void The_alternative_states_every_number_and_label_of_a_small_matrix() =>
        new Heatmap(new double[,] { { 0.25, 0.75 }, { 1, 0 } }) { Title = "Weights", RowLabels = ["a", "a"], ColumnLabels = ["x", "y"], RowTitle = "query" }
            .Alt.ShouldBe("Weights. Heatmap of 2 rows (query) and 2 columns. Columns: x, y. Row a: 0.25, 0.75. Row a: 1.00, 0.");

    [Fact]
    public void The_alternative_of_a_large_matrix_states_its_extremes_and_where_they_are()
    {
        var matrix = new double[10, 20];
        matrix[3, 7] = 4.5;
        matrix[9, 0] = -1.25;
        new Heatmap(matrix).Alt.ShouldBe("Heatmap of 10 rows and 20 columns. The numbers run from -1.25 (row 9, column 0) to 4.5 (row 3, column 7); their mean is 0.0163.");
    }

    [Fact]
    public void Equal_numbers_have_equal_colours_and_zero_is_white()
    {
        var cells = Svg.Cells(new Heatmap(new double[,] { { 0, 2, 2 }, { -2, 1, 0 } }));
        cells[0].Fill.ShouldBe("#ffffff");
        cells[1].Fill.ShouldBe(cells[2].Fill);
        cells[1].Fill.ShouldBe(Palette.Diverging.At(1).Hex);
        cells[3].Fill.ShouldBe(Palette.Diverging.At(0).Hex);
    }

    [Fact]
    public void Cells_without_a_number_are_hatched_and_infinite_ones_keep_their_sign()
    {
        var figure = new Heatmap(new double[,] { { 1, double.NaN, double.NegativeInfinity } });
        Svg.Elements(figure, "rect").Count(r => r.Attribute("fill")?.Value == "url(#hatch)").ShouldBe(2);
        Svg.Elements(figure, "pattern").Count().ShouldBe(1);
        Svg.Texts(figure).ShouldContain("-∞");
        Svg.Texts(figure).ShouldNotContain("NaN");
        figure.Alt.ShouldContain("Row 0: 1, none, -∞.");
    }

    [Fact]
    public void Many_cells_are_drawn_in_few_characters_and_none_is_lost()
    {
        var figure = new Heatmap(SeededRandom.Create(2).NormalMatrix(60, 64));
        figure.ToSvg().Length.ShouldBeLessThan(60_000);
        var lengths = Svg.Elements(figure, "path").Select(path => path.Attribute("d")!.Value).SelectMany(d => d.Split('M', StringSplitOptions.RemoveEmptyEntries))
            .Where(run => run.Contains('h', StringComparison.Ordinal)).Select(run => int.Parse(run[(run.IndexOf('h', StringComparison.Ordinal) + 1)..], System.Globalization.CultureInfo.InvariantCulture));
        lengths.Sum().ShouldBe(60 * 64);
    }

    [Fact]
    public void Without_numbers_the_colours_are_at_their_places()
    {
        var figure = new Heatmap(new double[,] { { 0, 1, 1 }, { 0.5, double.NaN, 0 } }) { ShowNumbers = false, ShowLegend = false };
        string Path(double share) => Svg.Elements(figure, "path").Single(path => path.Attribute("stroke")?.Value == Palette.Sequential.At(share).Hex).Attribute("d")!.Value;
        Path(0).ShouldBe("M0 0h1M2 1h1");
        Path(1).ShouldBe("M1 0h2");
        Path(0.5).ShouldBe("M0 1h1");
        Svg.Elements(figure, "rect").Count(r => r.Attribute("fill")!.Value == "url(#hatch)").ShouldBe(1);
    }

    [Fact]
    public void The_legend_names_the_ends_of_the_scale()
    {
        var texts = Svg.Texts(new Heatmap(new double[,] { { 0.1, 0.3 } }) { ShowLegend = true, ShowNumbers = false, Min = 0, Max = 1 });
        texts.ShouldContain("1.0");
        texts.ShouldContain("0.5");
        texts.ShouldNotContain("0.3");
    }

    [Fact]
    public void Numbers_on_dark_cells_are_light()
    {
        var text = Svg.Elements(new Heatmap(new double[,] { { 1, 0 } }), "text").First(t => t.Value == "1");
        text.Attribute("fill")!.Value.ShouldBe("#ffffff");
    }

    [Fact]
    public void The_plain_text_is_the_table() =>
        new Heatmap(new double[,] { { 0.25, 0.75 } }) { Title = "Weights", RowLabels = ["q"], ColumnLabels = ["a", "b"], RowTitle = "query", ColumnTitle = "key" }
            .ToText().ShouldBe("Weights\nquery × key (1 × 2)\n      a     b\nq  0.25  0.75");

    [Fact]
    public void The_figure_keeps_the_numbers_it_was_made_of()
    {
        var matrix = new double[,] { { 1 } };
        var figure = new Heatmap(matrix);
        matrix[0, 0] = 2;
        Svg.Cells(figure).Single().Text.ShouldBe("1");
    }

    [Fact]
    public void Labels_that_do_not_fit_are_refused_with_both_numbers()
    {
        Should.Throw<ArgumentException>(() => new Heatmap(new double[2, 2]) { RowLabels = ["a"] }.ToSvg()).Message.ShouldContain("RowLabels has 1 labels; the heatmap has 2 rows");
        Should.Throw<ArgumentException>(() => new Heatmap(new double[2, 2]) { ColumnLabels = ["a", "b", "c"] }.ToText()).Message.ShouldContain("ColumnLabels has 3 labels; the heatmap has 2 columns");
    }

    [Fact]
    public void An_empty_matrix_and_an_empty_range_are_refused()
    {
        Should.Throw<ArgumentException>(() => new Heatmap(new double[0, 3]).ToSvg()).Message.ShouldContain("0 × 3");
        Should.Throw<ArgumentException>(() => new Heatmap(new double[1, 1]) { Min = 1, Max = 1 }.ToSvg()).Message.ShouldContain("from 1 to 1");
    }
}
