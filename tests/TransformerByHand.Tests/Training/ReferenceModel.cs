using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;
using TransformerByHand.Training.Model;
using Embedding = TransformerByHand.Layers.Embedding;
using FeedForward = TransformerByHand.Layers.FeedForward;

namespace TransformerByHand.Tests.Training;

/// <summary>A model of the clear double-precision layers with the weights of a fast one: its loss and gradients, one sequence at a time.</summary>
internal sealed class ReferenceModel
{
    private readonly ModelShape shape;
    private readonly Dictionary<string, Matrix<double>> weights = [];
    private readonly List<EncoderLayer> encoder = [];
    private readonly List<EncoderLayer> decoderOnly = [];
    private readonly List<DecoderLayer> decoder = [];

    public ReferenceModel(Transformer model)
    {
        shape = model.Shape;
        foreach (var weight in model.Weights.All)
        {
            var values = weight.Values.ToArray();
            weights[weight.Name] = Matrix<double>.Build.Dense(weight.Rows, weight.Columns, (i, j) => values[i * weight.Columns + j]);
        }
        for (int i = 0; i < shape.Layers; i++)
        {
            if (shape.Architecture == Architecture.EncoderDecoder)
            {
                encoder.Add(MakeEncoderLayer($"encoder.layers.{i}"));
                decoder.Add(MakeDecoderLayer($"decoder.layers.{i}"));
            }
            else
            {
                decoderOnly.Add(MakeEncoderLayer($"layers.{i}"));
            }
        }
    }

    /// <summary>The engine's names for the gradients, each (rows × columns) as the engine stores it.</summary>
    public Dictionary<string, Matrix<double>> Gradients { get; } = [];

    /// <summary>The logits of the last sequence (places × vocabulary).</summary>
    public Matrix<double> Logits { get; private set; } = null!;

    /// <summary>Computes the mean loss of a batch and its gradients.</summary>
    public double Backpropagate(Batch batch, double smoothing = 0)
    {
        Gradients.Clear();
        foreach (var (name, weight) in weights)
            Gradients[name] = Matrix<double>.Build.Dense(weight.RowCount, weight.ColumnCount);
        return Enumerable.Range(0, batch.Sequences).Sum(sequence => OneSequence(batch, sequence, smoothing, batch.CountTargets()));
    }

    private double OneSequence(Batch batch, int sequence, double smoothing, int targets)
    {
        int n = batch.Length, m = batch.SourceLength;
        var ids = batch.Inputs[(sequence * n)..((sequence + 1) * n)];
        var mask = SelfMask(n, batch.Lengths[sequence], shape.Architecture != Architecture.EncoderOnly);
        if (shape.Architecture != Architecture.EncoderDecoder)
        {
            var X = Embed(ids);
            List<EncoderLayerTrace> traces = [];
            foreach (var layer in decoderOnly) X = Forward(layer, X, mask, traces);
            var (loss, dX) = Finish(X, "", batch, sequence, smoothing, targets);
            for (int i = shape.Layers - 1; i >= 0; i--) dX = Backward(decoderOnly[i], traces[i], dX, $"layers.{i}");
            EmbedBackward(ids, dX);
            return loss;
        }

        var source = batch.Source[(sequence * m)..((sequence + 1) * m)];
        var sourceMask = SelfMask(m, batch.SourceLengths[sequence], causal: false);
        var crossMask = Mask.Where(n, m, (_, j) => j < batch.SourceLengths[sequence]);
        var M = Embed(source);
        List<EncoderLayerTrace> encoderTraces = [];
        foreach (var layer in encoder) M = Forward(layer, M, sourceMask, encoderTraces);
        var (memory, memoryNorm) = LastNorm(M, "encoder.");

        var Y = Embed(ids);
        List<DecoderLayerTrace> decoderTraces = [];
        foreach (var layer in decoder)
        {
            var (next, trace) = layer.Forward(Y, memory, mask, crossMask);
            decoderTraces.Add(trace);
            Y = next;
        }
        var (decoderLoss, dY) = Finish(Y, "decoder.", batch, sequence, smoothing, targets);
        var dMemory = Matrix<double>.Build.Dense(m, shape.Width);
        for (int i = shape.Layers - 1; i >= 0; i--)
        {
            var gradients = decoder[i].Backward(decoderTraces[i], dY);
            Collect(gradients.OfParameters(), $"decoder.layers.{i}");
            dY = gradients.OfInputs()["X"].ToMatrix();
            dMemory += gradients.OfInputs()["M"].ToMatrix();
        }
        EmbedBackward(ids, dY);
        var dM = LastNormBackward(memoryNorm, dMemory, "encoder.");
        for (int i = shape.Layers - 1; i >= 0; i--) dM = Backward(encoder[i], encoderTraces[i], dM, $"encoder.layers.{i}");
        EmbedBackward(source, dM);
        return decoderLoss;
    }

    private static Matrix<double> Forward(EncoderLayer layer, Matrix<double> X, Mask mask, List<EncoderLayerTrace> traces)
    {
        var (Y, trace) = layer.Forward(X, mask);
        traces.Add(trace);
        return Y;
    }

    private Matrix<double> Backward(EncoderLayer layer, EncoderLayerTrace trace, Matrix<double> dY, string name)
    {
        var gradients = layer.Backward(trace, dY);
        Collect(gradients.OfParameters(), name);
        return gradients.OfInputs()["X"].ToMatrix();
    }

    /// <summary>The last norm, the logits, the loss, and the gradient back to the last layer's output.</summary>
    private (double Loss, Matrix<double> dX) Finish(Matrix<double> X, string prefix, Batch batch, int sequence, double smoothing, int targets)
    {
        var (normed, trace) = LastNorm(X, prefix);
        var W = shape.TiedOutput ? weights["embedding.E"].Transpose() : weights["output.W_U"];
        Logits = normed * W;
        double loss = 0;
        var dLogits = Matrix<double>.Build.Dense(Logits.RowCount, Logits.ColumnCount);
        for (int i = 0; i < Logits.RowCount; i++)
        {
            int target = batch.Targets[sequence * batch.Length + i];
            if (target == Batch.Ignored) continue;
            var p = Softmax.Of(Logits.Row(i));
            for (int v = 0; v < p.Count; v++)
            {
                double q = (v == target ? 1 - smoothing : 0) + smoothing / p.Count;
                loss -= q * Math.Log(p[v]) / targets;
                dLogits[i, v] = (p[v] - q) / targets;
            }
        }
        var dW = normed.Transpose() * dLogits;
        if (shape.TiedOutput) Gradients["embedding.E"] += dW.Transpose();
        else Gradients["output.W_U"] += dW;
        return (loss, LastNormBackward(trace, dLogits * W.Transpose(), prefix));
    }

    private (Matrix<double> Y, LayerNormTrace? Trace) LastNorm(Matrix<double> X, string prefix) =>
        shape.Norm == NormPlacement.Pre ? MakeNorm($"{prefix}norm").Forward(X) : (X, null);

    private Matrix<double> LastNormBackward(LayerNormTrace? trace, Matrix<double> dY, string prefix)
    {
        if (trace is null) return dY;
        var gradients = MakeNorm($"{prefix}norm").Backward(trace, dY);
        Collect(gradients.OfParameters(), $"{prefix}norm");
        return gradients.dX;
    }

    private Matrix<double> Embed(int[] ids)
    {
        var (X, _) = new Embedding(weights["embedding.E"], shape.EmbeddingScale).Forward(ids);
        return shape.Positions switch
        {
            Positions.Learned => new LearnedPositions(weights["positions.P"]).Forward(X).Y,
            Positions.Sinusoidal => new SinusoidalPositions().Forward(X).Y,
            _ => X,
        };
    }

    private void EmbedBackward(int[] ids, Matrix<double> dX)
    {
        var embedding = new Embedding(weights["embedding.E"], shape.EmbeddingScale);
        Gradients["embedding.E"] += embedding.Backward(embedding.Forward(ids).Trace, dX).dE;
        if (shape.Positions != Positions.Learned) return;
        for (int i = 0; i < ids.Length; i++)
            Gradients["positions.P"].SetRow(i, Gradients["positions.P"].Row(i) + dX.Row(i));
    }

    private Mask SelfMask(int n, int length, bool causal)
    {
        var mask = shape.Window > 0 ? Mask.SlidingWindow(n, shape.Window, causal) : causal ? Mask.Causal(n) : Mask.All(n, n);
        return mask & Mask.Where(n, n, (_, j) => j < length);
    }

    /// <summary>Adds gradients of a layer under the engine's names, in which projections of the same input are one matrix.</summary>
    private void Collect(ParameterSet gradients, string name)
    {
        foreach (var gradient in gradients)
        {
            string full = $"{name}.{gradient.Name}";
            string role = full[(full.LastIndexOf('_') + 1)..], stem = full[..(full.LastIndexOf('_') + 1)];
            string? fused = role is not ("Q" or "K" or "V") ? null
                : Gradients.ContainsKey(stem + "QKV") ? "QKV"
                : role == "Q" ? null : "KV";
            var values = gradient.ToMatrix();
            if (fused is null)
            {
                Gradients[full] += values;
                continue;
            }
            int first = fused.IndexOf(role[0]) * shape.Width;
            var target = Gradients[stem + fused];
            target.SetSubMatrix(0, first, target.SubMatrix(0, target.RowCount, first, shape.Width) + values);
        }
    }

    private EncoderLayer MakeEncoderLayer(string name) =>
        new(MakeAttention($"{name}.attention"), MakeFeedForward($"{name}.feedForward"), MakeStep($"{name}.norm1"), MakeStep($"{name}.norm2"));

    private DecoderLayer MakeDecoderLayer(string name) => new(
        MakeAttention($"{name}.selfAttention"), MakeAttention($"{name}.crossAttention"), MakeFeedForward($"{name}.feedForward"),
        MakeStep($"{name}.norm1"), MakeStep($"{name}.norm2"), MakeStep($"{name}.norm3"));

    private MultiHeadAttention MakeAttention(string name) => new(
        shape.Heads, Part(name, 'W', 'Q'), Part(name, 'W', 'K'), Part(name, 'W', 'V'), weights[$"{name}.W_O"],
        Part(name, 'b', 'Q').Row(0), Part(name, 'b', 'K').Row(0), Part(name, 'b', 'V').Row(0), weights[$"{name}.b_O"].Row(0));

    /// <summary>W_Q, W_K or W_V out of the matrix that holds it.</summary>
    private Matrix<double> Part(string name, char kind, char role)
    {
        string fused = weights.ContainsKey($"{name}.{kind}_QKV") ? "QKV" : role == 'Q' ? "Q" : "KV";
        var matrix = weights[$"{name}.{kind}_{fused}"];
        return matrix.SubMatrix(0, matrix.RowCount, fused.IndexOf(role) * shape.Width, shape.Width);
    }

    private FeedForward MakeFeedForward(string name) => new(
        weights[$"{name}.W_1"], weights[$"{name}.b_1"].Row(0), weights[$"{name}.W_2"], weights[$"{name}.b_2"].Row(0), shape.Activation);

    private AddAndNorm MakeStep(string name) => new(shape.Norm, shape.Norm == NormPlacement.None ? null : MakeNorm(name));

    private LayerNorm MakeNorm(string name) => new(weights[$"{name}.γ"].Row(0), weights[$"{name}.β"].Row(0), shape.Epsilon);
}
