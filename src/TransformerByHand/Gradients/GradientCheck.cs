using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;
using TransformerByHand.Layers;

namespace TransformerByHand.Gradients;

/// <summary>Holds a backward pass against central differences of its forward pass.</summary>
/// <remarks>
/// <para>
/// A function with a matrix for an output has no single gradient, so the output is first made into one number by a random
/// projection: L = Σ R ⊙ f(X), with R drawn once. Then ∂L/∂Y = R is what the backward pass is given. The plain sum, R = 1, would
/// hide errors: a softmax row always sums to one and a LayerNorm row to zero, so its true gradient is zero, and wrong backward
/// passes that give zero as well would pass.
/// </para>
/// <para>
/// Each entry is nudged up and down by h, for h from 1e-1 down to 1e-12. The error first falls like h² (the curve is better and
/// better approximated), then rises like 1/h (L has only 16 digits, and the difference of two nearly equal numbers keeps few of
/// them): a U. The verdict is given at the step where the measured slopes change least from one step to the next, a choice in
/// which the claimed gradient has no say.
/// </para>
/// <para>
/// Where L has a kink (ReLU at exactly 0), the slope to the right is not the slope to the left; where it jumps, or bends more
/// sharply than the smallest step can follow (LayerNorm at a constant token with a tiny ε), the measured slope settles nowhere.
/// Either is reported as what it is, and not as a wrong gradient.
/// </para>
/// </remarks>
public static class GradientCheck
{
    /// <summary>
    /// Where the seeds of projections begin: far from those that data are drawn with. A projection that equals the input is no random one;
    /// LayerNorm's gradient is almost zero along it.
    /// </summary>
    private const int OwnSeeds = 1_000_000_000;

    /// <summary>Checks a function of one matrix.</summary>
    /// <param name="f">The forward pass: X to Y.</param>
    /// <param name="X">Where to check. It is copied, not changed.</param>
    /// <param name="backward">The backward pass: given ∂L/∂Y, returns ∂L/∂X at this X.</param>
    /// <param name="settings">Seed, tolerance, steps and projection, where the defaults do not do.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentException">The gradient has another shape than X, or the settings make no sense.</exception>
    /// <exception cref="ArithmeticException">The output at X itself is not finite.</exception>
    public static GradientReport Run(Func<Matrix<double>, Matrix<double>> f, Matrix<double> X, Func<Matrix<double>, Matrix<double>> backward, GradientCheckSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(f);
        ArgumentNullException.ThrowIfNull(X);
        ArgumentNullException.ThrowIfNull(backward);
        var x = X.Clone();
        return Run([new Parameter("X", x)], () => f(x), dY => [new Parameter("X", backward(dY))], settings);
    }

    /// <summary>Checks a function of one vector.</summary>
    /// <param name="f">The forward pass: x to y.</param>
    /// <param name="x">Where to check. It is copied, not changed.</param>
    /// <param name="backward">The backward pass: given ∂L/∂y, returns ∂L/∂x at this x.</param>
    /// <param name="settings">Seed, tolerance, steps and projection, where the defaults do not do.</param>
    /// <returns>The report.</returns>
    /// <inheritdoc cref="Run(Func{Matrix{double}, Matrix{double}}, Matrix{double}, Func{Matrix{double}, Matrix{double}}, GradientCheckSettings?)" path="/exception"/>
    public static GradientReport Run(Func<Vector<double>, Vector<double>> f, Vector<double> x, Func<Vector<double>, Vector<double>> backward, GradientCheckSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(f);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(backward);
        var copy = x.Clone();
        return Run([new Parameter("x", copy)], () => f(copy).ToRowMatrix(), dY => [new Parameter("x", backward(dY.Row(0)))], settings);
    }

    /// <summary>Checks a function of one array.</summary>
    /// <param name="f">The forward pass: x to y.</param>
    /// <param name="x">Where to check. It is copied, not changed.</param>
    /// <param name="backward">The backward pass: given ∂L/∂y, returns ∂L/∂x at this x.</param>
    /// <param name="settings">Seed, tolerance, steps and projection, where the defaults do not do.</param>
    /// <returns>The report.</returns>
    /// <inheritdoc cref="Run(Func{Matrix{double}, Matrix{double}}, Matrix{double}, Func{Matrix{double}, Matrix{double}}, GradientCheckSettings?)" path="/exception"/>
    public static GradientReport Run(Func<double[], double[]> f, double[] x, Func<double[], double[]> backward, GradientCheckSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(f);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(backward);
        return Run(v => Vector<double>.Build.Dense(f(v.ToArray())), Vector<double>.Build.DenseOfArray(x), dy => Vector<double>.Build.Dense(backward(dy.ToArray())), settings);
    }

    /// <summary>Checks the derivative of a function of one number; nothing is projected.</summary>
    /// <param name="f">The function.</param>
    /// <param name="x">Where to check.</param>
    /// <param name="dx">The claimed derivative there.</param>
    /// <param name="settings">Tolerance and steps, where the defaults do not do.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArithmeticException">f(x) itself is not finite.</exception>
    public static GradientReport Run(Func<double, double> f, double x, double dx, GradientCheckSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(f);
        return Run(v => f(v[0]), Vector<double>.Build.Dense(1, x), Vector<double>.Build.Dense(1, dx), settings);
    }

    /// <summary>Checks the gradient of a loss: a function of one vector that is a number already, so that nothing is projected.</summary>
    /// <param name="L">The loss.</param>
    /// <param name="x">Where to check. It is copied, not changed.</param>
    /// <param name="dx">The claimed gradient there.</param>
    /// <param name="settings">Tolerance and steps, where the defaults do not do.</param>
    /// <returns>The report.</returns>
    /// <inheritdoc cref="Run(Func{Matrix{double}, Matrix{double}}, Matrix{double}, Func{Matrix{double}, Matrix{double}}, GradientCheckSettings?)" path="/exception"/>
    public static GradientReport Run(Func<Vector<double>, double> L, Vector<double> x, Vector<double> dx, GradientCheckSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(L);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(dx);
        var copy = x.Clone();
        return Run([new Parameter("x", copy)], () => One(L(copy)), _ => [new Parameter("x", dx)], (settings ?? new()) with { Projection = One(1) });
    }

    /// <summary>Checks the gradient of a loss of one matrix, that is a number already, so that nothing is projected.</summary>
    /// <param name="L">The loss.</param>
    /// <param name="X">Where to check. It is copied, not changed.</param>
    /// <param name="dX">The claimed gradient there.</param>
    /// <param name="settings">Tolerance and steps, where the defaults do not do.</param>
    /// <returns>The report.</returns>
    /// <inheritdoc cref="Run(Func{Matrix{double}, Matrix{double}}, Matrix{double}, Func{Matrix{double}, Matrix{double}}, GradientCheckSettings?)" path="/exception"/>
    public static GradientReport Run(Func<Matrix<double>, double> L, Matrix<double> X, Matrix<double> dX, GradientCheckSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(L);
        ArgumentNullException.ThrowIfNull(X);
        ArgumentNullException.ThrowIfNull(dX);
        var copy = X.Clone();
        return Run([new Parameter("X", copy)], () => One(L(copy)), _ => [new Parameter("X", dX)], (settings ?? new()) with { Projection = One(1) });
    }

    /// <summary>Checks a layer: the gradient of its input and of every parameter.</summary>
    /// <typeparam name="TTrace">The layer's trace.</typeparam>
    /// <typeparam name="TGradients">The layer's gradients.</typeparam>
    /// <param name="layer">The layer. Its parameters are nudged and put back.</param>
    /// <param name="X">The input to check it at. It is copied, not changed.</param>
    /// <param name="settings">Seed, tolerance, steps and projection, where the defaults do not do.</param>
    /// <returns>The report, with one entry for <c>X</c> and one for each parameter.</returns>
    /// <inheritdoc cref="Run(Func{Matrix{double}, Matrix{double}}, Matrix{double}, Func{Matrix{double}, Matrix{double}}, GradientCheckSettings?)" path="/exception"/>
    public static GradientReport Run<TTrace, TGradients>(ILayer<TTrace, TGradients> layer, Matrix<double> X, GradientCheckSettings? settings = null)
        where TTrace : Trace
        where TGradients : LayerGradients
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(X);
        var x = X.Clone();
        return Run(
            [new Parameter("X", x), .. layer.Parameters],
            () => layer.Forward(x).Y,
            dY => layer.Backward(layer.Forward(x).Trace, dY).ByName(),
            settings);
    }

    /// <summary>Checks anything: several inputs and parameters at once.</summary>
    /// <param name="variables">What to differentiate with respect to, as views: each number is nudged and put back.</param>
    /// <param name="forward">The output at the variables' present values.</param>
    /// <param name="backward">Given ∂L/∂Y, the gradient of every variable, each under the variable's name. Others are ignored.</param>
    /// <param name="settings">Seed, tolerance, steps and projection, where the defaults do not do.</param>
    /// <returns>The report, with one entry for each variable.</returns>
    /// <exception cref="ArgumentException">There are no variables, a gradient is missing or has another shape than its variable, or the settings make no sense.</exception>
    /// <exception cref="ArithmeticException">The output at the variables' present values is not finite.</exception>
    public static GradientReport Run(ParameterSet variables, Func<Matrix<double>> forward, Func<Matrix<double>, ParameterSet> backward, GradientCheckSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(variables);
        ArgumentNullException.ThrowIfNull(forward);
        ArgumentNullException.ThrowIfNull(backward);
        settings ??= new GradientCheckSettings();
        if (variables.NumberCount == 0)
            throw new ArgumentException("There are no variables; there should be at least one number to nudge.", nameof(variables));
        RequireSteps(settings.Steps);

        var Y = forward();
        var R = settings.Projection ?? SeededRandom.Create(OwnSeeds + settings.Seed).NormalMatrix(Y.RowCount, Y.ColumnCount);
        if (R.RowCount != Y.RowCount || R.ColumnCount != Y.ColumnCount)
            throw new ArgumentException($"The projection is {R.RowCount} × {R.ColumnCount}, but should have the output's shape, {Y.RowCount} × {Y.ColumnCount}.", nameof(settings));
        if (!double.IsFinite(Project(R, Y)))
            throw new ArithmeticException("The output is not finite at the point to be checked, so there is nothing to differentiate.");

        var claims = backward(R);
        double size = R.PointwiseMultiply(Y).RowAbsoluteSums().Sum();
        List<VariableReport> reports = [];
        foreach (var variable in variables)
        {
            var claimed = claims.Contains(variable.Name)
                ? claims[variable.Name]
                : throw new ArgumentException($"The backward pass returned no gradient for '{variable.Name}'; it returned {string.Join(", ", claims.Select(c => c.Name))}.", nameof(backward));
            if (!claimed.Shape.SequenceEqual(variable.Shape))
                throw new ArgumentException($"The gradient of {variable} has the shape {string.Join(" × ", claimed.Shape)}; it should have that of {variable.Name}.", nameof(backward));

            var measured = CentralDifferences.Measure(() => Project(R, forward()), variable, settings.Steps);
            reports.Add(Judge.Variable(variable, claimed.ToArray(), measured, size, settings));
        }
        return new GradientReport(reports, settings);
    }

    /// <summary>L = Σ R ⊙ Y.</summary>
    private static double Project(Matrix<double> R, Matrix<double> Y)
    {
        double sum = 0;
        for (int i = 0; i < R.RowCount; i++)
            for (int j = 0; j < R.ColumnCount; j++)
                sum += R[i, j] * Y[i, j];
        return sum;
    }

    private static Matrix<double> One(double x) => Matrix<double>.Build.Dense(1, 1, x);

    private static void RequireSteps(IReadOnlyList<double> steps)
    {
        bool falling = steps.Count >= 4 && steps.All(h => h > 0 && double.IsFinite(h)) && steps.Zip(steps.Skip(1)).All(pair => pair.First > pair.Second);
        if (!falling)
            throw new ArgumentException("The steps should be at least four positive numbers, each smaller than the one before.", nameof(steps));
    }
}
