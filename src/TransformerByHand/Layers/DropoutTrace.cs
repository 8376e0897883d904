using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>What <see cref="Dropout.Forward"/> drew and computed.</summary>
/// <param name="M">The mask: 0 where a number was dropped, 1/(1 − p) where it was kept.</param>
/// <param name="Y">The output X ⊙ M.</param>
public sealed record DropoutTrace(Matrix<double> M, Matrix<double> Y) : Trace;
