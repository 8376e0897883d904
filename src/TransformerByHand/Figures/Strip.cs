using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Figures;

/// <summary>One vector of a <see cref="VectorStrip"/>: a name and its numbers.</summary>
public sealed record Strip
{
    /// <summary>Makes a strip.</summary>
    /// <param name="name">The name at its left; may be empty.</param>
    /// <param name="values">The numbers, at least one; copied. NaN is drawn as an empty cell.</param>
    /// <exception cref="ArgumentException">There are no numbers.</exception>
    public Strip(string name, IEnumerable<double> values)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(values);
        (Name, Values) = (name, [.. values]);
        if (Values.Count == 0) throw new ArgumentException($"The strip '{name}' has no numbers.", nameof(values));
    }

    /// <inheritdoc cref="Strip(string, IEnumerable{double})"/>
    public Strip(string name, Vector<double> values)
        : this(name, (values ?? throw new ArgumentNullException(nameof(values))).ToArray())
    {
    }

    /// <summary>The name at its left.</summary>
    public string Name { get; }

    /// <summary>The numbers.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>What was done to the strip above to get this one, such as <c>subtract the mean 0.2</c>; written between them beside an arrow.</summary>
    public string? Step { get; init; }

    /// <summary>
    /// A sign in front of the strip, such as <c>+</c>, <c>−</c> or <c>=</c>, where strips are added up and do not follow from one another.
    /// Above <c>=</c> a line is drawn, as in a sum on paper. In place of <see cref="Step"/>.
    /// </summary>
    public string? Sign { get; init; }
}
