using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="ScaledDotProductAttention.Forward"/> computed on its way.</summary>
/// <param name="Q">Queries (n × d_k).</param>
/// <param name="K">Keys (m × d_k).</param>
/// <param name="V">Values (m × d_v).</param>
/// <param name="S">Scores Q·Kᵀ (n × m).</param>
/// <param name="Z">Scaled scores (n × m), −∞ where the mask does not allow.</param>
/// <param name="A">Weights softmax(Z) (n × m).</param>
/// <param name="Dropped">What dropout made of the weights; they pass unchanged in evaluation.</param>
/// <param name="O">The output A·V (n × d_v).</param>
/// <param name="Scale">What the scores were multiplied by, usually 1/√d_k.</param>
public record AttentionTrace(
    Matrix<double> Q,
    Matrix<double> K,
    Matrix<double> V,
    Matrix<double> S,
    Matrix<double> Z,
    Matrix<double> A,
    DropoutTrace Dropped,
    Matrix<double> O,
    double Scale) : Trace;
