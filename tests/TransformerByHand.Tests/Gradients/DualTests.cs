using System.Globalization;
using System.Numerics;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Gradients;
using TransformerByHand.Layers;

namespace TransformerByHand.Tests.Gradients;

public class DualTests
{
    private static readonly Dual X = Dual.Variable(2);

    [Fact]
    public void Epsilon_squared_is_nothing() => (new Dual(0, 1) * new Dual(0, 1)).ShouldBe(Dual.Zero);

    [Fact]
    public void A_constant_has_no_slope() => ((Dual)3).ShouldBe(new Dual(3, 0));

    [Theory]
    [InlineData("x + 3", 5, 1)]
    [InlineData("3 − x", 1, -1)]
    [InlineData("x · x · x", 8, 12)]
    [InlineData("1 / x", 0.5, -0.25)]
    [InlineData("x / (x + 1)", 2.0 / 3, 1.0 / 9)]
    [InlineData("√x", 1.4142135623730951, 0.35355339059327373)]
    [InlineData("∛x", 1.2599210498948732, 0.20998684164914552)]
    [InlineData("eˣ", 7.38905609893065, 7.38905609893065)]
    [InlineData("2ˣ", 4, 2.772588722239781)]
    [InlineData("10ˣ", 100, 230.25850929940458)]
    [InlineData("|−x|", 2, 1)]
    [InlineData("√(x² + 1)", 2.23606797749979, 0.8944271909999159)]
    public void It_follows_the_rules_of_differentiation(string f, double value, double slope)
    {
        Dual y = f switch
        {
            "x + 3" => X + 3,
            "3 − x" => 3 - X,
            "x · x · x" => X * X * X,
            "1 / x" => 1 / X,
            "x / (x + 1)" => X / (X + 1),
            "√x" => Dual.Sqrt(X),
            "∛x" => Dual.Cbrt(X),
            "eˣ" => Dual.Exp(X),
            "2ˣ" => Dual.Exp2(X),
            "10ˣ" => Dual.Exp10(X),
            "|−x|" => Dual.Abs(-X),
            _ => Dual.Hypot(X, 1),
        };

        y.Value.ShouldBe(value, 1e-13);
        y.Slope.ShouldBe(slope, 1e-12);
    }

    [Fact]
    public void Every_rule_agrees_with_central_differences_at_random_points()
    {
        static T Mixed<T>(T x) where T : IExponentialFunctions<T>, IRootFunctions<T> =>
            T.Sqrt(T.One + x * x) * T.Exp(-x) / (T.CreateChecked(3) - x) + T.RootN(T.One + x * x, 5);

        var random = SeededRandom.Create(1);
        for (int i = 0; i < 50; i++)
        {
            double x = random.NextDouble() * 4 - 2;
            GradientCheck.Run(Mixed<double>, x, Mixed(Dual.Variable(x)).Slope).Agrees.ShouldBeTrue($"at {x}");
        }
    }

    [Fact]
    public void The_same_generic_function_gives_the_same_value_on_double_and_on_dual()
    {
        static T Sigmoid<T>(T x) where T : IExponentialFunctions<T> => T.One / (T.One + T.Exp(-x));

        Sigmoid(Dual.Variable(0.3)).Value.ShouldBe(Sigmoid(0.3));
    }

    [Fact]
    public void Comparison_looks_at_the_value_alone_and_equality_at_both_parts()
    {
        Dual steep = new(1, 5), flat = new(1, 0);

        (steep <= flat && steep >= flat).ShouldBeTrue();
        (steep < flat || steep > flat).ShouldBeFalse();
        (steep == flat).ShouldBeFalse();
    }

    [Fact]
    public void A_score_that_is_not_allowed_has_weight_and_slope_zero() =>
        Dual.Exp(new Dual(double.NegativeInfinity, double.NaN)).ShouldBe(Dual.Zero);

    [Fact]
    public void The_root_of_a_constant_zero_stays_a_constant() => Dual.Sqrt(0).ShouldBe(Dual.Zero);

    [Fact]
    public void A_number_becomes_a_constant_and_a_dual_does_not_lose_its_slope_unasked()
    {
        Create<Dual>(3).ShouldBe(new Dual(3, 0));
        Should.Throw<NotSupportedException>(() => double.CreateChecked(X));

        static T Create<T>(int n) where T : INumberBase<T> => T.CreateChecked(n);
    }

    [Fact]
    public void It_is_read_as_a_constant_and_written_with_both_parts()
    {
        Read<Dual>("2.5").ShouldBe(new Dual(2.5, 0));
        new Dual(8, 12).ToString().ShouldBe("8 + 12ε");
        new Dual(8, -0.5).ToString().ShouldBe("8 - 0.5ε");
        $"{new Dual(1, 2)}".ShouldBe("1 + 2ε");

        static T Read<T>(string s) where T : INumberBase<T> => T.Parse(s, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Forward_mode_gives_the_gradient_of_a_loss_of_a_matrix()
    {
        var X = Matrix<double>.Build.DenseOfArray(new double[,] { { 1, -2 }, { 0.5, 3 } });

        var gradient = ForwardMode.Gradient(x => x[0, 0] * x[1, 1] + Dual.Exp(x[0, 1]) / x[1, 0], X);

        var expected = Matrix<double>.Build.DenseOfArray(new double[,] { { 3, Math.Exp(-2) / 0.5 }, { -Math.Exp(-2) / 0.25, 1 } });
        (gradient - expected).Enumerate().Max(Math.Abs).ShouldBeLessThan(1e-15);
    }

    [Fact]
    public void Forward_mode_agrees_with_the_backward_pass_of_softmax()
    {
        var random = SeededRandom.Create(2);
        var (S, R) = (random.NormalMatrix(3, 4), random.NormalMatrix(3, 4));

        var gradient = ForwardMode.Gradient(s =>
        {
            Dual L = 0;
            for (int i = 0; i < 3; i++)
            {
                Dual sum = 0, weighted = 0;
                for (int j = 0; j < 4; j++)
                {
                    Dual e = Dual.Exp(s[i, j]);
                    sum += e;
                    weighted += R[i, j] * e;
                }
                L += weighted / sum;
            }
            return L;
        }, S);

        (gradient - Softmax.Backward(Softmax.Forward(S), R)).Enumerate().Max(Math.Abs).ShouldBeLessThan(1e-15);
    }

    [Fact]
    public void Forward_mode_leaves_its_input_as_it_was()
    {
        var X = Matrix<double>.Build.Dense(2, 2, 1);

        ForwardMode.Gradient(x => { x[0, 0] = 7; return x[1, 1]; }, X);

        X.Enumerate().ShouldAllBe(v => v == 1);
    }
}
