using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="Unembedding.Forward"/> computed.</summary>
/// <param name="X">The stream (n × d_model).</param>
/// <param name="Logits">The score of each word (n × V).</param>
public sealed record UnembeddingTrace(
    [property: Shape("tokens × d_model")] Matrix<double> X,
    [property: Shape("tokens × V")] Matrix<double> Logits) : Trace;
