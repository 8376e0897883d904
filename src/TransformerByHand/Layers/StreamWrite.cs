using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Layers;

/// <summary>One thing that was written into the residual stream.</summary>
/// <param name="Name">Who wrote it: <c>layers.0.attention</c>, or in post-LN also <c>layers.0.norm1</c>.</param>
/// <param name="Value">What was added (n × d_model).</param>
/// <param name="After">The stream afterwards (n × d_model).</param>
public sealed record StreamWrite(string Name, Matrix<double> Value, Matrix<double> After);
