using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="ScaledDotProductAttention.Forward"/> computed on its way.</summary>
/// <remarks>
/// <c>trace with { Tokens = tokens }</c> labels queries and keys alike, which is right in self-attention. In cross-attention the keys are
/// other tokens: leave them without labels there, or label <c>A</c> by itself.
/// </remarks>
/// <param name="Q">Queries (n × d_k).</param>
/// <param name="K">Keys (m × d_k).</param>
/// <param name="V">Values (m × d_v).</param>
/// <param name="S">Scores Q·Kᵀ (n × m).</param>
/// <param name="Z">Scaled scores (n × m), −∞ where the mask does not allow.</param>
/// <param name="A">Weights softmax(Z) (n × m).</param>
/// <param name="Dropped">What dropout made of the weights; null in evaluation, where they pass unchanged.</param>
/// <param name="O">The output A·V (n × d_v).</param>
/// <param name="Scale">What the scores were multiplied by, usually 1/√d_k.</param>
public record AttentionTrace(
    [property: Shape("tokens × d_k")] Matrix<double> Q,
    [property: Shape("tokens × d_k")] Matrix<double> K,
    [property: Shape("tokens × d_v")] Matrix<double> V,
    [property: Shape("tokens × tokens")] Matrix<double> S,
    [property: Shape("tokens × tokens")] Matrix<double> Z,
    [property: Shape("tokens × tokens")] Matrix<double> A,
    DropoutTrace? Dropped,
    [property: Shape("tokens × d_v")] Matrix<double> O,
    double Scale) : Trace;
