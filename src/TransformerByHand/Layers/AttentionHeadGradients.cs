using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

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
    public override ParameterSet OfParameters() => [new("W_Q", dW_Q), new("W_K", dW_K), new("W_V", dW_V)];
}
