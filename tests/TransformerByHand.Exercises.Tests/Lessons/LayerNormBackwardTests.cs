namespace TransformerByHand.Exercises.Tests.Lessons;

/// <summary>What exercise 02.5 says of tests that turn away correct backward passes too.</summary>
public class LayerNormBackwardTests
{
    [Theory, InlineData(1e-5), InlineData(-1e-5), InlineData(1e-4), InlineData(1e-3)]
    public void A_one_sided_slope_is_told(double h) => Told((loss, x) => (loss(x, h) - loss(x, 0)) / h).ShouldContain("one-sided");

    [Fact]
    public void A_slope_over_a_long_step_is_told() => Told((loss, x) => (loss(x, 0.01) - loss(x, -0.01)) / 0.02).ShouldContain("too long");

    [Fact]
    public void A_slope_of_twice_the_steepness_is_told() => Told((loss, x) => (loss(x, 1e-5) - loss(x, -1e-5)) / 1e-5).ShouldContain("twice as steep");

    [Fact]
    public void A_slope_of_half_the_steepness_is_told() => Told((loss, x) => (loss(x, 1e-5) - loss(x, 0)) / 2e-5).ShouldContain("half as steep");

    [Fact]
    public void A_slope_of_the_wrong_sign_is_told() => Told((loss, x) => (loss(x, -1e-5) - loss(x, 1e-5)) / 2e-5).ShouldContain("opposite sign");

    [Fact]
    public void A_slope_between_a_point_and_itself_is_told() => Told((loss, x) => (loss(x, 0) - loss(x, 0)) / 2e-5).ShouldContain("all 0");

    [Fact]
    public void A_slope_of_the_plain_sum_is_told() => Told((loss, x) => (loss(x, 1e-5) - loss(x, -1e-5)) / 2e-5, weigh: false).ShouldContain("plain sum");

    private static string Told(Func<Func<int, double, double>, int, double> slope, bool weigh = true)
    {
        double[] x = [1, -0.5, 2, 0.3], gamma = [1.5, 0.5, 2, -1], dy = [0.7, -2, 1, 0.4];
        double Loss(int j, double nudge) => Lesson02.Forward([.. x.Select((v, i) => i == j ? v + nudge : v)], gamma, new double[4], 0.3).Select((y, i) => weigh ? y * dy[i] : y).Sum();
        CheckResult result = Lesson02.IsBackwardRight.Check(backward => backward(x, gamma, dy, 0.3) is { Length: 4 } dx && dx.Select((v, j) => Math.Abs(v - slope(Loss, j))).All(miss => miss < 1e-6));
        result.Outcome.ShouldBe(CheckOutcome.Wrong);
        return result.Explanation.ShouldNotBeNull();
    }
}
