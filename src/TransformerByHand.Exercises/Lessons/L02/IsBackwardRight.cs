using static TransformerByHand.Exercises.Arrays;
using static TransformerByHand.Exercises.Lesson01;

namespace TransformerByHand.Exercises;

public static partial class Lesson02
{
    public delegate bool BackwardTest(Func<double[], double[], double[], double, double[]> backward);

    public static TestExercise<BackwardTest, Func<double[], double[], double[], double, double[]>> IsBackwardRight { get; } = new(
        id: "02.5",
        title: "Find the bug",
        statement: "Write a test for a backward pass of LayerNorm: true for a correct one, false for a wrong one.",
        solution: backward =>
        {
            // A γ that differs from feature to feature, an ε that is not negligible, and a loss that looks at the outputs unevenly.
            double[] x = [2, 0, 1, -1, 3], gamma = [1, 0.5, 2, -1, 3.5], dy = [1, -2, 0.5, 3, -1.5];
            const double epsilon = 0.5, step = 1e-5;

            double Loss(double[] at) => Lesson02.Forward(at, gamma, new double[5], epsilon).Zip(dy, (y, weight) => y * weight).Sum();

            double[] dx = backward([.. x], [.. gamma], [.. dy], epsilon);
            if (dx is null || dx.Length != 5) return false;
            for (int j = 0; j < 5; j++)
            {
                double[] up = [.. x], down = [.. x];
                up[j] += step;
                down[j] -= step;
                double slope = (Loss(up) - Loss(down)) / (2 * step);
                if (!(Math.Abs(slope - dx[j]) < 1e-6)) return false;
            }
            return true;
        },
        correct:
        [
            new("uses the closed formula", "It is right: dx = rstd · (g − mean(g) − x̂ · mean(g ⊙ x̂)).", (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon)),
            new("adds up three paths", "It is right: directly, through σ², through μ. It rounds a little differently from the closed formula, so a test must leave room for rounding.", ThreePaths),
        ],
        wrong:
        [
            new("forgets the path through σ²", "It leaves out x̂ · mean(g ⊙ x̂). With γ = 1, the plain sum of outputs as loss cannot see it.",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughVariance: 0)),
            new("divides the variance by N − 1", "Its σ is that of a sample. With γ = 1, the plain sum of outputs as loss cannot see it.",
                (x, gamma, dy, epsilon) => BackwardWith(x, gamma, dy, 1 / Math.Sqrt(Spread(x) * x.Length / (x.Length - 1) + epsilon))),
            new("has ε outside the root", "It divides by σ + ε. With a tiny ε, or with ε = 0, nobody sees it: try one that is not tiny.",
                (x, gamma, dy, epsilon) => BackwardWith(x, gamma, dy, 1 / (Math.Sqrt(Spread(x)) + epsilon))),
            new("has an ε of its own", "It computes with ε = 1e-5 and ignores the one it is given. With that ε nobody sees it.",
                (x, gamma, dy, _) => Backward(x, gamma, dy, 1e-5)),
            new("forgets γ", "It uses dy where g = dy ⊙ γ belongs. With γ = 1 nobody sees it.",
                (x, gamma, dy, epsilon) => Backward(x, [.. x.Select(_ => 1.0)], dy, epsilon)),
            new("applies γ at the end", "It multiplies the result by γ, instead of dy. With γ the same for all features nobody sees it.",
                (x, gamma, dy, epsilon) => [.. Backward(x, [.. x.Select(_ => 1.0)], dy, epsilon).Select((v, i) => v * gamma[i])]),
            new("forgets the path through μ", "It leaves out mean(g), so its numbers do not add up to 0.",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughMean: 0)),
            new("adds the path through σ²", "The sign of the last term is wrong: it adds x̂ · mean(g ⊙ x̂).",
                (x, gamma, dy, epsilon) => Backward(x, gamma, dy, epsilon, throughVariance: -1)),
            new("is 1 % too large", "Every number is 1 % too large. Leave less room than that.",
                (x, gamma, dy, epsilon) => Off(Backward(x, gamma, dy, epsilon), (v, j) => 0.01 * v)),
            new("is a little too high everywhere", "Every number is 0.001 too high. A test without an absolute value does not see it.",
                (x, gamma, dy, epsilon) => Off(Backward(x, gamma, dy, epsilon), (v, j) => 0.001)),
            new("is a little too low everywhere", "Every number is 0.001 too low. A test without an absolute value does not see it.",
                (x, gamma, dy, epsilon) => Off(Backward(x, gamma, dy, epsilon), (v, j) => -0.001)),
            new("is off in the first number", "Only the first number is wrong, by 0.01.",
                (x, gamma, dy, epsilon) => Off(Backward(x, gamma, dy, epsilon), (v, j) => j == 0 ? 0.01 : 0)),
            new("is off in the last number", "Only the last number is wrong, by 0.01.",
                (x, gamma, dy, epsilon) => Off(Backward(x, gamma, dy, epsilon), (v, j) => j == x.Length - 1 ? -0.01 : 0)),
            new("is off in a number in between", "Only one number in the middle is wrong, by 0.01.",
                (x, gamma, dy, epsilon) => Off(Backward(x, gamma, dy, epsilon), (v, j) => j == x.Length / 2 ? 0.01 : 0)),
        ],
        hints:
        [
            "Choose a loss whose slope you can measure: L = Σ dy_i · y_i, with uneven dy. Its gradient at y is dy, which is what you hand to `backward`.",
            "Measure the slope along x_j: (L with x_j + h, less L with x_j − h) / 2h, with h = 1e-5. Do so for each j and compare with dx[j], leaving room for about 1e-6.",
            "Choose numbers under which no mistake can hide: γ different for each feature, ε = 0.5, dy not all the same.",
        ],
        telltales:
        [
            .. Steps.Select(h => new Implementation<Func<double[], double[], double[], double, double[]>>("is a one-sided difference",
                "Its slopes are one-sided: (L(x + h) − L(x)) / h is off by about h times half the curvature, and it leaves less room than that. Nudge both ways: (L(x + h) − L(x − h)) / 2h is off by about h² only.",
                (x, gamma, dy, epsilon) => Slopes(x, gamma, dy, epsilon, h, 0, h))),
            .. Steps.Select(h => new Implementation<Func<double[], double[], double[], double, double[]>>("is half a one-sided difference",
                "Its slopes are half as steep as they should be: L(x + h) − L(x) is divided by 2h. Between x and x + h there is one h; it takes L(x + h) and L(x − h) to be 2h apart.",
                (x, gamma, dy, epsilon) => Slopes(x, gamma, dy, epsilon, h, 0, 2 * h))),
            .. new[] { 0.1, 0.01, 0.001 }.Select(h => new Implementation<Func<double[], double[], double[], double, double[]>>("is a difference over a long step",
                "Its step is too long: (L(x + h) − L(x − h)) / 2h is off by about h², and it leaves less room than that. h = 1e-5 is short enough.",
                (x, gamma, dy, epsilon) => Slopes(x, gamma, dy, epsilon, h, -h, 2 * h))),
            new("is twice as large", "Its slopes are twice as steep as they should be: x + h and x − h are 2h apart, so divide by that.",
                (x, gamma, dy, epsilon) => [.. Backward(x, gamma, dy, epsilon).Select(v => 2 * v)]),
            new("has the opposite sign", "Its slopes have the opposite sign: L with less is subtracted from L with more.",
                (x, gamma, dy, epsilon) => [.. Backward(x, gamma, dy, epsilon).Select(v => -v)]),
            new("is 0 everywhere", "Its slopes are all 0: are `up` and `down` the same array? `double[] up = x;` copies nothing, `double[] up = [.. x];` does.",
                (x, gamma, dy, epsilon) => new double[x.Length]),
            new("takes every dy as 1", "It measures the slope of the plain sum of the outputs, and hands over another dy. dy is the gradient of the loss that is measured: with L = Σ dy_i · y_i it is.",
                (x, gamma, dy, epsilon) => Backward(x, gamma, [.. dy.Select(_ => 1.0)], epsilon)),
        ],
        mistakes:
        [
            new("the sum of outputs as loss", "This is the plain-sum check: dy = 1 everywhere and γ = 1. The right gradient is then zero, and so is that of every mistake but one. Use an uneven dy and an uneven γ.",
                backward => backward([2, 0, 1, -1, 3], [1, 1, 1, 1, 1], [1, 1, 1, 1, 1], 1e-5).All(v => Math.Abs(v) < 1e-3)),
            new("the numbers of dx add up to 0", "Adding up to 0 is right, but not enough: most mistakes keep it. Compare each number with a measured slope.",
                backward => Math.Abs(backward([2, 0, 1, -1, 3], [1, 0.5, 2, -1, 3], [1, 2, 0, -1, 3], 0.5).Sum()) < 1e-9),
            new("the worked case alone", "This compares with the worked case only, where γ = 1 and ε = 0. Mistakes in γ and ε do not show there.",
                backward => backward([2, 0, 1, -1, 3], [1, 1, 1, 1, 1], [1, 2, 0, -1, 3], 0).Zip(Backward([2, 0, 1, -1, 3], [1, 1, 1, 1, 1], [1, 2, 0, -1, 3], 0), (a, b) => Math.Abs(a - b)).Max() < 1e-9),
            new("a tiny ε", "γ and dy are uneven, and that catches most of them. But at ε = 1e-5 a misplaced ε moves the result by some millionths, which your tolerance forgives. Use a larger ε.",
                backward => backward([2, 0, 1, -1, 3], [1, 0.5, 2, -1, 3], [1, 2, 0, -1, 3], 1e-5).Zip(Backward([2, 0, 1, -1, 3], [1, 0.5, 2, -1, 3], [1, 2, 0, -1, 3], 1e-5), (a, b) => Math.Abs(a - b)).Max() < 1e-3),
            new("ε = 1e-5", "Your ε is 1e-5, the value that everybody takes, so an implementation that ignores yours and takes its own cannot be told. Use 0.5.",
                backward => backward([2, 0, 1, -1, 3], [1, 0.5, 2, -1, 3], [1, 2, 0, -1, 3], 1e-5).Zip(Backward([2, 0, 1, -1, 3], [1, 0.5, 2, -1, 3], [1, 2, 0, -1, 3], 1e-5), (a, b) => Math.Abs(a - b)).Max() < 1e-6),
            new("no absolute value", "`slope - dx[j] < 1e-6` is true of everything that is too high. Take the absolute value of the difference.",
                backward => Compared(backward, (right, dx) => right.Zip(dx, (a, b) => a - b).All(miss => miss < 1e-6))),
            new("the first number only", "Only the first number is looked at. A mistake may be in any of them.",
                backward => Compared(backward, (right, dx) => Math.Abs(right[0] - dx[0]) < 1e-6)),
            new("a tolerance of 0.1", "A tolerance of 0.1 is wider than many mistakes. A measured slope is right to about 1e-9 here: 1e-6 leaves room enough.",
                backward => Compared(backward, (right, dx) => right.Zip(dx, (a, b) => Math.Abs(a - b)).All(miss => miss < 0.1))),
            new("a tolerance of 1", "A tolerance of 1 is as large as the numbers themselves: nearly everything passes. A measured slope is right to about 1e-9 here.",
                backward => Compared(backward, (right, dx) => right.Zip(dx, (a, b) => Math.Abs(a - b)).All(miss => miss < 1))),
        ]);

    private static double[] Steps => [.. new[] { 0.1, 0.01, 1e-3, 1e-4, 1e-5 }.SelectMany(h => new[] { h, -h })];

    /// <summary>For each x_j: L there with one nudge, less L with another, divided by what should lie between them.</summary>
    private static double[] Slopes(double[] x, double[] gamma, double[] dy, double epsilon, double to, double from, double width)
    {
        double Loss(int j, double nudge) => Forward([.. x.Select((v, i) => i == j ? v + nudge : v)], gamma, new double[x.Length], epsilon).Zip(dy, (y, weight) => y * weight).Sum();
        return [.. x.Select((_, j) => (Loss(j, to) - Loss(j, from)) / width)];
    }

    private static double[] Off(double[] dx, Func<double, int, double> by) => [.. dx.Select((v, j) => v + by(v, j))];

    private static bool Compared(Func<double[], double[], double[], double, double[]> backward, Func<double[], double[], bool> near)
    {
        double[] x = [2, 0, 1, -1, 3], gamma = [1, 0.5, 2, -1, 3], dy = [1, -2, 0.5, 3, -1];
        return near(Backward(x, gamma, dy, 0.5), backward(x, gamma, dy, 0.5));
    }
}
