using MathNet.Numerics.LinearAlgebra;
using Microsoft.DotNet.Interactive.Formatting;
using TransformerByHand.Display;
using TransformerByHand.Figures;

namespace TransformerByHand.Tests.Display;

/// <summary>Shows the library's types through the formatters of the genuine notebook kernel.</summary>
public class NotebookFormattingTests
{
    private static readonly Matrix<double> A = Matrix<double>.Build.DenseOfRowArrays([0.25, 0.75], [1, 0]);

    public static TheoryData<string> Kinds => [.. Shown.Keys];

    private static Dictionary<string, IShown> Shown => new()
    {
        ["matrix view"] = A.View("A"),
        ["vector view"] = A.Row(0).View("a"),
        ["table"] = new Table("a") { Rows = [[1]] },
        ["comparison"] = Compare.Show("A", A, A),
        ["trace"] = new TraceTests.HeadTrace(A),
        ["heatmap"] = new Heatmap(A),
        ["line chart"] = new LineChart { Series = [new("a", [1, 2])] },
        ["bar chart"] = new BarChart { Categories = ["a"], Series = [new("", [1])] },
        ["strip"] = new VectorStrip { Strips = [new("a", [1])] },
        ["small multiples"] = new SmallMultiples { Figures = [new Heatmap(A)] },
        ["flow chart"] = new FlowChart { Nodes = [Node.Box("a", 0, 0, "a")] },
        ["plane"] = new Plane { Marks = [Mark.Point("a", 1, 2)] },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_type_that_is_shown_is_written_as_it_writes_itself(string kind)
    {
        var shown = Shown[kind];
        Formatter.GetPreferredMimeTypesFor(shown.GetType()).ShouldBe(["text/html", "text/plain"]);
        shown.ToDisplayString("text/html").ShouldBe(shown.ToHtml());
        shown.ToDisplayString("text/plain").ShouldBe(shown.ToText());
    }

    [Fact]
    public void Figures_and_traces_in_a_list_are_shown_as_themselves()
    {
        var figures = new List<Figure> { new Heatmap(A) { Title = "first" }, new Heatmap(A) { Title = "second" } };
        string html = figures.ToDisplayString("text/html");
        html.ShouldContain(figures[0].ToHtml());
        html.ShouldContain(figures[1].ToHtml());

        var traces = new Trace[] { new TraceTests.HeadTrace(A) };
        traces.ToDisplayString("text/html").ShouldContain(traces[0].ToHtml());
    }

    [Fact]
    public void A_matrix_that_a_notebook_registers_is_shown_by_its_view()
    {
        try
        {
            // As a notebook's first cell does it, for types that are not ours.
            Formatter.Register(typeof(Matrix<double>), (object m, TextWriter w) => w.Write(((Matrix<double>)m).View().ToHtml()), "text/html");
            Formatter.Register(typeof(Matrix<double>), (object m, TextWriter w) => w.Write(((Matrix<double>)m).View().ToText()), "text/plain");
            Formatter.SetPreferredMimeTypesFor(typeof(Matrix<double>), "text/html", "text/plain");
            Formatter.Register(typeof(Vector<double>), (object v, TextWriter w) => w.Write(((Vector<double>)v).View().ToHtml()), "text/html");

            A.GetType().ShouldNotBe(typeof(Matrix<double>)); // a derived class
            A.ToDisplayString("text/html").ShouldBe(A.View().ToHtml());
            A.ToDisplayString("text/plain").ShouldBe(A.View().ToText());
            A.Row(0).ToDisplayString("text/html").ShouldBe(A.Row(0).View().ToHtml());
            new[] { A }.ToDisplayString("text/html").ShouldContain(A.View().ToHtml());
        }
        finally
        {
            Formatter.ResetToDefault();
        }
    }
}
