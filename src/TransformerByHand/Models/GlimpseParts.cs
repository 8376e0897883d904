using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Models;

/// <summary>Functions that compute parts of the <see cref="Glimpse"/> in place of the library's. Each is null where the library's is wanted.</summary>
public sealed record GlimpseParts : LayerParts
{
    /// <summary>Y (n × d_model) from X (n × d_model), W_1 (d_model × d_ff), b_1, W_2 (d_ff × d_model) and b_2, with ReLU between: lesson 07.</summary>
    public Func<Matrix<double>, Matrix<double>, Vector<double>, Matrix<double>, Vector<double>, Matrix<double>>? FeedForward { get; init; }
}
