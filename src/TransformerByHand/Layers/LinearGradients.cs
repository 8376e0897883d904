using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="Linear.Backward"/> returns.</summary>
/// <param name="dX">∂L/∂X (n × d_in).</param>
/// <param name="dW">∂L/∂W (d_in × d_out), summed over tokens.</param>
/// <param name="db">∂L/∂b (d_out), summed over tokens; null where the layer has no bias.</param>
public sealed record LinearGradients(Matrix<double> dX, Matrix<double> dW, Vector<double>? db) : LayerGradients, IInputGradient
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() => [new("W", dW), .. Parameter.Optional("b", db)];
}
