using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What multi-head attention computed on its way.</summary>
/// <param name="X">The tokens that ask (n × d_model).</param>
/// <param name="M">The tokens that are asked (m × d_M); in self-attention, X.</param>
/// <param name="Q">Queries of all heads, side by side (n × h·d_k).</param>
/// <param name="K">Keys of all heads (m × h·d_k).</param>
/// <param name="V">Values of all heads (m × h·d_v).</param>
/// <param name="Heads">What each head computed, with its weights A.</param>
/// <param name="O">The heads' outputs, side by side (n × h·d_v).</param>
/// <param name="Y">The output O·W_O + b_O (n × d_model).</param>
public sealed record MultiHeadAttentionTrace(
    [property: Shape("tokens × d_model")] Matrix<double> X,
    [property: Shape("tokens × d_M")] Matrix<double> M,
    [property: Shape("tokens × h·d_k")] Matrix<double> Q,
    [property: Shape("tokens × h·d_k")] Matrix<double> K,
    [property: Shape("tokens × h·d_v")] Matrix<double> V,
    IReadOnlyList<AttentionTrace> Heads,
    [property: Shape("tokens × h·d_v")] Matrix<double> O,
    [property: Shape("tokens × d_model")] Matrix<double> Y) : Trace
{
    /// <summary>Whether the tokens attended to each other.</summary>
    public bool IsSelfAttention => ReferenceEquals(X, M);
}
