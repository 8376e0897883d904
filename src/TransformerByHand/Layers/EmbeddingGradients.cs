using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="Embedding.Backward"/> returns. An id is not a number that can be nudged, so there is no input gradient.</summary>
/// <param name="dE">∂L/∂E (V × d_model).</param>
public sealed record EmbeddingGradients(
    [property: Shape("V × d_model")] Matrix<double> dE) : LayerGradients
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() => [new("E", dE)];
}
