using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Tests.Display;

public class TraceTests
{
    private static readonly HeadTrace Head = new(Matrix<double>.Build.DenseOfRowArrays([0.5, 0.5], [1, 0])) { Tokens = ["the", "<cat>"] };

    private static readonly LayerTrace Layer = new(
        X: Matrix<double>.Build.DenseOfRowArrays([1, 2, 3], [4, 5, 6]),
        Mean: Vector<double>.Build.Dense([2, 5]),
        Scale: Math.Sqrt(0.5),
        Causal: true,
        Ids: [3, 1],
        Mask: null,
        Heads: [new(Matrix<double>.Build.Dense(2, 2, 0.25)), new(Matrix<double>.Build.Dense(2, 2, 0.75))]);

    [Fact]
    public void A_trace_shows_every_property_by_name_in_the_order_of_declaration() =>
        (Layer with { Tokens = ["the", "cat"] }).ToText().ShouldBe("""
            LayerTrace
            X (tokens × d_model = 2 × 3)
                 0  1  2
            the  1  2  3
            cat  4  5  6
            Mean (tokens = 2)
            the  cat
              2    5
            Scale = 0.7071
            Causal = True
            Ids = [3, 1]
            Mask = none
              Heads[0]: HeadTrace
              A (tokens × tokens = 2 × 2)
                    the   cat
              the  0.25  0.25
              cat  0.25  0.25
              Heads[1]: HeadTrace
              A (tokens × tokens = 2 × 2)
                    the   cat
              the  0.75  0.75
              cat  0.75  0.75
            """.ReplaceLineEndings("\n"));

    [Fact]
    public void The_HTML_shows_the_same_parts()
    {
        var html = Html.Parse(Layer.ToHtml());
        html.Descendants("caption").Select(caption => caption.Value)
            .ShouldBe(["X (tokens × d_model = 2 × 3)", "Mean (tokens = 2)", "A (tokens × tokens = 2 × 2)", "A (tokens × tokens = 2 × 2)"]);
        html.Value.ShouldContain("Scale = 0.7071");
        html.Value.ShouldContain("Mask = none");
        html.Value.ShouldContain("Heads[1]: HeadTrace");
    }

    [Fact]
    public void Tokens_label_the_sides_that_are_called_so_and_are_escaped()
    {
        var table = Html.Table(Head.ToHtml());
        table.Head.ShouldBe(["", "the", "<cat>"]);
        table.Rows.Select(row => row[0]).ShouldBe(["the", "<cat>"]);
    }

    [Fact]
    public void Printing_a_trace_prints_what_it_shows() => Layer.ToString().ShouldBe(Layer.ToText());

    [Fact]
    public void A_German_reader_sees_the_same_trace() => GermanCulture.In(Layer.ToHtml).ShouldBe(Layer.ToHtml());

    public sealed record HeadTrace([property: Shape("tokens × tokens")] Matrix<double> A) : Trace;

    public sealed record LayerTrace(
        [property: Shape("tokens × d_model")] Matrix<double> X,
        [property: Shape("tokens")] Vector<double> Mean,
        double Scale,
        bool Causal,
        int[] Ids,
        Matrix<double>? Mask,
        IReadOnlyList<HeadTrace> Heads) : Trace;
}
