using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;

namespace TransformerByHand.Training;

/// <summary>The loss of a batch, a list of sequences, and its gradient.</summary>
/// <remarks>
/// Every counted position of every sequence weighs the same: L = (1/N) Σ ℓ over the N counted positions of the whole batch, not
/// the mean of the sequences' means. Sequences need no padding here, and may be of any length: each goes through the model by
/// itself, and their gradients add up.
/// </remarks>
public static class BatchLoss
{
    /// <summary>Computes the loss of a language model on a batch.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">Sequences of ids with the targets of their positions; at least one.</param>
    /// <param name="smoothing">Label smoothing α, from 0 to below 1.</param>
    /// <param name="random">The generator for dropout, or null in evaluation.</param>
    /// <returns>The loss in nats, and ∂L/∂θ for every parameter θ.</returns>
    /// <exception cref="ArgumentException">The batch is empty, or a sequence does not fit its targets or the model.</exception>
    public static (double Loss, ParameterSet Gradients) Of(LanguageModel model, IReadOnlyList<(IReadOnlyList<int> Ids, IReadOnlyList<int> Targets)> batch, double smoothing = 0, Random? random = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batch);
        return Of(batch, example => model.Forward(example.Ids, mask: null, random), example => example.Targets, (trace, dLogits) => model.Backward(trace, dLogits).OfParameters(), smoothing);
    }

    /// <summary>Computes the loss of an encoder–decoder transformer on a batch.</summary>
    /// <param name="model">The model.</param>
    /// <param name="batch">Source ids, target ids so far, and the targets of the latter's positions; at least one.</param>
    /// <param name="smoothing">Label smoothing α, from 0 to below 1.</param>
    /// <param name="random">The generator for dropout, or null in evaluation.</param>
    /// <returns>The loss in nats, and ∂L/∂θ for every parameter θ.</returns>
    /// <exception cref="ArgumentException">The batch is empty, or a sequence does not fit its targets or the model.</exception>
    public static (double Loss, ParameterSet Gradients) Of(Transformer model, IReadOnlyList<(IReadOnlyList<int> Source, IReadOnlyList<int> Ids, IReadOnlyList<int> Targets)> batch, double smoothing = 0, Random? random = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batch);
        return Of(batch, example => model.Forward(example.Source, example.Ids, sourceIsPadding: null, random), example => example.Targets, (trace, dLogits) => model.Backward(trace, dLogits).OfParameters(), smoothing);
    }

    private static (double Loss, ParameterSet Gradients) Of<TExample, TTrace>(
        IReadOnlyList<TExample> batch,
        Func<TExample, (Matrix<double> Logits, TTrace Trace)> forward,
        Func<TExample, IReadOnlyList<int>> targets,
        Func<TTrace, Matrix<double>, ParameterSet> backward,
        double smoothing)
    {
        if (batch.Count == 0)
            throw new ArgumentException("batch is empty, but should have at least one sequence.", nameof(batch));

        // All logits one below the other make one long sequence of positions, and one average.
        var passes = batch.Select(forward).ToList();
        var logits = passes.Select(pass => pass.Logits).Aggregate((above, below) => above.Stack(below));   // (all positions × V)
        var (loss, trace) = CrossEntropy.Forward(logits, [.. batch.SelectMany(targets)], smoothing);
        var dLogits = CrossEntropy.Backward(trace);

        List<ParameterSet> gradients = [];
        int row = 0;
        foreach (var (own, passTrace) in passes)
        {
            gradients.Add(backward(passTrace, dLogits.SubMatrix(row, own.RowCount, 0, own.ColumnCount)));
            row += own.RowCount;
        }
        return (loss, ParameterSet.Sum(gradients));
    }
}
