using TransformerByHand.Training.Kernels;
using TransformerByHand.Training.Model;

namespace TransformerByHand.Training.Optimisers;

/// <summary>Changes a model's weights against their gradients.</summary>
/// <remarks>
/// The weights are cut into segments that threads share; each number is updated by itself, so sharing changes no result.
/// </remarks>
public abstract class Optimiser
{
    private const int SegmentLength = 16 * 1024;

    private readonly FastTransformer model;
    private readonly Segment[] segments;
    private readonly double[] squares;
    private readonly Job update;
    private readonly Job square;

    private protected Optimiser(FastTransformer model, double weightDecay)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!(weightDecay >= 0) || double.IsInfinity(weightDecay))
            throw new ArgumentOutOfRangeException(nameof(weightDecay), weightDecay, "The weight decay must be a finite number, 0 or more.");
        (this.model, WeightDecay) = (model, weightDecay);
        List<Segment> list = [];
        foreach (var weight in model.Weights.All)
            for (int first = 0; first < weight.Count; first += SegmentLength)
                list.Add(new(weight.Offset + first, Math.Min(SegmentLength, weight.Count - first), Decays(weight)));
        segments = [.. list];
        squares = new double[segments.Length];
        update = new(this, static (optimiser, segment) => optimiser.Update(segment));
        square = new(this, static (optimiser, segment) => optimiser.Square(segment));
    }

    /// <summary>How strongly matrices and tables are drawn to 0; biases and norms are not.</summary>
    public double WeightDecay { get; }

    /// <summary>How many steps were taken.</summary>
    public int StepsTaken { get; private set; }

    /// <summary>What the optimiser remembers: vectors as long as the model has weights, by name.</summary>
    internal abstract IReadOnlyDictionary<string, float[]> State { get; }

    private protected KernelSet Kernels => model.Kernels;

    private protected WeightStore Weights => model.Weights;

    /// <summary>The factor on every gradient in this step.</summary>
    private protected float GradientScale { get; private set; }

    /// <summary>Whether a weight decays.</summary>
    public static bool Decays(Weight weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return weight.Role is not (WeightRole.Bias or WeightRole.Gain);
    }

    /// <summary>Takes one step against the gradients that are there. They stay as they are.</summary>
    /// <param name="learningRate">η.</param>
    /// <param name="clipNorm">
    /// Where the length of the whole gradient is above this, it is scaled down to it (Pascanu et al. 2013); null for no limit.
    /// </param>
    /// <returns>The length of the gradient before clipping.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is not finite, or the limit not above 0.</exception>
    /// <exception cref="ArithmeticException">The gradient is not finite: the run has diverged.</exception>
    public double Step(double learningRate, double? clipNorm = null)
    {
        if (!double.IsFinite(learningRate))
            throw new ArgumentOutOfRangeException(nameof(learningRate), learningRate, "The learning rate must be a finite number.");
        if (clipNorm is <= 0 or double.NaN)
            throw new ArgumentOutOfRangeException(nameof(clipNorm), clipNorm, "The limit on the gradient's length must be above 0.");
        double norm = GradientNorm();
        if (!double.IsFinite(norm))
            throw new ArithmeticException($"The gradient is not finite after {StepsTaken} steps: the run has diverged. A smaller learning rate, a longer warm-up or clipping may help.");
        GradientScale = clipNorm is { } limit && norm > limit ? (float)(limit / norm) : 1;
        StepsTaken++;
        Prepare(learningRate);
        model.Team.Run(update, segments.Length);
        return norm;
    }

    /// <summary>The length of the whole gradient: the root of the sum of its squares.</summary>
    public double GradientNorm()
    {
        model.Team.Run(square, segments.Length);
        double sum = 0;
        foreach (double part in squares) sum += part;
        return Math.Sqrt(sum);
    }

    internal void Restore(int stepsTaken) => StepsTaken = stepsTaken;

    /// <summary>Computes the step's constants.</summary>
    private protected abstract void Prepare(double learningRate);

    /// <summary>Updates the numbers from <paramref name="offset"/> on.</summary>
    private protected abstract void Update(int offset, int count, bool decays);

    private void Update(int segment) => Update(segments[segment].Offset, segments[segment].Count, segments[segment].Decays);

    private void Square(int segment)
    {
        var part = Weights.Gradients.AsSpan(segments[segment].Offset, segments[segment].Count);
        squares[segment] = Kernels.Dot(part, part);
    }

    private readonly record struct Segment(int Offset, int Count, bool Decays);

    private sealed class Job(Optimiser optimiser, Action<Optimiser, int> body) : IParallelWork
    {
        public void Do(int item, int worker) => body(optimiser, item);
    }
}
