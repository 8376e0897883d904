using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Gradients;
using TransformerByHand.Layers;

namespace TransformerByHand.Tests.Gradients;

public class GradientCheckTests
{
    private static readonly Vector<double> Ramp = Vector<double>.Build.Dense([0.3, -0.7, 1.1, 0.2]);

    [Fact]
    public void The_derivative_of_a_cube_agrees() =>
        GradientCheck.Run(x => x * x * x, 2.0, dx: 12).Verdict.ShouldBe(GradientVerdict.Agrees);

    [Fact]
    public void A_derivative_that_is_wrong_in_the_sixth_digit_is_rejected()
    {
        var report = GradientCheck.Run(x => x * x * x, 2.0, dx: 12.00001);

        report.Verdict.ShouldBe(GradientVerdict.Disagrees);
        report.Sentence.ShouldContain("x[0]");
        report.Error.ShouldBe(1e-5 / 12, 1e-8);
    }

    [Fact]
    public void A_function_of_a_vector_is_checked_through_a_projection()
    {
        static Vector<double> Exp(Vector<double> x) => x.PointwiseExp();

        GradientCheck.Run(Exp, Ramp, dy => dy.PointwiseMultiply(Exp(Ramp))).Verdict.ShouldBe(GradientVerdict.Agrees);
        GradientCheck.Run(Exp, Ramp, dy => dy).Verdict.ShouldBe(GradientVerdict.Disagrees);
    }

    [Fact]
    public void A_function_of_an_array_is_checked_like_one_of_a_vector()
    {
        static double[] Squares(double[] x) => [.. x.Select(v => v * v)];
        double[] x = [1, -2, 3];

        GradientCheck.Run(Squares, x, dy => [.. dy.Zip(x, (d, v) => 2 * v * d)]).Agrees.ShouldBeTrue();
        GradientCheck.Run(Squares, x, dy => [.. dy.Zip(x, (d, v) => v * d)]).Agrees.ShouldBeFalse();
    }

    [Fact]
    public void The_transpose_forgotten_in_a_matrix_product_is_rejected()
    {
        var random = SeededRandom.Create(3);
        Matrix<double> X = random.NormalMatrix(3, 4), W = random.NormalMatrix(4, 4);

        GradientCheck.Run(x => x * W, X, dY => dY * W.Transpose()).Agrees.ShouldBeTrue();
        GradientCheck.Run(x => x * W, X, dY => dY * W).Agrees.ShouldBeFalse();
    }

    [Fact]
    public void A_loss_that_is_a_number_is_not_projected()
    {
        static double Energy(Vector<double> x) => x * x / 2;

        GradientCheck.Run(Energy, Ramp, Ramp).Agrees.ShouldBeTrue();
        GradientCheck.Run(Energy, Ramp, 2 * Ramp).Agrees.ShouldBeFalse();
    }

    [Fact]
    public void The_error_over_the_steps_is_a_U()
    {
        var report = GradientCheck.Run(x => x.PointwiseTanh(), Ramp.ToRowMatrix(), dY => dY.PointwiseMultiply(Ramp.ToRowMatrix().Map(v => 1 - Math.Tanh(v) * Math.Tanh(v))));
        double At(double h) => report.Points.Single(p => p.Step == h).Error;

        At(1e-1).ShouldBeGreaterThan(1e-4);
        At(1e-5).ShouldBeLessThan(1e-9);
        At(1e-12).ShouldBeGreaterThan(1e-6);
        // Left of the bottom the error falls as h²: ten times the step, a hundred times the error.
        (At(1e-1) / At(1e-2)).ShouldBe(100, 5);
    }

    [Fact]
    public void A_zero_gradient_that_is_claimed_to_be_zero_agrees_although_no_digit_of_it_can_be_measured()
    {
        var report = GradientCheck.Run(_ => Ramp.ToRowMatrix(), Ramp.ToRowMatrix(), _ => Ramp.ToRowMatrix() * 0);

        report.Agrees.ShouldBeTrue();
        report.Error.ShouldBe(0);
    }

    [Fact]
    public void A_zero_gradient_that_is_claimed_to_be_small_but_not_zero_is_rejected() =>
        GradientCheck.Run(_ => Ramp.ToRowMatrix(), Ramp.ToRowMatrix(), _ => Ramp.ToRowMatrix() * 1e-6).Verdict.ShouldBe(GradientVerdict.Disagrees);

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void ReLU_at_exactly_zero_is_called_a_kink_whatever_is_claimed(double claimed)
    {
        var report = GradientCheck.Run(x => Math.Max(0, x), 0.0, claimed);

        report.Verdict.ShouldBe(GradientVerdict.NotSmooth);
        report.Sentence.ShouldContain("0 to the left and 1 to the right");
    }

    [Fact]
    public void A_kink_in_one_entry_does_not_excuse_a_wrong_gradient_in_another()
    {
        var x = Vector<double>.Build.Dense([0.0, 1.0, -1.0]);
        static Vector<double> ReLU(Vector<double> v) => v.PointwiseMaximum(0);

        var right = GradientCheck.Run(ReLU, x, dy => Vector<double>.Build.Dense([0, dy[1], 0]));
        right.Verdict.ShouldBe(GradientVerdict.NotSmooth);
        right.Worst.Entry.ShouldBe("x[0]");

        var wrong = GradientCheck.Run(ReLU, x, dy => Vector<double>.Build.Dense([0, dy[1], dy[2]]));
        wrong.Verdict.ShouldBe(GradientVerdict.Disagrees);
        wrong.Worst.Entry.ShouldBe("x[2]");
    }

    [Fact]
    public void Near_a_kink_but_not_on_it_small_steps_still_see_the_slope()
    {
        GradientCheck.Run(x => Math.Max(0, x), 0.02, 1.0).Verdict.ShouldBe(GradientVerdict.Agrees);
        GradientCheck.Run(x => Math.Max(0, x), -0.02, 1.0).Verdict.ShouldBe(GradientVerdict.Disagrees);
    }

    [Fact]
    public void A_jump_is_not_smooth()
    {
        var report = GradientCheck.Run(x => Math.Sign(x) + x, 0.0, 1.0);

        report.Verdict.ShouldBe(GradientVerdict.NotSmooth);
        report.Sentence.ShouldContain("does not settle");
    }

    [Fact]
    public void LayerNorm_at_a_constant_token_with_a_tiny_epsilon_is_not_smooth_on_any_step()
    {
        var norm = new LayerNorm(Vector<double>.Build.Dense(4, 1), Vector<double>.Build.Dense(4), ε: 1e-30);
        var report = GradientCheck.Run(norm, Matrix<double>.Build.Dense(1, 4, 0.5));

        report.For("X").Verdict.ShouldBe(GradientVerdict.NotSmooth);
        report.For("γ").Verdict.ShouldBe(GradientVerdict.Agrees);
        report.Verdict.ShouldBe(GradientVerdict.NotSmooth);
    }

    [Fact]
    public void LayerNorm_at_a_constant_token_with_the_usual_epsilon_is_smooth_enough() =>
        GradientCheck.Run(new LayerNorm(4), Matrix<double>.Build.Dense(1, 4, 0.5)).Verdict.ShouldBe(GradientVerdict.Agrees);

    [Fact]
    public void A_slope_that_rounding_blurs_agrees_as_well_as_it_can_be_measured_and_no_better()
    {
        // A slope of 1e-6 on a function near 1000: differences can see it to about five digits.
        GradientCheck.Run(x => 1000 + 1e-6 * Math.Sin(x), 0.5, 1e-6 * Math.Cos(0.5)).Verdict.ShouldBe(GradientVerdict.Agrees);
        GradientCheck.Run(x => 1000 + 1e-6 * Math.Sin(x), 0.5, 1.01e-6 * Math.Cos(0.5)).Verdict.ShouldNotBe(GradientVerdict.Agrees);
    }

    [Fact]
    public void A_gradient_that_is_not_a_number_is_rejected() =>
        GradientCheck.Run(x => x * x, 1.0, double.NaN).Verdict.ShouldBe(GradientVerdict.Disagrees);

    [Fact]
    public void The_plain_sum_lets_a_wrong_softmax_gradient_through_and_the_random_projection_does_not()
    {
        static Matrix<double> Softmax(Matrix<double> x) => x.PointwiseExp() / x.PointwiseExp().RowSums().Sum();
        static Matrix<double> AlwaysZero(Matrix<double> dY) => dY * 0;
        var x = Ramp.ToRowMatrix();

        GradientCheck.Run(Softmax, x, AlwaysZero, new() { Projection = x * 0 + 1 }).Agrees.ShouldBeTrue();
        GradientCheck.Run(Softmax, x, AlwaysZero).Agrees.ShouldBeFalse();
    }

    [Fact]
    public void The_point_and_the_parameters_are_left_as_they_were()
    {
        var norm = new LayerNorm(SeededRandom.Create(1).NormalVector(3), SeededRandom.Create(2).NormalVector(3));
        var X = SeededRandom.Create(4).NormalMatrix(2, 3);
        double[][] before = [X.ToRowMajorArray(), norm.γ.ToArray(), norm.β.ToArray()];

        GradientCheck.Run(norm, X);

        X.ToRowMajorArray().ShouldBe(before[0]);
        norm.γ.ToArray().ShouldBe(before[1]);
        norm.β.ToArray().ShouldBe(before[2]);
    }

    [Fact]
    public void The_same_seed_gives_the_same_report_and_another_seed_another()
    {
        var X = SeededRandom.Create(4).NormalMatrix(2, 3);
        string Report(int seed) => GradientCheck.Run(new LayerNorm(3), X, new() { Seed = seed }).For("X").Measured.ToString("R");

        Report(1).ShouldBe(Report(1));
        Report(1).ShouldNotBe(Report(2));
    }

    [Fact]
    public void The_projection_is_not_the_data_even_where_both_have_the_same_seed()
    {
        var X = SeededRandom.Create(1).NormalMatrix(2, 4);
        Matrix<double>? R = null;
        GradientCheck.Run(x => x, X, dY => R = dY, new() { Seed = 1 });

        (R! - X).FrobeniusNorm().ShouldBeGreaterThan(1);
    }

    [Fact]
    public void A_missing_gradient_is_named()
    {
        var X = Ramp.ToRowMatrix();
        var error = Should.Throw<ArgumentException>(() => GradientCheck.Run([new Parameter("X", X)], () => X, dY => [new Parameter("Z", dY)]));

        error.Message.ShouldContain("'X'");
        error.Message.ShouldContain("Z");
    }

    [Fact]
    public void A_gradient_of_another_shape_is_named()
    {
        var error = Should.Throw<ArgumentException>(() => GradientCheck.Run(x => x, Ramp.ToRowMatrix(), dY => dY.Transpose()));

        error.Message.ShouldContain("X (1 × 4)");
        error.Message.ShouldContain("4 × 1");
    }

    [Fact]
    public void An_output_that_is_not_finite_is_refused() =>
        Should.Throw<ArithmeticException>(() => GradientCheck.Run(x => Math.Log(x), -1.0, -1.0)).Message.ShouldContain("not finite");

    [Fact]
    public void Steps_that_do_not_fall_are_refused() =>
        Should.Throw<ArgumentException>(() => GradientCheck.Run(x => x, 1.0, 1.0, new() { Steps = [1e-3, 1e-3, 1e-4, 1e-5] })).Message.ShouldContain("smaller than the one before");

    [Fact]
    public void The_report_states_the_verdict_and_every_variable_and_step_in_text_and_in_html()
    {
        var report = GradientCheck.Run(new LayerNorm(3), SeededRandom.Create(4).NormalMatrix(2, 3));

        foreach (string shown in new[] { report.ToText(), report.ToHtml() })
        {
            shown.ShouldContain("agrees with central differences");
            shown.ShouldContain("γ");
            shown.ShouldContain("1e-12");
        }
        report.Points.Count.ShouldBe(12);
        report.ToText().ShouldStartWith(report.Sentence);
    }

    [Fact]
    public void The_reports_tables_look_like_all_others()
    {
        var report = GradientCheck.Run(new LayerNorm(3), SeededRandom.Create(4).NormalMatrix(2, 3));
        string padded = new Table("step h", "relative error").RowForEach(report.Points, point => [$"{point.Step:0e-0}", $"{point.Error:0e-0}"]).ToHtml();

        report.ToHtml().ShouldEndWith(padded);
    }
}
