using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;

namespace TransformerByHand.Tests.Layers;

public class AttentionTests
{
    private static Part At(Matrix<double> Q, Matrix<double> K, Matrix<double> V, Mask? mask = null, Dropout? dropout = null)
    {
        (AttentionTrace Trace, Matrix<double> O) Run()
        {
            var (O, trace) = ScaledDotProductAttention.Forward(Q, K, V, mask, scale: null, dropout, SeededRandom.Create(5));
            return (trace, O);
        }

        return new([new("Q", Q), new("K", K), new("V", V)], () => Run().O, dO => ScaledDotProductAttention.Backward(Run().Trace, dO).ByName());
    }

    private static Gen<Mask?> Masks(int n, int m) =>
        from bits in Gen.Elements(true, true, false).Array2DOf(n, m)
        from masked in Gen.Elements(true, false)
        select masked ? new Mask(bits) : null;

    [Fact]
    public void Three_tokens_of_width_2_by_hand()
    {
        // Scores of the query (√2·log 2, 0) are log 2, 0 and 0 after division by √2: weights 1/2, 1/4, 1/4.
        var Q = Matrix<double>.Build.DenseOfRowArrays([Math.Sqrt(2) * Math.Log(2), 0]);
        var K = Matrix<double>.Build.DenseOfRowArrays([1, 0], [0, 1], [0.0, -1]);
        var V = Matrix<double>.Build.DenseOfRowArrays([4, 0], [0, 8], [8.0, 8]);
        var (O, trace) = ScaledDotProductAttention.Forward(Q, K, V);

        Compare.MustBeClose("A", trace.A, Matrix<double>.Build.DenseOfRowArrays([0.5, 0.25, 0.25]), 1e-15);
        Compare.MustBeClose("O", O, Matrix<double>.Build.DenseOfRowArrays([4.0, 4]), 1e-15);
    }

    [Fact]
    public void Weights_sum_to_one_and_outputs_stay_between_the_values() => Seeded.ForAll(
        from random in Seeded.Random
        from n in Gen.Choose(1, 5)
        from m in Gen.Choose(1, 5)
        from d in Gen.Choose(1, 4)
        select (random.NormalMatrix(n, d), random.NormalMatrix(m, d), random.NormalMatrix(m, d)),
        c =>
        {
            var (Q, K, V) = c;
            var (O, trace) = ScaledDotProductAttention.Forward(Q, K, V);

            (trace.A.RowSums() - 1).AbsoluteMaximum().ShouldBeLessThan(1e-14);
            trace.A.Enumerate().Min().ShouldBeGreaterThan(0);
            for (int j = 0; j < V.ColumnCount; j++)
            {
                O.Column(j).Maximum().ShouldBeLessThanOrEqualTo(V.Column(j).Maximum() + 1e-14);
                O.Column(j).Minimum().ShouldBeGreaterThanOrEqualTo(V.Column(j).Minimum() - 1e-14);
            }
        });

    [Fact]
    public void A_query_that_may_attend_to_nothing_gets_zeros_and_sends_no_gradient()
    {
        var random = SeededRandom.Create(1);
        var mask = Mask.Where(3, 3, (i, _) => i != 1);
        var (O, trace) = ScaledDotProductAttention.Forward(random.NormalMatrix(3, 2), random.NormalMatrix(3, 2), random.NormalMatrix(3, 2), mask);
        var d = ScaledDotProductAttention.Backward(trace, random.NormalMatrix(3, 2));

        O.Row(1).ToArray().ShouldBe([0, 0]);
        d.dQ.Row(1).ToArray().ShouldBe([0, 0]);
        d.dQ.Row(0).AbsoluteMaximum().ShouldBeGreaterThan(0);
    }

    [Fact]
    public void What_the_mask_hides_has_no_influence_and_no_gradient()
    {
        var random = SeededRandom.Create(2);
        var (Q, K, V, dO) = (random.NormalMatrix(2, 3), random.NormalMatrix(4, 3), random.NormalMatrix(4, 3), random.NormalMatrix(2, 3));
        var mask = Mask.Padding(2, [false, false, true, false]);
        var (O, trace) = ScaledDotProductAttention.Forward(Q, K, V, mask);
        var d = ScaledDotProductAttention.Backward(trace, dO);

        d.dK.Row(2).AbsoluteMaximum().ShouldBe(0);
        d.dV.Row(2).AbsoluteMaximum().ShouldBe(0);
        K.SetRow(2, [9, 9, 9]);
        V.SetRow(2, [9, 9, 9]);
        ScaledDotProductAttention.Forward(Q, K, V, mask).O.ShouldBe(O);
    }

    [Fact]
    public void Gradients_agree_with_differences_on_random_shapes_and_masks() => Seeded.ForAll(
        from random in Seeded.Random
        from n in Gen.Choose(1, 4)
        from m in Gen.Choose(1, 4)
        from dK in Gen.Choose(1, 3)
        from dV in Gen.Choose(1, 3)
        from mask in Masks(n, m)
        from p in Gen.Elements(0, 0.3)
        select At(random.NormalMatrix(n, dK), random.NormalMatrix(m, dK), random.NormalMatrix(m, dV), mask, new Dropout(p)),
        part => part.MustAgree());

    [Fact]
    public void Wrong_backward_passes_are_rejected()
    {
        var random = SeededRandom.Create(3);
        var (Q, K, V) = (random.NormalMatrix(3, 3), random.NormalMatrix(3, 3), random.NormalMatrix(3, 3));
        var trace = ScaledDotProductAttention.Forward(Q, K, V).Trace;
        AttentionGradients d(Matrix<double> dO) => ScaledDotProductAttention.Backward(trace, dO);
        var part = At(Q, K, V);

        part.MustAgree();
        part.MustReject("the scale is forgotten", "Q", dO => d(dO).dZ * K);
        part.MustReject("softmax is taken for the identity", "Q", dO => d(dO).dA * trace.Scale * K);
        part.MustReject("dK without the transpose", "K", dO => d(dO).dS * Q);
        part.MustReject("dK with K in place of Q", "K", dO => d(dO).dS.Transpose() * K);
        part.MustReject("dV without the transpose", "V", dO => trace.A * dO);
        part.MustReject("dV with the scores in place of the weights", "V", dO => trace.Z.Transpose() * dO);
    }

    [Fact]
    public void Wrong_backward_passes_of_a_head_are_rejected()
    {
        var random = SeededRandom.Create(4);
        var head = new AttentionHead(random.NormalMatrix(3, 2), random.NormalMatrix(3, 2), random.NormalMatrix(3, 2));
        var X = random.NormalMatrix(4, 3);
        AttentionHeadGradients d(Matrix<double> dO) => head.Backward(head.Forward(X).Trace, dO);
        var part = Part.Of(head, X);

        part.MustAgree();
        part.MustReject("the input hears of the queries only", "X", dO => d(dO).dQ * head.W_Q.Transpose());
        part.MustReject("the values' path is forgotten", "X", dO => d(dO).dX - d(dO).dV * head.W_V.Transpose());
        part.MustReject("keys and queries are swapped", "W_K", dO => d(dO).dW_Q);
        part.MustReject("dW_V is taken with the weighted input", "W_V", dO => (d(dO).dV.Transpose() * head.Forward(X).Trace.A * X).Transpose());
    }

    [Fact]
    public void Gradients_of_a_head_agree_with_differences_in_self_and_cross_attention() => Seeded.ForAll(
        from random in Seeded.Random
        from n in Gen.Choose(1, 4)
        from m in Gen.Choose(1, 4)
        from d in Gen.Choose(1, 4)
        from dK in Gen.Choose(1, 3)
        select (AttentionHead.Random(random, d, dK), random.NormalMatrix(n, d), random.NormalMatrix(m, d)),
        c =>
        {
            var (head, X, M) = c;
            Part.Of(head, X).MustAgree();
            new Part(
                [new("X", X), new("M", M), .. head.Parameters],
                () => head.Forward(X, M).O,
                dO => head.Backward(head.Forward(X, M).Trace, dO).ByName()).MustAgree();
        });

    [Fact]
    public void Refusals_say_what_was_wrong()
    {
        Matrix<double> M(int rows, int columns) => Matrix<double>.Build.Dense(rows, columns, 1);

        Should.Throw<ArgumentException>(() => ScaledDotProductAttention.Forward(M(2, 3), M(2, 4), M(2, 3))).Message.ShouldContain("K is 2 × 4");
        Should.Throw<ArgumentException>(() => ScaledDotProductAttention.Forward(M(2, 3), M(4, 3), M(2, 3))).Message.ShouldContain("V is 2 × 3, but should be 4 × 3");
        Should.Throw<ArgumentException>(() => ScaledDotProductAttention.Forward(M(2, 3), M(4, 3), M(4, 3), Mask.Causal(2))).Message.ShouldContain("mask is 2 × 2, but should be 2 × 4");
        Should.Throw<ArgumentException>(() => ScaledDotProductAttention.Forward(M(2, 3) * double.NaN, M(2, 3), M(2, 3))).Message.ShouldContain("Q[0, 0] is NaN");
        Should.Throw<ArgumentException>(() => new AttentionHead(M(4, 2), M(4, 3), M(4, 3))).Message.ShouldContain("W_K is 4 × 3, but should be 4 × 2");
    }
}
