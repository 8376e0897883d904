using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;

namespace TransformerByHand.Tests.Layers;

public class SoftmaxTests
{
    private static Part At(Matrix<double> S)
    {
        S = S.Clone();
        return new([new("S", S)], () => Softmax.Forward(S), dP => [new("S", Softmax.Backward(Softmax.Forward(S), dP))]);
    }

    [Fact]
    public void Equal_scores_share_equally() => Softmax.Of(Vector<double>.Build.Dense(4, 3.7)).ToArray().ShouldBe([0.25, 0.25, 0.25, 0.25]);

    [Fact]
    public void A_difference_of_log_2_is_a_ratio_of_2()
    {
        var p = Softmax.Of(Vector<double>.Build.Dense([Math.Log(2), 0]));

        p[0].ShouldBe(2.0 / 3, 1e-15);
        p[1].ShouldBe(1.0 / 3, 1e-15);
    }

    [Fact]
    public void Large_scores_do_not_overflow() => Softmax.Of(Vector<double>.Build.Dense([1000.0, 0, -1000])).ToArray().ShouldBe([1, 0, 0]);

    [Fact]
    public void A_row_in_which_nothing_is_allowed_gets_zeros_and_has_no_gradient()
    {
        var S = Matrix<double>.Build.DenseOfRowArrays([double.NegativeInfinity, double.NegativeInfinity], [0, double.NegativeInfinity]);
        var P = Softmax.Forward(S);

        P.ToRowArrays().ShouldBe([[0, 0], [1, 0]]);
        Softmax.Backward(P, Matrix<double>.Build.Dense(2, 2, 5)).ToRowArrays().ShouldBe([[0, 0], [0, 0]]);
    }

    [Fact]
    public void Rows_sum_to_one_and_rows_of_the_gradient_to_zero() => Seeded.ForAll(
        from random in Seeded.Random
        from n in Gen.Choose(1, 5)
        from m in Gen.Choose(1, 7)
        select (random.NormalMatrix(n, m, 3), random.NormalMatrix(n, m)),
        c =>
        {
            var P = Softmax.Forward(c.Item1);
            (P.RowSums() - 1).AbsoluteMaximum().ShouldBeLessThan(1e-14);
            Softmax.Backward(P, c.Item2).RowSums().AbsoluteMaximum().ShouldBeLessThan(1e-14);
        });

    [Fact]
    public void The_product_without_the_Jacobian_is_the_product_with_it() => Seeded.ForAll(
        from random in Seeded.Random
        from n in Gen.Choose(1, 7)
        select (Softmax.Of(random.NormalVector(n)), random.NormalVector(n)),
        c =>
        {
            var (p, dp) = c;
            Compare.MustBeClose("ds", Softmax.Backward(p.ToRowMatrix(), dp.ToRowMatrix()), (dp * Softmax.Jacobian(p)).ToRowMatrix(), 1e-13);
        });

    [Fact]
    public void The_Jacobian_has_the_published_entries()
    {
        var J = Softmax.Jacobian(Vector<double>.Build.Dense([0.2, 0.3, 0.5]));

        J[0, 0].ShouldBe(0.2 * 0.8, 1e-15);
        J[0, 1].ShouldBe(-0.2 * 0.3, 1e-15);
        J[2, 1].ShouldBe(-0.5 * 0.3, 1e-15);
    }

    [Fact]
    public void Gradients_agree_with_differences_on_random_shapes() => Seeded.ForAll(
        from random in Seeded.Random
        from n in Gen.Choose(1, 4)
        from m in Gen.Choose(1, 6)
        select At(random.NormalMatrix(n, m)),
        part => part.MustAgree());

    [Fact]
    public void Wrong_backward_passes_are_rejected()
    {
        var S = SeededRandom.Create(1).NormalMatrix(3, 3);
        var P = Softmax.Forward(S);
        var part = At(S);

        part.MustAgree();
        part.MustReject("the Jacobian is taken for diagonal", "S", dP => P.PointwiseMultiply(1 - P).PointwiseMultiply(dP));
        part.MustReject("the sum is not weighted by p", "S", dP => P.PointwiseMultiply(dP.SubtractColumn(dP.RowSums())));
        part.MustReject("the sum runs over columns", "S", dP => P.PointwiseMultiply(dP.Transpose().SubtractColumn(dP.PointwiseMultiply(P).ColumnSums()).Transpose()));
        part.MustReject("the factor p is forgotten", "S", dP => dP.SubtractColumn(dP.PointwiseMultiply(P).RowSums()));
        part.MustReject("always zero, which the plain sum would accept", "S", dP => dP * 0);
    }

    [Fact]
    public void Refusals_say_what_was_wrong()
    {
        Should.Throw<ArgumentException>(() => Softmax.Of(Vector<double>.Build.Dense([0, double.NaN]))).Message.ShouldContain("s[1] is NaN");
        Should.Throw<ArgumentException>(() => Softmax.Forward(Matrix<double>.Build.Dense(1, 2, double.PositiveInfinity))).Message.ShouldContain("S[0, 0] is Infinity");
        Should.Throw<ArgumentException>(() => Softmax.Backward(Matrix<double>.Build.Dense(1, 2, 0.5), Matrix<double>.Build.Dense(2, 1))).Message.ShouldContain("dP is 2 × 1, but should be 1 × 2");
    }
}
