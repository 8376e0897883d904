using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>A linear layer: every token is multiplied by a matrix, and a bias is added.</summary>
/// <remarks>
/// <para>Forward, for all tokens at once:</para>
/// <code>
/// Y = X·W + 1·bᵀ              (n × d_out) = (n × d_in)(d_in × d_out) + the same row b for every token
/// </code>
/// <para>
/// Backward. Written out, y_tk = Σ_j x_tj w_jk + b_k. Each of the three is met with what multiplies it:
/// </para>
/// <code>
/// dX = dY·Wᵀ                  dx_tj = Σ_k dy_tk w_jk         summed over what the token's number went into
/// dW = Xᵀ·dY                  dw_jk = Σ_t x_tj dy_tk         summed over tokens: all of them use the same W
/// db = Σ_t dY_t               db_k  = Σ_t dy_tk
/// </code>
/// <para>The shapes leave no choice: only Xᵀ·dY is d_in × d_out, only dY·Wᵀ is n × d_in.</para>
/// <para>Row vectors, as in Vaswani et al. 2017. PyTorch keeps the transpose of W in <c>nn.Linear.weight</c>.</para>
/// </remarks>
public sealed class Linear : ILayer<LinearTrace, LinearGradients>
{
    /// <summary>Makes a layer with given parameters, which are aliased.</summary>
    /// <param name="W">The weights (d_in × d_out).</param>
    /// <param name="b">The bias (d_out), or null for a layer without one.</param>
    /// <exception cref="ArgumentException">W is empty, b has another length than W has columns, or either holds a NaN or an infinity.</exception>
    public Linear(Matrix<double> W, Vector<double>? b = null)
    {
        Require.NotEmpty(W);
        Require.Finite(W);
        if (b is not null) Require.Length(b, W.ColumnCount);
        (this.W, this.b) = (W, b);
    }

    /// <summary>Makes a layer with random weights and a zero bias.</summary>
    /// <param name="random">The generator to draw from.</param>
    /// <param name="dIn">The width of an input token.</param>
    /// <param name="dOut">The width of an output token.</param>
    /// <param name="bias">Whether there is a bias.</param>
    /// <exception cref="ArgumentOutOfRangeException">A width is below 1.</exception>
    public static Linear Random(Random random, int dIn, int dOut, bool bias = true) =>
        new(random.Glorot(dIn, dOut), bias ? Vector<double>.Build.Dense(dOut) : null);

    /// <summary>The weights (d_in × d_out).</summary>
    public Matrix<double> W { get; }

    /// <summary>The bias (d_out), or null.</summary>
    public Vector<double>? b { get; }

    /// <inheritdoc/>
    public ParameterSet Parameters => [new(nameof(W), W), .. Parameter.Optional(nameof(b), b)];

    /// <inheritdoc/>
    /// <param name="X">The tokens (n × d_in), n at least 1.</param>
    /// <returns>Y (n × d_out), and the trace.</returns>
    /// <exception cref="ArgumentException">X is empty, has another width than d_in, or holds a NaN or an infinity.</exception>
    public (Matrix<double> Y, LinearTrace Trace) Forward(Matrix<double> X)
    {
        Require.Tokens(X, W.RowCount);
        var Y = X.Project(W, b);                                // (n × d_out)
        return (Y, new LinearTrace(X, Y));
    }

    /// <inheritdoc/>
    /// <param name="trace">What <see cref="Forward"/> kept.</param>
    /// <param name="dY">∂L/∂Y (n × d_out).</param>
    /// <exception cref="ArgumentException">dY has another shape than Y, or holds a NaN or an infinity.</exception>
    public LinearGradients Backward(LinearTrace trace, Matrix<double> dY)
    {
        ArgumentNullException.ThrowIfNull(trace);
        Require.SameShape(dY, trace.Y);
        var X = trace.X;

        var dX = dY * W.Transpose();                            // (n × d_in)
        var dW = X.Transpose() * dY;                            // (d_in × d_out)
        var db = b is null ? null : dY.ColumnSums();            // (d_out)

        return new LinearGradients(dX, dW, db);
    }
}

/// <summary>What <see cref="Linear.Forward"/> computed.</summary>
/// <param name="X">The input (n × d_in).</param>
/// <param name="Y">The output X·W + b (n × d_out).</param>
public sealed record LinearTrace(
    [property: Shape("tokens × d_in")] Matrix<double> X,
    [property: Shape("tokens × d_out")] Matrix<double> Y) : Trace;

/// <summary>What <see cref="Linear.Backward"/> returns.</summary>
/// <param name="dX">∂L/∂X (n × d_in).</param>
/// <param name="dW">∂L/∂W (d_in × d_out), summed over tokens.</param>
/// <param name="db">∂L/∂b (d_out), summed over tokens; null where the layer has no bias.</param>
public sealed record LinearGradients(
    [property: Shape("tokens × d_in")] Matrix<double> dX,
    [property: Shape("d_in × d_out")] Matrix<double> dW,
    [property: Shape("d_out")] Vector<double>? db) : LayerGradients, IInputGradient
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() => [new(nameof(Linear.W), dW), .. Parameter.Optional(nameof(Linear.b), db)];
}
