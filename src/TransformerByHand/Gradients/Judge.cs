using System.Globalization;
using TransformerByHand.Layers;

namespace TransformerByHand.Gradients;

/// <summary>Draws a conclusion about one variable from what was claimed and what was measured.</summary>
internal static class Judge
{
    /// <summary>Half the distance from 1 to the next double: the relative rounding error of one operation.</summary>
    private const double UnitRoundoff = 1.1102230246251565e-16;

    public static VariableReport Variable(Parameter variable, double[] claimed, CentralDifferences measured, double size, GradientCheckSettings settings)
    {
        var steps = settings.Steps;
        var slopes = measured.Slopes;

        // The rounding of L, a sum of terms of this size, divided by the step: no slope is known better than that.
        double[] rounding = [.. steps.Select(h => 8 * UnitRoundoff * size / h)];
        double[] errors = [.. slopes.Select((slope, k) => Relative(Largest(slope, claimed), slope, claimed, rounding[k]))];

        // How well the slopes at step k are known: by how much the neighbouring steps disagree with them.
        double Uncertainty(int k) => Worst(rounding[k], Largest(slopes[k], slopes[k - 1]), Largest(slopes[k], slopes[k + 1]));
        int best = Enumerable.Range(1, steps.Count - 2).MinBy(k => double.IsNaN(Uncertainty(k)) ? double.PositiveInfinity : Uncertainty(k));
        double uncertainty = Uncertainty(best);
        double scale = Math.Max(Size(slopes[best]), Size(claimed));

        int kink = Kink(measured, best, scale, rounding);
        int worst = Enumerable.Range(0, variable.Count).MaxBy(i => i == kink ? -1 : Distance(claimed[i], slopes[best][i]));
        double miss = Distance(claimed[worst], slopes[best][worst]);

        // Within the tolerance; or nearer than the measurement itself is known, as long as that is five digits at least.
        double blur = Math.Max(rounding[best], Math.Min(uncertainty, 1e-5 * scale));
        bool agrees = miss <= Math.Max(settings.Tolerance * scale, blur);

        // A measurement only speaks against the claim if it is settled itself, and known better than the two differ.
        double settled = Math.Min(miss / 3, 1e-3 * Size(slopes[best]));
        bool known = uncertainty <= Math.Max(settled, rounding[best]);

        VariableReport Report(GradientVerdict verdict, int i, string reason) => new(
            variable.Name, variable.Shape, verdict, errors[best], steps[best], errors, Entry(variable, i), claimed[i], slopes[best][i], reason);

        if (!agrees && worst != kink && known)
            return Report(GradientVerdict.Disagrees, worst, $"At {Entry(variable, worst)} it claims {Number(claimed[worst])}, where {Number(slopes[best][worst])} is measured (step {GradientReport.Short(steps[best])}; relative error {GradientReport.Short(errors[best])}, allowed {GradientReport.Short(settings.Tolerance)}).");

        if (kink >= 0)
        {
            double middle = slopes[best][kink], half = measured.Corners[best][kink] / 2;
            return Report(GradientVerdict.NotSmooth, kink, $"At {Entry(variable, kink)} the slope is {Number(middle - half)} to the left and {Number(middle + half)} to the right: a kink. Any number between the two is a fair choice (the backward pass chose {Number(claimed[kink])}); check at another point.");
        }

        if (!agrees)
            return Report(GradientVerdict.NotSmooth, worst, $"At {Entry(variable, worst)} the measured slope does not settle: {Number(slopes[best][worst])} at step {GradientReport.Short(steps[best])}, {Number(slopes[best + 1][worst])} at step {GradientReport.Short(steps[best + 1])}. The function jumps here, or bends more sharply than these steps can follow; check at another point.");

        return Report(GradientVerdict.Agrees, worst, "The claimed gradient is the measured one.");
    }

    /// <summary>
    /// Returns an entry at which the slopes on the two sides stay apart as the step shrinks, or −1. Where the function is smooth,
    /// the difference shrinks with the step.
    /// </summary>
    private static int Kink(CentralDifferences measured, int k, double scale, double[] rounding)
    {
        double[] wide = measured.Corners[k], narrow = measured.Corners[k + 1];
        double visible = Math.Max(1e-4 * scale, 8 * rounding[k + 1]);
        return Enumerable.Range(0, wide.Length)
            .Where(i => Math.Abs(narrow[i]) > visible && Math.Abs(narrow[i]) > 0.5 * Math.Abs(wide[i]))
            .DefaultIfEmpty(-1)
            .MaxBy(i => i < 0 ? 0 : Math.Abs(narrow[i]));
    }

    /// <summary>The difference relative to the larger gradient; 0 where both are zero as far as rounding lets one see.</summary>
    private static double Relative(double difference, double[] slope, double[] claimed, double rounding)
    {
        if (double.IsInfinity(difference)) return difference;
        double scale = Math.Max(Size(slope), Size(claimed));
        return scale <= rounding ? 0 : difference / scale;
    }

    private static double Size(double[] a) => a.Max(Math.Abs);

    private static double Largest(double[] a, double[] b) => a.Zip(b, Distance).Max();

    /// <summary>The distance between two numbers. One that is not finite is infinitely far from everything.</summary>
    private static double Distance(double a, double b) => double.IsFinite(a - b) ? Math.Abs(a - b) : double.PositiveInfinity;

    private static double Worst(params ReadOnlySpan<double> values)
    {
        double worst = 0;
        foreach (double value in values) worst = Math.Max(worst, value);
        return worst;
    }

    private static string Entry(Parameter variable, int i) => variable.Shape.Count == 2
        ? $"{variable.Name}[{i / variable.Shape[1]}, {i % variable.Shape[1]}]"
        : $"{variable.Name}[{i}]";

    private static string Number(double x) => x.ToString("G6", CultureInfo.InvariantCulture);
}
