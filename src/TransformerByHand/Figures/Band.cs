namespace TransformerByHand.Figures;

/// <summary>A shaded area of a <see cref="LineChart"/> between two lines over the same x, such as the quartiles around a median.</summary>
/// <remarks>Bands lie behind the lines; the first band has the first line's colour, and so on.</remarks>
public sealed record Band
{
    /// <summary>Makes a band.</summary>
    /// <param name="name">What lies between its edges, written at its end; may be empty.</param>
    /// <param name="x">Where it is given; copied.</param>
    /// <param name="lower">Its lower edge, as many numbers; copied.</param>
    /// <param name="upper">Its upper edge, as many numbers; copied.</param>
    /// <exception cref="ArgumentException">The lists have different lengths, are empty, or hold a number that is not finite.</exception>
    public Band(string name, IEnumerable<double> x, IEnumerable<double> lower, IEnumerable<double> upper)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(lower);
        ArgumentNullException.ThrowIfNull(upper);
        (Name, X, Lower, Upper) = (name, [.. x], [.. lower], [.. upper]);
        if (X.Count == 0) throw new ArgumentException($"The band '{name}' has no points.", nameof(x));
        foreach (var (side, values) in new[] { (nameof(x), X), (nameof(lower), Lower), (nameof(upper), Upper) })
        {
            if (values.Count != X.Count)
                throw new ArgumentException($"The band '{name}' has {X.Count} numbers in x and {values.Count} in {side}; it needs as many.", side);
            for (int i = 0; i < values.Count; i++)
                if (!double.IsFinite(values[i]))
                    throw new ArgumentException($"The band '{name}' has {side}[{i}] = {Display.Numbers.Format(values[i])}; it must be a finite number.", side);
        }
    }

    /// <summary>What lies between its edges.</summary>
    public string Name { get; }

    /// <summary>Where it is given.</summary>
    public IReadOnlyList<double> X { get; }

    /// <summary>Its lower edge.</summary>
    public IReadOnlyList<double> Lower { get; }

    /// <summary>Its upper edge.</summary>
    public IReadOnlyList<double> Upper { get; }
}
