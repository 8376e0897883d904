using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using MathNet.Numerics.Statistics;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises.Tests.Claims;

/// <summary>The claims of lessons 01 and 02, measured again by the lessons' own experiments.</summary>
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
            ("x̂, last feature", trace.XHat[0, 2]),
            ("y, last feature, with γ = 2, β = 1", LayerNorm.WithoutEpsilon(γ, β).Forward(trace.X).Y[0, 2]),
        ];
    }

    [Measures("N2")]
    public static (string, double)[] Mean_and_variance_of_the_output()
    {
        double[] variances = [.. Enumerable.Range(-8, 11).Select(power => Math.Pow(10, power))];
        return
        [
            ("mean of x̂, largest", variances.Max(variance => Math.Abs(Lesson01.LayerNormOf(Lesson01.TokenOfVariance(variance)).Row(0).Average()))),
            ("Var(x̂) at σ² = 100", Lesson01.MeasuredVarianceLeft(100)),
            ("Var(x̂) at σ² = ε", Lesson01.MeasuredVarianceLeft(ε)),
            ("largest distance from σ²/(σ² + ε)", variances.Max(variance => Math.Abs(Lesson01.MeasuredVarianceLeft(variance) - variance / (variance + ε)))),
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
        Vector<double> faint = Lesson01.TokenOfVariance(ε).Row(0);
        return
        [
            ("constant token, without ε", distance / σ),
            ("constant token, ε inside the root", new LayerNorm(4, ε).Forward(DenseMatrix.OfRowArrays(constant)).Y[0, 0]),
            ("constant token, ε outside the root", distance / (σ + ε)),
            ("deviation of x̂ at σ² = ε, ε inside", Math.Sqrt(Lesson01.MeasuredVarianceLeft(ε))),
            ("deviation of x̂ at σ² = ε, ε outside", (faint / (faint.PopulationStandardDeviation() + ε)).PopulationStandardDeviation()),
        ];
    }

    [Measures("N5")]
    public static (string, double)[] What_other_tokens_notice()
    {
        var (tokens, nudged) = Lesson01.OneNumberChanged();
        double InOtherTokens(Func<Matrix<double>, Matrix<double>> norm) =>
            (norm(tokens) - norm(nudged)).RemoveRow(2).Enumerate().Count(difference => difference != 0);
        return
        [
            ("outputs of other tokens changed, LayerNorm", InOtherTokens(Lesson01.LayerNormOf)),
            ("outputs of other tokens changed, batch norm", InOtherTokens(Lesson01.BatchNorm)),
            ("first token moved by a batch of 32, LayerNorm", Lesson01.MovedByBatch(Lesson01.LayerNormOf)),
            ("first token moved by a batch of 32, batch norm", Lesson01.MovedByBatch(Lesson01.BatchNorm)),
        ];
    }

    [Measures("N6")]
    public static (string, double)[] What_γ_and_β_can_undo() =>
    [
        ("left over, one μ and one σ", Lesson01.LeftOver(Lesson01.Crowd(sizes: false, means: false) * 5 + 3)),
        ("left over, each its own σ", Lesson01.LeftOver(Lesson01.Crowd(sizes: true, means: false))),
        ("left over, each its own μ and σ", Lesson01.LeftOver(Lesson01.Crowd(sizes: true, means: true))),
        ("left over, two tokens of their own μ and σ", Lesson01.LeftOver(Lesson01.Crowd(sizes: true, means: true).SubMatrix(0, 2, 0, 16))),
    ];

    [Measures("N8")]
    public static (string, double)[] Directions_without_effect() =>
    [
        ("Σ dx at ε = 0", Lesson02.Products(0).WithOnes),
        ("Σ dx · x̂ at ε = 0", Lesson02.Products(0).WithXHat),
        ("Σ dx at ε = 0.1", Lesson02.Products(0.1).WithOnes),
        ("Σ dx · x̂ at ε = 0.1", Lesson02.Products(0.1).WithXHat),
        ("output moved by 1000 x, ε = 0", Lesson02.OutputMoves(x => x * 1000, 0)),
        ("output moved by 0.001 x, ε = 0", Lesson02.OutputMoves(x => x * 0.001, 0)),
        ("output moved by 0.001 x, ε = 1e-5", Lesson02.OutputMoves(x => x * 0.001, ε)),
    ];
}
