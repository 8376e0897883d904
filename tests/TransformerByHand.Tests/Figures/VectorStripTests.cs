using TransformerByHand.Display;
using TransformerByHand.Figures;

namespace TransformerByHand.Tests.Figures;

public class VectorStripTests
{
    private static readonly VectorStrip Norm = new()
    {
        Title = "One token", Strips = [new("x", [0.2, 0.1, 0.3]), new("x̂", [0, -1.2238, 1.2238]) { Step = "normalise" }],
    };

    [Fact]
    public void Every_number_has_its_cell() =>
        Svg.Cells(Norm).Select(cell => cell.Text).ShouldBe(["0.2", "0.1", "0.3", "0", "-1.224", "1.224"]);

    [Fact]
    public void All_strips_share_one_scale_unless_each_asks_for_its_own()
    {
        string strongest = Palette.Diverging.At(1).Hex;
        Svg.Cells(Norm).Select(cell => cell.Fill).Count(fill => fill == strongest).ShouldBe(1);
        var own = Svg.Cells(new VectorStrip { Strips = Norm.Strips, OwnScales = true });
        own[2].Fill.ShouldBe(Palette.Sequential.At(1).Hex);
        own[5].Fill.ShouldBe(strongest);
    }

    [Fact]
    public void The_step_between_two_strips_is_written_and_read_out()
    {
        Svg.Texts(Norm).ShouldContain("normalise");
        Norm.Alt.ShouldBe("One token. x = (0.2, 0.1, 0.3). Then normalise: x̂ = (0, -1.224, 1.224).");
        Norm.ToText().ShouldBe("One token\nx = (0.2, 0.1, 0.3)\n  | normalise\nx̂ = (0, -1.224, 1.224)");
    }

    [Fact]
    public void Strips_of_different_length_keep_their_cells() =>
        Svg.Cells(new VectorStrip { Strips = [new("q", [1, 2, 3]), new("k", [4])] }).Select(cell => cell.Text).ShouldBe(["1", "2", "3", "4"]);

    [Fact]
    public void Strips_with_signs_are_a_sum_written_with_the_same_decimals_under_a_line()
    {
        var sum = new VectorStrip { Title = "A sum", Digits = 3, Strips = [new("a", [0.5, -2.25]), new("b", [1, 0.128]) { Sign = "+" }, new("c", [1.5, -2.122]) { Sign = "=" }] };

        Svg.Texts(sum).ShouldContain("+");
        Svg.Texts(sum).ShouldContain("=");
        Svg.Cells(sum).Select(cell => cell.Text).ShouldBe(["0.50", "-2.25", "1.00", "0.13", "1.50", "-2.12"]);
        sum.ToText().ShouldBe("A sum\na = (0.50, -2.25)\n+ b = (1.00, 0.13)\n= c = (1.50, -2.12)");
        sum.Alt.ShouldBe("A sum. a = (0.50, -2.25). + b = (1.00, 0.13). = c = (1.50, -2.12).");
    }

    [Fact]
    public void A_skip_is_drawn_past_the_other_strips_and_read_out()
    {
        var step = new VectorStrip { Title = "A step", Strips = [new("x", [1]), new("f(x)", [2]) { Step = "the block writes" }, new("y", [3]) { Step = "add" }], Skip = (0, 2) };

        Svg.Texts(step).ShouldContain("skip");
        step.Alt.ShouldEndWith("The skip carries x past the rest and adds it in y.");
        step.ToText().ShouldEndWith("\nskip: x is added in y");
    }

    [Theory, InlineData(2, 0), InlineData(1, 1), InlineData(-1, 1), InlineData(0, 3)]
    public void A_skip_that_does_not_lead_down_from_one_strip_to_another_is_refused(int from, int to) =>
        Should.Throw<ArgumentException>(() => new VectorStrip { Strips = [new("x", [1]), new("f(x)", [2]), new("y", [3])], Skip = (from, to) }.ToSvg())
            .Message.ShouldContain($"Skip leads from strip {from} to strip {to}");

    [Fact]
    public void Bad_strips_are_refused()
    {
        Should.Throw<ArgumentException>(() => new Strip("x", [])).Message.ShouldContain("'x' has no numbers");
        Should.Throw<ArgumentException>(() => new VectorStrip().ToSvg()).Message.ShouldContain("at least one strip");
        Should.Throw<ArgumentException>(() => new VectorStrip { Strips = [new("x", [1]), new("y", [1]) { Sign = "+", Step = "add" }] }.ToSvg()).Message.ShouldContain("'y' has a sign, '+', and a step, 'add'");
        Should.Throw<ArgumentException>(() => new VectorStrip { Strips = [new("x", [1, 2])], Header = ["a"] }.ToSvg()).Message.ShouldContain("Header has 1 labels; the longest strip has 2 numbers");
    }
}
