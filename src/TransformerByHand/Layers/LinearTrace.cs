using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="Linear.Forward"/> computed.</summary>
/// <param name="X">The input (n × d_in).</param>
/// <param name="Y">The output X·W + b (n × d_out).</param>
public sealed record LinearTrace(
    [property: Shape("tokens × d_in")] Matrix<double> X,
    [property: Shape("tokens × d_out")] Matrix<double> Y) : Trace;
