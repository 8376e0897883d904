using FsCheck.Fluent;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Tests.Support;

namespace TransformerByHand.Tests.Layers;

public class PositionsTests
{
    [Fact]
    public void Position_zero_is_zeros_and_ones() => SinusoidalPositions.Of(1, 4).Row(0).ToArray().ShouldBe([0, 1, 0, 1]);

    [Fact]
    public void The_first_pair_turns_by_one_radian_a_position_and_the_second_of_four_features_by_a_hundredth()
    {
        var PE = SinusoidalPositions.Of(3, 4);

        PE[2, 0].ShouldBe(Math.Sin(2), 1e-15);
        PE[2, 1].ShouldBe(Math.Cos(2), 1e-15);
        PE[2, 2].ShouldBe(Math.Sin(0.02), 1e-15);
        PE[2, 3].ShouldBe(Math.Cos(0.02), 1e-15);
    }

    [Fact]
    public void A_shift_is_a_rotation_that_does_not_depend_on_the_position() => Seeded.ForAll(
        from halfWidth in Gen.Choose(1, 8)
        from δ in Gen.Choose(-20, 20)
        select (2 * halfWidth, δ),
        c =>
        {
            var (d, δ) = c;
            var PE = SinusoidalPositions.Of(60, d);
            var R = SinusoidalPositions.Rotation(δ, d);

            Compare.MustBeClose("R·Rᵀ", R * R.Transpose(), Matrix<double>.Build.DenseIdentity(d), 1e-14);
            for (int i = 20; i < 40; i++)
                Compare.MustBeClose("PE[i + δ]", (PE.Row(i) * R).ToRowMatrix(), PE.Row(i + δ).ToRowMatrix(), 1e-12);
        });

    [Fact]
    public void Learned_positions_add_row_i_to_token_i()
    {
        var layer = new LearnedPositions(Matrix<double>.Build.DenseOfRowArrays([1.0, 2], [3, 4], [5, 6]));

        layer.Forward(Matrix<double>.Build.DenseOfRowArrays([10.0, 10], [20, 20])).Y.ToRowArrays().ShouldBe([[11, 12], [23, 24]]);
    }

    [Fact]
    public void Gradients_agree_with_differences_on_random_shapes() => Seeded.ForAll(
        from random in Seeded.Random
        from longest in Gen.Choose(1, 5)
        from n in Gen.Choose(1, longest)
        from d in Gen.Choose(1, 4)
        select (Part.Of(LearnedPositions.Random(random, longest, d, 1), random.NormalMatrix(n, d)), Part.Of(new SinusoidalPositions(), random.NormalMatrix(n, d))),
        parts =>
        {
            parts.Item1.MustAgree();
            parts.Item2.MustAgree();
        });

    [Fact]
    public void Wrong_backward_passes_are_rejected()
    {
        var random = SeededRandom.Create(1);
        var (X, PE) = (random.NormalMatrix(2, 4), SinusoidalPositions.Of(2, 4));
        var learned = Part.Of(LearnedPositions.Random(random, 3, 4, 1), X);
        var sinusoidal = Part.Of(new SinusoidalPositions(), X);

        learned.MustAgree();
        learned.MustRejectChanged("one position late", "P", dP => Shuffle.Rows(dP, [2, 0, 1]));
        learned.MustRejectChanged("summed over positions, like a bias", "P", dP => Matrix<double>.Build.DenseOfRowVectors(Enumerable.Repeat(dP.ColumnSums(), 3)));
        learned.MustRejectChanged("nothing reaches the token", "X", dX => dX * 0);

        sinusoidal.MustAgree();
        sinusoidal.MustRejectChanged("nothing reaches the token", "X", dX => dX * 0);
        sinusoidal.MustRejectChanged("the encoding multiplies in place of adding", "X", dX => dX.PointwiseMultiply(PE));
        sinusoidal.MustRejectChanged("the gradient is shared between token and position", "X", dX => dX / 2);
    }

    [Fact]
    public void Refusals_say_what_was_wrong()
    {
        var layer = LearnedPositions.Random(SeededRandom.Create(1), 3, 2);

        Should.Throw<ArgumentException>(() => layer.Forward(Matrix<double>.Build.Dense(4, 2))).Message.ShouldContain("X has 4 tokens, but there are positions for at most 3");
        Should.Throw<ArgumentOutOfRangeException>(() => SinusoidalPositions.Rotation(1, 3)).Message.ShouldContain("dModel is 3, but should be even");
        Should.Throw<ArgumentOutOfRangeException>(() => SinusoidalPositions.Of(0, 4)).Message.ShouldContain("n is 0");
    }
}
