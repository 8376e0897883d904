using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;

namespace TransformerByHand.Tests.Layers;

public class ReadbackTests
{
    private static Matrix<double> Rows(params double[][] rows) => Matrix<double>.Build.DenseOfRowArrays(rows);

    [Fact]
    public void The_cosine_is_taken_row_by_row_and_does_not_see_lengths()
    {
        Readback.Cosine(Rows([1, 0], [0, 3]), Rows([5, 0], [0, 0.1])).ShouldBe(1, 1e-15);
        Readback.Cosine(Rows([1, 0], [1, 0]), Rows([0, 2], [1, 1])).ShouldBe(Math.Sqrt(0.5) / 2, 1e-15);
        Readback.Cosine(Rows([1, 2]), Rows([-1, -2])).ShouldBe(-1, 1e-15);
    }

    [Fact]
    public void Equal_tokens_are_alike_and_orthogonal_ones_are_not()
    {
        Readback.Alike(Rows([1, 2], [2, 4], [0.1, 0.2])).ShouldBe(1, 1e-12);
        Readback.Alike(Rows([1, 0, 0], [0, 7, 0], [0, 0, 2])).ShouldBe(0, 1e-12);
    }

    [Fact]
    public void Alike_is_the_mean_over_all_pairs()
    {
        var X = SeededRandom.Create(1).NormalMatrix(5, 3);
        var pairs = from i in Enumerable.Range(0, 5) from j in Enumerable.Range(0, 5) where i < j select Readback.Cosine(X.SubMatrix(i, 1, 0, 3), X.SubMatrix(j, 1, 0, 3));

        Readback.Alike(X).ShouldBe(pairs.Average(), 1e-12);
    }

    [Fact]
    public void A_probe_finds_what_is_there_linearly_with_its_constant()
    {
        var random = SeededRandom.Create(2);
        var X = random.NormalMatrix(40, 4);

        Readback.LinearProbe(X, X * random.NormalMatrix(4, 3) + 5, train: 20).ShouldBe(1, 1e-12);
    }

    [Fact]
    public void A_probe_finds_nothing_in_noise_that_it_was_not_fitted_to()
    {
        var random = SeededRandom.Create(3);
        var (X, T) = (random.NormalMatrix(400, 20), random.NormalMatrix(400, 3));

        Readback.LinearProbe(X, T, train: 200).ShouldBeInRange(-0.3, 0);      // judged on its own rows it would be about 0.1
    }

    [Fact]
    public void The_worked_case_comes_out()
    {
        // Fitted to (1, 2), (2, 4), (3, 6) it says 8 and 10, where the truth is 9 and 10.
        Readback.LinearProbe(Rows([1], [2], [3], [4], [5]), Rows([2], [4], [6], [9], [10]), train: 3).ShouldBe(-1, 1e-9);
    }

    [Fact]
    public void Refusals_say_what_was_wrong()
    {
        Should.Throw<ArgumentException>(() => Readback.Alike(Rows([1, 2]))).Message.ShouldContain("X has 1 token");
        Should.Throw<ArgumentException>(() => Readback.Cosine(Rows([1, 2]), Rows([1, 2], [3, 4]))).Message.ShouldContain("B is 2 × 2, but should be 1 × 2");
        Should.Throw<ArgumentException>(() => Readback.LinearProbe(Rows([1], [2], [3]), Rows([1], [2]), 2)).Message.ShouldContain("T is 2 × 1, but should be 3 × 1");
        Should.Throw<ArgumentOutOfRangeException>(() => Readback.LinearProbe(Rows([1], [2], [3]), Rows([1], [2], [3]), 1)).Message.ShouldContain("train is 1, but should be more than the 1 columns of X");
    }
}
