using TransformerByHand.Layers;
using TransformerByHand.Training.Kernels;

namespace TransformerByHand.Training.Model;

/// <summary>A layer norm over all tokens of a slice.</summary>
/// <remarks>
/// dγ and dβ are collected for each sequence by the worker that has it, and added up over sequences, in order, at the end.
/// </remarks>
internal sealed class Normalisation(Weight gamma, Weight beta, float epsilon, RowBuffer input, int sequences, int rows)
{
    private readonly int width = input.Width;
    private readonly float[] means = new float[rows];
    private readonly float[] inverseDeviations = new float[rows];
    private readonly RowBuffer gammaShares = new(sequences, input.Width);
    private readonly RowBuffer betaShares = new(sequences, input.Width);

    /// <summary>Makes a norm with weights of its own.</summary>
    public static Normalisation Add(WeightStore weights, string name, ModelShape shape, RowBuffer input, int sequences) => new(
        weights.Add(PartName.Join(name, nameof(LayerNorm.γ)), 1, shape.DModel, WeightRole.Gain), weights.Add(PartName.Join(name, nameof(LayerNorm.β)), 1, shape.DModel, WeightRole.Bias),
        (float)shape.ε, input, sequences, input.Rows);

    /// <summary>Y = LN(X), X being in the input buffer.</summary>
    public void Forward(Pass pass, Slice slice, Span<float> y)
    {
        var x = input.Span(slice);
        for (int i = 0; i < slice.Rows; i++)
            (means[slice.FirstRow + i], inverseDeviations[slice.FirstRow + i]) =
                pass.Kernels.LayerNorm(x.Slice(i * width, width), gamma.Values, beta.Values, epsilon, y.Slice(i * width, width));
    }

    /// <summary>Replaces dY by dX.</summary>
    public void Backward(Pass pass, Slice slice, Span<float> gradient)
    {
        var x = input.Span(slice);
        for (int sequence = 0; sequence < slice.Sequences; sequence++)
        {
            var one = Slice.Whole(slice.FirstSequence + sequence, 1, 1);
            Span<float> dGamma = gammaShares.Span(one), dBeta = betaShares.Span(one);
            dGamma.Clear();
            dBeta.Clear();
            for (int i = sequence * slice.Length; i < (sequence + 1) * slice.Length; i++)
            {
                var dy = gradient.Slice(i * width, width);
                pass.Kernels.LayerNormBackward(x.Slice(i * width, width), gamma.Values,
                    means[slice.FirstRow + i], inverseDeviations[slice.FirstRow + i], dy, dy, dGamma, dBeta);
            }
        }
    }

    /// <summary>The task that adds up the sequences' shares.</summary>
    public GradientTask Task => new SharesSum(this, gamma, beta);

    private sealed class SharesSum(Normalisation owner, Weight gamma, Weight beta) : GradientTask
    {
        public override void Do(Pass pass, Scratch scratch)
        {
            pass.Kernels.AddRows(owner.gammaShares.All(pass.Sequences), gamma.Gradient);
            pass.Kernels.AddRows(owner.betaShares.All(pass.Sequences), beta.Gradient);
        }
    }
}
