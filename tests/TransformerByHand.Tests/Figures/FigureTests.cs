using TransformerByHand.Figures;
using TransformerByHand.Tests.Display;

namespace TransformerByHand.Tests.Figures;

/// <summary>What holds for every figure.</summary>
public class FigureTests
{
    public static TheoryData<string> Names => [.. Gallery.Figures.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_drawing_is_well_formed_and_as_large_as_it_says(string name)
    {
        var svg = Svg.Parse(Gallery.Figures[name].ToSvg());
        svg.Name.ShouldBe("{http://www.w3.org/2000/svg}svg");
        svg.Attribute("viewBox")!.Value.ShouldBe($"0 0 {svg.Attribute("width")!.Value} {svg.Attribute("height")!.Value}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_stands_on_a_light_panel_that_covers_it(string name)
    {
        var svg = Svg.Parse(Gallery.Figures[name].ToSvg());
        var panel = svg.Elements().First(e => e.Name.LocalName == "rect");
        panel.Attribute("fill")!.Value.ShouldBe("#ffffff");
        Svg.Number(panel, "width").ShouldBeGreaterThan(Svg.Number(svg, "width") - 2);
        Svg.Number(panel, "height").ShouldBeGreaterThan(Svg.Number(svg, "height") - 2);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_text_stands_on_another_or_leaves_the_drawing(string name)
    {
        var canvas = Gallery.Figures[name].Render(Canvas.TitleSize);
        var texts = canvas.Texts;
        texts.Count.ShouldBeGreaterThan(0);
        foreach (var text in texts)
        {
            texts.Where(other => other != text && other.Overlaps(text)).Select(other => $"'{text.Content}' and '{other.Content}'").ShouldBeEmpty();
            text.X.ShouldBeGreaterThan(-1, text.Content);
            text.Y.ShouldBeGreaterThan(-1, text.Content);
            text.Right.ShouldBeLessThan(canvas.Width + 12, text.Content); // the panel's margin is 14
            text.Bottom.ShouldBeLessThan(canvas.Height + 12, text.Content);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_text_is_smaller_than_twelve_pixels(string name) =>
        Svg.Elements(Gallery.Figures[name], "text").Select(text => text.Attribute("font-size") is null ? 13 : Svg.Number(text, "font-size")).Min().ShouldBeGreaterThanOrEqualTo(12);

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_the_same_for_a_German_reader_and_the_second_time(string name)
    {
        string html = Gallery.Figures[name].ToHtml(), text = Gallery.Figures[name].ToText();
        GermanCulture.In(Gallery.Figures[name].ToHtml).ShouldBe(html);
        GermanCulture.In(Gallery.Figures[name].ToText).ShouldBe(text);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void In_a_notebook_it_is_an_image_with_an_alternative(string name)
    {
        var figure = Gallery.Figures[name];
        var image = Html.Parse(figure.ToHtml()).Elements().Single().Elements().Single();
        image.Name.ShouldBe("img");
        image.Attribute("alt")!.Value.ShouldBe(figure.Alt);
        Svg.Decode(figure.ToHtml()).ShouldBe(figure.ToSvg());
        if (figure.Title is not null) figure.Alt.ShouldStartWith(figure.Title);
    }

    [Fact]
    public void A_change_in_the_last_bits_of_the_numbers_changes_nothing()
    {
        // Another machine may round an exponential or a sum otherwise; what is drawn must not show it.
        static string Draw(double factor) => string.Concat(
            new Heatmap(Gallery.Weights * factor).ToHtml(),
            new LineChart { X = Axis.Log(), Y = Axis.Log(), Series = [new("", Gallery.Weights.Row(0) * factor, Gallery.Weights.Row(1) * factor)] }.ToHtml(),
            new BarChart { Categories = Gallery.Tokens, Stacked = true, Series = [new("a", Gallery.Weights.Row(0) * factor), new("b", Gallery.Weights.Row(1) * factor)] }.ToHtml(),
            new VectorStrip { Strips = [new("a", Gallery.Weights.Row(2) * factor)] }.ToHtml());

        Draw(1 + 4e-16).ShouldBe(Draw(1));
        Draw(1.02).ShouldNotBe(Draw(1));
    }

    [Fact]
    public void Reserved_characters_in_every_text_survive()
    {
        const string wild = "<a> & \"b\" 'c'";
        string[] two = [wild, wild];
        Figure[] figures =
        [
            new Heatmap(new double[,] { { 1, 2 }, { 3, 4 } }) { Title = wild, RowLabels = two, ColumnLabels = two, RowTitle = wild, ColumnTitle = wild },
            new LineChart { Title = wild, X = Axis.Linear(wild), Y = Axis.Linear(wild), Series = [new(wild, [1, 2])], References = [Reference.Y(1, wild)] },
            new BarChart { Title = wild, Categories = two, Series = [new(wild, [1, 2])], ValueTitle = wild },
            new VectorStrip { Title = wild, Strips = [new(wild, [1, 2]), new(wild, [1]) { Step = wild }], Header = two },
            new FlowChart { Title = wild, Nodes = [Node.Box("a", 0, 0, wild, wild), Node.Text("b", 1, 0, wild)], Arrows = [new("a", "b", wild)], Frames = [new(wild, "a")] },
            new Plane { Title = wild, Marks = [Mark.Point(wild, 1, 1)], XTitle = wild, YTitle = wild },
            new SmallMultiples { Title = wild, Figures = [new Heatmap(new double[,] { { 1 } }) { Title = wild }] },
        ];
        foreach (var figure in figures)
        {
            Svg.Texts(figure).ShouldContain(wild);
            Svg.Parse(figure.ToSvg()).Elements().First(e => e.Name.LocalName == "title").Value.ShouldBe(figure.Alt);
            figure.ToText().ShouldContain(wild);
        }
    }

    [Fact]
    public void A_token_that_is_a_control_character_is_written_visibly()
    {
        var figure = new Heatmap(new double[,] { { 1, 2 } }) { ColumnLabels = ["\n", "\0"] };
        Svg.Texts(figure).ShouldContain("\\n");
        Svg.Texts(figure).ShouldContain("\\u0000");
        figure.Alt.ShouldContain("\\n");
    }

    [Fact]
    public void Subscripts_are_set_lower_and_their_text_remains()
    {
        var figure = new BarChart { Categories = ["d_k = 4", "XW_Q", "my_var", "dQ·W_Qᵀ"], Series = [new("", [1, 2, 3, 4])] };
        Svg.Texts(figure).ShouldContain("dk = 4");
        Svg.Texts(figure).ShouldContain("XWQ");
        Svg.Texts(figure).ShouldContain("my_var");
        Svg.Texts(figure).ShouldContain("dQ·WQᵀ");
        figure.ToSvg().ShouldContain(">Q</tspan>"); // the raised letter after it stays up
        figure.Alt.ShouldContain("d_k = 4");
    }
}
