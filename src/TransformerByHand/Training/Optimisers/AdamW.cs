using TransformerByHand.Training.Kernels;
using TransformerByHand.Training.Model;

namespace TransformerByHand.Training.Optimisers;

/// <summary>AdamW: a step size of its own for every weight, and weight decay apart from it (Loshchilov and Hutter 2019).</summary>
/// <remarks>
/// For each number w with gradient g, at step s, counted from 1:
/// <code>
/// m ← β₁·m + (1 − β₁)·g          the mean gradient
/// v ← β₂·v + (1 − β₂)·g²         the mean square
/// w ← w − η·λ·w − η · m/(1 − β₁ˢ) / (√(v/(1 − β₂ˢ)) + ε)
/// </code>
/// Biases and norms do not decay. The kernel does it in this order, in float32.
/// </remarks>
public sealed class AdamW : Optimiser
{
    private readonly float[] mean;
    private readonly float[] square;
    private AdamWKernel.Constants constants;
    private double learningRate;

    /// <summary>Makes an optimiser for a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="beta1">β₁: how much of the mean gradient is kept at each step.</param>
    /// <param name="beta2">β₂: how much of the mean square is kept; 0.98 in Vaswani et al. 2017.</param>
    /// <param name="epsilon">ε, which keeps the quotient finite; 1e-9 in Vaswani et al. 2017.</param>
    /// <param name="weightDecay">λ.</param>
    /// <exception cref="ArgumentOutOfRangeException">A β is not in [0, 1), ε is not above 0, or λ is negative.</exception>
    public AdamW(FastTransformer model, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0.01) : base(model, weightDecay)
    {
        CheckBeta(beta1, nameof(beta1));
        CheckBeta(beta2, nameof(beta2));
        if (!(epsilon > 0)) throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "ε must be above 0.");
        (Beta1, Beta2, Epsilon) = (beta1, beta2, epsilon);
        (mean, square) = (new float[model.Weights.Count], new float[model.Weights.Count]);
        State = new Dictionary<string, float[]> { ["mean"] = mean, ["square"] = square };

        static void CheckBeta(double beta, string name)
        {
            if (!(beta >= 0 && beta < 1)) throw new ArgumentOutOfRangeException(name, beta, "A β must be at least 0 and below 1.");
        }
    }

    /// <summary>β₁.</summary>
    public double Beta1 { get; }

    /// <summary>β₂.</summary>
    public double Beta2 { get; }

    /// <summary>ε.</summary>
    public double Epsilon { get; }

    internal override IReadOnlyDictionary<string, float[]> State { get; }

    private protected override void Prepare(double learningRate)
    {
        this.learningRate = learningRate;
        constants = new(
            GradientScale, (float)Beta1, (float)Beta2, Decay: 1,
            StepSize: (float)(learningRate / (1 - Math.Pow(Beta1, StepsTaken))),
            InverseRootCorrection: (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, StepsTaken))),
            (float)Epsilon);
    }

    private protected override void Update(int offset, int count, bool decays) => Kernels.AdamW(
        Weights.Values.AsSpan(offset, count), Weights.Gradients.AsSpan(offset, count), mean.AsSpan(offset, count), square.AsSpan(offset, count),
        decays ? constants with { Decay = (float)(1 - learningRate * WeightDecay) } : constants);
}
