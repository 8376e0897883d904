using TransformerByHand.Training.Kernels;
using TransformerByHand.Training.Model;

namespace TransformerByHand.Training.Optimisers;

/// <summary>Stochastic gradient descent with momentum: b ← μ·b + g + λ·w, w ← w − η·b.</summary>
public sealed class Sgd : Optimiser
{
    private readonly float[] velocity;
    private MomentumKernel.Constants constants;

    /// <summary>Makes an optimiser for a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="momentum">μ: how much of the last step is kept; 0 for plain gradient descent.</param>
    /// <param name="weightDecay">λ.</param>
    /// <exception cref="ArgumentOutOfRangeException">μ is not in [0, 1), or λ is negative.</exception>
    public Sgd(FastTransformer model, double momentum = 0.9, double weightDecay = 0) : base(model, weightDecay)
    {
        if (!(momentum >= 0 && momentum < 1))
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "The momentum must be at least 0 and below 1.");
        Momentum = momentum;
        velocity = new float[model.Weights.Count];
        State = new Dictionary<string, float[]> { ["velocity"] = velocity };
    }

    /// <summary>μ.</summary>
    public double Momentum { get; }

    internal override IReadOnlyDictionary<string, float[]> State { get; }

    private protected override void Prepare(double learningRate) => constants = new(GradientScale, (float)Momentum, 0, (float)learningRate);

    private protected override void Update(int offset, int count, bool decays) => Kernels.Momentum(
        Weights.Values.AsSpan(offset, count), Weights.Gradients.AsSpan(offset, count), velocity.AsSpan(offset, count),
        decays ? constants with { Decay = (float)WeightDecay } : constants);
}
