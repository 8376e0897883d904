using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>One attention head: projects tokens to queries, keys and values, and attends.</summary>
/// <remarks>
/// <para>Forward. In self-attention all three come from X; in cross-attention keys and values come from other tokens, M:</para>
/// <code>
/// Q = X·W_Q                   (n × d_k)   what each token looks for
/// K = M·W_K                   (m × d_k)   what each token offers
/// V = M·W_V                   (m × d_v)   what each token carries
/// O = attention(Q, K, V)      (n × d_v)   see ScaledDotProductAttention
/// </code>
/// <para>Backward. Attention gives dQ, dK and dV; each of the three projections is a linear layer:</para>
/// <code>
/// dW_Q = Xᵀ·dQ        dW_K = Mᵀ·dK        dW_V = Mᵀ·dV
/// dX   = dQ·W_Qᵀ
/// dM   = dK·W_Kᵀ + dV·W_Vᵀ
/// </code>
/// <para>In self-attention M is X, which is used three times, so its three gradients add up:</para>
/// <code>
/// dX   = dQ·W_Qᵀ + dK·W_Kᵀ + dV·W_Vᵀ
/// </code>
/// <para>Source: Vaswani et al. 2017, 'Attention Is All You Need', §3.2.</para>
/// </remarks>
public sealed class AttentionHead : ILayer<AttentionHeadTrace, AttentionHeadGradients>
{
    /// <summary>Makes a head with given weights, which are aliased.</summary>
    /// <param name="W_Q">Makes queries (d_model × d_k).</param>
    /// <param name="W_K">Makes keys (d_model × d_k).</param>
    /// <param name="W_V">Makes values (d_model × d_v).</param>
    /// <exception cref="ArgumentException">A matrix is empty or not finite, or the shapes do not fit each other.</exception>
    public AttentionHead(Matrix<double> W_Q, Matrix<double> W_K, Matrix<double> W_V)
    {
        Require.NotEmpty(W_Q);
        Require.NotEmpty(W_K);
        Require.NotEmpty(W_V);
        Require.Finite(W_Q);
        Require.Shape(W_K, W_K.RowCount, W_Q.ColumnCount);
        Require.Shape(W_V, W_K.RowCount, W_V.ColumnCount);
        (this.W_Q, this.W_K, this.W_V) = (W_Q, W_K, W_V);
    }

    /// <summary>Makes a head with random weights.</summary>
    /// <param name="random">The generator to draw from.</param>
    /// <param name="dModel">The width of a token.</param>
    /// <param name="dK">The width of queries, keys and values.</param>
    /// <exception cref="ArgumentOutOfRangeException">A width is below 1.</exception>
    public static AttentionHead Random(Random random, int dModel, int dK) =>
        new(random.Glorot(dModel, dK), random.Glorot(dModel, dK), random.Glorot(dModel, dK));

    /// <summary>Makes queries (d_model × d_k).</summary>
    public Matrix<double> W_Q { get; }

    /// <summary>Makes keys (d_model × d_k).</summary>
    public Matrix<double> W_K { get; }

    /// <summary>Makes values (d_model × d_v).</summary>
    public Matrix<double> W_V { get; }

    /// <inheritdoc/>
    public ParameterSet Parameters => [new(nameof(W_Q), W_Q), new(nameof(W_K), W_K), new(nameof(W_V), W_V)];

    /// <summary>Self-attention without a mask.</summary>
    /// <param name="X">The tokens (n × d_model).</param>
    /// <returns>O (n × d_v), and the trace.</returns>
    /// <exception cref="ArgumentException">X is empty, not finite, or of another width.</exception>
    public (Matrix<double> Y, AttentionHeadTrace Trace) Forward(Matrix<double> X) => Forward(X, mask: null);

    /// <summary>Self-attention: the tokens attend to each other.</summary>
    /// <param name="X">The tokens (n × d_model).</param>
    /// <param name="mask">Which token may attend to which (n × n), or null where every one may.</param>
    /// <returns>O (n × d_v), and the trace.</returns>
    /// <exception cref="ArgumentException">X is empty, not finite, or of another width; or the mask has another size.</exception>
    public (Matrix<double> O, AttentionHeadTrace Trace) Forward(Matrix<double> X, Mask? mask) => Forward(X, X, mask);

    /// <summary>Cross-attention: the tokens X attend to the tokens M. With M the same object as X, it is self-attention.</summary>
    /// <param name="X">The tokens that ask (n × d_model).</param>
    /// <param name="M">The tokens that are asked (m × d_model).</param>
    /// <param name="mask">Which of X may attend to which of M (n × m), or null where every one may.</param>
    /// <returns>O (n × d_v), and the trace.</returns>
    /// <exception cref="ArgumentException">X or M is empty, not finite, or of another width; or the mask has another size.</exception>
    public (Matrix<double> O, AttentionHeadTrace Trace) Forward(Matrix<double> X, Matrix<double> M, Mask? mask = null)
    {
        Require.Tokens(X, W_Q.RowCount);
        Require.Tokens(M, W_K.RowCount);

        var Q = X * W_Q;                                        // (n × d_k)
        var K = M * W_K;                                        // (m × d_k)
        var V = M * W_V;                                        // (m × d_v)
        var (O, attention) = ScaledDotProductAttention.Forward(Q, K, V, mask);   // (n × d_v)

        return (O, new AttentionHeadTrace(X, M, attention));
    }

    /// <inheritdoc/>
    /// <param name="trace">What <see cref="Forward(Matrix{double}, Mask?)"/> kept.</param>
    /// <param name="dO">∂L/∂O (n × d_v).</param>
    /// <exception cref="ArgumentException">dO has another shape than O, or holds a NaN or an infinity.</exception>
    public AttentionHeadGradients Backward(AttentionHeadTrace trace, Matrix<double> dO)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var (X, M) = (trace.X, trace.M);

        var d = ScaledDotProductAttention.Backward(trace, dO);  // dQ (n × d_k), dK (m × d_k), dV (m × d_v)

        var dW_Q = X.Transpose() * d.dQ;                        // (d_model × d_k)
        var dW_K = M.Transpose() * d.dK;                        // (d_model × d_k)
        var dW_V = M.Transpose() * d.dV;                        // (d_model × d_v)
        var dX = d.dQ * W_Q.Transpose();                        // (n × d_model)
        var dM = d.dK * W_K.Transpose() + d.dV * W_V.Transpose();   // (m × d_model)

        return trace.IsSelfAttention
            ? new AttentionHeadGradients(d, dW_Q, dW_K, dW_V, dX + dM, dM: null)
            : new AttentionHeadGradients(d, dW_Q, dW_K, dW_V, dX, dM);
    }
}

/// <summary>What one attention head computed on its way: the attention's own trace, and the tokens it was made from.</summary>
public sealed record AttentionHeadTrace : AttentionTrace
{
    internal AttentionHeadTrace(Matrix<double> X, Matrix<double> M, AttentionTrace attention)
        : base(attention) => (this.X, this.M) = (X, M);

    /// <summary>The tokens that ask (n × d_model).</summary>
    [Shape("tokens × d_model")]
    public Matrix<double> X { get; }

    /// <summary>The tokens that are asked (m × d_model); in self-attention, X.</summary>
    [Shape("tokens × d_model")]
    public Matrix<double> M { get; }

    /// <summary>Whether the tokens attended to each other.</summary>
    public bool IsSelfAttention => ReferenceEquals(X, M);
}

/// <summary>What <see cref="AttentionHead.Backward"/> returns: the attention's own gradients, and those of weights and tokens.</summary>
public sealed record AttentionHeadGradients : AttentionGradients, IInputGradient
{
    internal AttentionHeadGradients(AttentionGradients attention, Matrix<double> dW_Q, Matrix<double> dW_K, Matrix<double> dW_V, Matrix<double> dX, Matrix<double>? dM)
        : base(attention) => (this.dW_Q, this.dW_K, this.dW_V, this.dX, this.dM) = (dW_Q, dW_K, dW_V, dX, dM);

    /// <summary>∂L/∂W_Q (d_model × d_k).</summary>
    [Shape("d_model × d_k")]
    public Matrix<double> dW_Q { get; }

    /// <summary>∂L/∂W_K (d_model × d_k).</summary>
    [Shape("d_model × d_k")]
    public Matrix<double> dW_K { get; }

    /// <summary>∂L/∂W_V (d_model × d_v).</summary>
    [Shape("d_model × d_v")]
    public Matrix<double> dW_V { get; }

    /// <summary>∂L/∂X (n × d_model): through the queries, and in self-attention through keys and values too.</summary>
    [Shape("tokens × d_model")]
    public Matrix<double> dX { get; }

    /// <summary>∂L/∂M (m × d_model) in cross-attention; null in self-attention, where it is part of dX.</summary>
    [Shape("tokens × d_model")]
    public Matrix<double>? dM { get; }

    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX), .. Parameter.Optional("M", dM)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() => [new(nameof(AttentionHead.W_Q), dW_Q), new(nameof(AttentionHead.W_K), dW_K), new(nameof(AttentionHead.W_V), dW_V)];
}
