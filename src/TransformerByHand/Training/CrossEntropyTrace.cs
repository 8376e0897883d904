using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Training;

/// <summary>What <see cref="CrossEntropy.Forward"/> computed on its way.</summary>
/// <param name="P">The model's distributions softmax(z) (n × V).</param>
/// <param name="Q">The distributions it should give (n × V); zero in rows that are not counted.</param>
/// <param name="Counted">Which positions count (n).</param>
/// <param name="N">How many positions count.</param>
/// <param name="Loss">The loss, in nats.</param>
public sealed record CrossEntropyTrace(
    [property: Shape("tokens × V")] Matrix<double> P,
    [property: Shape("tokens × V")] Matrix<double> Q,
    IReadOnlyList<bool> Counted, int N, double Loss) : Trace;
