using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>Layer normalisation: each token is shifted to mean 0, scaled to variance 1, then scaled by γ and shifted by β.</summary>
/// <remarks>
/// <para>Forward, for one token x (a row of X) with d numbers:</para>
/// <code>
/// μ    = (1/d) Σ x_j
/// σ²   = (1/d) Σ (x_j − μ)²              the population variance: divided by d, not by d − 1
/// rstd = 1 / √(σ² + ε)                   ε stands inside the root
/// x̂    = (x − μ) · rstd
/// y    = γ ⊙ x̂ + β
/// </code>
/// <para>
/// Backward. β is added and γ multiplies, to every token alike, so their gradients are sums over tokens:
/// </para>
/// <code>
/// dβ = Σ dy            dγ = Σ dy ⊙ x̂            dx̂ = dy ⊙ γ
/// </code>
/// <para>
/// x reaches x̂_i on three paths: directly, through μ, and through σ². With δ_ij = 1 where i = j and 0 elsewhere,
/// </para>
/// <code>
/// ∂μ/∂x_j    = 1/d
/// ∂σ²/∂x_j   = (2/d) (x_j − μ)           the path through μ adds nothing: Σ (x_i − μ) = 0
/// ∂rstd/∂x_j = −½ rstd³ · ∂σ²/∂x_j = −(1/d) rstd² · x̂_j
///
/// ∂x̂_i/∂x_j  = rstd · (δ_ij − 1/d) + (x_i − μ) · ∂rstd/∂x_j
///            = rstd · (δ_ij − 1/d − x̂_i x̂_j / d)
/// </code>
/// <para>and dx_j = Σ_i dx̂_i · ∂x̂_i/∂x_j is, for the whole token at once,</para>
/// <code>
/// dx = rstd · (dx̂ − mean(dx̂) − x̂ · mean(dx̂ ⊙ x̂))
/// </code>
/// <para>
/// The two means take from dx̂ its part along the all-ones vector and its part along x̂: moving x along either changes (almost)
/// nothing in the output. So Σ dx = 0 always, and Σ dx ⊙ x̂ = 0 where ε = 0.
/// </para>
/// <para>Source: Ba, Kiros and Hinton 2016, 'Layer Normalization', arXiv:1607.06450.</para>
/// </remarks>
public sealed class LayerNorm : ILayer<LayerNormTrace, LayerNormGradients>
{
    /// <summary>Makes a layer with γ = 1 and β = 0.</summary>
    /// <param name="d">The width of a token, at least 1.</param>
    /// <param name="ε">Added to the variance, above 0. For exactly 0 see <see cref="WithoutEpsilon(int)"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="d"/> is below 1, or <paramref name="ε"/> is not a finite number above 0.</exception>
    public LayerNorm(int d, double ε = 1e-5)
        : this(Ones(d), Vector<double>.Build.Dense(d), ε)
    {
    }

    /// <summary>Makes a layer with given γ and β, which are aliased.</summary>
    /// <param name="γ">The gain (d): multiplies each feature.</param>
    /// <param name="β">The shift (d): is added to each feature.</param>
    /// <param name="ε">Added to the variance, above 0. For exactly 0 see <see cref="WithoutEpsilon(int)"/>.</param>
    /// <exception cref="ArgumentException">γ is empty, β has another length than γ, or either holds a NaN or an infinity.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="ε"/> is not a finite number above 0.</exception>
    public LayerNorm(Vector<double> γ, Vector<double> β, double ε = 1e-5)
        : this(γ, β, ε, allowZero: false)
    {
    }

    private LayerNorm(Vector<double> γ, Vector<double> β, double ε, bool allowZero)
    {
        Require.Finite(γ);
        if (γ.Count == 0) throw new ArgumentException("γ is empty, but should have one number for each feature.", nameof(γ));
        Require.Length(β, γ.Count);
        if (!allowZero) Require.PositiveEpsilon(ε, "LayerNorm.WithoutEpsilon makes a layer with ε = 0.");
        (this.γ, this.β, this.ε) = (γ, β, ε);
    }

    /// <summary>Makes a layer with ε = 0, γ = 1 and β = 0.</summary>
    /// <remarks>
    /// Only without ε are the invariances exact: LN(a·x + b) = LN(x) for a &gt; 0, and dX orthogonal to x̂. The price is that a
    /// constant token has nothing to be divided by, so <see cref="Forward"/> refuses it.
    /// </remarks>
    /// <param name="d">The width of a token, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="d"/> is below 1.</exception>
    public static LayerNorm WithoutEpsilon(int d) => WithoutEpsilon(Ones(d), Vector<double>.Build.Dense(d));

    /// <summary>Makes a layer with ε = 0 and given γ and β, which are aliased.</summary>
    /// <param name="γ">The gain (d).</param>
    /// <param name="β">The shift (d).</param>
    /// <exception cref="ArgumentException">γ is empty, β has another length than γ, or either holds a NaN or an infinity.</exception>
    public static LayerNorm WithoutEpsilon(Vector<double> γ, Vector<double> β) => new(γ, β, ε: 0, allowZero: true);

    /// <summary>The gain (d): multiplies each feature.</summary>
    public Vector<double> γ { get; }

    /// <summary>The shift (d): is added to each feature.</summary>
    public Vector<double> β { get; }

    /// <summary>Added to the variance inside the square root, so that a constant token can be divided by something.</summary>
    public double ε { get; }

    /// <summary>The width d of a token.</summary>
    public int Width => γ.Count;

    /// <inheritdoc/>
    public ParameterSet Parameters => [new(nameof(γ), γ), new(nameof(β), β)];

    /// <inheritdoc/>
    /// <param name="X">The tokens (n × d), n at least 1.</param>
    /// <returns>Y (n × d), and the trace.</returns>
    /// <exception cref="ArgumentException">
    /// X is empty, has another width than d, or holds a NaN or an infinity; or ε is 0 and a token is constant.
    /// </exception>
    public (Matrix<double> Y, LayerNormTrace Trace) Forward(Matrix<double> X)
    {
        Require.Tokens(X, Width);
        if (ε == 0) RequireVaryingTokens(X);

        var μ = X.RowMeans();                                   // (n)
        var C = X.SubtractColumn(μ);                            // (n × d), centred
        var σ2 = C.PointwiseMultiply(C).RowMeans();             // (n)
        var rstd = σ2.Map(v => 1 / Math.Sqrt(v + ε));           // (n)
        var XHat = C.ScaleRows(rstd);                           // (n × d)
        var Y = XHat.ScaleColumns(γ).AddRow(β);                 // (n × d)

        return (Y, new LayerNormTrace(X, μ, σ2, rstd, XHat, Y));
    }

    /// <inheritdoc/>
    /// <param name="trace">What <see cref="Forward"/> kept.</param>
    /// <param name="dY">∂L/∂Y (n × d).</param>
    /// <exception cref="ArgumentException">dY has another shape than Y, or holds a NaN or an infinity.</exception>
    public LayerNormGradients Backward(LayerNormTrace trace, Matrix<double> dY)
    {
        ArgumentNullException.ThrowIfNull(trace);
        Require.SameShape(dY, trace.Y);
        var (XHat, rstd) = (trace.XHat, trace.rstd);

        var dβ = dY.ColumnSums();                               // (d)
        var dγ = dY.PointwiseMultiply(XHat).ColumnSums();       // (d)

        var dXHat = dY.ScaleColumns(γ);                         // (n × d)
        var alongOnes = dXHat.RowMeans();                       // (n), the mean of dx̂
        var alongXHat = dXHat.PointwiseMultiply(XHat).RowMeans();   // (n), the mean of dx̂ ⊙ x̂
        var dX = (dXHat.SubtractColumn(alongOnes) - XHat.ScaleRows(alongXHat)).ScaleRows(rstd);   // (n × d)

        return new LayerNormGradients(dX, dγ, dβ, dXHat);
    }

    private static Vector<double> Ones(int d)
    {
        Require.Positive(d);
        return Vector<double>.Build.Dense(d, 1);
    }

    private static void RequireVaryingTokens(Matrix<double> X)
    {
        for (int i = 0; i < X.RowCount; i++)
        {
            var x = X.Row(i);
            if (x.Minimum() == x.Maximum())
                throw new ArgumentException(FormattableString.Invariant($"Token {i} of X is constant (every number is {x[0]}), so its σ is 0; without ε there is nothing to divide by. Give the layer an ε above 0."), nameof(X));
        }
    }
}

/// <summary>What <see cref="LayerNorm.Forward"/> computed on its way.</summary>
/// <param name="X">The input (n × d).</param>
/// <param name="μ">The mean of each token (n).</param>
/// <param name="σ2">The population variance of each token (n), before ε is added.</param>
/// <param name="rstd">1/√(σ² + ε) of each token (n).</param>
/// <param name="XHat">The normalised tokens x̂ = (x − μ)·rstd (n × d).</param>
/// <param name="Y">The output γ ⊙ x̂ + β (n × d).</param>
public sealed record LayerNormTrace(
    [property: Shape("tokens × d")] Matrix<double> X,
    [property: Shape("tokens")] Vector<double> μ,
    [property: Shape("tokens")] Vector<double> σ2,
    [property: Shape("tokens")] Vector<double> rstd,
    [property: Shape("tokens × d")] Matrix<double> XHat,
    [property: Shape("tokens × d")] Matrix<double> Y) : Trace;

/// <summary>What <see cref="LayerNorm.Backward"/> returns.</summary>
/// <param name="dX">∂L/∂X (n × d).</param>
/// <param name="dγ">∂L/∂γ (d), summed over tokens.</param>
/// <param name="dβ">∂L/∂β (d), summed over tokens.</param>
/// <param name="dXHat">∂L/∂x̂ = dY ⊙ γ (n × d), where the way back to X begins.</param>
public sealed record LayerNormGradients(
    [property: Shape("tokens × d")] Matrix<double> dX,
    [property: Shape("d")] Vector<double> dγ,
    [property: Shape("d")] Vector<double> dβ,
    [property: Shape("tokens × d")] Matrix<double> dXHat) : LayerGradients, IInputGradient
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() => [new(nameof(LayerNorm.γ), dγ), new(nameof(LayerNorm.β), dβ)];
}
