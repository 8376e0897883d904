using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="FeedForward.Forward"/> computed on its way.</summary>
/// <param name="X">The input (n × d_model).</param>
/// <param name="H">X·W_1 + b_1 (n × d_ff).</param>
/// <param name="Φ">φ(H) (n × d_ff).</param>
/// <param name="Y">The output Φ·W_2 + b_2 (n × d_model).</param>
public sealed record FeedForwardTrace(
    [property: Shape("tokens × d_model")] Matrix<double> X,
    [property: Shape("tokens × d_ff")] Matrix<double> H,
    [property: Shape("tokens × d_ff")] Matrix<double> Φ,
    [property: Shape("tokens × d_model")] Matrix<double> Y) : Trace;
