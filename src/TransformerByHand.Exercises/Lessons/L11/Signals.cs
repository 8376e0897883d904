using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;
using TransformerByHand.Training.Model;

namespace TransformerByHand.Exercises;

/// <summary>How a signal goes through a deep stack of matrices and ReLUs, forward and backward, for each way to begin.</summary>
/// <remarks>
/// Twenty layers x ← ReLU(xW) of width 128, without skip or norm, sixteen tokens of independent normal numbers, ten stacks. With weights of
/// variance σ² a layer multiplies the mean square of what goes through it by n·σ²/2, since ReLU lets half of it pass: 0.0256 for a
/// deviation of 0.02, 1/2 for Xavier's 1/n, 1 for He's 2/n (He et al. 2015, §2.2). Backward it is the same.
/// </remarks>
public sealed class Signals
{
    private const int D = 128, Depth = 20, Tokens = 16, Stacks = 10;

    private static readonly InitialisationScheme[] Schemes = [InitialisationScheme.SmallNormal, InitialisationScheme.Xavier, InitialisationScheme.He];

    private readonly Dictionary<InitialisationScheme, (double[] Forward, double[] Backward)> meanSquares = [];

    private Signals()
    {
        foreach (var scheme in Schemes)
        {
            var stacks = Enumerable.Range(0, Stacks).Select(seed => Measure(scheme, seed)).ToArray();
            meanSquares[scheme] = (Mean(stacks.Select(stack => stack.Forward)), Mean(stacks.Select(stack => stack.Backward)));
        }
        static double[] Mean(IEnumerable<double[]> all) => [.. Enumerable.Range(0, Depth + 1).Select(l => all.Average(one => one[l]))];
    }

    /// <summary>Measures all three.</summary>
    public static Signals ThroughDepth() => new();

    /// <summary>A scheme's name in words.</summary>
    /// <param name="scheme">The scheme.</param>
    public static string Name(InitialisationScheme scheme) => scheme switch
    {
        InitialisationScheme.SmallNormal => "small normal", InitialisationScheme.Gpt2 => "small normal, GPT-2's scaling", _ => scheme.ToString(),
    };

    /// <summary>By what a layer multiplies the mean square of the activations, on the average over the layers.</summary>
    /// <param name="scheme">Small normal, Xavier or He.</param>
    public double Activation(InitialisationScheme scheme) => Math.Pow(meanSquares[scheme].Forward[Depth] / meanSquares[scheme].Forward[0], 1.0 / Depth);

    /// <summary>By what a layer, backward, multiplies the mean square of the gradient.</summary>
    /// <param name="scheme">Small normal, Xavier or He.</param>
    public double Gradient(InitialisationScheme scheme) => Math.Pow(meanSquares[scheme].Backward[0] / meanSquares[scheme].Backward[Depth], 1.0 / Depth);

    /// <summary>The factors a layer, with theory's.</summary>
    public Table ToTable() => new Table("weights begin", "variance", "in theory, a layer multiplies by", "activations", "gradients") { Digits = 3 }
        .RowForEach(Schemes, scheme => [Name(scheme), Variance(scheme), D * Variance(scheme) / 2, Activation(scheme), Gradient(scheme)]);

    /// <summary>The mean squares against depth.</summary>
    public SmallMultiples Figure()
    {
        Series[] All(Func<(double[] Forward, double[] Backward), double[]> of) =>
            [.. Schemes.Select(scheme => new Series(Name(scheme), Enumerable.Range(0, Depth + 1).Select(l => (double)l), of(meanSquares[scheme])) { Markers = false })];
        return new()
        {
            Title = "What is left of a signal, twenty layers of ReLU without skip or norm", Columns = 2,
            Figures =
            [
                new LineChart { Title = "activations, forward", Width = 300, Height = 220, X = Axis.Linear("layer"), Y = Axis.Log("mean square"), Series = All(both => both.Forward) },
                new LineChart { Title = "gradients, backward from layer 20", Width = 300, Height = 220, X = Axis.Linear("layer"), Y = Axis.Log("mean square"), Series = All(both => both.Backward) },
            ],
        };
    }

    /// <summary>The loss of the trials' model before its first step, the mean of five seeds, for each way to begin, beside ln V.</summary>
    public static Table FirstLosses() => new Table("weights begin", "first loss", "above ln V by") { Digits = 4 }
        .Row("knows nothing: ln V", Math.Log(Trial.Vocabulary), "")
        .RowForEach(Enum.GetValues<InitialisationScheme>(), scheme => [Name(scheme), FirstLoss(scheme), Math.Round(FirstLoss(scheme) - Math.Log(Trial.Vocabulary), 3)]);

    /// <summary>The figures of claim T1.</summary>
    /// <param name="beginnings">What <see cref="TakenAway.Beginnings"/> gave.</param>
    public (string Name, double Value)[] Figures(TrialResults beginnings)
    {
        ArgumentNullException.ThrowIfNull(beginnings);
        return
        [
            .. Schemes.SelectMany(scheme => new[] { ($"activations a layer, {Name(scheme)}", Activation(scheme)), ($"gradients a layer, {Name(scheme)}", Gradient(scheme)) }),
            ("ln V", Math.Log(Trial.Vocabulary)),
            .. Schemes.Select(scheme => ($"first loss, {Name(scheme)}", FirstLoss(scheme))),
            .. from norm in new[] { "no norm", "pre-LN" } from scheme in Schemes select ($"loss, {Name(scheme)}, {norm}", beginnings.Median($"{Name(scheme)}, {norm}")),
        ];
    }

    private static double FirstLoss(InitialisationScheme scheme) => Enumerable.Range(1, 5).Average(seed =>
    {
        var run = new Trial { Name = "", Scheme = scheme }.Prepare(seed);
        return run.Evaluate();
    });

    private static double Variance(InitialisationScheme scheme) => scheme switch
    {
        InitialisationScheme.Xavier => 2.0 / (D + D), InitialisationScheme.He => 2.0 / D, _ => 0.02 * 0.02,
    };

    /// <summary>The mean squares after each layer, forward and then backward.</summary>
    private static (double[] Forward, double[] Backward) Measure(InitialisationScheme scheme, int seed)
    {
        var random = SeededRandom.Create(1100 + seed);
        var W = Enumerable.Range(0, Depth).Select(_ => Draw()).ToArray();
        var X = random.NormalMatrix(Tokens, D);
        double[] forward = new double[Depth + 1], backward = new double[Depth + 1];
        var open = new Matrix<double>[Depth];
        forward[0] = MeanSquare(X);
        for (int l = 0; l < Depth; l++)
        {
            X *= W[l];                                                   // (16 × 128)
            open[l] = X.Map(h => h > 0 ? 1.0 : 0, Zeros.Include);
            X = X.PointwiseMultiply(open[l]);
            forward[l + 1] = MeanSquare(X);
        }
        var G = random.NormalMatrix(Tokens, D);
        backward[Depth] = MeanSquare(G);
        for (int l = Depth - 1; l >= 0; l--)
        {
            G = G.PointwiseMultiply(open[l]) * W[l].Transpose();         // (16 × 128)
            backward[l] = MeanSquare(G);
        }
        return (forward, backward);

        Matrix<double> Draw()
        {
            double deviation = Math.Sqrt(Variance(scheme)), bound = Math.Sqrt(3) * deviation;
            return Matrix<double>.Build.Dense(D, D, (_, _) => scheme == InitialisationScheme.Xavier ? bound * (2 * random.NextDouble() - 1) : Normal.Sample(random, 0, deviation));
        }
        static double MeanSquare(Matrix<double> M) => M.Enumerate().Average(v => v * v);
    }
}
