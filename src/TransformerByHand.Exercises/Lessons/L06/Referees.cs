using System.Numerics;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Gradients;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson06
{
    /// <summary>The five steps for any kind of number: <see cref="double"/>, or <see cref="Dual"/>, which carries its slope along.</summary>
    /// <param name="X">The tokens (n × d_model).</param>
    /// <param name="W_Q">Makes queries (d_model × d_k).</param>
    /// <param name="W_K">Makes keys (d_model × d_k).</param>
    /// <param name="W_V">Makes values (d_model × d_v).</param>
    /// <returns>O (n × d_v).</returns>
    public static T[,] Attend<T>(T[,] X, T[,] W_Q, T[,] W_K, T[,] W_V)
        where T : IExponentialFunctions<T>, IRootFunctions<T>
    {
        static T[,] Product(T[,] A, T[,] B)
        {
            var P = new T[A.GetLength(0), B.GetLength(1)];
            for (int i = 0; i < P.GetLength(0); i++)
                for (int j = 0; j < P.GetLength(1); j++)
                    for (int c = 0; c < B.GetLength(0); c++)
                        P[i, j] += A[i, c] * B[c, j];
            return P;
        }

        T[,] Q = Product(X, W_Q), K = Product(X, W_K), V = Product(X, W_V);
        (int n, int dK) = (Q.GetLength(0), Q.GetLength(1));
        var A = new T[n, n];
        for (int i = 0; i < n; i++)
        {
            T sum = T.Zero;
            for (int j = 0; j < n; j++)
            {
                T score = T.Zero;
                for (int c = 0; c < dK; c++) score += Q[i, c] * K[j, c];
                sum += A[i, j] = T.Exp(score / T.Sqrt(T.CreateChecked(dK)));
            }
            for (int j = 0; j < n; j++) A[i, j] /= sum;
        }
        return Product(A, V);
    }

    /// <summary>The gradients of L = Σ dO ⊙ O by dual numbers, one forward run for each number, held against the library's backward pass.</summary>
    /// <returns>The largest difference, and the number of runs.</returns>
    public static (double Miss, int Runs) ByDuals()
    {
        var (X, head) = Lesson05.Wide();
        var dO = SeededRandom.Create(55).NormalMatrix(3, 4);
        int runs = 0;
        Dual Loss(Dual[,] x, Dual[,] q, Dual[,] k, Dual[,] v)
        {
            runs++;
            var O = Attend(x, q, k, v);
            Dual L = 0;
            for (int i = 0; i < 3; i++)
                for (int c = 0; c < 4; c++) L += dO[i, c] * O[i, c];
            return L;
        }
        var (x, q, k, v) = (ForwardMode.Constant(X), ForwardMode.Constant(head.W_Q), ForwardMode.Constant(head.W_K), ForwardMode.Constant(head.W_V));
        var g = head.Backward(head.Forward(X).Trace, dO);
        double miss = new[]
        {
            Largest(ForwardMode.Gradient(M => Loss(M, q, k, v), X) - g.dX),
            Largest(ForwardMode.Gradient(M => Loss(x, M, k, v), head.W_Q) - g.dW_Q),
            Largest(ForwardMode.Gradient(M => Loss(x, q, M, v), head.W_K) - g.dW_K),
            Largest(ForwardMode.Gradient(M => Loss(x, q, k, M), head.W_V) - g.dW_V),
        }.Max();
        return (miss, runs);
    }

    /// <summary>Central differences at twelve steps against the backward pass: three tokens of width 10, one head.</summary>
    public static GradientReport Differences() => DifferencesOnce.Value;

    private static readonly Lazy<GradientReport> DifferencesOnce = new(() =>
    {
        var (X, head) = Lesson05.Wide();
        return GradientCheck.Run(head, X);
    });

    /// <summary>The error of central differences against their step: a U.</summary>
    public static Figure DifferencesFigure()
    {
        var points = Differences().Points;
        return new LineChart
        {
            Title = "Central differences against the backward pass",
            X = Axis.Log("step h"), Y = Axis.Log("relative error", min: 1e-12, max: 1),
            Series = [new("measured", points.Select(point => point.Step), points.Select(point => point.Error)) { Markers = true }],
            References =
            [
                Reference.Curve("∝ h²", h => h < 3e-6 || h > 2e-2 ? double.NaN : 0.4 * h * h),
                Reference.Curve("∝ 1/h", h => h > 2e-4 ? double.NaN : 4e-16 / h),
            ],
        };
    }

    /// <summary>In how many of 20 other draws of head and tokens the best step is 1e-5, and their errors at the step 0.1.</summary>
    public static (int BestAt1e5, double[] FarRight) OtherDraws()
    {
        var draws = Enumerable.Range(0, 20).Select(k => GradientCheck.Run(
            AttentionHead.Random(SeededRandom.Create(500 + k), dModel: 10, dK: 4), SeededRandom.Create(600 + k).NormalMatrix(3, 10)).Points).ToArray();
        return (draws.Count(points => Math.Round(Math.Log10(points.MinBy(point => point.Error).Step)) == -5), [.. draws.Select(points => points[0].Error)]);
    }

    /// <summary>How far the three tokens' gradients are from those that PyTorch's autograd recorded.</summary>
    /// <param name="recorded">The recorded gradients, by name: data/pytorch/attention.safetensors.</param>
    public static double PyTorchMiss(ParameterSet recorded) =>
        ThreeTokens.Head.Backward(ThreeTokens.Head.Forward(ThreeTokens.X).Trace, ThreeTokens.dO).ByName().Max(gradient => Largest(gradient.ToMatrix() - recorded[$"d{gradient.Name}"].ToMatrix()));

    /// <summary>The three referees side by side.</summary>
    /// <param name="recorded">As in <see cref="PyTorchMiss"/>.</param>
    public static Table RefereesTable(ParameterSet recorded)
    {
        var (dualMiss, runs) = ByDuals();
        string Agrees(double miss) => miss < 1e-12 ? "all digits but for rounding" : $"{Numbers.Format(miss, 2)}";
        return new Table("referee", "agrees to", "forward runs for 150 numbers", "what can go wrong")
            .Row("central differences", $"{Math.Floor(-Math.Log10(Differences().Points.Min(point => point.Error)))} digits, at the best step", 2 * runs, "a bad step, or a corner in the loss")
            .Row("dual numbers", Agrees(dualMiss), runs, "every function needs its rule")
            .Row("another engine, PyTorch", Agrees(PyTorchMiss(recorded)), 1, "the same mistake made twice, another convention");
    }

    /// <summary>The figures of claim B3.</summary>
    /// <param name="recorded">As in <see cref="PyTorchMiss"/>.</param>
    public static (string Name, double Value)[] MeasureB3(ParameterSet recorded)
    {
        var report = Differences();
        // An error of 5e-11 leaves ten correct digits.
        double CorrectDigits(double h) => Math.Floor(-Math.Log10(report.Points.MinBy(point => Math.Abs(Math.Log(point.Step / h))).Error));
        var (dualMiss, runs) = ByDuals();
        return
        [
            ("differences: correct digits at h = 1e-1", CorrectDigits(1e-1)),
            ("differences: correct digits at h = 1e-5", CorrectDigits(1e-5)),
            ("differences: correct digits at h = 1e-12", CorrectDigits(1e-12)),
            ("other draws of 20 with 1e-5 as their best step", OtherDraws().BestAt1e5),
            ("dual numbers and backward differ by", dualMiss),
            ("PyTorch and backward differ by", PyTorchMiss(recorded)),
            ("forward runs of dual numbers, for 150 numbers", runs),
        ];
    }
}
