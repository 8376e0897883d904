using System.Globalization;
using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Display;

/// <summary>Compares a result with a reference and says in one line: exact, close, or off by how much.</summary>
public static class Compare
{
    /// <summary>Differences up to this fraction of the reference's largest number count as rounding, unless a call says otherwise.</summary>
    public const double DefaultTolerance = 1e-9;

    /// <summary>Compares two matrices.</summary>
    /// <param name="name">The name of what is compared, such as <c>dX</c>.</param>
    /// <param name="mine">The result to judge.</param>
    /// <param name="reference">What it should be.</param>
    /// <param name="tolerance">The largest difference called close, as a fraction of the reference's largest absolute number.</param>
    /// <exception cref="ArgumentOutOfRangeException">The tolerance is negative or NaN.</exception>
    public static Comparison Show(string name, Matrix<double> mine, Matrix<double> reference, double tolerance = DefaultTolerance)
    {
        ArgumentNullException.ThrowIfNull(mine);
        ArgumentNullException.ThrowIfNull(reference);
        return Show(name, mine.ToArray(), reference.ToArray(), tolerance);
    }

    /// <summary>Compares two vectors.</summary>
    /// <inheritdoc cref="Show(string, Matrix{double}, Matrix{double}, double)"/>
    public static Comparison Show(string name, Vector<double> mine, Vector<double> reference, double tolerance = DefaultTolerance)
    {
        ArgumentNullException.ThrowIfNull(mine);
        ArgumentNullException.ThrowIfNull(reference);
        return Show(name, mine.ToArray(), reference.ToArray(), tolerance);
    }

    /// <summary>Compares two numbers.</summary>
    /// <inheritdoc cref="Show(string, Matrix{double}, Matrix{double}, double)"/>
    public static Comparison Show(string name, double mine, double reference, double tolerance = DefaultTolerance) =>
        Judge(name, [mine], [reference], tolerance, _ => "");

    /// <summary>Compares two vectors.</summary>
    /// <inheritdoc cref="Show(string, Matrix{double}, Matrix{double}, double)"/>
    public static Comparison Show(string name, double[] mine, double[] reference, double tolerance = DefaultTolerance)
    {
        ArgumentNullException.ThrowIfNull(mine);
        ArgumentNullException.ThrowIfNull(reference);
        return mine.Length != reference.Length
            ? OtherShape(name, $"{mine.Length} numbers", $"{reference.Length} numbers")
            : Judge(name, mine, reference, tolerance, i => $" at index {i}");
    }

    /// <summary>Compares two matrices.</summary>
    /// <inheritdoc cref="Show(string, Matrix{double}, Matrix{double}, double)"/>
    public static Comparison Show(string name, double[,] mine, double[,] reference, double tolerance = DefaultTolerance)
    {
        ArgumentNullException.ThrowIfNull(mine);
        ArgumentNullException.ThrowIfNull(reference);
        int columns = mine.GetLength(1);
        return mine.GetLength(0) != reference.GetLength(0) || columns != reference.GetLength(1)
            ? OtherShape(name, ShapeOf(mine), ShapeOf(reference))
            : Judge(name, [.. mine.Cast<double>()], [.. reference.Cast<double>()], tolerance, i => $" at row {i / columns}, column {i % columns}");
    }

    private static Comparison Judge(string name, double[] mine, double[] reference, double tolerance, Func<int, string> place)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!(tolerance >= 0)) throw new ArgumentOutOfRangeException(nameof(tolerance), tolerance, "The tolerance must be 0 or more.");

        double largest = 0, scale = 0;
        int worst = -1, equal = 0;
        for (int i = 0; i < mine.Length; i++)
        {
            if (double.IsFinite(reference[i])) scale = Math.Max(scale, Math.Abs(reference[i]));
            if (mine[i].Equals(reference[i]) || mine[i] == reference[i]) // Equals: NaN is NaN; ==: 0 is -0
            {
                equal++;
                continue;
            }
            double difference = Math.Abs(mine[i] - reference[i]);
            if (!double.IsFinite(difference))
                return new()
                {
                    Name = name, Closeness = Closeness.Off, Difference = double.NaN, RelativeDifference = double.NaN,
                    Verdict = $"off{place(i)}: yours is {Numbers.Format(mine[i])}, the reference {Numbers.Format(reference[i])}",
                };
            if (difference > largest) (largest, worst) = (difference, i);
        }

        double relative = largest == 0 ? 0 : largest / scale; // ∞ where the reference is all 0
        if (equal == mine.Length)
            return new()
            {
                Name = name, Closeness = Closeness.Exact, Difference = 0, RelativeDifference = 0,
                Verdict = mine.Length == 1 ? "exact" : $"exact, all {mine.Length} numbers are the same",
            };

        if (relative <= tolerance)
            return new()
            {
                Name = name, Closeness = Closeness.Close, Difference = largest, RelativeDifference = relative,
                // A bound and not the digits: rounding noise differs between machines.
                Verdict = $"close, relative difference below {PowerOfTenAbove(relative)}",
            };

        bool Differs(int i) => !(Math.Abs(mine[i] - reference[i]) <= tolerance * scale) && !mine[i].Equals(reference[i]);

        return new()
        {
            Name = name, Closeness = Closeness.Off, Difference = largest, RelativeDifference = relative,
            Verdict = $"off by {Numbers.Format(largest)}"
                + (double.IsFinite(relative) ? $" (relative {Numbers.Format(relative, 2)})" : "")
                + (mine.Length > 1 ? $", {Enumerable.Range(0, mine.Length).Count(Differs)} of {mine.Length} numbers differ; the worst{place(worst)}" : "")
                + $": yours is {Apart(mine[worst], reference[worst])}, the reference {Apart(reference[worst], mine[worst])}",
        };
    }

    private static Comparison OtherShape(string name, string mine, string reference) => new()
    {
        Name = name ?? throw new ArgumentNullException(nameof(name)),
        Closeness = Closeness.Off, Difference = double.NaN, RelativeDifference = double.NaN,
        Verdict = $"off, another shape: yours is {mine}, the reference {reference}",
    };

    /// <summary>Writes a number with as many digits as show that it is another than its neighbour, and at least four.</summary>
    private static string Apart(double value, double neighbour)
    {
        int digits = 4;
        while (digits < 15 && Numbers.Format(value, digits) == Numbers.Format(neighbour, digits)) digits++;
        return Numbers.Format(value, digits);
    }

    private static string ShapeOf(double[,] matrix) => $"{matrix.GetLength(0)} × {matrix.GetLength(1)}";

    private static string PowerOfTenAbove(double value) =>
        string.Create(CultureInfo.InvariantCulture, $"1e{Math.Max(-15, (int)Math.Floor(Math.Log10(value)) + 1)}");
}
