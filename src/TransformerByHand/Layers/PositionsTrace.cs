using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What a layer of positions computed.</summary>
/// <param name="X">The tokens without their positions (n × d_model).</param>
/// <param name="Y">The tokens with their positions (n × d_model).</param>
public sealed record PositionsTrace(
    [property: Shape("tokens × d_model")] Matrix<double> X,
    [property: Shape("tokens × d_model")] Matrix<double> Y) : Trace;
