using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;

namespace TransformerByHand.Tests.Layers;

public class LinearAttentionTests
{
    [Fact]
    public void Two_tokens_by_hand()
    {
        // φ(0) = 1, φ(1) = 2: the second output is (2·1·10 + 2·2·40) / (2·1 + 2·2) = 30.
        Matrix<double> Column(double a, double b) => Matrix<double>.Build.DenseOfRowArrays([a], [b]);
        var (O, trace) = LinearAttention.Forward(Q: Column(0, 1), K: Column(0, 1), V: Column(10, 40));

        O.ToRowArrays().ShouldBe([[10], [30]]);
        (trace.S[0, 0], trace.z[0]).ShouldBe((90.0, 3.0));
        LinearAttention.φ(-1).ShouldBe(Math.Exp(-1));
    }

    [Fact]
    public void Running_sums_give_what_the_quadratic_form_gives() => Seeded.ForAll(
        from random in Seeded.Random
        from n in Gen.Choose(1, 12)
        from d in Gen.Choose(1, 5)
        select (random.NormalMatrix(n, d), random.NormalMatrix(n, d), random.NormalMatrix(n, d + 1)),
        c =>
        {
            var (Q, K, V) = c;
            int n = Q.RowCount;
            var A = Mask.Causal(n).ToMatrix().PointwiseMultiply(Q.Map(LinearAttention.φ, Zeros.Include) * K.Map(LinearAttention.φ, Zeros.Include).Transpose());
            A = A.ScaleRows(A.RowSums().Map(sum => 1 / sum));

            Compare.MustBeClose("O", LinearAttention.Forward(Q, K, V).O, A * V, 1e-13);
        });

    [Fact]
    public void Gradients_agree_with_differences_and_wrong_ones_are_rejected()
    {
        var random = SeededRandom.Create(3);
        var (Q, K, V) = (random.NormalMatrix(5, 3), random.NormalMatrix(5, 3), random.NormalMatrix(5, 2));
        bool[] isPadding = [false, false, false, false, true];
        LinearAttentionTrace trace = LinearAttention.Forward(Q, K, V, isPadding).Trace;
        var part = new Part([new("Q", Q), new("K", K), new("V", V)], () => LinearAttention.Forward(Q, K, V, isPadding).O,
            dO => LinearAttention.Backward(LinearAttention.Forward(Q, K, V, isPadding).Trace, dO).ByName());

        part.MustAgree();
        var allowed = (Mask.Causal(5) & Mask.Padding(5, isPadding)).ToMatrix();
        part.MustReject("the divisor has no gradient", "Q", dO =>
            (allowed.PointwiseMultiply(dO.ScaleRows(trace.d.Map(sum => 1 / sum)) * V.Transpose()) * trace.ΦK).PointwiseMultiply(Q.Map(x => x > 0 ? 1 : Math.Exp(x), Zeros.Include)));
        part.MustReject("a value is heard of at its own place only", "V", dO => Matrix<double>.Build.DenseOfRowVectors(
            Enumerable.Range(0, 5).Select(i => dO.Row(i) * (trace.ΦQ.Row(i) * trace.ΦK.Row(i) / trace.d[i]))));
        part.MustReject("a key is heard of from the last query only", "K", dO => LinearAttention.Backward(trace, OnlyLast(dO)).dK);

        static Matrix<double> OnlyLast(Matrix<double> dO)
        {
            var last = dO * 0;
            last.SetRow(dO.RowCount - 1, dO.Row(dO.RowCount - 1));
            return last;
        }
    }

    [Fact]
    public void A_layer_of_linear_heads_is_a_layer() => Seeded.ForAll(
        from random in Seeded.Random
        from n in Gen.Choose(1, 4)
        select (MultiHeadAttention.Random(random, 6, 2, kind: AttentionKind.Linear).With(random), random.NormalMatrix(n, 6)),
        c =>
        {
            var (layer, X) = c;
            var mask = Mask.Causal(X.RowCount);
            var (Y, trace) = layer.Forward(X, mask);

            new Part([new("X", X), .. layer.Parameters], () => layer.Forward(X, mask).Y, dY => layer.Backward(layer.Forward(X, mask).Trace, dY).ByName()).MustAgree();
            Compare.MustBeClose("Σ writes + b_O", layer.HeadWrites(trace).Aggregate((a, b) => a + b).AddRow(layer.b_O!), Y, 1e-14);
            ((LinearHeadsTrace)trace).LinearHeads.Count.ShouldBe(2);
        }, count: 6);

    [Fact]
    public void A_token_before_which_all_is_padding_receives_zeros_and_sends_nothing()
    {
        var random = SeededRandom.Create(4);
        var (Q, K, V) = (random.NormalMatrix(2, 2), random.NormalMatrix(2, 2), random.NormalMatrix(2, 2));
        var (O, trace) = LinearAttention.Forward(Q, K, V, [true, false]);
        var d = LinearAttention.Backward(trace, random.NormalMatrix(2, 2));

        O.Row(0).ToArray().ShouldBe([0, 0]);
        O.Row(1).ToArray().ShouldBe(V.Row(1).ToArray(), 1e-15);
        d.dQ.Row(0).ToArray().ShouldBe([0, 0]);
        d.dV.Row(0).ToArray().ShouldBe([0, 0]);
    }

    [Fact]
    public void Refusals_say_what_was_wrong()
    {
        var layer = MultiHeadAttention.Random(SeededRandom.Create(1), 4, 2, kind: AttentionKind.Linear);
        var X = Matrix<double>.Build.Dense(3, 4, 1);

        Should.Throw<ArgumentException>(() => layer.Forward(X)).Message.ShouldContain("mask is null, but should be causal");
        Should.Throw<ArgumentException>(() => layer.Forward(X, Mask.All(3, 3))).Message.ShouldContain("mask allows (0, 1), but should be causal");
        Should.Throw<ArgumentException>(() => layer.Forward(X, Mask.SlidingWindow(3, 2))).Message.ShouldContain("mask does not allow (2, 0), but should be causal");
        Should.Throw<ArgumentException>(() => LinearAttention.Forward(X, X.SubMatrix(0, 2, 0, 4), X)).Message.ShouldContain("K is 2 × 4, but should be 3 × 4");
    }
}
