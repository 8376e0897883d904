using TransformerByHand.Display;

namespace TransformerByHand.Tests.Display;

public class TableTests
{
    private static readonly Table Verdicts = new("claim", "measured", "verdict")
    {
        Caption = "What was found",
        Rows = [["N1", 0.081649, "holds"], ["N2 <&>", 12, null]],
    };

    [Fact]
    public void Text_stands_at_the_left_and_numbers_at_the_right() =>
        Verdicts.ToText().ShouldBe("What was found\nclaim   measured  verdict\nN1       0.08165  holds\nN2 <&>        12");

    [Fact]
    public void The_HTML_holds_the_same_cells()
    {
        var table = Html.Table(Verdicts.ToHtml());
        table.Head.ShouldBe(["claim", "measured", "verdict"]);
        table.Rows.ShouldBe([["N1", "0.08165", "holds"], ["N2 <&>", "12", ""]]);
    }

    [Fact]
    public void A_German_reader_gets_the_same_table() => GermanCulture.In(Verdicts.ToHtml).ShouldBe(Verdicts.ToHtml());

    [Fact]
    public void A_row_of_another_length_is_refused() =>
        Should.Throw<ArgumentException>(() => new Table("a", "b") { Rows = [[1, 2], [3]] }.ToHtml()).Message.ShouldContain("Row 1 has 1 cells; the table has 2 columns");

    [Fact]
    public void A_table_without_columns_is_refused() => Should.Throw<ArgumentException>(() => new Table());
}
