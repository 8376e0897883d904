using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Statistics;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

// The lesson's experiments. Lesson, laboratory and the claims' tests call them, so that each stands in one place.
public static partial class Lesson01
{
    /// <summary>A token of 64 features with mean 0 and a given variance; its pattern is always the same (seed 2).</summary>
    /// <param name="variance">σ², 0 or more.</param>
    /// <returns>The token (1 × 64).</returns>
    public static Matrix<double> TokenOfVariance(double variance)
    {
        var shape = SeededRandom.Create(2).NormalVector(64);
        return ((shape - shape.Average()) / shape.PopulationStandardDeviation() * Math.Sqrt(variance)).ToRowMatrix();
    }

    /// <summary>The variance that LayerNorm leaves of a token of 64 features, measured.</summary>
    /// <param name="variance">σ² of the token.</param>
    /// <param name="epsilon">ε, above 0.</param>
    public static double MeasuredVarianceLeft(double variance, double epsilon = 1e-5) =>
        new LayerNorm(64, epsilon).Forward(TokenOfVariance(variance)).Y.Row(0).PopulationVariance();

    /// <summary>LayerNorm with γ = 1, β = 0 and ε = 1e-5: each row by its own mean and variance.</summary>
    /// <param name="X">The tokens (n × d).</param>
    public static Matrix<double> LayerNormOf(Matrix<double> X) => new LayerNorm(X.ColumnCount).Forward(X).Y;

    /// <summary>Batch normalisation, as in training: what LayerNorm does to rows, done to columns.</summary>
    /// <param name="X">The tokens (n × d).</param>
    public static Matrix<double> BatchNorm(Matrix<double> X) => LayerNormOf(X.Transpose()).Transpose();

    /// <summary>Five tokens of four features (seed 4), and the same with 1 added to feature 1 of token 2.</summary>
    public static (Matrix<double> Tokens, Matrix<double> Nudged) OneNumberChanged()
    {
        var tokens = SeededRandom.Create(4).NormalMatrix(5, 4);
        var nudged = tokens.Clone();
        nudged[2, 1] += 1;
        return (tokens, nudged);
    }

    /// <summary>A batch of tokens of four features whose first token is always the same (seeds 5 and 6).</summary>
    /// <param name="size">How many tokens, 1 to 32.</param>
    /// <returns>The tokens (size × 4).</returns>
    public static Matrix<double> BatchOf(int size)
    {
        var first = SeededRandom.Create(5).NormalMatrix(1, 4);
        return size == 1 ? first : first.Stack(SeededRandom.Create(6).NormalMatrix(31, 4).SubMatrix(0, size - 1, 0, 4));
    }

    /// <summary>How far the first token of a batch of 32 lies from the same token in a batch of its own, after a normalisation.</summary>
    /// <param name="norm">The normalisation: tokens (n × 4) to tokens (n × 4).</param>
    public static double MovedByBatch(Func<Matrix<double>, Matrix<double>> norm) =>
        (norm(BatchOf(1)).Row(0) - norm(BatchOf(32)).Row(0)).AbsoluteMaximum();

    /// <summary>200 tokens of 16 features (seed 3).</summary>
    /// <param name="sizes">Whether each has a deviation of its own, e to the power of a normal number, in place of 1.</param>
    /// <param name="means">Whether each has a mean of its own, twice a normal number, in place of 0.</param>
    /// <returns>The tokens (200 × 16).</returns>
    public static Matrix<double> Crowd(bool sizes, bool means)
    {
        var draw = SeededRandom.Create(3);
        var crowd = LayerNormOf(draw.NormalMatrix(200, 16));
        for (int t = 0; t < 200; t++)
        {
            (double size, double mean) = (Math.Exp(draw.NormalVector(1)[0]), 2 * draw.NormalVector(1)[0]);
            crowd.SetRow(t, crowd.Row(t) * (sizes ? size : 1) + (means ? mean : 0));
        }
        return crowd;
    }

    /// <summary>The same 200 tokens, with deviations e to the power of s times a normal number (seed 3).</summary>
    /// <param name="s">How different the deviations are; 0 for all the same.</param>
    /// <returns>The tokens (200 × 16).</returns>
    public static Matrix<double> CrowdOfSizes(double s)
    {
        var (crowd, sizes) = (Crowd(sizes: false, means: false), SeededRandom.Create(3));
        for (int t = 0; t < 200; t++) crowd.SetRow(t, crowd.Row(t) * Math.Exp(s * sizes.NormalVector(1)[0]));
        return crowd;
    }

    /// <summary>
    /// The share of the tokens' spread that no γ and β can bring back after LayerNorm: for each feature the straight line, by least
    /// squares, that brings the outputs nearest to the inputs.
    /// </summary>
    /// <param name="X">The tokens (n × d).</param>
    /// <returns>0 where every token comes back, 1 where nothing comes nearer than the mean token.</returns>
    public static double LeftOver(Matrix<double> X)
    {
        var XHat = LayerNormOf(X);
        double left = 0, spread = 0;
        for (int i = 0; i < X.ColumnCount; i++)
        {
            var (input, normalised) = (X.Column(i), XHat.Column(i));
            var (β, γ) = Fit.Line(normalised.ToArray(), input.ToArray());
            left += (normalised * γ + β - input).PointwisePower(2).Sum();
            spread += (input - input.Average()).PointwisePower(2).Sum();
        }
        return left / spread;
    }
}
