using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Layers;

namespace TransformerByHand.Training;

/// <summary>Cross-entropy: how surprised the model is by the right words, on average, in nats.</summary>
/// <remarks>
/// <para>
/// Forward, for logits z (one row a position), a target word t in each row, V words, and label smoothing α:
/// </para>
/// <code>
/// p   = softmax(z)                                  log p_k = z_k − log Σ_j e^(z_j), computed with the maximum taken out
/// q_k = (1 − α)·[k = t] + α/V                       the distribution that the model should give; α = 0: all on t
/// ℓ   = − Σ_k q_k log p_k                           of one position; α = 0: −log p_t
/// L   = (1/N) Σ ℓ                                   over the N positions that are counted
/// </code>
/// <para>
/// Positions whose target is the 'ignored' number (padding, or words that were not hidden) count neither in the sum nor in N.
/// Backward, by the chain rule through log and softmax, with Σ_k q_k = 1:
/// </para>
/// <code>
/// ∂ℓ/∂z_j = − Σ_k q_k (δ_kj − p_j) = p_j − q_j
/// dz      = (p − q) / N                             zero in the rows that are ignored
/// </code>
/// <para>Source of the smoothing: Szegedy et al. 2016, 'Rethinking the Inception Architecture for Computer Vision', §7.</para>
/// </remarks>
public static class CrossEntropy
{
    /// <summary>The target that means 'do not count this position'. The same number as in PyTorch.</summary>
    public const int Ignored = -100;

    /// <summary>Computes the loss.</summary>
    /// <param name="logits">The scores z (n × V).</param>
    /// <param name="targets">The right word of each row (n): from 0 to V − 1, or <paramref name="ignored"/>.</param>
    /// <param name="smoothing">Label smoothing α, from 0 to below 1.</param>
    /// <param name="ignored">The target that means 'do not count this position'.</param>
    /// <returns>The loss L in nats, and the trace.</returns>
    /// <exception cref="ArgumentException">
    /// The logits are empty or not finite, there is not one target for each row, or every target is ignored.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is not in the vocabulary, or the smoothing is out of range.</exception>
    public static (double Loss, CrossEntropyTrace Trace) Forward(Matrix<double> logits, IReadOnlyList<int> targets, double smoothing = 0, int ignored = Ignored)
    {
        Require.NotEmpty(logits);
        Require.Finite(logits);
        RequireTargets(targets, logits, ignored);
        if (!(smoothing >= 0 && smoothing < 1))
            throw new ArgumentOutOfRangeException(nameof(smoothing), smoothing, FormattableString.Invariant($"smoothing is {smoothing}, but should be from 0 to below 1."));
        int V = logits.ColumnCount;

        var logP = Matrix<double>.Build.Dense(logits.RowCount, V);      // (n × V)
        var Q = Matrix<double>.Build.Dense(logits.RowCount, V);         // (n × V), zero in the rows that are ignored
        int N = 0;
        double loss = 0;
        for (int i = 0; i < logits.RowCount; i++)
        {
            var z = logits.Row(i);
            double max = z.Maximum();
            double logSum = max + Math.Log(z.Map(v => Math.Exp(v - max), Zeros.Include).Sum());
            logP.SetRow(i, z - logSum);

            if (targets[i] == ignored) continue;
            for (int k = 0; k < V; k++)
                Q[i, k] = (k == targets[i] ? 1 - smoothing : 0) + smoothing / V;
            N++;
            loss -= Q.Row(i) * logP.Row(i);
        }
        return (loss / N, new CrossEntropyTrace(logP.PointwiseExp(), Q, [.. targets.Select(t => t != ignored)], N, loss / N));
    }

    /// <summary>Returns the gradient of the loss with respect to the logits: (p − q)/N.</summary>
    /// <param name="trace">What <see cref="Forward"/> kept.</param>
    /// <returns>dlogits (n × V), zero in the rows that are ignored.</returns>
    public static Matrix<double> Backward(CrossEntropyTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        return (trace.P - trace.Q).MapIndexed((i, _, d) => trace.Counted[i] ? d / trace.N : 0, Zeros.Include);
    }

    private static void RequireTargets(IReadOnlyList<int> targets, Matrix<double> logits, int ignored)
    {
        ArgumentNullException.ThrowIfNull(targets);
        if (targets.Count != logits.RowCount)
            throw new ArgumentException($"There are {targets.Count} targets, but should be one for each of the {logits.RowCount} rows of logits.", nameof(targets));
        for (int i = 0; i < targets.Count; i++)
            if (targets[i] != ignored && (targets[i] < 0 || targets[i] >= logits.ColumnCount))
                throw new ArgumentOutOfRangeException(nameof(targets), targets[i], $"targets[{i}] is {targets[i]}, but should be from 0 to {logits.ColumnCount - 1}, or {ignored} for 'not counted'.");
        if (targets.All(t => t == ignored))
            throw new ArgumentException($"Every target is {ignored}, 'not counted'; at least one should be counted, or there is nothing to average.", nameof(targets));
    }
}

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
