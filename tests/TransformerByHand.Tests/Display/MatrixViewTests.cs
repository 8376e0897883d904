using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Tests.Display;

public class MatrixViewTests
{
    private static readonly string[] Tokens = ["the", "cat", "the"];
    private static readonly Matrix<double> X = Matrix<double>.Build.DenseOfRowArrays([0.2, -1.5], [0.125, 3], [0, 1]);

    [Fact]
    public void A_matrix_in_plain_text_lines_up_under_its_labels() =>
        X.View("X", Tokens, ["a", "b"], "tokens × d_model").ToText().ShouldBe("""
            X (tokens × d_model = 3 × 2)
                     a       b
            the  0.200  -1.500
            cat  0.125   3.000
            the      0   1.000
            """.ReplaceLineEndings("\n"));

    [Fact]
    public void The_table_holds_every_number_and_every_label_even_where_labels_repeat()
    {
        var table = Html.Table(X.View("X", Tokens, ["same", "same"]).ToHtml());
        table.Head.ShouldBe(["", "same", "same"]);
        table.Rows.ShouldBe([["the", "0.200", "-1.500"], ["cat", "0.125", "3.000"], ["the", "0", "1.000"]]);
        table.Caption.ShouldBe("X (3 × 2)");
    }

    [Fact]
    public void Rows_and_columns_without_labels_are_numbered_from_zero()
    {
        var table = Html.Table(X.View().ToHtml());
        table.Head.ShouldBe(["", "0", "1"]);
        table.Rows.Select(row => row[0]).ShouldBe(["0", "1", "2"]);
    }

    [Fact]
    public void A_vector_is_one_row()
    {
        X.Column(0).View("x").ToText().ShouldBe("x (3 numbers)\n    0      1  2\n0.200  0.125  0");
        Html.Table(new[] { 0.2, 0.1, 0.3 }.View("x", shape: "d_model").ToHtml()).Rows.ShouldBe([["0.2", "0.1", "0.3"]]);
    }

    [Fact]
    public void Every_kind_of_matrix_is_shown_alike()
    {
        string expected = X.View("X").ToHtml();
        X.ToArray().View("X").ToHtml().ShouldBe(expected);
        X.ToRowArrays().View("X").ToHtml().ShouldBe(expected);
        X.Row(1).View("r").ToHtml().ShouldBe(X.Row(1).ToArray().View("r").ToHtml());
    }

    [Fact]
    public void The_middle_of_a_large_matrix_is_left_out_and_its_shape_is_not()
    {
        var large = Matrix<double>.Build.Dense(40, 30, (i, j) => 100 * i + j);
        var table = Html.Table(large.View("X").ToHtml());
        table.Caption.ShouldBe("X (40 × 30)");
        table.Rows.Count.ShouldBe(16);
        table.Rows[0].ShouldBe(["0", "0", "1", "2", "3", "4", "5", "…", "25", "26", "27", "28", "29"]);
        table.Rows[8].ShouldAllBe(cell => "…⋮⋱".Contains(cell));
        table.Rows[^1][^1].ShouldBe("3929");
        large.View("X").ToText().Split('\n').Length.ShouldBe(18);
    }

    [Fact]
    public void The_view_keeps_the_numbers_it_was_made_of()
    {
        var matrix = Matrix<double>.Build.Dense(1, 1, 1);
        var view = matrix.View();
        matrix[0, 0] = 2;
        view.ToText().ShouldEndWith("1");
    }

    [Fact]
    public void Heat_colours_the_cells_and_changes_no_text()
    {
        string plain = X.View("X").ToHtml(), heat = X.View("X", heat: true).ToHtml();
        heat.ShouldNotBe(plain);
        Html.Table(heat).Rows.ShouldBe(Html.Table(plain).Rows);
        heat.ShouldContain($"background:{Palette.Diverging.At(1).Hex}"); // 3 is the largest
    }

    [Fact]
    public void Text_and_ground_are_coloured_together_so_that_the_table_reads_on_any_page()
    {
        foreach (var cell in Html.Parse(X.View("X", heat: true).ToHtml()).Descendants().Where(e => e.Name.LocalName is "td" or "th"))
        {
            string style = cell.Attribute("style")!.Value;
            style.ShouldContain("background:");
            style.ShouldContain(";color:");
        }
    }

    [Fact]
    public void Labels_and_names_are_escaped()
    {
        string[] wild = ["<b>", "a&b", "\"\n"];
        var table = Html.Table(X.View("<X>", wild).ToHtml());
        table.Caption.ShouldBe("<X> (3 × 2)");
        table.Rows.Select(row => row[0]).ShouldBe(["<b>", "a&b", "\"\\n"]);
    }

    [Fact]
    public void A_German_reader_gets_the_same_table()
    {
        GermanCulture.In(() => X.View("X").ToHtml()).ShouldBe(X.View("X").ToHtml());
        GermanCulture.In(() => X.View("X").ToText()).ShouldBe(X.View("X").ToText());
    }

    [Fact]
    public void Labels_that_do_not_fit_the_matrix_are_refused_with_both_numbers()
    {
        var message = Should.Throw<ArgumentException>(() => X.View(rows: ["the"]).ToHtml()).Message;
        message.ShouldContain("1 labels");
        message.ShouldContain("3 rows");
    }

    [Fact]
    public void Ragged_rows_are_refused() =>
        Should.Throw<ArgumentException>(() => new double[][] { [1, 2], [3] }.View()).Message.ShouldContain("Row 1 of the matrix has 1 numbers and row 0 has 2");
}
