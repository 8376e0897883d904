using System.Text;
using System.Text.Json.Nodes;
using TransformerByHand.Course.Running;
using TransformerByHand.Figures;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Tests.Running;

public sealed class PlotlyOutputsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_script_is_taken_out_of_every_output_and_nothing_else_is()
    {
        const string figure = """{"data":[{"type":"scatter","x":[1],"y":[2]}],"layout":{}}""";
        string packed = PlotlyDrawing.Pack(new MemoryStream(Encoding.UTF8.GetBytes("the script")));
        Notebook notebook = Read(new PlotlyDrawing(figure, packed).ToHtml(), "<b>words</b>", new PlotlyDrawing(figure, packed) { Title = "second" }.ToHtml());

        byte[]? script = PlotlyOutputs.TakeScript(notebook);

        Encoding.UTF8.GetString(script.ShouldNotBeNull()).ShouldBe("the script");
        Html(notebook, 0).ShouldBe(new PlotlyDrawing(figure).ToHtml());
        Html(notebook, 1).ShouldBe("<b>words</b>");
        Html(notebook, 2).ShouldBe(new PlotlyDrawing(figure) { Title = "second" }.ToHtml());
    }

    [Fact]
    public void A_notebook_without_drawings_has_no_script() => PlotlyOutputs.TakeScript(Read("<b>words</b>")).ShouldBeNull();

    private Notebook Read(params string[] outputs)
    {
        var cells = new JsonArray([.. outputs.Select((html, i) => new JsonObject
        {
            ["cell_type"] = "code", ["execution_count"] = null, ["id"] = $"c{i}", ["metadata"] = new JsonObject(), ["source"] = "",
            ["outputs"] = new JsonArray(new JsonObject { ["output_type"] = "display_data", ["metadata"] = new JsonObject(), ["data"] = new JsonObject { ["text/html"] = html } }),
        })]);
        string path = Path.Combine(_folder.FullName, "drawings.ipynb");
        File.WriteAllText(path, new JsonObject { ["cells"] = cells, ["metadata"] = new JsonObject(), ["nbformat"] = 4, ["nbformat_minor"] = 5 }.ToJsonString());
        return Notebook.Read(path);
    }

    private static string Html(Notebook notebook, int cell) => notebook.Cells[cell].Outputs[0]!["data"]!["text/html"] switch
    {
        JsonArray lines => string.Concat(lines.Select(line => (string?)line)),
        var text => (string?)text ?? "",
    };
}
