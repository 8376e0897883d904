using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

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
    public override ParameterSet OfParameters() => [new("W_1", dW_1), .. Parameter.Optional("b_1", db_1), new("W_2", dW_2), .. Parameter.Optional("b_2", db_2)];
}
