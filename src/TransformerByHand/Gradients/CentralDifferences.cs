using TransformerByHand.Layers;

namespace TransformerByHand.Gradients;

/// <summary>The derivatives of one number L with respect to every entry of one variable, measured at every step size.</summary>
/// <remarks>
/// <code>
/// slope:  (L(x + h) − L(x − h)) / 2h            → L'(x): the error is of order h² from the curve, and of order u/h from rounding
/// corner: (L(x + h) − 2 L(x) + L(x − h)) / h    → the slope on the right less the slope on the left: 0 where L is smooth
/// </code>
/// </remarks>
internal sealed class CentralDifferences
{
    /// <summary>Slopes, one array a step, one entry for each entry of the variable.</summary>
    public required double[][] Slopes { get; init; }

    /// <summary>Corners, laid out like the slopes.</summary>
    public required double[][] Corners { get; init; }

    /// <summary>Nudges every entry of <paramref name="x"/> up and down by every step, and puts it back.</summary>
    public static CentralDifferences Measure(Func<double> L, Parameter x, IReadOnlyList<double> steps)
    {
        double[][] slopes = [.. steps.Select(_ => new double[x.Count])];
        double[][] corners = [.. steps.Select(_ => new double[x.Count])];
        double here = L();

        for (int i = 0; i < x.Count; i++)
        {
            double x0 = x[i];
            try
            {
                for (int k = 0; k < steps.Count; k++)
                {
                    double above = x[i] = x0 + steps[k];
                    double up = L();
                    double below = x[i] = x0 - steps[k];
                    double down = L();

                    // above − below is the step really taken; 2h differs from it by the rounding of x0 ± h.
                    slopes[k][i] = (up - down) / (above - below);
                    corners[k][i] = (up - 2 * here + down) / steps[k];
                }
            }
            finally
            {
                x[i] = x0;
            }
        }
        return new CentralDifferences { Slopes = slopes, Corners = corners };
    }
}
