using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>Sinusoidal positions: every pair of features turns like the hand of a clock, each pair at its own speed.</summary>
/// <remarks>
/// <para>Forward, for position i (from 0) and the pair of features 2k and 2k + 1:</para>
/// <code>
/// ω_k = 10000^(−2k / d_model)                 from 1 down to about 1/10000
/// PE[i, 2k]     = sin(ω_k i)
/// PE[i, 2k + 1] = cos(ω_k i)
/// Y = X + PE
/// </code>
/// <para>
/// A shift by δ turns each pair by the angle ω_k δ, whatever i is, by the addition theorems:
/// PE[i + δ] = PE[i]·R_δ with a rotation R_δ that depends on δ alone. Nothing is learned, and dX = dY.
/// </para>
/// <para>Source: Vaswani et al. 2017, 'Attention Is All You Need', §3.5.</para>
/// </remarks>
public sealed class SinusoidalPositions : ILayer<PositionsTrace, PositionsGradients>
{
    /// <summary>Empty: there is nothing to learn.</summary>
    public ParameterSet Parameters => [];

    /// <summary>Returns the encodings of the positions 0 to n − 1.</summary>
    /// <param name="n">Number of positions, at least 1.</param>
    /// <param name="dModel">Number of features, at least 1; where it is odd, the last is a sine without its cosine.</param>
    /// <returns>PE (n × d_model).</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public static Matrix<double> Of(int n, int dModel)
    {
        Require.Positive(n);
        Require.Positive(dModel);
        return Matrix<double>.Build.Dense(n, dModel, (i, j) => j % 2 == 0 ? Math.Sin(ω(j / 2, dModel) * i) : Math.Cos(ω(j / 2, dModel) * i));
    }

    /// <summary>Returns the rotation that shifts every position by δ: PE[i + δ] = PE[i]·R_δ.</summary>
    /// <remarks>
    /// Each pair (sin α, cos α), a row, is multiplied by a block with θ = ω_k δ:
    /// <code>
    /// ⎡  cos θ   −sin θ ⎤         sin(α + θ) = sin α cos θ + cos α sin θ
    /// ⎣  sin θ    cos θ ⎦         cos(α + θ) = cos α cos θ − sin α sin θ
    /// </code>
    /// </remarks>
    /// <param name="δ">The shift, of either sign.</param>
    /// <param name="dModel">Number of features, even.</param>
    /// <returns>R_δ (d_model × d_model).</returns>
    /// <exception cref="ArgumentOutOfRangeException">d_model is below 1 or odd.</exception>
    public static Matrix<double> Rotation(int δ, int dModel)
    {
        Require.Positive(dModel);
        if (dModel % 2 != 0)
            throw new ArgumentOutOfRangeException(nameof(dModel), dModel, $"dModel is {dModel}, but should be even: features are turned in pairs.");
        var R = Matrix<double>.Build.Dense(dModel, dModel);
        for (int k = 0; k < dModel / 2; k++)
        {
            var (sin, cos) = Math.SinCos(ω(k, dModel) * δ);
            R[2 * k, 2 * k] = R[2 * k + 1, 2 * k + 1] = cos;
            R[2 * k, 2 * k + 1] = -sin;
            R[2 * k + 1, 2 * k] = sin;
        }
        return R;
    }

    /// <inheritdoc/>
    /// <param name="X">The tokens (n × d_model).</param>
    /// <returns>Y (n × d_model), and the trace.</returns>
    /// <exception cref="ArgumentException">X is empty, or holds a NaN or an infinity.</exception>
    public (Matrix<double> Y, PositionsTrace Trace) Forward(Matrix<double> X)
    {
        Require.NotEmpty(X);
        Require.Finite(X);
        var Y = X + Of(X.RowCount, X.ColumnCount);              // (n × d_model)
        return (Y, new PositionsTrace(X, Y));
    }

    /// <inheritdoc/>
    /// <param name="trace">What <see cref="Forward"/> kept.</param>
    /// <param name="dY">∂L/∂Y (n × d_model).</param>
    /// <exception cref="ArgumentException">dY has another shape than Y, or holds a NaN or an infinity.</exception>
    public PositionsGradients Backward(PositionsTrace trace, Matrix<double> dY)
    {
        ArgumentNullException.ThrowIfNull(trace);
        Require.SameShape(dY, trace.Y);
        return new PositionsGradients(dY.Clone(), dP: null);
    }

    /// <summary>The speed of pair k, in radians a position.</summary>
    private static double ω(int k, int dModel) => Math.Pow(10000, -2.0 * k / dModel);
}

/// <summary>What a layer of positions computed.</summary>
/// <param name="X">The tokens without their positions (n × d_model).</param>
/// <param name="Y">The tokens with their positions (n × d_model).</param>
public sealed record PositionsTrace(
    [property: Shape("tokens × d_model")] Matrix<double> X,
    [property: Shape("tokens × d_model")] Matrix<double> Y) : Trace;

/// <summary>What the backward pass of a layer of positions returns.</summary>
/// <param name="dX">∂L/∂X (n × d_model), equal to ∂L/∂Y.</param>
/// <param name="dP">∂L/∂P (longest × d_model); null where the positions are not learned.</param>
public sealed record PositionsGradients(
    [property: Shape("tokens × d_model")] Matrix<double> dX,
    [property: Shape("longest × d_model")] Matrix<double>? dP) : LayerGradients, IInputGradient
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() => [.. Parameter.Optional(nameof(LearnedPositions.P), dP)];
}
