using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>The feed-forward block: the same small network of two linear layers for every token by itself.</summary>
/// <remarks>
/// <para>Forward, with φ the activation and an inner width d_ff that is usually 4·d_model:</para>
/// <code>
/// H = X·W_1 + b_1             (n × d_ff)      up
/// Φ = φ(H)                    (n × d_ff)      each number by itself
/// Y = Φ·W_2 + b_2             (n × d_model)   and down again
/// </code>
/// <para>Backward. Two linear layers with a pointwise function between them:</para>
/// <code>
/// dW_2 = Φᵀ·dY        db_2 = Σ dY        dΦ = dY·W_2ᵀ
/// dH   = dΦ ⊙ φ′(H)
/// dW_1 = Xᵀ·dH        db_1 = Σ dH        dX = dH·W_1ᵀ
/// </code>
/// <para>Source: Vaswani et al. 2017, 'Attention Is All You Need', §3.3, with φ = ReLU.</para>
/// </remarks>
public sealed class FeedForward : ILayer<FeedForwardTrace, FeedForwardGradients>
{
    /// <summary>Makes a block with given parameters, which are aliased.</summary>
    /// <param name="W_1">Leads up (d_model × d_ff).</param>
    /// <param name="b_1">Its bias (d_ff), or null.</param>
    /// <param name="W_2">Leads down (d_ff × d_model).</param>
    /// <param name="b_2">Its bias (d_model), or null.</param>
    /// <param name="activation">The function between them; ReLU where none is given.</param>
    /// <exception cref="ArgumentException">A parameter is empty or not finite, or the shapes do not fit each other.</exception>
    public FeedForward(Matrix<double> W_1, Vector<double>? b_1, Matrix<double> W_2, Vector<double>? b_2, Activation? activation = null)
    {
        Require.NotEmpty(W_1);
        Require.NotEmpty(W_2);
        Require.Finite(W_1);
        Require.Shape(W_2, W_1.ColumnCount, W_2.ColumnCount);
        if (b_1 is not null) Require.Length(b_1, W_1.ColumnCount);
        if (b_2 is not null) Require.Length(b_2, W_2.ColumnCount);
        (this.W_1, this.b_1, this.W_2, this.b_2) = (W_1, b_1, W_2, b_2);
        Activation = activation ?? Activation.ReLU;
    }

    /// <summary>Makes a block with random weights and zero biases.</summary>
    /// <param name="random">The generator to draw from.</param>
    /// <param name="dModel">The width of a token.</param>
    /// <param name="dFF">The inner width.</param>
    /// <param name="activation">The function between the layers; ReLU where none is given.</param>
    /// <param name="bias">Whether there are biases.</param>
    /// <exception cref="ArgumentOutOfRangeException">A width is below 1.</exception>
    public static FeedForward Random(Random random, int dModel, int dFF, Activation? activation = null, bool bias = true) => new(
        random.Glorot(dModel, dFF),
        bias ? Vector<double>.Build.Dense(dFF) : null,
        random.Glorot(dFF, dModel),
        bias ? Vector<double>.Build.Dense(dModel) : null,
        activation);

    /// <summary>Leads up (d_model × d_ff).</summary>
    public Matrix<double> W_1 { get; }

    /// <summary>Bias of the way up (d_ff), or null.</summary>
    public Vector<double>? b_1 { get; }

    /// <summary>Leads down (d_ff × d_model).</summary>
    public Matrix<double> W_2 { get; }

    /// <summary>Bias of the way down (d_model), or null.</summary>
    public Vector<double>? b_2 { get; }

    /// <summary>The function φ between the two layers.</summary>
    public Activation Activation { get; }

    /// <inheritdoc/>
    public ParameterSet Parameters => [new(nameof(W_1), W_1), .. Parameter.Optional(nameof(b_1), b_1), new(nameof(W_2), W_2), .. Parameter.Optional(nameof(b_2), b_2)];

    /// <inheritdoc/>
    /// <param name="X">The tokens (n × d_model), n at least 1.</param>
    /// <returns>Y (n × d_model), and the trace.</returns>
    /// <exception cref="ArgumentException">X is empty, of another width, or holds a NaN or an infinity.</exception>
    public (Matrix<double> Y, FeedForwardTrace Trace) Forward(Matrix<double> X)
    {
        Require.Tokens(X, W_1.RowCount);

        var H = X.Project(W_1, b_1);                            // (n × d_ff)
        var Φ = H.Map(Activation.Value, Zeros.Include);         // (n × d_ff)
        var Y = Φ.Project(W_2, b_2);                            // (n × d_model)

        return (Y, new FeedForwardTrace(X, H, Φ, Y));
    }

    /// <inheritdoc/>
    /// <param name="trace">What <see cref="Forward"/> kept.</param>
    /// <param name="dY">∂L/∂Y (n × d_model).</param>
    /// <exception cref="ArgumentException">dY has another shape than Y, or holds a NaN or an infinity.</exception>
    public FeedForwardGradients Backward(FeedForwardTrace trace, Matrix<double> dY)
    {
        ArgumentNullException.ThrowIfNull(trace);
        Require.SameShape(dY, trace.Y);
        var (X, H, Φ) = (trace.X, trace.H, trace.Φ);

        var dW_2 = Φ.Transpose() * dY;                          // (d_ff × d_model)
        var db_2 = b_2 is null ? null : dY.ColumnSums();        // (d_model)
        var dΦ = dY * W_2.Transpose();                          // (n × d_ff)

        var dH = dΦ.PointwiseMultiply(H.Map(Activation.Derivative, Zeros.Include));   // (n × d_ff)

        var dW_1 = X.Transpose() * dH;                          // (d_model × d_ff)
        var db_1 = b_1 is null ? null : dH.ColumnSums();        // (d_ff)
        var dX = dH * W_1.Transpose();                          // (n × d_model)

        return new FeedForwardGradients(dX, dW_1, db_1, dW_2, db_2, dΦ, dH);
    }
}

/// <summary>What <see cref="FeedForward.Forward"/> computed on its way.</summary>
/// <param name="X">The input (n × d_model).</param>
/// <param name="H">X·W_1 + b_1 (n × d_ff).</param>
/// <param name="Φ">φ(H) (n × d_ff).</param>
/// <param name="Y">The output Φ·W_2 + b_2 (n × d_model).</param>
public sealed record FeedForwardTrace(
    [property: Shape("tokens × d_model")] Matrix<double> X,
    [property: Shape("tokens × d_ff")] Matrix<double> H,
    [property: Shape("tokens × d_ff")] Matrix<double> Φ,
    [property: Shape("tokens × d_model")] Matrix<double> Y) : Trace;

/// <summary>What <see cref="FeedForward.Backward"/> returns.</summary>
/// <param name="dX">∂L/∂X (n × d_model).</param>
/// <param name="dW_1">∂L/∂W_1 (d_model × d_ff).</param>
/// <param name="db_1">∂L/∂b_1 (d_ff); null where there is no such bias.</param>
/// <param name="dW_2">∂L/∂W_2 (d_ff × d_model).</param>
/// <param name="db_2">∂L/∂b_2 (d_model); null where there is no such bias.</param>
/// <param name="dΦ">∂L/∂Φ (n × d_ff).</param>
/// <param name="dH">∂L/∂H (n × d_ff).</param>
public sealed record FeedForwardGradients(
    [property: Shape("tokens × d_model")] Matrix<double> dX,
    [property: Shape("d_model × d_ff")] Matrix<double> dW_1,
    [property: Shape("d_ff")] Vector<double>? db_1,
    [property: Shape("d_ff × d_model")] Matrix<double> dW_2,
    [property: Shape("d_model")] Vector<double>? db_2,
    [property: Shape("tokens × d_ff")] Matrix<double> dΦ,
    [property: Shape("tokens × d_ff")] Matrix<double> dH) : LayerGradients, IInputGradient
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() => [new(nameof(FeedForward.W_1), dW_1), .. Parameter.Optional(nameof(FeedForward.b_1), db_1), new(nameof(FeedForward.W_2), dW_2), .. Parameter.Optional(nameof(FeedForward.b_2), db_2)];
}
