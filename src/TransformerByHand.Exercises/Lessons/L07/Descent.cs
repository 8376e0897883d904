using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;
using TransformerByHand.Models;
using TransformerByHand.Training;

namespace TransformerByHand.Exercises;

public static partial class Lesson07
{
    /// <summary>Lets a loop of yours descend, or the solution where yours is not written yet.</summary>
    /// <param name="descend">07.5.</param>
    /// <param name="start">Where to start.</param>
    /// <param name="model">Loss and gradient at given weights.</param>
    /// <param name="rate">η.</param>
    /// <param name="steps">How many steps.</param>
    public static Descent Train(DescendFunction descend, double[] start, Func<double[], (double loss, double[] gradient)> model, double rate, int steps)
    {
        ArgumentNullException.ThrowIfNull(descend);
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(model);
        bool own = true;
        double squared = model(start).gradient.Sum(g => g * g);
        (double[] end, double[] losses) went;
        try
        {
            went = descend([.. start], model, rate, steps);
        }
        catch (NotImplementedException)
        {
            (own, went) = (false, Descend.ReferenceSolution(start, model, rate, steps));
        }
        // A model that lies behind the function is left with the weights that were reached, whatever it was asked about last.
        model(went.end);
        return new(went.end, went.losses, rate, squared, own);
    }

    /// <summary>For several rates: by how much the loss should fall in one step, η‖∇L‖² to first order, and by how much it does.</summary>
    /// <param name="start">The weights.</param>
    /// <param name="model">Loss and gradient at given weights.</param>
    /// <param name="rates">The rates η.</param>
    public static Table Promises(double[] start, Func<double[], (double loss, double[] gradient)> model, params double[] rates)
    {
        ArgumentNullException.ThrowIfNull(model);
        var (loss, gradient) = model(start);
        double squared = gradient.Sum(g => g * g);
        return new Table("rate η", "promised fall, η‖∇L‖²", "measured fall", "kept") { Digits = 4 }.RowForEach(rates, rate =>
        {
            double fall = loss - model([.. start.Select((w, i) => w - rate * gradient[i])]).loss;
            return [rate, rate * squared, fall, $"{Numbers.Format(100 * fall / (rate * squared), 3)} %"];
        });
    }

    /// <summary>The glimpse as a function of its weights: the mean loss of a text's words, and its gradient.</summary>
    /// <param name="glimpse">The model; the function writes the weights it is asked about into it.</param>
    /// <param name="text">A text of two words or more.</param>
    /// <returns>The weights as they are now (a copy), and the function.</returns>
    /// <exception cref="ArgumentException">The text is too long, or has no words.</exception>
    public static (double[] Weights, Func<double[], (double loss, double[] gradient)> Model) AsFunction(Glimpse glimpse, string text)
    {
        ArgumentNullException.ThrowIfNull(glimpse);
        int[] ids = glimpse.Encode(text);
        if (ids.Length < 2) throw new ArgumentException("text has no words; it should have at least one.", nameof(text));
        return (Vectors.Of(glimpse.Model.Parameters), weights =>
        {
            Vectors.Set(glimpse.Model.Parameters, weights);
            var (logits, trace) = glimpse.Model.Forward(ids[..^1]);
            var (loss, kept) = CrossEntropy.Forward(logits, ids[1..]);
            return (loss, Vectors.Of(glimpse.Model.Backward(trace, CrossEntropy.Backward(kept)).OfParameters()));
        });
    }

    /// <summary>p and p − y of one prediction, as bars: what the logits are told.</summary>
    /// <param name="words">The words that bars are drawn for.</param>
    /// <param name="p">Their probabilities.</param>
    /// <param name="target">The place of the right word among them.</param>
    /// <param name="title">The title.</param>
    public static BarChart PMinusYFigure(IReadOnlyList<string> words, IEnumerable<double> p, int target, string title) => new()
    {
        Title = title, Categories = words, ValueTitle = "", Digits = 2, Height = 180,
        Series = [new("p", p), new("p − y, the gradient", p.Select((v, j) => j == target ? v - 1 : v))],
    };
}

/// <summary>A descent that was taken: where it ended, and the losses on the way.</summary>
/// <param name="End">The weights at the end.</param>
/// <param name="Losses">The loss before each step and after the last.</param>
/// <param name="Rate">η.</param>
/// <param name="SquaredLength">‖∇L‖² at the start.</param>
/// <param name="IsOwn">Whether the reader's loop took it; if not, the solution did.</param>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public sealed record Descent(IReadOnlyList<double> End, IReadOnlyList<double> Losses, double Rate, double SquaredLength, bool IsOwn) : IShown
{
    /// <summary>The losses over the steps, with the line along which they would fall if every step kept the first one's promise.</summary>
    public LineChart Figure() => new()
    {
        Title = $"The loss falls from {Numbers.Format(Losses[0], 3)} to {Numbers.Format(Losses[^1], 3)}{(IsOwn ? "" : " (07.5 is not written yet: the solution descends)")}",
        X = Axis.Linear("step"), Y = Axis.Linear("loss, mean over the words", min: 0),
        Series =
        [
            new("measured", Enumerable.Range(0, Losses.Count).Select(s => (double)s), Losses) { Markers = Losses.Count <= 12 },
            new("as the first gradient promised", Promised().Select(point => point.Step), Promised().Select(point => point.Loss)) { Dashed = true, Markers = false },
        ],
    };

    /// <inheritdoc/>
    public string ToHtml() => Figure().ToHtml();

    /// <inheritdoc/>
    public string ToText() => Figure().ToText();

    // Only down to a loss of 0, which is where the drawing ends.
    private IEnumerable<(double Step, double Loss)> Promised()
    {
        double fall = Rate * SquaredLength, last = Math.Min(Losses.Count - 1, Losses[0] / fall);
        return [(0, Losses[0]), (last, last < Losses.Count - 1 ? 0 : Losses[0] - last * fall)];
    }
}
