using static TransformerByHand.Exercises.Lesson01;

namespace TransformerByHand.Exercises;

/// <summary>The exercises of lesson 02, LayerNorm backward, and its experiments.</summary>
public static partial class Lesson02
{
    /// <summary>LayerNorm of one token, correct: what a test of a backward pass may compare with.</summary>
    /// <param name="x">The token.</param>
    /// <param name="gamma">The gain, as long as <paramref name="x"/>.</param>
    /// <param name="beta">The shift, as long as <paramref name="x"/>.</param>
    /// <param name="epsilon">Added to the variance inside the root.</param>
    public static double[] Forward(double[] x, double[] gamma, double[] beta, double epsilon)
    {
        double[] normalised = Normalised(x, epsilon);
        return [.. normalised.Select((v, i) => gamma[i] * v + beta[i])];
    }

    /// <summary>Column sums of dY, or of dY ⊙ X̂ where X̂ is given, times a factor.</summary>
    private static double[] Sums(double[,] dY, double[,]? XHat, double factor) =>
        [.. Enumerable.Range(0, dY.GetLength(1)).Select(i =>
            factor * Enumerable.Range(0, dY.GetLength(0)).Sum(t => dY[t, i] * (XHat is null ? 1 : XHat[t, i])))];

    /// <summary>Σ g_i (x_i − μ).</summary>
    private static double Along(double[] g, double[] x) => g.Zip(x, (a, b) => a * (b - x.Average())).Sum();

    /// <summary>The closed formula, with its two subtracted terms weighted: 1 is right.</summary>
    private static double[] Backward(double[] x, double[] gamma, double[] dy, double epsilon, double throughMean = 1, double throughVariance = 1) =>
        BackwardWith(x, gamma, dy, 1 / Math.Sqrt(Spread(x) + epsilon), throughMean, throughVariance);

    private static double[] BackwardWith(double[] x, double[] gamma, double[] dy, double rstd, double throughMean = 1, double throughVariance = 1)
    {
        double mean = x.Average();
        double[] xHat = [.. x.Select(v => (v - mean) * rstd)];
        double[] g = [.. dy.Zip(gamma, (a, b) => a * b)];
        double alongOnes = throughMean * g.Average();
        double alongXHat = throughVariance * g.Zip(xHat, (a, b) => a * b).Average();
        return [.. g.Zip(xHat, (a, b) => rstd * (a - alongOnes - b * alongXHat))];
    }

    /// <summary>The closed formula with something else in place of x̂.</summary>
    private static double[] BackwardAlong(double[] x, double[] gamma, double[] dy, double epsilon, Func<double, double> inPlaceOfXHat)
    {
        double rstd = 1 / Math.Sqrt(Spread(x) + epsilon);
        double[] along = [.. x.Select(inPlaceOfXHat)];
        double[] g = [.. dy.Zip(gamma, (a, b) => a * b)];
        double alongOnes = g.Average(), alongThat = g.Zip(along, (a, b) => a * b).Average();
        return [.. g.Zip(along, (a, b) => rstd * (a - alongOnes - b * alongThat))];
    }

    private static double[] ThreePaths(double[] x, double[] gamma, double[] dy, double epsilon)
    {
        (double mean, double rstd) = (x.Average(), 1 / Math.Sqrt(Spread(x) + epsilon));
        double[] g = [.. dy.Zip(gamma, (a, b) => a * b)];
        double dVariance = Along(g, x) * -0.5 * rstd * rstd * rstd;
        double dMean = -rstd * g.Sum();
        return [.. g.Zip(x, (a, v) => a * rstd + dVariance * 2 * (v - mean) / x.Length + dMean / x.Length)];
    }
}
