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

    /// <summary>The first two paths as they are, and the third with another dσ², or ending at something else than x_j − μ.</summary>
    private static double[] ThirdPath(
        double[] x, double[] gamma, double[] dy, double epsilon, Func<double[], double[], double>? dVariance = null, Func<double, double>? end = null)
    {
        double[] g = [.. dy.Zip(gamma, (a, b) => a * b)];
        double atVariance = dVariance?.Invoke(g, x) ?? -0.5 * Along(g, x) * Math.Pow(Spread(x) + epsilon, -1.5);
        return [.. Backward(x, gamma, dy, epsilon, throughVariance: 0).Zip(x, (others, v) => others + atVariance * 2 * (end?.Invoke(v) ?? v - x.Average()) / x.Length)];
    }

    /// <summary>The three paths, each with what arrives on it: directly, through μ, through σ².</summary>
    private static double[] Paths(
        double[] x, double[] gamma, double[] dy, double epsilon, Func<double[], double[], (double[] Direct, double[] Mean, double[] Variance)> arrives)
    {
        (double mean, double rstd) = (x.Average(), 1 / Math.Sqrt(Spread(x) + epsilon));
        var (direct, throughMean, throughVariance) = arrives([.. dy.Zip(gamma, (a, b) => a * b)], dy);
        return [.. x.Select((v, j) => rstd * (direct[j] - throughMean.Average() - (v - mean) * rstd * rstd * Along(throughVariance, x) / x.Length))];
    }
}
