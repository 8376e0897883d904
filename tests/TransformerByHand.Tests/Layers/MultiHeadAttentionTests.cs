using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;

namespace TransformerByHand.Tests.Layers;

public class MultiHeadAttentionTests
{
    [Fact]
    public void Splitting_one_wide_projection_is_the_same_as_having_small_ones() => Seeded.ForAll(
        from random in Seeded.Random
        from h in Gen.Choose(1, 3)
        from dK in Gen.Choose(1, 3)
        from n in Gen.Choose(1, 4)
        select (MultiHeadAttention.Random(random, h * dK, h, bias: false), random.NormalMatrix(n, h * dK)),
        c =>
        {
            var (layer, X) = c;
            var heads = Enumerable.Range(0, layer.h).Select(i =>
                new AttentionHead(layer.W_Q.ColumnBlock(i, layer.h), layer.W_K.ColumnBlock(i, layer.h), layer.W_V.ColumnBlock(i, layer.h)).Forward(X).Y);

            Compare.MustBeClose("Y", layer.Forward(X).Y, heads.SideBySide() * layer.W_O, 1e-14);
        });

    [Fact]
    public void What_the_heads_write_adds_up_to_the_output() => Seeded.ForAll(
        from random in Seeded.Random
        from h in Gen.Choose(1, 4)
        from n in Gen.Choose(1, 4)
        select (MultiHeadAttention.Random(random, 2 * h, h).With(random), random.NormalMatrix(n, 2 * h)),
        c =>
        {
            var (layer, X) = c;
            var (Y, trace) = layer.Forward(X);
            var writes = layer.HeadWrites(trace);

            writes.Count.ShouldBe(layer.h);
            Compare.MustBeClose("Σ writes + b_O", writes.Aggregate((a, b) => a + b).AddRow(layer.b_O!), Y, 1e-14);
        });

    [Fact]
    public void Without_a_mask_permuting_the_tokens_permutes_the_outputs_and_nothing_else() => Seeded.ForAll(
        from random in Seeded.Random
        from order in Gen.Shuffle([0, 1, 2, 3, 4])
        select (MultiHeadAttention.Random(random, 4, 2).With(random), random.NormalMatrix(5, 4), order),
        c =>
        {
            var (layer, X, order) = c;
            Compare.MustBeClose("Y", layer.Forward(Shuffle.Rows(X, order)).Y, Shuffle.Rows(layer.Forward(X).Y, order), 1e-13);
        });

    [Fact]
    public void Under_a_causal_mask_a_change_of_one_token_leaves_the_earlier_outputs_bit_for_bit() => Seeded.ForAll(
        from random in Seeded.Random
        from j in Gen.Choose(1, 4)
        select (MultiHeadAttention.Random(random, 4, 2).With(random), random.NormalMatrix(5, 4), random.NormalVector(4), j),
        c =>
        {
            var (layer, X, other, j) = c;
            var before = layer.Forward(X, Mask.Causal(5)).Y;
            X.SetRow(j, other);
            var after = layer.Forward(X, Mask.Causal(5)).Y;

            for (int i = 0; i < j; i++) after.Row(i).ToArray().ShouldBe(before.Row(i).ToArray());
            after.Row(j).ToArray().ShouldNotBe(before.Row(j).ToArray());
        });

    [Fact]
    public void The_gradient_of_the_keys_bias_is_zero() => Seeded.ForAll(
        from random in Seeded.Random
        select (MultiHeadAttention.Random(random, 4, 2).With(random), random.NormalMatrix(3, 4), random.NormalMatrix(3, 4)),
        c =>
        {
            var (layer, X, dY) = c;
            layer.Backward(layer.Forward(X).Trace, dY).db_K!.AbsoluteMaximum().ShouldBeLessThan(1e-14);
        });

    [Fact]
    public void Gradients_agree_with_differences_in_self_attention() => Seeded.ForAll(
        from random in Seeded.Random
        from h in Gen.Choose(1, 2)
        from dK in Gen.Choose(1, 2)
        from n in Gen.Choose(1, 3)
        from bias in Gen.Elements(true, false)
        select Part.Of(MultiHeadAttention.Random(random, h * dK, h, bias).With(random), random.NormalMatrix(n, h * dK)),
        part => part.MustAgree());

    [Fact]
    public void Gradients_agree_with_differences_in_masked_cross_attention_with_dropout() => Seeded.ForAll(
        from random in Seeded.Random
        from n in Gen.Choose(1, 3)
        from m in Gen.Choose(1, 3)
        from bits in Gen.Elements(true, true, false).Array2DOf(n, m)
        select (MultiHeadAttention.Random(random, 4, 2, dropout: new Dropout(0.3)).With(random), random.NormalMatrix(n, 4), random.NormalMatrix(m, 4), new Mask(bits)),
        c =>
        {
            var (layer, X, M, mask) = c;
            (Matrix<double> Y, MultiHeadAttentionTrace Trace) Run() => layer.Forward(X, M, mask, SeededRandom.Create(3));
            new Part([new("X", X), new("M", M), .. layer.Parameters], () => Run().Y, dY => layer.Backward(Run().Trace, dY).ByName()).MustAgree();
        }, count: 10);

    [Theory]
    [InlineData(4, 2)]
    [InlineData(4, 1)]
    [InlineData(6, 3)]
    public void Neighbouring_query_heads_share_keys_and_values(int h, int g)
    {
        var random = SeededRandom.Create(h + g);
        var layer = MultiHeadAttention.Random(random, 2 * h, h, g: g).With(random);
        var X = random.NormalMatrix(5, 2 * h);
        var (Y, trace) = layer.Forward(X, Mask.Causal(5));

        (layer.W_K.ColumnCount, layer.W_V.ColumnCount, layer.b_K!.Count, layer.b_V!.Count).ShouldBe((2 * g, 2 * g, 2 * g, 2 * g));
        (trace.Q.ColumnCount, trace.K.ColumnCount, trace.V.ColumnCount).ShouldBe((2 * h, 2 * g, 2 * g));
        Compare.MustBeClose("Y", Repeated(i => i / (h / g)), Y, 1e-13);
        if (g > 1) (Repeated(i => i % g) - Y).FrobeniusNorm().ShouldBeGreaterThan(0.01 * Y.FrobeniusNorm(), "query heads dealt out in turn");

        // The same layer as one of h heads of keys and values, of which some are the same.
        Matrix<double> Repeated(Func<int, int> headOf)
        {
            Matrix<double> Columns(Matrix<double> M) => Enumerable.Range(0, h).Select(i => M.ColumnBlock(headOf(i), g)).SideBySide();
            Vector<double> Numbers(Vector<double> b) => Columns(b.ToRowMatrix()).Row(0);
            return new MultiHeadAttention(h, layer.W_Q, Columns(layer.W_K), Columns(layer.W_V), layer.W_O, layer.b_Q, Numbers(layer.b_K!), Numbers(layer.b_V!), layer.b_O)
                .Forward(X, Mask.Causal(5)).Y;
        }
    }

    [Fact]
    public void As_many_heads_of_keys_and_values_as_of_queries_are_multi_head_attention_bit_for_bit()
    {
        var X = SeededRandom.Create(2).NormalMatrix(3, 6);
        var (said, unsaid) = (MultiHeadAttention.Random(SeededRandom.Create(1), 6, 3, g: 3), MultiHeadAttention.Random(SeededRandom.Create(1), 6, 3));

        said.Forward(X).Y.ShouldBe(unsaid.Forward(X).Y);
        (said.g, unsaid.g).ShouldBe((3, 3));
    }

    [Fact]
    public void Gradients_of_shared_keys_and_values_agree_with_differences() => Seeded.ForAll(
        from random in Seeded.Random
        from g in Gen.Elements(1, 2)
        from rotary in Gen.Elements(true, false)
        select Part.Of(MultiHeadAttention.Random(random, 8, 4, g: g, useRotary: rotary).With(random), random.NormalMatrix(3, 8)),
        part =>
        {
            part.MustAgree();
            part.MustRejectChanged("a shared head hears of one reader only", "W_V", dW => dW / 2);
        }, count: 6);

    [Fact]
    public void Wrong_backward_passes_are_rejected()
    {
        var random = SeededRandom.Create(1);
        var layer = MultiHeadAttention.Random(random, 4, 2).With(random);
        var X = random.NormalMatrix(3, 4);
        var trace = layer.Forward(X).Trace;
        MultiHeadAttentionGradients d(Matrix<double> dY) => layer.Backward(trace, dY);
        var part = Part.Of(layer, X);

        part.MustAgree();
        part.MustReject("the heads are joined in the wrong order", "W_Q", dY => X.Transpose() * d(dY).Heads.Reverse().Select(head => head.dQ).SideBySide());
        part.MustReject("dW_O is transposed", "W_O", dY => dY.Transpose() * trace.O);
        part.MustReject("W_O's transpose is forgotten", "W_V", dY => X.Transpose() * layer.Backward(trace, dY * layer.W_O * layer.W_O.Transpose().Inverse()).Heads.Select(head => head.dV).SideBySide());
        part.MustReject("the input hears of the queries only", "X", dY => d(dY).Heads.Select(head => head.dQ).SideBySide() * layer.W_Q.Transpose());
        part.MustReject("b_V hears of one head only", "b_V", dY => new[] { d(dY).Heads[0].dV, d(dY).Heads[0].dV }.SideBySide().ColumnSums().ToRowMatrix());
        part.MustRejectChanged("b_O is averaged over tokens", "b_O", db => db / 3);
    }

    [Fact]
    public void Refusals_say_what_was_wrong()
    {
        Matrix<double> M(int rows, int columns) => Matrix<double>.Build.Dense(rows, columns, 1);

        Should.Throw<ArgumentException>(() => MultiHeadAttention.Random(SeededRandom.Create(1), 5, 2)).Message.ShouldContain("W_Q has 5 columns, which 2 heads cannot share evenly");
        Should.Throw<ArgumentOutOfRangeException>(() => MultiHeadAttention.Random(SeededRandom.Create(1), 4, 0)).Message.ShouldContain("h is 0");
        Should.Throw<ArgumentException>(() => MultiHeadAttention.Random(SeededRandom.Create(1), 8, 4, g: 3)).Message.ShouldContain("g is 3, but should divide h, which is 4");
        Should.Throw<ArgumentOutOfRangeException>(() => MultiHeadAttention.Random(SeededRandom.Create(1), 8, 4, g: 0)).Message.ShouldContain("g is 0");
        Should.Throw<ArgumentException>(() => new MultiHeadAttention(2, M(4, 4), M(4, 4), M(4, 2), M(4, 4), g: 1)).Message.ShouldContain("W_K is 4 × 4, but should be 4 × 2");
        Should.Throw<ArgumentException>(() => new MultiHeadAttention(1, M(4, 4), M(4, 4), M(4, 4), M(3, 4))).Message.ShouldContain("W_O is 3 × 4, but should be 4 × 4");
        Should.Throw<ArgumentException>(() => new MultiHeadAttention(1, M(4, 4), M(4, 4), M(4, 4), M(4, 4), b_K: Vector<double>.Build.Dense(3))).Message.ShouldContain("b_K has 3 numbers, but should have 4");
        Should.Throw<ArgumentException>(() => MultiHeadAttention.Random(SeededRandom.Create(1), 4, 2).Forward(M(2, 4), M(3, 5), null)).Message.ShouldContain("M is 3 × 5, but this layer takes tokens of width 4");
    }
}
