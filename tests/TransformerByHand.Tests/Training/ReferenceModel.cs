using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Training.Model;

namespace TransformerByHand.Tests.Training;

/// <summary>The clear double-precision model with the weights of a fast one: its loss and gradients for a batch, one sequence at a time.</summary>
internal sealed class ReferenceModel(FastTransformer model)
{
    private readonly ModelShape shape = model.Shape;
    private readonly LanguageModel? languageModel = model.Shape.Architecture == Architecture.EncoderDecoder ? null : model.ToLanguageModel();
    private readonly Transformer? transformer = model.Shape.Architecture == Architecture.EncoderDecoder ? model.ToTransformer() : null;

    public ParameterSet Parameters => languageModel?.Parameters ?? transformer!.Parameters;

    /// <summary>The gradients of the last batch, by name.</summary>
    public Dictionary<string, double[]> Gradients { get; } = [];

    /// <summary>The logits of the last sequence (places × vocabulary).</summary>
    public Matrix<double> Logits { get; private set; } = null!;

    public double Backpropagate(Batch batch, double smoothing = 0)
    {
        Gradients.Clear();
        return Enumerable.Range(0, batch.Sequences).Sum(sequence => OneSequence(batch, sequence, smoothing, batch.CountTargets()));
    }

    private double OneSequence(Batch batch, int sequence, double smoothing, int targets)
    {
        int n = batch.Length, m = batch.SourceLength;
        int[] ids = batch.Inputs[(sequence * n)..((sequence + 1) * n)];
        if (transformer is not null)
        {
            int[] source = batch.Source[(sequence * m)..((sequence + 1) * m)];
            bool[] isPadding = [.. Enumerable.Range(0, m).Select(j => j >= batch.SourceLengths[sequence])];
            var (logits, trace) = transformer.Forward(source, ids, isPadding);
            var (loss, dLogits) = Loss(logits, batch, sequence, smoothing, targets);
            Collect(transformer.Backward(trace, dLogits).OfParameters());
            return loss;
        }
        else
        {
            bool causal = shape.Architecture == Architecture.DecoderOnly;
            var mask = Mask.Where(n, n, (_, j) => j < batch.Lengths[sequence]);
            if (shape.Window > 0) mask &= Mask.SlidingWindow(n, shape.Window, causal);
            var (logits, trace) = languageModel!.Forward(ids, mask);
            var (loss, dLogits) = Loss(logits, batch, sequence, smoothing, targets);
            Collect(languageModel.Backward(trace, dLogits).OfParameters());
            return loss;
        }
    }

    private (double Loss, Matrix<double> dLogits) Loss(Matrix<double> logits, Batch batch, int sequence, double smoothing, int targets)
    {
        Logits = logits;
        double loss = 0;
        var dLogits = Matrix<double>.Build.Dense(logits.RowCount, logits.ColumnCount);
        for (int i = 0; i < logits.RowCount; i++)
        {
            int target = batch.Targets[sequence * batch.Length + i];
            if (target == Batch.Ignored) continue;
            var p = Softmax.Of(logits.Row(i));
            for (int v = 0; v < p.Count; v++)
            {
                double q = (v == target ? 1 - smoothing : 0) + smoothing / p.Count;
                loss -= q * Math.Log(p[v]) / targets;
                dLogits[i, v] = (p[v] - q) / targets;
            }
        }
        return (loss, dLogits);
    }

    private void Collect(ParameterSet gradients)
    {
        foreach (var gradient in gradients)
        {
            if (!Gradients.TryGetValue(gradient.Name, out var sum)) Gradients[gradient.Name] = sum = new double[gradient.Count];
            for (int i = 0; i < sum.Length; i++) sum[i] += gradient[i];
        }
    }
}
