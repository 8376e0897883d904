using TransformerByHand.Training.Kernels;

namespace TransformerByHand.Training.Model;

/// <summary>What a residual step wraps: attention or a feed-forward.</summary>
internal interface ISublayer
{
    /// <summary>Writes f(X) to <paramref name="y"/>.</summary>
    void Forward(Pass pass, Slice slice, Slice memory, Scratch scratch, MatrixSpan y);

    /// <summary>
    /// Reads the gradient at f(X) from the sublayer's output-gradient buffer and writes the one at X to <paramref name="dX"/>.
    /// </summary>
    void Backward(Pass pass, Slice slice, Slice memory, Scratch scratch, MatrixSpan dX);

    /// <summary>The matrices, for packing and for their gradients.</summary>
    IEnumerable<Projection> Projections { get; }
}
