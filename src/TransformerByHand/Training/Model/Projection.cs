using TransformerByHand.Training.Kernels;

namespace TransformerByHand.Training.Model;

/// <summary>Y = XW + b, for every token alike.</summary>
/// <remarks>
/// Backward: dX = dY Wᵀ, dW = Xᵀ dY, db = Σ dY. W and Wᵀ are packed once a step, for all sequences.
/// A tied output uses the embedding the other way round: Y = XWᵀ, dX = dY W, dW = dYᵀ X.
/// </remarks>
internal sealed class Projection
{
    // Pieces of a gradient small enough for their operands to stay in the second-level cache, large enough to be worth it.
    private const int PieceRows = 512;

    /// <summary>How many columns of a gradient a task owns at most.</summary>
    public const int PieceColumns = 256;

    /// <summary>How many tokens a gradient task packs at a time.</summary>
    public const int TokensAtOnce = 1024;

    private readonly Weight weight;
    private readonly Weight? bias;
    private readonly bool transposed;
    private readonly RowBuffer input;
    private readonly RowBuffer outputGradient;
    private readonly Side side;
    private readonly float[] packed;
    private readonly float[] packedTransposed;

    /// <summary>Makes a projection between two buffers.</summary>
    /// <param name="kernels">The kernels, whose register width decides the packed layout.</param>
    /// <param name="weight">W (inputs × outputs), or (outputs × inputs) if it is used transposed.</param>
    /// <param name="bias">b (outputs), or none.</param>
    /// <param name="transposed">Whether the product is with Wᵀ.</param>
    /// <param name="input">Where X is kept until the gradients are computed.</param>
    /// <param name="outputGradient">Where dY will be by then.</param>
    /// <param name="side">Whose tokens.</param>
    public Projection(KernelSet kernels, Weight weight, Weight? bias, bool transposed, RowBuffer input, RowBuffer outputGradient, Side side)
    {
        (this.weight, this.bias, this.transposed, this.input, this.outputGradient, this.side) =
            (weight, bias, transposed, input, outputGradient, side);
        (int inputs, int outputs) = (input.Width, outputGradient.Width);
        if (weight.Rows != (transposed ? outputs : inputs) || weight.Columns != (transposed ? inputs : outputs))
            throw new ArgumentException($"{weight} cannot lead from width {inputs} to width {outputs}.", nameof(weight));
        packed = new float[kernels.PackedSize(inputs, outputs)];
        packedTransposed = new float[kernels.PackedSize(outputs, inputs)];
    }

    /// <summary>W as a matrix (inputs × outputs).</summary>
    private MatrixSpan W => transposed ? Stored(weight.Values).Transposed : Stored(weight.Values);

    /// <summary>Packs the weights as the forward pass reads them.</summary>
    public void PackForward(KernelSet kernels) => kernels.Pack(W, packed);

    /// <summary>Packs the weights as the backward pass reads them.</summary>
    public void PackBackward(KernelSet kernels) => kernels.Pack(W.Transposed, packedTransposed);

    /// <summary>Y = XW + b.</summary>
    public void Forward(KernelSet kernels, MatrixSpan x, MatrixSpan y)
    {
        var d = bias is null ? default : new MatrixSpan(bias.Values, 1, bias.Columns);
        kernels.Multiply(x, kernels.AsPacked(packed, input.Width, outputGradient.Width), d, y);
    }

    /// <summary>dX = dY Wᵀ, or dX += dY Wᵀ.</summary>
    public void Backward(KernelSet kernels, MatrixSpan dY, MatrixSpan dX, bool add = false) =>
        kernels.Multiply(dY, kernels.AsPacked(packedTransposed, outputGradient.Width, input.Width), add ? dX : default, dX);

    /// <summary>Cuts dW and db into tasks.</summary>
    public void AddTasks(List<GradientTask> tasks)
    {
        for (int row = 0; row < weight.Rows; row += PieceRows)
            for (int column = 0; column < weight.Columns; column += PieceColumns)
                tasks.Add(new WeightPiece(this, row, Math.Min(PieceRows, weight.Rows - row), column, Math.Min(PieceColumns, weight.Columns - column)));
        if (bias is not null)
            tasks.Add(new BiasSum(this));
    }

    private MatrixSpan Stored(Span<float> numbers) => new(numbers, weight.Rows, weight.Columns);

    private sealed class WeightPiece(Projection owner, int row, int rows, int column, int columns) : GradientTask
    {
        public override void Do(Pass pass, Scratch scratch)
        {
            int tokens = pass.Rows(owner.side);
            // dW = Xᵀ dY as W is stored; the transpose of that, dYᵀ X, where W is used transposed.
            var left = (owner.transposed ? owner.outputGradient : owner.input).All(tokens);
            var right = (owner.transposed ? owner.input : owner.outputGradient).All(tokens);
            var piece = owner.Stored(owner.weight.Gradient).Block(row, rows, column, columns);
            for (int first = 0; first < tokens; first += TokensAtOnce)
            {
                int count = Math.Min(TokensAtOnce, tokens - first);
                var packed = pass.Kernels.Pack(right.Block(first, count, column, columns), scratch.PackedA);
                pass.Kernels.Multiply(left.Block(first, count, row, rows).Transposed, packed, piece, piece);
            }
        }
    }

    private sealed class BiasSum(Projection owner) : GradientTask
    {
        public override void Do(Pass pass, Scratch scratch) =>
            pass.Kernels.AddRows(owner.outputGradient.All(pass.Rows(owner.side)), owner.bias!.Gradient);
    }
}
