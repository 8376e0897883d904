using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="Embedding.Forward"/> looked up.</summary>
/// <param name="Ids">The token ids (n).</param>
/// <param name="X">Their rows (n × d_model).</param>
public sealed record EmbeddingTrace(
    IReadOnlyList<int> Ids,
    [property: Shape("tokens × d_model")] Matrix<double> X) : Trace;
