using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="RMSNorm.Forward"/> computed on its way.</summary>
/// <param name="X">The input (n × d).</param>
/// <param name="ms">The mean square of each token (n), before ε is added.</param>
/// <param name="rrms">1/√(ms + ε) of each token (n).</param>
/// <param name="XHat">The normalised tokens x̂ = x·rrms (n × d).</param>
/// <param name="Y">The output γ ⊙ x̂ (n × d).</param>
public sealed record RMSNormTrace(
    [property: Shape("tokens × d")] Matrix<double> X,
    [property: Shape("tokens")] Vector<double> ms,
    [property: Shape("tokens")] Vector<double> rrms,
    [property: Shape("tokens × d")] Matrix<double> XHat,
    [property: Shape("tokens × d")] Matrix<double> Y) : Trace;
