using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using MathNet.Numerics.Statistics;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>The claims of lesson 01, measured again, with the lesson's own seeds.</summary>
internal static class LayerNormMeasurements
{
    private const double ε = 1e-5;

    private static readonly double[] Token = [0.2, 0.1, 0.3];

    [Measures("N1")]
    public static (string, double)[] By_hand()
    {
        var (_, trace) = LayerNorm.WithoutEpsilon(3).Forward(DenseMatrix.OfRowArrays(Token));
        var γ = Vector<double>.Build.Dense(3, 2);
        var β = Vector<double>.Build.Dense(3, 1);
        return
        [
            ("μ", trace.μ[0]),
            ("σ", 1 / trace.rstd[0]),
            ("x̂₃", trace.XHat[0, 2]),
            ("y₃ with γ = 2, β = 1", LayerNorm.WithoutEpsilon(γ, β).Forward(trace.X).Y[0, 2]),
        ];
    }

    [Measures("N2")]
    public static (string, double)[] Mean_and_variance_of_the_output()
    {
        double[] variances = [.. Enumerable.Range(-8, 11).Select(power => Math.Pow(10, power))];
        var outputs = variances.ToDictionary(variance => variance, variance => Normalised(variance));
        double VarianceNear(double variance) => outputs.MinBy(pair => Math.Abs(pair.Key / variance - 1)).Value.PopulationVariance();
        return
        [
            ("mean of x̂, largest", outputs.Values.Max(y => Math.Abs(y.Average()))),
            ("Var(x̂) at σ² = 100", VarianceNear(100)),
            ("Var(x̂) at σ² = ε", VarianceNear(ε)),
            ("largest distance from σ²/(σ² + ε)", outputs.Max(pair => Math.Abs(pair.Value.PopulationVariance() - pair.Key / (pair.Key + ε)))),
        ];
    }

    [Measures("N3")]
    public static (string, double)[] Population_and_sample_deviation()
    {
        var (_, trace) = LayerNorm.WithoutEpsilon(3).Forward(DenseMatrix.OfRowArrays(Token));
        return [("σ, divided by N", Math.Sqrt(trace.σ2[0])), ("σ, divided by N − 1", Token.StandardDeviation())];
    }

    [Measures("N4")]
    public static (string, double)[] Where_ε_stands()
    {
        double[] constant = [7, 7, 7, 7];
        double distance = constant[0] - constant.Average();
        double σ = constant.PopulationStandardDeviation();
        Vector<double> faint = Faint(ε);
        return
        [
            ("constant token, without ε", distance / σ),
            ("constant token, ε inside the root", new LayerNorm(4, ε).Forward(DenseMatrix.OfRowArrays(constant)).Y[0, 0]),
            ("constant token, ε outside the root", distance / (σ + ε)),
            ("deviation of x̂ at σ² = ε, ε inside", Normalised(ε).PopulationStandardDeviation()),
            ("deviation of x̂ at σ² = ε, ε outside", (faint / (faint.PopulationStandardDeviation() + ε)).PopulationStandardDeviation()),
        ];
    }

    [Measures("N5")]
    public static (string, double)[] What_other_tokens_notice()
    {
        var tokens = SeededRandom.Create(4).NormalMatrix(5, 4);
        var nudged = tokens.Clone();
        nudged[2, 1] += 1;
        double InOtherTokens(Func<Matrix<double>, Matrix<double>> norm) =>
            (norm(tokens) - norm(nudged)).RemoveRow(2).Enumerate().Count(difference => difference != 0);

        var first = SeededRandom.Create(5).NormalMatrix(1, 4);
        var others = SeededRandom.Create(6).NormalMatrix(31, 4);
        double MovedByBatch(Func<Matrix<double>, Matrix<double>> norm) =>
            (norm(first).Row(0) - norm(first.Stack(others)).Row(0)).AbsoluteMaximum();

        return
        [
            ("outputs of other tokens changed, LayerNorm", InOtherTokens(LayerNormOf)),
            ("outputs of other tokens changed, batch norm", InOtherTokens(BatchNorm)),
            ("first token moved by a batch of 32, LayerNorm", MovedByBatch(LayerNormOf)),
            ("first token moved by a batch of 32, batch norm", MovedByBatch(BatchNorm)),
        ];
    }

    [Measures("N6")]
    public static (string, double)[] What_γ_and_β_can_undo()
    {
        var draw = SeededRandom.Create(3);
        var alike = LayerNormOf(draw.NormalMatrix(200, 16));
        var scaled = alike.Clone();
        var moved = alike.Clone();
        for (int t = 0; t < 200; t++)
        {
            (double size, double shift) = (Math.Exp(draw.NormalVector(1)[0]), 2 * draw.NormalVector(1)[0]);
            scaled.SetRow(t, alike.Row(t) * size);
            moved.SetRow(t, alike.Row(t) * size + shift);
        }
        return
        [
            ("left over, one μ and one σ", LeftOver(alike * 5 + 3)),
            ("left over, each its own σ", LeftOver(scaled)),
            ("left over, each its own μ and σ", LeftOver(moved)),
            ("left over, two tokens of their own μ and σ", LeftOver(moved.SubMatrix(0, 2, 0, 16))),
        ];
    }

    [Measures("N8")]
    public static (string, double)[] Directions_without_effect()
    {
        var x = SeededRandom.Create(8).NormalMatrix(1, 64);
        var γ = SeededRandom.Create(9).NormalVector(64);
        var dy = SeededRandom.Create(10).NormalMatrix(1, 64);
        (double AlongOnes, double AlongXHat) Products(LayerNorm layer)
        {
            var (_, trace) = layer.Forward(x);
            var dx = layer.Backward(trace, dy).dX.Row(0);
            return (dx.Sum(), dx * trace.XHat.Row(0));
        }
        var exactly = Products(LayerNorm.WithoutEpsilon(γ, γ * 0));
        var nearly = Products(new LayerNorm(γ, γ * 0, 0.1));

        var token = SeededRandom.Create(7).NormalMatrix(1, 8);
        double Moved(LayerNorm norm, double factor) =>
            (norm.Forward(token * factor).Y - norm.Forward(token).Y).Enumerate().Max(Math.Abs);
        return
        [
            ("Σ dx at ε = 0", exactly.AlongOnes),
            ("Σ dx · x̂ at ε = 0", exactly.AlongXHat),
            ("Σ dx at ε = 0.1", nearly.AlongOnes),
            ("Σ dx · x̂ at ε = 0.1", nearly.AlongXHat),
            ("output moved by 1000 x, ε = 0", Moved(LayerNorm.WithoutEpsilon(8), 1000)),
            ("output moved by 0.001 x, ε = 0", Moved(LayerNorm.WithoutEpsilon(8), 0.001)),
            ("output moved by 0.001 x, ε = 1e-5", Moved(new LayerNorm(8, ε), 0.001)),
        ];
    }

    private static Matrix<double> LayerNormOf(Matrix<double> X) => new LayerNorm(X.ColumnCount).Forward(X).Y;

    private static Matrix<double> BatchNorm(Matrix<double> X) => new LayerNorm(X.RowCount).Forward(X.Transpose()).Y.Transpose();

    /// <summary>A token of 64 numbers with mean 0 and a given variance.</summary>
    private static Vector<double> Faint(double variance)
    {
        var shape = SeededRandom.Create(2).NormalVector(64);
        return (shape - shape.Average()) / shape.PopulationStandardDeviation() * Math.Sqrt(variance);
    }

    private static Vector<double> Normalised(double variance) => new LayerNorm(64, ε).Forward(Faint(variance).ToRowMatrix()).Y.Row(0);

    /// <summary>The share of the tokens' spread that no γ and β can bring back: least squares, feature by feature.</summary>
    private static double LeftOver(Matrix<double> X)
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
