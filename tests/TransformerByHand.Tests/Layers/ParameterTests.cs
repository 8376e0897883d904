using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;

namespace TransformerByHand.Tests.Layers;

public class ParameterTests
{
    [Fact]
    public void A_parameter_is_read_row_by_row_and_writes_through()
    {
        var W = Matrix<double>.Build.DenseOfRowArrays([1, 2, 3], [4.0, 5, 6]);
        var parameter = new Parameter("W", W);

        parameter.ToArray().ShouldBe([1, 2, 3, 4, 5, 6]);
        parameter[3] = 40;
        W[1, 0].ShouldBe(40);
        parameter.Clone()[0] = 9;
        W[0, 0].ShouldBe(1);
    }

    [Fact]
    public void Names_are_joined_with_a_dot() => new Parameter("W_Q", Matrix<double>.Build.Dense(2, 3)).Under("attention").Under("layers.0").ToString().ShouldBe("layers.0.attention.W_Q (2 × 3)");

    [Fact]
    public void A_set_finds_by_name_counts_and_names_what_there_is_when_asked_for_something_else()
    {
        ParameterSet set = [new("W", Matrix<double>.Build.Dense(2, 3)), new("b", Vector<double>.Build.Dense(3))];

        set.Count.ShouldBe(2);
        set.NumberCount.ShouldBe(9);
        set["b"].Shape.ShouldBe([3]);
        Should.Throw<KeyNotFoundException>(() => set["w"]).Message.ShouldContain("W, b");
    }

    [Fact]
    public void Two_parameters_of_one_name_are_refused() =>
        Should.Throw<ArgumentException>(() => new ParameterSet([new("b", Vector<double>.Build.Dense(1)), new("b", Vector<double>.Build.Dense(2))])).Message.ShouldContain("'b'");

    [Fact]
    public void Sets_are_summed_by_name_and_the_summands_stay()
    {
        ParameterSet a = [new("x", Vector<double>.Build.Dense([1.0, 2])), new("y", Vector<double>.Build.Dense([3.0]))];
        ParameterSet b = [new("y", Vector<double>.Build.Dense([30.0])), new("x", Vector<double>.Build.Dense([10.0, 20]))];
        var sum = ParameterSet.Sum([a, b]);

        sum["x"].ToArray().ShouldBe([11, 22]);
        sum["y"].ToArray().ShouldBe([33]);
        a["x"].ToArray().ShouldBe([1, 2]);
    }

    [Fact]
    public void Copying_changes_the_layer_or_nothing_at_all()
    {
        var layer = new Linear(Matrix<double>.Build.Dense(2, 2, 1), Vector<double>.Build.Dense(2, 1));
        ParameterSet Source(int bLength) => [new("W", Matrix<double>.Build.Dense(2, 2, 7)), new("b", Vector<double>.Build.Dense(bLength, 8))];

        Should.Throw<ArgumentException>(() => layer.Parameters.CopyFrom(Source(3))).Message.ShouldContain("b (3) should be b (2)");
        Should.Throw<ArgumentException>(() => layer.Parameters.CopyFrom([new("W", layer.W), new("c", layer.b!)])).Message.ShouldContain("b missing, c not expected");
        layer.W[0, 0].ShouldBe(1);

        layer.Parameters.CopyFrom(Source(2));
        layer.W[1, 1].ShouldBe(7);
        layer.b![0].ShouldBe(8);
    }
}
