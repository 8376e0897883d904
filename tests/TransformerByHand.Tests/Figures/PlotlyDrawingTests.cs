using System.Text;
using System.Text.Json.Nodes;
using TransformerByHand.Figures;

namespace TransformerByHand.Tests.Figures;

public class PlotlyDrawingTests
{
    private const string Line = """{"data":[{"type":"scatter","mode":"lines","name":"ε = 1E-05","x":[1,2,10],"y":[0.123456,0.5,1.0]}],"layout":{"width":600,"height":600,"template":{"much":1},"xaxis":{"type":"log"}},"frames":[]}""";

    private const string Surface = """{"data":[{"type":"surface","x":[0.0,1.0],"y":[0.0,1.0],"z":[[1.0,2.0],[3.0,4.00004]]}],"layout":{}}""";

    private static readonly string Script = PlotlyDrawing.Pack(new MemoryStream(Encoding.UTF8.GetBytes("window.Plotly = 'drawn </script>';")));

    private static JsonObject FigureOf(string html)
    {
        const string opening = "<script class=\"plotly-figure\" type=\"application/json\">";
        int start = html.IndexOf(opening, StringComparison.Ordinal) + opening.Length;
        return JsonNode.Parse(html[start..html.IndexOf("</script>", start, StringComparison.Ordinal)])!.AsObject();
    }

    [Fact]
    public void Nothing_in_an_output_refers_to_the_network()
    {
        string html = new PlotlyDrawing(Line, Script) { Title = "t" }.ToHtml();

        html.ShouldNotContain("http");
        html.ShouldNotContain("src=");
    }

    [Fact]
    public void The_script_that_an_output_carries_comes_out_again_and_leaves_the_output_of_a_drawing_without_one()
    {
        var (x, y) = ("σ²", "variance");
        string with = new PlotlyDrawing(Line, Script) { X = x, Y = y }.ToHtml(), without = new PlotlyDrawing(Line) { X = x, Y = y }.ToHtml();

        PlotlyDrawing.CarriesScript(with).ShouldBeTrue();
        PlotlyDrawing.WithoutScript(with, out byte[]? script).ShouldBe(without);
        Encoding.UTF8.GetString(script.ShouldNotBeNull()).ShouldBe("window.Plotly = 'drawn </script>';");
        PlotlyDrawing.CarriesScript(without).ShouldBeFalse();
        PlotlyDrawing.WithoutScript(without, out script).ShouldBe(without);
        script.ShouldBeNull();
    }

    [Fact]
    public void Numbers_have_four_digits_and_the_look_of_Plotly_NET_is_left_out()
    {
        JsonObject figure = FigureOf(new PlotlyDrawing(Line).ToHtml());

        figure["data"]![0]!["y"]!.ToJsonString().ShouldBe("[0.1235,0.5,1]");
        figure["data"]![0]!["x"]!.ToJsonString().ShouldBe("[1,2,10]");
        figure["layout"]!.AsObject().ShouldNotContainKey("template");
        figure["layout"]!.AsObject().ShouldNotContainKey("width");
        ((string?)figure["layout"]!["xaxis"]!["type"]).ShouldBe("log");
    }

    [Fact]
    public void What_stands_on_the_axes_goes_where_the_drawing_has_them()
    {
        JsonNode flat = FigureOf(new PlotlyDrawing(Line) { X = "right", Y = "up" }.ToHtml())["layout"]!;
        ((string?)flat["xaxis"]!["title"]!["text"]).ShouldBe("right");
        ((string?)flat["yaxis"]!["title"]!["text"]).ShouldBe("up");

        JsonNode solid = FigureOf(new PlotlyDrawing(Surface) { X = "right", Y = "back", Z = "up" }.ToHtml())["layout"]!["scene"]!;
        ((string?)solid["xaxis"]!["title"]!["text"]).ShouldBe("right");
        ((string?)solid["zaxis"]!["title"]!["text"]).ShouldBe("up");
    }

    [Fact]
    public void No_text_of_a_chart_can_end_the_script_that_holds_it()
    {
        string html = new PlotlyDrawing("""{"data":[{"type":"scatter","name":"</script><b>","x":[1],"y":[2]}],"layout":{}}""") { Title = "a < b" }.ToHtml();

        ((string?)FigureOf(html)["data"]![0]!["name"]).ShouldBe("</script><b>");
        html.ShouldContain("a &lt; b");
    }

    [Fact]
    public void The_text_says_what_is_drawn_and_how_far_its_numbers_reach()
    {
        string text = new PlotlyDrawing(Line) { Title = "How much is left" }.ToText();

        text.ShouldStartWith("How much is left\n");
        text.ShouldContain("line 'ε = 1E-05', 3 values, x from 1 to 10, y from 0.1235 to 1");
        new PlotlyDrawing(Surface).ToText().ShouldContain("surface, 4 values, x from 0 to 1, y from 0 to 1, z from 1 to 4");
    }

    [Fact]
    public void The_same_chart_gives_the_same_characters() => new PlotlyDrawing(Surface).ToHtml().ShouldBe(new PlotlyDrawing(Surface).ToHtml());

    [Theory]
    [InlineData("no JSON")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"data":[1]}""")]
    public void What_is_no_figure_is_refused(string figure) =>
        Should.Throw<ArgumentException>(() => new PlotlyDrawing(figure)).Message.ShouldContain("figure");

    [Fact]
    public void Only_a_drawing_with_a_title_has_one()
    {
        PlotlyDrawing.HasTitle(new PlotlyDrawing(Line) { Title = "t" }.ToHtml()).ShouldBeTrue();
        PlotlyDrawing.HasTitle(new PlotlyDrawing(Line).ToHtml()).ShouldBeFalse();
        PlotlyDrawing.IsIn(new PlotlyDrawing(Line).ToHtml()).ShouldBeTrue();
        PlotlyDrawing.IsIn("<p>words</p>").ShouldBeFalse();
    }
}
