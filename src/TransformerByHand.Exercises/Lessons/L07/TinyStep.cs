using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Layers;
using TransformerByHand.Training;

namespace TransformerByHand.Exercises;

/// <summary>One training step of the <see cref="TinyModel"/>, computed by a reader's functions and compared with the library's.</summary>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public sealed class TinyStep : IShown
{
    private const double Rounding = 1e-9;

    private readonly TinyModel tiny;
    private readonly Lesson07.FeedForwardFunction feedForward;
    private readonly Lesson07.FeedForwardBackFunction feedForwardBack;
    private readonly Lesson07.LossGradientFunction lossGradient;
    private readonly Lesson07.BlockBackFunction blockBack;
    private readonly Func<double[], double[], double[], double, double[]>? normBack;
    private readonly Func<Matrix<double>, Matrix<double>, Matrix<double>, Matrix<double>, bool, Matrix<double>, (Matrix<double> dX, Matrix<double> dW_Q, Matrix<double> dW_K, Matrix<double> dW_V)>? attentionBack;
    private readonly SortedSet<string> missing = new(StringComparer.Ordinal);

    internal TinyStep(
        TinyModel tiny, Lesson07.FeedForwardFunction feedForward, Lesson07.FeedForwardBackFunction feedForwardBack, Lesson07.LossGradientFunction lossGradient,
        Lesson07.BlockBackFunction blockBack, Func<double[], double[], double[], double, double[]>? normBack,
        Func<Matrix<double>, Matrix<double>, Matrix<double>, Matrix<double>, bool, Matrix<double>, (Matrix<double> dX, Matrix<double> dW_Q, Matrix<double> dW_K, Matrix<double> dW_V)>? attentionBack)
    {
        (this.tiny, this.feedForward, this.feedForwardBack, this.lossGradient, this.blockBack, this.normBack, this.attentionBack) =
            (tiny, feedForward, feedForwardBack, lossGradient, blockBack, normBack, attentionBack);
        (Loss, Gradients) = Compute(tiny);
    }

    /// <summary>The loss, by your functions.</summary>
    public double Loss { get; }

    /// <summary>The gradient at every parameter, by your functions.</summary>
    public ParameterSet Gradients { get; }

    /// <summary>‖∇L‖²: the sum of the squares of all numbers of the gradient.</summary>
    public double SquaredLength => Vectors.Of(Gradients).Sum(g => g * g);

    /// <summary>The loss after one step of gradient descent.</summary>
    /// <param name="rate">η.</param>
    public double LossAfter(double rate) => At([.. tiny.Weights.Zip(Vectors.Of(Gradients), (weight, slope) => weight - rate * slope)]).loss;

    /// <summary>Loss and gradient of the model with other weights: what <c>Descend</c> takes.</summary>
    /// <param name="weights">As many as <see cref="TinyModel.Weights"/>.</param>
    public (double loss, double[] gradient) At(double[] weights)
    {
        var (loss, gradients) = Compute(tiny.At(weights));
        return (loss, Vectors.Of(gradients));
    }

    /// <inheritdoc/>
    public string ToText() => string.Join("\n", [Ledger().ToText(), .. Notes()]);

    /// <inheritdoc/>
    public string ToHtml() => Ledger().ToHtml() + string.Concat(Notes().Select(note => $"<div style=\"display:inline-block;padding:4px 8px;background:#ffffff;color:#57606a\">{System.Net.WebUtility.HtmlEncode(note)}</div>"));

    private (double Loss, ParameterSet Gradients) Compute(TinyModel at)
    {
        var (model, layer) = (at.Model, at.Layer);
        var input = model.Input.Forward(at.Ids);                                                                // X (3 × 10)
        var attention = layer.AddAndNorm1.Forward(input.X, x => layer.Attention.Forward(x, Mask.Causal(3)));    // M (3 × 10)
        var read = layer.AddAndNorm2.Norm!.Forward(attention.Y);
        var ffn = layer.FeedForward;
        var write = Own("07.1", () => feedForward(read.Y.Clone(), ffn.W_1.Clone(), ffn.b_1!.Clone(), ffn.W_2.Clone(), ffn.b_2!.Clone()),
            () => Lesson07.FeedForwardRows.ReferenceSolution(read.Y, ffn.W_1, ffn.b_1!, ffn.W_2, ffn.b_2!));
        var last = model.Encoder.Norm!.Forward(attention.Y + write);
        var output = model.Unembedding.Forward(last.Y);
        double loss = CrossEntropy.Forward(output.Y, at.Targets).Loss;

        var dLogits = Own("07.3", () => lossGradient(output.Y.Clone(), [.. at.Targets]), () => Lesson07.LossGradient.ReferenceSolution(output.Y, at.Targets));
        var unembedding = model.Unembedding.Backward(output.Trace, dLogits);
        // What each part sent to its parameters. Gradients that arrive at a part separately add up; the same one, handed over once more, does not count again.
        List<Parameter> found = [];
        Dictionary<string, List<Matrix<double>>> arrived = [];
        void Found(string part, Matrix<double> d, ParameterSet gradients)
        {
            if (!arrived.TryGetValue(part, out var before)) arrived[part] = before = [];
            if (before.Exists(other => other.Equals(d))) return;
            before.Add(d.Clone());
            found.AddRange(gradients.Under(part));
        }
        Matrix<double> Norm(LayerNorm norm, LayerNormTrace trace, Matrix<double> X, Matrix<double> dY, string name)
        {
            var gradients = norm.Backward(trace, dY);
            Found(name, dY, gradients.OfParameters());
            return normBack is null ? gradients.dX : Own("02", () => Matrix<double>.Build.DenseOfRowArrays(
                Enumerable.Range(0, X.RowCount).Select(t => normBack(X.Row(t).ToArray(), norm.γ.ToArray(), dY.Row(t).ToArray(), norm.ε)).ToArray()), () => gradients.dX);
        }
        var dY = Norm(model.Encoder.Norm!, last.Trace, attention.Y + write, unembedding.dX, "norm");             // (3 × 10)

        Matrix<double> ThroughFeedForward(Matrix<double> d)
        {
            var H = read.Y.Project(ffn.W_1, ffn.b_1);
            var g = Own("07.2", () => feedForwardBack(read.Y.Clone(), H.Clone(), ffn.W_1.Clone(), ffn.W_2.Clone(), d.Clone()),
                () => Lesson07.FeedForwardBack.ReferenceSolution(read.Y, H, ffn.W_1, ffn.W_2, d));
            Found("layers.0.feedForward", d, [new("W_1", g.dW_1), new("b_1", g.db_1), new("W_2", g.dW_2), new("b_2", g.db_2)]);
            return g.dX;
        }
        Matrix<double> ThroughAttention(Matrix<double> d)
        {
            var block = attention.Trace.Block;
            var g = layer.Attention.Backward(block, d);
            if (attentionBack is null)
            {
                Found("layers.0.attention", d, g.OfParameters());
                return g.dX;
            }
            var all = layer.Attention;
            var own = Own("06", () => attentionBack(block.X, all.W_Q, all.W_K, all.W_V, true, d * all.W_O.Transpose()), () => (g.dX, g.dW_Q, g.dW_K, g.dW_V));
            Found("layers.0.attention", d, [new("W_Q", own.dW_Q), new("W_K", own.dW_K), new("W_V", own.dW_V), new("W_O", g.dW_O)]);
            return own.dX;
        }
        Matrix<double> ThroughNorm1(Matrix<double> d) => Norm(layer.AddAndNorm1.Norm!, attention.Trace.Norm!, input.X, d, "layers.0.norm1");
        Matrix<double> ThroughNorm2(Matrix<double> d) => Norm(layer.AddAndNorm2.Norm!, read.Trace, attention.Y, d, "layers.0.norm2");
        int before = found.Count;
        var dX = Own("07.4", () => blockBack(dY.Clone(), ThroughNorm1, ThroughAttention, ThroughNorm2, ThroughFeedForward), () =>
        {
            found.RemoveRange(before, found.Count - before);
            arrived.Clear();
            return Lesson07.BlockBack.ReferenceSolution(dY, ThroughNorm1, ThroughAttention, ThroughNorm2, ThroughFeedForward);
        });
        found.AddRange(model.Input.Backward(input.Trace, dX).OfParameters());
        if (unembedding.dW_U is not null) found.Add(new("W_U", unembedding.dW_U));

        // A part that the reader's function forgot counts nothing.
        return (loss, new(model.Parameters.Select(parameter =>
        {
            Parameter sum = parameter.Clone();
            sum.Set(new double[sum.Count]);
            foreach (Parameter part in found.Where(part => part.Name == parameter.Name))
                for (int i = 0; i < sum.Count; i++) sum[i] += part[i];
            return sum;
        })));
    }

    private T Own<T>(string exercise, Func<T> own, Func<T> otherwise)
    {
        if (!missing.Contains(exercise))
        {
            try
            {
                return own();
            }
            catch (NotImplementedException)
            {
                missing.Add(exercise);
            }
        }
        return otherwise();
    }

    private Table Ledger()
    {
        ParameterSet library = tiny.Gradients();
        return new Table("parameter", "numbers", "‖gradient‖", "the library's") { Caption = $"Loss {Numbers.Format(Loss, 4)}, and what it says to every weight" }
            .RowForEach(Gradients, gradient =>
            {
                double off = gradient.ToArray().Zip(library[gradient.Name].ToArray(), (a, b) => Math.Abs(a - b)).Max();
                return [gradient.Name, gradient.Count, Math.Sqrt(gradient.ToArray().Sum(g => g * g)), off < Rounding ? "the same" : $"off by {Numbers.Format(off, 2)}"];
            })
            .Row("all together", Gradients.NumberCount, Math.Sqrt(SquaredLength), "");
    }

    private IEnumerable<string> Notes()
    {
        if (missing.Count > 0) yield return $"Not written yet, so the solution or the library computed it: {string.Join(", ", missing)}.";
    }
}
