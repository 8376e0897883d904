using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

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
