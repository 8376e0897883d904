using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;

namespace TransformerByHand.Tests.Layers;

public class EmbeddingTests
{
    private static Part At(Embedding layer, params int[] ids) =>
        new(layer.Parameters, () => layer.Forward(ids).X, dX => layer.Backward(layer.Forward(ids).Trace, dX).ByName());

    [Fact]
    public void A_look_up_is_a_one_hot_vector_times_the_table()
    {
        var random = SeededRandom.Create(1);
        var layer = Embedding.Random(random, vocabulary: 4, dModel: 3);
        int[] ids = [2, 0, 2];
        var oneHot = Matrix<double>.Build.Dense(3, 4, (i, t) => ids[i] == t ? 1 : 0);
        var dX = random.NormalMatrix(3, 3);
        var (X, trace) = layer.Forward(ids);

        X.ShouldBe(oneHot * layer.E);
        Compare.MustBeClose("dE", layer.Backward(trace, dX).dE, oneHot.Transpose() * dX, 1e-15);
    }

    [Fact]
    public void Rows_of_words_that_do_not_occur_have_no_gradient()
    {
        var layer = Embedding.Random(SeededRandom.Create(1), 5, 2);
        var dE = layer.Backward(layer.Forward([4, 1]).Trace, Matrix<double>.Build.Dense(2, 2, 1)).dE;

        dE.RowSums().ToArray().ShouldBe([0, 2, 0, 0, 2]);
    }

    [Fact]
    public void Gradients_agree_with_differences_on_random_sequences() => Seeded.ForAll(
        from random in Seeded.Random
        from V in Gen.Choose(1, 5)
        from d in Gen.Choose(1, 4)
        from n in Gen.Choose(1, 6)
        from ids in Gen.Choose(0, V - 1).ArrayOf(n)
        from scale in Gen.Elements(1, 2.5)
        select At(Embedding.Random(random, V, d, scale), ids),
        part => part.MustAgree());

    [Fact]
    public void Wrong_backward_passes_are_rejected()
    {
        var layer = Embedding.Random(SeededRandom.Create(2), 4, 2, scale: 1.5);
        var part = At(layer, 1, 3, 1);
        Matrix<double> Table(params (int Id, Vector<double> Row)[] rows)
        {
            var dE = Matrix<double>.Build.Dense(4, 2);
            foreach (var (id, row) in rows) dE.SetRow(id, row);
            return dE;
        }

        part.MustAgree();
        part.MustReject("a word that occurs twice keeps the last gradient only", "E", dX => 1.5 * Table((1, dX.Row(2)), (3, dX.Row(1))));
        part.MustReject("the gradient goes to the position in place of the word", "E", dX => 1.5 * Table((0, dX.Row(0)), (1, dX.Row(1)), (2, dX.Row(2))));
        part.MustReject("the scale is forgotten", "E", dX => Table((1, dX.Row(0) + dX.Row(2)), (3, dX.Row(1))));
        part.MustReject("every word hears of every token", "E", dX => 1.5 * Matrix<double>.Build.DenseOfRowVectors(Enumerable.Repeat(dX.ColumnSums(), 4)));
    }

    [Fact]
    public void Refusals_say_what_was_wrong()
    {
        var layer = Embedding.Random(SeededRandom.Create(1), 5, 2);

        Should.Throw<ArgumentOutOfRangeException>(() => layer.Forward([0, 5])).Message.ShouldContain("ids[1] is 5, but should be from 0 to 4");
        Should.Throw<ArgumentOutOfRangeException>(() => layer.Forward([-1])).Message.ShouldContain("ids[0] is -1");
        Should.Throw<ArgumentException>(() => layer.Forward([])).Message.ShouldContain("ids is empty");
        Should.Throw<ArgumentOutOfRangeException>(() => new Embedding(layer.E, double.NaN)).Message.ShouldContain("scale is NaN");
    }
}
