using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Exercises.Tests;

/// <summary>What is said of an index that lies outside: which array, which index, which length.</summary>
public class OutOfRangeTests
{
    private delegate double[] TimesFunction(double[] x, double[,] W);

    private static readonly FunctionExercise<TimesFunction> Times = new(
        "98.23", "Times", "Return x·W.", (x, W) => Product(x, W), [[new[] { 1.0, 2, 3 }, new double[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } }]], ["Multiply."], [], timeLimit: TimeSpan.FromMinutes(2), name: "Times");

    private static double[] Product(double[] x, double[,] W)
    {
        var y = new double[W.GetLength(1)];
        for (int j = 0; j < y.Length; j++)
            for (int i = 0; i < x.Length; i++)
                y[j] += x[i] * W[i, j];
        return y;
    }

    [Fact]
    public void A_loop_that_goes_one_too_far_is_asked_about()
    {
        string text = Times.Check((x, W) =>
        {
            var y = new double[2];
            for (int i = 0; i <= x.Length; i++) y[0] += x[i];
            return y;
        }).ToText();

        text.ShouldContain("Crashed");
        text.ShouldContain("The index was [3], and `x` has 3 entries: an index is at least 0 and at most 2.");
        text.ShouldContain("`i <= …`");
    }

    [Fact]
    public void Rows_and_columns_that_have_changed_places_are_asked_about()
    {
        string text = Times.Check((x, W) =>
        {
            var y = new double[2];
            for (int i = 0; i < 3; i++) y[1] += W[1, i];
            return y;
        }).ToText();

        text.ShouldContain("The index was [1, 2], and `W` is 3 × 2: a column is at least 0 and at most 1.");
        text.ShouldContain("Have row and column changed places?");
    }

    [Fact]
    public void An_array_of_ones_own_is_told_by_its_length()
    {
        string text = Times.Check((x, W) =>
        {
            var y = new double[2];
            foreach (double v in x) y[(int)v] = v;
            return y;
        }).ToText();

        text.ShouldContain("The index was [2], and an array that is no argument has 2 entries");
    }

    [Fact]
    public void A_negative_index_is_told()
    {
        int before = -1;
        Times.Check((x, W) => [x[before], 0]).ToText().ShouldContain("The index was [-1], and `x` has 3 entries");
    }

    [Fact]
    public void An_index_of_MathNet_is_told_as_well()
    {
        string text = Samples.Product.Check((A, B) =>
        {
            Matrix<double> C = A.Clone();
            for (int i = 0; i < A.RowCount; i++) C[i, A.ColumnCount] = 1;
            return C;
        }).ToText();

        text.ShouldContain("Crashed");
        text.ShouldContain("a matrix that is no argument is ");
    }

    [Fact]
    public void What_happens_in_a_lambda_is_left_as_it_is() =>
        Times.Check((x, W) => [.. x.Select((_, i) => x[i + 1])]).ToText().ShouldContain("`IndexOutOfRangeException`");

    [Fact]
    public void The_answer_is_shown_no_other_input_than_the_one_on_which_it_threw()
    {
        int calls = 0;
        Times.Check((x, W) => { calls++; return [x[3]]; });

        calls.ShouldBeGreaterThan(0);
        Times.Check(Times.ReferenceSolution).Outcome.ShouldBe(CheckOutcome.Passed);
    }
}
