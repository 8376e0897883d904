namespace TransformerByHand.Gradients;

/// <summary>What a gradient check found for one input or parameter.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its rows and columns, or its length.</param>
/// <param name="Verdict">The conclusion.</param>
/// <param name="Error">The largest difference between claimed and measured, relative to the largest entry of the gradient, at <paramref name="Step"/>.</param>
/// <param name="Step">The step at which the measured gradient is steadiest; the claimed one has no say in the choice.</param>
/// <param name="Errors">The relative error at every step of the settings, in their order.</param>
/// <param name="Entry">Where claimed and measured differ most (or where the function is not smooth), such as <c>X[0, 2]</c>.</param>
/// <param name="Claimed">The claimed derivative there.</param>
/// <param name="Measured">The measured one.</param>
/// <param name="Reason">The verdict in a sentence.</param>
public sealed record VariableReport(
    string Name,
    IReadOnlyList<int> Shape,
    GradientVerdict Verdict,
    double Error,
    double Step,
    IReadOnlyList<double> Errors,
    string Entry,
    double Claimed,
    double Measured,
    string Reason);
