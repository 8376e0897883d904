using TransformerByHand.Figures;
using TransformerByHand.Layers;
using TransformerByHand.Training.Model;

namespace TransformerByHand.Exercises;

/// <summary>Runs from which one thing is taken away, on five seeds each.</summary>
/// <remarks>
/// The base is the model of 2017 in small: four post-LN layers that begin as Xavier says, AdamW, a warm-up of 40 steps of 120 to a rate of
/// 0.02, then down along half a cosine, the gradient's length held to 1. Nothing was tuned but the rate, which is the best of 0.005, 0.01,
/// 0.02 and 0.05 for the whole, and momentum's, which is the best of 0.03, 0.1, 0.3 and 1.
/// </remarks>
public static class TakenAway
{
    private const string Everything = "everything", NoWarmUp = "no warm-up", NoFall = "rate does not fall", NoClipping = "no clipping",
        NoNorm = "no LayerNorm", Momentum = "momentum in place of AdamW", MomentumUnclipped = "momentum, no clipping";

    private static readonly double[] Rates = [0.005, 0.01, 0.02];

    private static Trial Base { get; } = new()
    {
        Name = Everything, Norm = NormPlacement.Post, Scheme = InitialisationScheme.Xavier, Layers = 4, Rate = 0.02, WarmUp = 40, Steps = 120,
    };

    /// <summary>The run with everything, and one without each thing.</summary>
    public static TrialResults OneByOne() => Trial.Compare(
    [
        Base,
        Base with { Name = NoWarmUp, WarmUp = 0 },
        Base with { Name = NoFall, Falls = false },
        Base with { Name = NoClipping, Clip = null },
        Base with { Name = NoNorm, Norm = NormPlacement.None },
        Base with { Name = Momentum, Adam = false, Rate = 0.3 },
        Base with { Name = MomentumUnclipped, Adam = false, Rate = 0.3, Clip = null },
    ]);

    /// <summary>The figures of claim T3.</summary>
    /// <param name="results">What <see cref="OneByOne"/> gave.</param>
    public static (string Name, double Value)[] Figures(TrialResults results)
    {
        ArgumentNullException.ThrowIfNull(results);
        return [.. new[] { Everything, NoWarmUp, NoFall, NoClipping, Momentum, MomentumUnclipped }.Select(name => ($"loss, {name}", results.Median(name)))];
    }

    /// <summary>Descent with momentum at four rates, with clipping, and without it at lower ones.</summary>
    public static TrialResults MomentumRates() => Trial.Compare(
        [.. from clip in new double?[] { 1, null } from rate in clip is null ? new[] { 0.01, 0.03, 0.1, 0.3 } : [0.03, 0.1, 0.3, 1]
            select Base with { Name = FormattableString.Invariant($"{(clip is null ? "not clipped" : "clipped")}, rate {rate}"), Adam = false, Clip = clip, Rate = rate }]);

    /// <summary>Post-LN and pre-LN, with and without warm-up, at three rates.</summary>
    public static TrialResults WarmUps() => Trial.Compare(
        [.. from norm in new[] { NormPlacement.Post, NormPlacement.Pre } from warmUp in new[] { 40, 0 } from rate in Rates
            select Base with { Name = Named(norm, warmUp, rate), Norm = norm, WarmUp = warmUp, Rate = rate }]);

    /// <summary>The figures of claim R5 that need training.</summary>
    /// <param name="results">What <see cref="WarmUps"/> gave.</param>
    public static (string Name, double Value)[] WarmUpFigures(TrialResults results)
    {
        ArgumentNullException.ThrowIfNull(results);
        return [.. from norm in new[] { NormPlacement.Post, NormPlacement.Pre } from warmUp in new[] { 40, 0 }
            select ($"loss, {Named(norm, warmUp, 0.02)}", results.Median(Named(norm, warmUp, 0.02)))];
    }

    /// <summary>Without a norm, and with it in either place, with warm-up, at four rates.</summary>
    public static TrialResults Norms() => Trial.Compare(
        [.. from norm in new[] { NormPlacement.None, NormPlacement.Post, NormPlacement.Pre } from rate in Rates.Append(0.05)
            select Base with { Name = Named(norm, rate), Norm = norm, Rate = rate }]);

    /// <summary>The held-out loss against the rate: the median as a line, from best to worst as a band.</summary>
    /// <param name="results">What <see cref="Norms"/> gave.</param>
    public static LineChart NormsFigure(TrialResults results)
    {
        ArgumentNullException.ThrowIfNull(results);
        double[] rates = [.. Rates, 0.05];
        NormPlacement[] norms = [NormPlacement.None, NormPlacement.Post, NormPlacement.Pre];
        double[] Of(NormPlacement norm, Func<IEnumerable<double>, double> of) => [.. rates.Select(rate => of(results.Runs(Named(norm, rate)).Select(run => run.HeldOut)))];
        return new()
        {
            Title = "With a norm the rate may be higher: five seeds, from best to worst", Height = 300,
            X = Axis.Log("rate η", ticks: rates), Y = Axis.Log("loss on held-out tales, nats a word", ticks: [1, 2, 4, 8]),
            Series = [.. norms.Select(norm => new Series(Name(norm), rates, Of(norm, TrialResults.Middle)))],
            Bands = [.. norms.Select(norm => new Band("", rates, Of(norm, Enumerable.Min), Of(norm, Enumerable.Max)))],
        };
    }

    /// <summary>The same with twelve layers, at the lowest of the rates.</summary>
    public static TrialResults DeepNorms() => Trial.Compare(
        [.. from norm in new[] { NormPlacement.None, NormPlacement.Post, NormPlacement.Pre }
            select Base with { Name = $"{Name(norm)}, 12 layers", Norm = norm, Rate = 0.005, Layers = 12 }]);

    /// <summary>The figures of claim N7.</summary>
    /// <param name="four">What <see cref="Norms"/> gave.</param>
    /// <param name="twelve">What <see cref="DeepNorms"/> gave.</param>
    public static (string Name, double Value)[] NormFigures(TrialResults four, TrialResults twelve)
    {
        ArgumentNullException.ThrowIfNull(four);
        ArgumentNullException.ThrowIfNull(twelve);
        return
        [
            .. from rate in new[] { 0.02, 0.05 } from norm in new[] { NormPlacement.None, NormPlacement.Post, NormPlacement.Pre }
               select ($"loss, {Named(norm, rate)}", four.Median(Named(norm, rate))),
            // Post-LN's runs are too far apart there to be a figure.
            .. twelve.Names.Where(name => !name.StartsWith(Name(NormPlacement.Post), StringComparison.Ordinal)).Select(name => ($"loss, {name}", twelve.Median(name))),
        ];
    }

    /// <summary>Four ways to begin, with pre-LN and without a norm.</summary>
    public static TrialResults Beginnings() => Trial.Compare(
        [.. from norm in new[] { NormPlacement.Pre, NormPlacement.None } from scheme in Enum.GetValues<InitialisationScheme>()
            select Base with { Name = $"{Signals.Name(scheme)}, {Name(norm)}", Norm = norm, Scheme = scheme, Rate = 0.01 }]);

    /// <summary>Eight hundred words, some nine tales, learned for three hundred steps, with and without what acts against learning by heart.</summary>
    public static TrialResults ByHeart()
    {
        var few = new Trial { Name = "nothing", Rate = 0.01, Steps = 300, WordsSeen = 800, EvaluateEvery = 25, Decay = 0 };
        return Trial.Compare(
        [
            few,
            few with { Name = "dropout 0.1", Dropout = 0.1 },
            few with { Name = "dropout 0.3", Dropout = 0.3 },
            few with { Name = "weight decay 0.1", Decay = 0.1 },
            few with { Name = "weight decay 1", Decay = 1 },
            few with { Name = "weight decay 3", Decay = 3 },
        ]);
    }

    /// <summary>The figures of claim T8.</summary>
    /// <param name="results">What <see cref="ByHeart"/> gave.</param>
    public static (string Name, double Value)[] ByHeartFigures(TrialResults results)
    {
        ArgumentNullException.ThrowIfNull(results);
        return
        [
            ("loss on the tales learned from, nothing", results.TrainingLoss("nothing")),
            ("lowest held-out loss on the way, nothing", results.Lowest("nothing")),
            .. results.Names.Select(name => ($"held-out loss at the end, {name}", results.Median(name))),
        ];
    }

    private static string Named(NormPlacement norm, double rate) => FormattableString.Invariant($"{Name(norm)}, rate {rate}");

    private static string Named(NormPlacement norm, int warmUp, double rate) => $"{Named(norm, rate)}, {(warmUp > 0 ? "warm-up" : "no warm-up")}";

    private static string Name(NormPlacement norm) => norm switch { NormPlacement.Pre => "pre-LN", NormPlacement.Post => "post-LN", _ => "no norm" };
}
