using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Exercises.Tests;

/// <summary>What is said of an answer that makes no declared mistake: it follows from the solution and the numbers.</summary>
public class DiagnosisTests
{
    private delegate double[] ScaledFunction(double[] x, double[] gamma, double[,] W, double epsilon, int w, bool causal);

    private delegate (double[] dx, double[] dGamma) GradientsFunction(double[] x, double[] dy);

    // Every argument matters, and all sizes differ.
    private static readonly FunctionExercise<ScaledFunction> Scaled = new(
        "98.20", "Scaled", "Return (x·W) ⊙ γ / √(w + ε), or −1 of it.",
        (x, gamma, W, epsilon, w, causal) => Formula(x, gamma, W, epsilon, w, causal),
        cases: [[new[] { 1.0, 2, 4 }, new[] { 2.0, 3 }, new double[,] { { 1, 2 }, { 3, 5 }, { 7, -1 } }, 0.3, 3, true]],
        randomCase: random => [random.NormalVector(3).ToArray(), random.NormalVector(2).ToArray(), random.NormalMatrix(3, 2).ToArray(), 0.3, random.Next(3, 9), random.Next(2) == 0],
        hints: ["Multiply."], mistakes: [], timeLimit: TimeSpan.FromMinutes(2), name: "Scaled");

    private static readonly FunctionExercise<GradientsFunction> Gradients = new(
        "98.21", "Gradients", "Return two gradients.",
        (x, dy) => ([.. x.Zip(dy, (a, b) => a * b)], [.. dy.Select(v => 3 * v)]),
        cases: [[new[] { 1.0, 2, 4 }, new[] { 0.5, 3, -1 }]],
        randomCase: random => [random.NormalVector(4).ToArray(), random.NormalVector(4).ToArray()],
        hints: ["Multiply."], mistakes: [], timeLimit: TimeSpan.FromMinutes(2), name: "Gradients");

    private static double[] Formula(double[] x, double[] gamma, double[,] W, double epsilon, int w, bool causal)
    {
        var y = new double[gamma.Length];
        for (int j = 0; j < y.Length; j++)
        {
            for (int i = 0; i < x.Length; i++) y[j] += x[i] * W[i, j];
            y[j] *= (causal ? 1 : -1) * gamma[j] / Math.Sqrt(w + epsilon);
        }
        return y;
    }

    [Fact]
    public void A_forgotten_epsilon_is_told_by_its_name() =>
        Told((x, gamma, W, epsilon, w, causal) => Formula(x, gamma, W, 0, w, causal)).ShouldContain("right for `epsilon` = 0, whatever `epsilon` is");

    [Fact]
    public void A_fixed_epsilon_is_told_with_its_value() =>
        Told((x, gamma, W, epsilon, w, causal) => Formula(x, gamma, W, 1e-5, w, causal)).ShouldContain("right for `epsilon` = 1e-5");

    [Fact]
    public void One_gain_for_all_is_told() =>
        Told((x, gamma, W, epsilon, w, causal) => Formula(x, [.. gamma.Select(_ => gamma[0])], W, epsilon, w, causal)).ShouldContain("if all numbers of `gamma` were its first");

    [Fact]
    public void A_forgotten_gain_is_told() =>
        Told((x, gamma, W, epsilon, w, causal) => Formula(x, [.. gamma.Select(_ => 1.0)], W, epsilon, w, causal)).ShouldContain("if all of `gamma` were 1");

    [Fact]
    public void A_last_row_left_out_is_told() =>
        Told((x, gamma, W, epsilon, w, causal) => Formula([.. x[..^1], 0], gamma, W, epsilon, w, causal)).ShouldContain("if the last number of `x` were 0");

    [Fact]
    public void Assigning_in_place_of_adding_up_is_told() =>
        Told((x, gamma, W, epsilon, w, causal) => Formula([.. x.Select((v, i) => i == x.Length - 1 ? v : 0)], gamma, W, epsilon, w, causal)).ShouldContain("`=` where `+=` belongs");

    [Fact]
    public void A_window_one_short_is_told() =>
        Told((x, gamma, W, epsilon, w, causal) => Formula(x, gamma, W, epsilon, w - 1, causal)).ShouldContain("right for `w` − 1");

    [Fact]
    public void A_switch_that_is_ignored_is_told() =>
        Told((x, gamma, W, epsilon, w, causal) => Formula(x, gamma, W, epsilon, w, true)).ShouldContain("right for `causal` = true, whatever");

    [Fact]
    public void A_factor_that_is_made_of_a_size_is_told()
    {
        string text = Samples.Product.Check((A, B) => A * B / Math.Sqrt(A.ColumnCount)).ToText();

        text.ShouldContain("times 1/√`A.ColumnCount`");
    }

    [Fact]
    public void Only_the_wrong_part_of_a_pair_has_to_be_that_of_the_changed_input() =>
        Gradients.Check((x, dy) => ([.. x.Zip(dy, (a, b) => a * b)], [.. dy.Select(v => -3 * v)])).Explanation.ShouldNotBeNull().ShouldStartWith("`dGamma`: ");

    [Fact]
    public void A_float_in_between_is_told()
    {
        string text = Told((x, gamma, W, epsilon, w, causal) => [.. Formula(x, gamma, W, epsilon, w, causal).Select(v => (double)(float)v)]);

        text.ShouldContain("precision of a `float`");
    }

    [Fact]
    public void A_constant_with_too_few_digits_is_not_called_a_difference_quotient() =>
        Told((x, gamma, W, epsilon, w, causal) => [.. Formula(x, gamma, W, epsilon, w, causal).Select(v => v * (1 + 2e-7))]).ShouldNotContain("difference quotient");

    [Fact]
    public void A_difference_quotient_is_told_in_an_exercise_about_gradients()
    {
        string text = Gradients.Check((x, dy) => ([.. x.Zip(dy, (a, b) => (Math.Pow(a + 1e-5, 2) - Math.Pow(a - 1e-5, 2)) / 4e-5 * b)], [.. dy.Select(v => 3 * v)])).ToText();

        text.ShouldContain("difference quotient");
    }

    [Fact]
    public void Sums_that_are_not_set_back_are_told() =>
        Samples.Product.Check((A, B) =>
        {
            Matrix<double> AB = A * B;
            for (int i = 1; i < AB.RowCount; i++) AB.SetRow(i, AB.Row(i) + AB.Row(i - 1));
            return AB;
        }).ToText().ShouldContain("not set back to 0 between rows");

    [Fact]
    public void Where_only_one_row_is_wrong_it_is_told_which() =>
        Samples.Product.Check((A, B) =>
        {
            Matrix<double> AB = A * B;
            for (int j = 0; j < AB.ColumnCount; j++) AB[AB.RowCount - 1, j] += 1 + j * j + AB.RowCount;
            return AB;
        }).ToText().ShouldContain("Everything is right but for the last row.");

    [Fact]
    public void NaN_is_no_factor_that_a_row_shares() =>
        (Samples.Product.Check((A, B) => (A * B).MapIndexed((i, _, v) => i == 0 ? double.NaN : v)).Explanation ?? "").ShouldNotContain("factor");

    [Fact]
    public void Zeros_are_not_taken_for_a_changed_input() =>
        Told((x, gamma, W, epsilon, w, causal) => new double[gamma.Length]).ShouldStartWith("Every number is 0");

    [Fact]
    public void What_fits_nothing_is_given_no_name() =>
        Scaled.Check((x, gamma, W, epsilon, w, causal) => [.. Formula(x, gamma, W, epsilon, w, causal).Select((v, j) => v + Math.Sin(v + j))]).Explanation.ShouldBeNull();

    private static string Told(ScaledFunction answer) => Scaled.Check(answer).Explanation.ShouldNotBeNull();
}
