using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
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
}
