using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Gradients;
using TransformerByHand.Layers;
using TransformerByHand.Training;

namespace TransformerByHand.Exercises;

/// <summary>The model that lesson 07 trains: one pre-LN layer, small enough to be followed number by number.</summary>
/// <remarks>
/// Three tokens of width 10, "the cat sat", each of which predicts the next word; six words; one head with d_k = 10, a feed-forward
/// block with an inner width of 32, ReLU; no biases in attention. All weights are drawn at random, from one seed.
/// </remarks>
public sealed class TinyModel
{
    private TinyModel(int seed) => Model = CausalLanguageModel.Random(
        SeededRandom.Create(seed), vocabulary: 6, longest: 3, layers: 1, new() { DModel = 10, Heads = 1, DFF = 32, AttentionBias = false }, tied: false);

    /// <summary>Makes the model with the weights that the lesson starts from, or others.</summary>
    /// <param name="seed">Where the weights are drawn from.</param>
    public static TinyModel Create(int seed = 70) => new(seed);

    /// <summary>The words, by their ids.</summary>
    public IReadOnlyList<string> Words { get; } = ["the", "cat", "sat", "on", "mat", "."];

    /// <summary>The sentence: the, cat, sat.</summary>
    public int[] Ids { get; } = [0, 1, 2];

    /// <summary>What comes next after each of its words: cat, sat, on.</summary>
    public int[] Targets { get; } = [1, 2, 3];

    /// <summary>The model as layers.</summary>
    public CausalLanguageModel Model { get; }

    /// <summary>The one layer.</summary>
    public EncoderLayer Layer => Model.Encoder.Layers[0];

    /// <summary>The feed-forward block: W_1 (10 × 32), b_1, W_2 (32 × 10), b_2.</summary>
    public FeedForward FeedForward => Layer.FeedForward;

    /// <summary>All weights in one long list, in the order of <see cref="LanguageModel.Parameters"/>; a copy.</summary>
    public double[] Weights => [.. Model.Parameters.SelectMany(parameter => parameter.ToArray())];

    /// <summary>Everything that is computed on the way from the ids to the logits (3 × 6).</summary>
    public (Matrix<double> Logits, LanguageModelTrace Trace) Forward() => Model.Forward(Ids);

    /// <summary>The mean loss of the three predictions, in nats.</summary>
    public double Loss() => CrossEntropy.Forward(Forward().Logits, Targets).Loss;

    /// <summary>For each token the right word, the probability p that it was given, and the loss −ln p; and the mean.</summary>
    public Table LossTable()
    {
        Matrix<double> p = Softmax.Forward(Forward().Logits);
        return new Table("token", "right word", "p of the right word", "−ln p")
            .RowForEach([0, 1, 2], i => [Words[Ids[i]], Words[Targets[i]], p[i, Targets[i]], -Math.Log(p[i, Targets[i]])])
            .Row("mean", "", "", Loss());
    }

    /// <summary>The gradient of the loss at every weight, by the library.</summary>
    public ParameterSet Gradients()
    {
        var (logits, trace) = Forward();
        return Model.Backward(trace, CrossEntropy.Backward(CrossEntropy.Forward(logits, Targets).Trace)).OfParameters();
    }

    /// <summary>One training step's forward and backward, with functions of yours where the library has its own.</summary>
    /// <param name="feedForward">07.1.</param>
    /// <param name="feedForwardBack">07.2.</param>
    /// <param name="lossGradient">07.3.</param>
    /// <param name="blockBack">07.4.</param>
    /// <param name="normBack">Lesson 02's: dx from x, γ, dy and ε, for one token; null for the library's.</param>
    /// <param name="attentionBack">Lesson 06's: dX, dW_Q, dW_K, dW_V from X, W_Q, W_K, W_V, whether causal, and dO; null for the library's.</param>
    /// <returns>The step. A function that throws <see cref="NotImplementedException"/> is not written yet: the solution takes its place.</returns>
    public TinyStep With(
        Lesson07.FeedForwardFunction feedForward, Lesson07.FeedForwardBackFunction feedForwardBack, Lesson07.LossGradientFunction lossGradient, Lesson07.BlockBackFunction blockBack,
        Func<double[], double[], double[], double, double[]>? normBack = null,
        Func<Matrix<double>, Matrix<double>, Matrix<double>, Matrix<double>, bool, Matrix<double>, (Matrix<double> dX, Matrix<double> dW_Q, Matrix<double> dW_K, Matrix<double> dW_V)>? attentionBack = null) =>
        new(this, feedForward, feedForwardBack, lossGradient, blockBack, normBack, attentionBack);

    /// <summary>The model with other weights, for differences and descents.</summary>
    /// <param name="weights">As many as <see cref="Weights"/>, in that order.</param>
    /// <exception cref="ArgumentException">There is another number of them.</exception>
    public TinyModel At(double[] weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var other = new TinyModel(0);
        Vectors.Set(other.Model.Parameters, weights);
        return other;
    }

    /// <summary>The U: how far central differences are from the gradient, over the step they take; for the loss of this model and its W_1.</summary>
    /// <returns>A chart over steps from 1e-1 to 1e-12, both axes logarithmic.</returns>
    public LineChart DifferencesFigure()
    {
        var report = Differences();
        return new()
        {
            Title = "How far differences are from the gradient: a U",
            X = Axis.Log("step h"), Y = Axis.Log("relative error"),
            Series = [new("central differences", report.Points.Select(point => point.Step), report.Points.Select(point => point.Error))],
        };
    }

    /// <summary>The gradient check of the loss at W_1.</summary>
    public GradientReport Differences()
    {
        var W_1 = FeedForward.W_1;
        var dW_1 = Gradients()["layers.0.feedForward.W_1"].ToMatrix();
        return GradientCheck.Run((Matrix<double> W) =>
        {
            var kept = W_1.Clone();
            W.CopyTo(W_1);
            double loss = Loss();
            kept.CopyTo(W_1);
            return loss;
        }, W_1.Clone(), dW_1);
    }

    /// <summary>For each pair of tokens, how long the gradient of the loss at the one is at the other, in the stream as it enters the layer (3 × 3).</summary>
    /// <param name="causal">Whether a token sees only itself and what came before.</param>
    public Matrix<double> LossToToken(bool causal)
    {
        var X = Forward().Trace.Input.X;
        var (Y, trace) = Model.Encoder.Forward(X, causal ? Mask.Causal(3) : null);
        var (logits, read) = Model.Unembedding.Forward(Y);
        return Matrix<double>.Build.DenseOfRows(Enumerable.Range(0, 3).Select(i =>
        {
            int[] only = [.. Targets.Select((target, j) => i == j ? target : CrossEntropy.Ignored)];
            var dX = Model.Encoder.Backward(trace, Model.Unembedding.Backward(read, CrossEntropy.Backward(CrossEntropy.Forward(logits, only).Trace)).dX).dX;
            return dX.EnumerateRows().Select(row => row.L2Norm());
        }));
    }

    /// <summary>The picture of <see cref="LossToToken"/>: which losses depend on which tokens.</summary>
    public SmallMultiples LossToTokenFigure()
    {
        string[] words = [.. Ids.Select(id => Words[id])];
        Heatmap Part(string title, bool causal) => new(LossToToken(causal))
        {
            Title = title, RowLabels = words, ColumnLabels = words, RowTitle = "loss at", ColumnTitle = "gradient at", Digits = 2, ShowLegend = false,
        };
        return new()
        {
            Title = "How strongly each token's loss pulls at each token: where there is 0, it does not depend on it",
            Figures = [Part("causal mask", causal: true), Part("no mask", causal: false)],
        };
    }
}

/// <summary>Parameters as one long list of numbers.</summary>
internal static class Vectors
{
    public static double[] Of(ParameterSet parameters) => [.. parameters.SelectMany(parameter => parameter.ToArray())];

    public static void Set(ParameterSet parameters, double[] numbers)
    {
        if (numbers.Length != parameters.NumberCount)
            throw new ArgumentException($"weights has {numbers.Length} numbers; the model has {parameters.NumberCount}.", nameof(numbers));
        int next = 0;
        foreach (Parameter parameter in parameters)
        {
            parameter.Set(numbers[next..(next + parameter.Count)]);
            next += parameter.Count;
        }
    }
}
