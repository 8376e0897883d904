namespace TransformerByHand.Figures;

/// <summary>A line of a <see cref="LineChart"/>: a name and points in the order in which they are joined.</summary>
/// <remarks>A point whose y is NaN or infinite (a run that diverged) interrupts the line and is counted in the text alternative.</remarks>
public sealed record Series
{
    /// <summary>Makes a series from its points' coordinates.</summary>
    /// <param name="name">The name, written at the line's end; may be empty.</param>
    /// <param name="x">The points' x; copied.</param>
    /// <param name="y">The points' y, as many; copied.</param>
    /// <exception cref="ArgumentException">The lists have different lengths, are empty, or an x is not finite.</exception>
    public Series(string name, IEnumerable<double> x, IEnumerable<double> y)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        (Name, X, Y) = (name, [.. x], [.. y]);
        if (X.Count != Y.Count)
            throw new ArgumentException($"The series '{name}' has {X.Count} numbers in x and {Y.Count} in y; it needs as many in both.", nameof(y));
        if (X.Count == 0) throw new ArgumentException($"The series '{name}' has no points.", nameof(x));
        for (int i = 0; i < X.Count; i++)
            if (!double.IsFinite(X[i]))
                throw new ArgumentException($"The series '{name}' has x[{i}] = {Display.Numbers.Format(X[i])}; every x must be a finite number.", nameof(x));
    }

    /// <summary>Makes a series whose x are 0, 1, 2, ….</summary>
    /// <param name="name">The name, written at the line's end; may be empty.</param>
    /// <param name="y">The points' y; copied.</param>
    /// <exception cref="ArgumentException">There are no points.</exception>
    public Series(string name, IEnumerable<double> y)
        : this(name, (y = [.. y]).Select((_, i) => (double)i), y)
    {
    }

    /// <summary>The name, written at the line's end.</summary>
    public string Name { get; }

    /// <summary>The points' x.</summary>
    public IReadOnlyList<double> X { get; }

    /// <summary>The points' y.</summary>
    public IReadOnlyList<double> Y { get; }

    /// <summary>Whether the line is dashed, as for a theory beside a measurement.</summary>
    public bool Dashed { get; init; }

    /// <summary>Whether points are marked; by default up to 20 are, on lines that are not dashed.</summary>
    public bool? Markers { get; init; }

    /// <summary>Whether the points are joined.</summary>
    public bool Joined { get; init; } = true;

    internal bool HasMarkers => Markers ?? (!Dashed && X.Count <= 20);
}
