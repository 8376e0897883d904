using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="FeedForward.Backward"/> returns.</summary>
/// <param name="dX">∂L/∂X (n × d_model).</param>
/// <param name="dW_1">∂L/∂W_1 (d_model × d_ff).</param>
/// <param name="db_1">∂L/∂b_1 (d_ff); null where there is no such bias.</param>
/// <param name="dW_2">∂L/∂W_2 (d_ff × d_model).</param>
/// <param name="db_2">∂L/∂b_2 (d_model); null where there is no such bias.</param>
/// <param name="dΦ">∂L/∂Φ (n × d_ff).</param>
/// <param name="dH">∂L/∂H (n × d_ff).</param>
public sealed record FeedForwardGradients(
    Matrix<double> dX,
    Matrix<double> dW_1,
    Vector<double>? db_1,
    Matrix<double> dW_2,
    Vector<double>? db_2,
    Matrix<double> dΦ,
    Matrix<double> dH) : LayerGradients, IInputGradient
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() => [new("W_1", dW_1), .. Parameter.Optional("b_1", db_1), new("W_2", dW_2), .. Parameter.Optional("b_2", db_2)];
}
