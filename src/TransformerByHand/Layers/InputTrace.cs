using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="InputLayer.Forward"/> computed on its way.</summary>
/// <param name="Embedding">The look-up.</param>
/// <param name="Positions">The tokens with their positions, or null where there are none.</param>
/// <param name="Dropped">What dropout made of them; null in evaluation.</param>
/// <param name="X">The stream as it enters the first layer (n × d_model).</param>
public sealed record InputTrace(
    EmbeddingTrace Embedding,
    PositionsTrace? Positions,
    DropoutTrace? Dropped,
    [property: Shape("tokens × d_model")] Matrix<double> X) : Trace;
