using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Gradients;

/// <summary>How a gradient check is made. The defaults are right for double precision.</summary>
public sealed record GradientCheckSettings
{
    /// <summary>Seed of the random projection.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The largest relative error that counts as agreement.</summary>
    public double Tolerance { get; init; } = 1e-7;

    /// <summary>The step sizes h, each smaller than the one before, at least four of them.</summary>
    public IReadOnlyList<double> Steps { get; init; } = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12];

    /// <summary>
    /// The projection R of the loss L = Σ R ⊙ Y, in place of a random one. All ones make the loss the plain sum of the outputs,
    /// which hides errors: for softmax, and for LayerNorm with γ = 1, its true gradient is zero.
    /// </summary>
    public Matrix<double>? Projection { get; init; }
}
