using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="LayerNorm.Forward"/> computed on its way.</summary>
/// <param name="X">The input (n × d).</param>
/// <param name="μ">The mean of each token (n).</param>
/// <param name="σ2">The population variance of each token (n), before ε is added.</param>
/// <param name="rstd">1/√(σ² + ε) of each token (n).</param>
/// <param name="XHat">The normalised tokens x̂ = (x − μ)·rstd (n × d).</param>
/// <param name="Y">The output γ ⊙ x̂ + β (n × d).</param>
public sealed record LayerNormTrace(
    [property: Shape("tokens × d")] Matrix<double> X,
    [property: Shape("tokens")] Vector<double> μ,
    [property: Shape("tokens")] Vector<double> σ2,
    [property: Shape("tokens")] Vector<double> rstd,
    [property: Shape("tokens × d")] Matrix<double> XHat,
    [property: Shape("tokens × d")] Matrix<double> Y) : Trace;
