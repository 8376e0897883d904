using TransformerByHand.Training.Kernels;

namespace TransformerByHand.Training.Model;

/// <summary>One row for each token of a batch: an intermediate result that the backward pass, or a later layer, needs.</summary>
internal sealed class RowBuffer(int rows, int width)
{
    private readonly float[] numbers = new float[checked(rows * width)];

    public int Rows => rows;

    public int Width => width;

    public MatrixSpan All(int rows) => new(numbers, rows, width);

    public MatrixSpan this[Slice slice] => new(Span(slice), slice.Rows, width);

    public Span<float> Span(Slice slice) => numbers.AsSpan(slice.FirstRow * width, slice.Rows * width);

    /// <summary>The rows of one sequence, in some of the columns.</summary>
    public MatrixSpan Sequence(int sequence, int length, int firstColumn, int columns) =>
        new(numbers.AsSpan(sequence * length * width + firstColumn), length, columns, width);
}
