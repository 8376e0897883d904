using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>Root-mean-square normalisation: LayerNorm without the mean and without β. Each token is divided by its root mean square.</summary>
/// <remarks>
/// <para>Forward, for one token x with d numbers:</para>
/// <code>
/// ms   = (1/d) Σ x_j²
/// rrms = 1 / √(ms + ε)
/// x̂    = x · rrms
/// y    = γ ⊙ x̂
/// </code>
/// <para>Backward. x reaches x̂ directly and through the mean square, ∂ms/∂x_j = (2/d) x_j:</para>
/// <code>
/// dγ = Σ dy ⊙ x̂            dx̂ = dy ⊙ γ
///
/// ∂rrms/∂x_j = −½ rrms³ · (2/d) x_j = −(1/d) rrms² · x̂_j
/// ∂x̂_i/∂x_j  = rrms · (δ_ij − x̂_i x̂_j / d)
///
/// dx = rrms · (dx̂ − x̂ · mean(dx̂ ⊙ x̂))
/// </code>
/// <para>Where LayerNorm's dx loses two directions, this one loses only that along x̂: the scale, not the mean.</para>
/// <para>Source: Zhang and Sennrich 2019, 'Root Mean Square Layer Normalization', arXiv:1910.07467.</para>
/// </remarks>
public sealed class RMSNorm : ILayer<RMSNormTrace, RMSNormGradients>
{
    /// <summary>Makes a layer with γ = 1.</summary>
    /// <param name="d">The width of a token, at least 1.</param>
    /// <param name="ε">Added to the mean square, above 0. For exactly 0 see <see cref="WithoutEpsilon"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="d"/> is below 1, or <paramref name="ε"/> is not a finite number above 0.</exception>
    public RMSNorm(int d, double ε = 1e-5)
        : this(Ones(d), ε)
    {
    }

    /// <summary>Makes a layer with a given γ, which is aliased.</summary>
    /// <param name="γ">The gain (d): multiplies each feature.</param>
    /// <param name="ε">Added to the mean square, above 0. For exactly 0 see <see cref="WithoutEpsilon"/>.</param>
    /// <exception cref="ArgumentException">γ is empty, or holds a NaN or an infinity.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="ε"/> is not a finite number above 0.</exception>
    public RMSNorm(Vector<double> γ, double ε = 1e-5)
        : this(γ, ε, allowZero: false)
    {
    }

    private RMSNorm(Vector<double> γ, double ε, bool allowZero)
    {
        Require.Finite(γ);
        if (γ.Count == 0) throw new ArgumentException("γ is empty, but should have one number for each feature.", nameof(γ));
        if (!allowZero) Require.PositiveEpsilon(ε, "RMSNorm.WithoutEpsilon makes a layer with ε = 0.");
        (this.γ, this.ε) = (γ, ε);
    }

    /// <summary>Makes a layer with ε = 0, for which RMSNorm(a·x) = RMSNorm(x) holds exactly. It refuses a token of zeros.</summary>
    /// <param name="γ">The gain (d), aliased.</param>
    /// <exception cref="ArgumentException">γ is empty, or holds a NaN or an infinity.</exception>
    public static RMSNorm WithoutEpsilon(Vector<double> γ) => new(γ, ε: 0, allowZero: true);

    /// <summary>The gain (d): multiplies each feature.</summary>
    public Vector<double> γ { get; }

    /// <summary>Added to the mean square inside the square root, so that a token of zeros can be divided by something.</summary>
    public double ε { get; }

    /// <summary>The width d of a token.</summary>
    public int Width => γ.Count;

    /// <inheritdoc/>
    public ParameterSet Parameters => [new(nameof(γ), γ)];

    /// <inheritdoc/>
    /// <param name="X">The tokens (n × d), n at least 1.</param>
    /// <returns>Y (n × d), and the trace.</returns>
    /// <exception cref="ArgumentException">
    /// X is empty, has another width than d, or holds a NaN or an infinity; or ε is 0 and a token is all zeros.
    /// </exception>
    public (Matrix<double> Y, RMSNormTrace Trace) Forward(Matrix<double> X)
    {
        Require.Tokens(X, Width);

        var ms = X.PointwiseMultiply(X).RowMeans();             // (n)
        if (ε == 0 && ms.Minimum() == 0)
            throw new ArgumentException($"Token {ms.MinimumIndex()} of X is all zeros; without ε there is nothing to divide by. Give the layer an ε above 0.", nameof(X));
        var rrms = ms.Map(v => 1 / Math.Sqrt(v + ε));           // (n)
        var XHat = X.ScaleRows(rrms);                           // (n × d)
        var Y = XHat.ScaleColumns(γ);                           // (n × d)

        return (Y, new RMSNormTrace(X, ms, rrms, XHat, Y));
    }

    /// <inheritdoc/>
    /// <param name="trace">What <see cref="Forward"/> kept.</param>
    /// <param name="dY">∂L/∂Y (n × d).</param>
    /// <exception cref="ArgumentException">dY has another shape than Y, or holds a NaN or an infinity.</exception>
    public RMSNormGradients Backward(RMSNormTrace trace, Matrix<double> dY)
    {
        ArgumentNullException.ThrowIfNull(trace);
        Require.SameShape(dY, trace.Y);
        var (XHat, rrms) = (trace.XHat, trace.rrms);

        var dγ = dY.PointwiseMultiply(XHat).ColumnSums();       // (d)

        var dXHat = dY.ScaleColumns(γ);                         // (n × d)
        var alongXHat = dXHat.PointwiseMultiply(XHat).RowMeans();   // (n), the mean of dx̂ ⊙ x̂
        var dX = (dXHat - XHat.ScaleRows(alongXHat)).ScaleRows(rrms);   // (n × d)

        return new RMSNormGradients(dX, dγ, dXHat);
    }

    private static Vector<double> Ones(int d)
    {
        Require.Positive(d);
        return Vector<double>.Build.Dense(d, 1);
    }
}

/// <summary>What <see cref="RMSNorm.Forward"/> computed on its way.</summary>
/// <param name="X">The input (n × d).</param>
/// <param name="ms">The mean square of each token (n), before ε is added.</param>
/// <param name="rrms">1/√(ms + ε) of each token (n).</param>
/// <param name="XHat">The normalised tokens x̂ = x·rrms (n × d).</param>
/// <param name="Y">The output γ ⊙ x̂ (n × d).</param>
public sealed record RMSNormTrace(
    [property: Shape("tokens × d")] Matrix<double> X,
    [property: Shape("tokens")] Vector<double> ms,
    [property: Shape("tokens")] Vector<double> rrms,
    [property: Shape("tokens × d")] Matrix<double> XHat,
    [property: Shape("tokens × d")] Matrix<double> Y) : Trace;

/// <summary>What <see cref="RMSNorm.Backward"/> returns.</summary>
/// <param name="dX">∂L/∂X (n × d).</param>
/// <param name="dγ">∂L/∂γ (d), summed over tokens.</param>
/// <param name="dXHat">∂L/∂x̂ = dY ⊙ γ (n × d), where the way back to X begins.</param>
public sealed record RMSNormGradients(
    [property: Shape("tokens × d")] Matrix<double> dX,
    [property: Shape("d")] Vector<double> dγ,
    [property: Shape("tokens × d")] Matrix<double> dXHat) : LayerGradients, IInputGradient
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() => [new(nameof(RMSNorm.γ), dγ)];
}
