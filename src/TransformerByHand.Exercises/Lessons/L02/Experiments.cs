using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Layers;
using TransformerByHand.Models;
using static TransformerByHand.Exercises.Lesson01;

namespace TransformerByHand.Exercises;

// The lesson's experiments. Lesson, laboratory and the claims' tests call them, so that each stands in one place.
public static partial class Lesson02
{
    /// <summary>How far LayerNorm's output moves when a token of eight features (seed 7) is changed before it.</summary>
    /// <param name="change">What is done to the token (1 × 8).</param>
    /// <param name="epsilon">ε; 0 or above.</param>
    /// <returns>The largest move of a number.</returns>
    public static double OutputMoves(Func<Matrix<double>, Matrix<double>> change, double epsilon)
    {
        var token = SeededRandom.Create(7).NormalMatrix(1, 8);
        var norm = epsilon == 0 ? LayerNorm.WithoutEpsilon(8) : new LayerNorm(8, epsilon);
        return (norm.Forward(change(token)).Y - norm.Forward(token).Y).Enumerate().Max(Math.Abs);
    }

    /// <summary>dx of a token of 64 features, with γ and dy drawn at random (seeds 8 to 10): its dot products with (1, 1, …, 1) and with x̂.</summary>
    /// <param name="epsilon">ε; 0 or above.</param>
    public static (double WithOnes, double WithXHat) Products(double epsilon)
    {
        var γ = SeededRandom.Create(9).NormalVector(64);
        var norm = epsilon == 0 ? LayerNorm.WithoutEpsilon(γ, γ * 0) : new LayerNorm(γ, γ * 0, epsilon);
        var (_, trace) = norm.Forward(SeededRandom.Create(8).NormalMatrix(1, 64));
        var dx = norm.Backward(trace, SeededRandom.Create(10).NormalMatrix(1, 64)).dX.Row(0);
        return (dx.Sum(), dx * trace.XHat.Row(0));
    }

    /// <summary>The backward pass of a token with γ = 1 and ε = 1e-5, once right and three times wrong.</summary>
    /// <returns>A name for each, and the pass: (x, dy) to dx.</returns>
    public static IReadOnlyList<(string Name, Func<double[], double[], double[]> Pass)> FourPasses()
    {
        static double[] Ones(double[] x) => [.. x.Select(_ => 1.0)];
        return
        [
            ("right", (x, dy) => Backward(x, Ones(x), dy, 1e-5)),
            ("path through σ² forgotten", (x, dy) => Backward(x, Ones(x), dy, 1e-5, throughVariance: 0)),
            ("variance with N − 1", (x, dy) => BackwardWith(x, Ones(x), dy, 1 / Math.Sqrt(Spread(x) * x.Length / (x.Length - 1) + 1e-5))),
            ("ε outside the root", (x, dy) => BackwardWith(x, Ones(x), dy, 1 / (Math.Sqrt(Spread(x)) + 1e-5))),
        ];
    }

    /// <summary>
    /// The backward pass of a LayerNorm of the small model, word by word: its γ and ε, the stream before it, and a gradient drawn at
    /// random (seed 13). Compares a reader's dx with the library's, and shows how much of g is left of it.
    /// </summary>
    /// <param name="text">What the model reads.</param>
    /// <param name="inputGradient">The reader's function, exercise 02.3; one that is still a stub is named so.</param>
    public static Table OnTheGlimpse(string text, InputGradientFunction inputGradient)
    {
        var glimpse = Glimpse.Load();
        var (reading, norm) = (glimpse.Read(text), glimpse.AttentionNorm(layer: 1));
        var X = reading.StreamBefore(layer: 1);
        var dY = SeededRandom.Create(13).NormalMatrix(X.RowCount, X.ColumnCount);
        var (_, trace) = norm.Forward(X);
        var gradients = norm.Backward(trace, dY);

        string Verdict(int i)
        {
            double[] right = gradients.dX.Row(i).ToArray(), yours;
            try
            {
                yours = inputGradient(X.Row(i).ToArray(), norm.γ.ToArray(), dY.Row(i).ToArray(), norm.ε);
            }
            catch (NotImplementedException)
            {
                return "exercise 02.3 is still a stub";
            }
            if (yours?.Length != right.Length) return $"has {yours?.Length ?? 0} numbers, not {right.Length}";
            double miss = right.Zip(yours, (a, b) => Math.Abs(a - b)).Max();
            return miss < 1e-9 * right.Max(Math.Abs) ? "the library's, to rounding" : $"off by {Display.Numbers.Format(miss, 2)}";
        }
        return new Table("word", "length of g", "length of dx / rstd", "your dx") { Digits = 3 }.RowForEach(Enumerable.Range(0, X.RowCount), i =>
            [reading.Words[i], gradients.dXHat.Row(i).L2Norm(), gradients.dX.Row(i).L2Norm() / trace.rstd[i], Verdict(i)]);
    }
}
