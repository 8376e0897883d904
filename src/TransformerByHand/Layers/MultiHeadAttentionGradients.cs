using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="MultiHeadAttention.Backward"/> returns.</summary>
/// <param name="dX">∂L/∂X (n × d_model): through the queries, and in self-attention through keys and values too.</param>
/// <param name="dM">∂L/∂M (m × d_M) in cross-attention; null in self-attention, where it is part of dX.</param>
/// <param name="dW_Q">∂L/∂W_Q (d_model × h·d_k).</param>
/// <param name="dW_K">∂L/∂W_K (d_M × h·d_k).</param>
/// <param name="dW_V">∂L/∂W_V (d_M × h·d_v).</param>
/// <param name="dW_O">∂L/∂W_O (h·d_v × d_model).</param>
/// <param name="db_Q">∂L/∂b_Q (h·d_k); null where there is no such bias.</param>
/// <param name="db_K">∂L/∂b_K (h·d_k), zero but for rounding; null where there is no such bias.</param>
/// <param name="db_V">∂L/∂b_V (h·d_v); null where there is no such bias.</param>
/// <param name="db_O">∂L/∂b_O (d_model); null where there is no such bias.</param>
/// <param name="dO">∂L/∂O (n × h·d_v).</param>
/// <param name="Heads">The gradients inside each head.</param>
public sealed record MultiHeadAttentionGradients(
    [property: Shape("tokens × d_model")] Matrix<double> dX,
    [property: Shape("tokens × d_M")] Matrix<double>? dM,
    [property: Shape("d_model × h·d_k")] Matrix<double> dW_Q,
    [property: Shape("d_M × h·d_k")] Matrix<double> dW_K,
    [property: Shape("d_M × h·d_v")] Matrix<double> dW_V,
    [property: Shape("h·d_v × d_model")] Matrix<double> dW_O,
    [property: Shape("h·d_k")] Vector<double>? db_Q,
    [property: Shape("h·d_k")] Vector<double>? db_K,
    [property: Shape("h·d_v")] Vector<double>? db_V,
    [property: Shape("d_model")] Vector<double>? db_O,
    [property: Shape("tokens × h·d_v")] Matrix<double> dO,
    IReadOnlyList<AttentionGradients> Heads) : LayerGradients, IInputGradient
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX), .. Parameter.Optional("M", dM)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() =>
    [
        new("W_Q", dW_Q), new("W_K", dW_K), new("W_V", dW_V), new("W_O", dW_O),
        .. Parameter.Optional("b_Q", db_Q), .. Parameter.Optional("b_K", db_K), .. Parameter.Optional("b_V", db_V), .. Parameter.Optional("b_O", db_O),
    ];
}
