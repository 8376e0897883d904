using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="InputLayer.Backward"/> returns.</summary>
/// <param name="dE">∂L/∂E (V × d_model).</param>
/// <param name="dP">∂L/∂P (longest × d_model); null where the positions are not learned.</param>
public sealed record InputGradients(
    [property: Shape("V × d_model")] Matrix<double> dE,
    [property: Shape("longest × d_model")] Matrix<double>? dP) : LayerGradients
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() => [new("E", dE), .. Parameter.Optional("P", dP)];
}
