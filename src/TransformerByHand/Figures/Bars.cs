namespace TransformerByHand.Figures;

/// <summary>One colour of a <see cref="BarChart"/>: a name and a number for each category.</summary>
public sealed record Bars
{
    /// <summary>Makes the bars.</summary>
    /// <param name="name">The name in the legend; may be empty where there is one set only.</param>
    /// <param name="values">One finite number a category; copied.</param>
    /// <exception cref="ArgumentException">A number is not finite.</exception>
    public Bars(string name, IEnumerable<double> values)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(values);
        (Name, Values) = (name, [.. values]);
        for (int i = 0; i < Values.Count; i++)
            if (!double.IsFinite(Values[i]))
                throw new ArgumentException($"The bars '{name}' have the number {Display.Numbers.Format(Values[i])} at position {i}; every bar needs a finite number.", nameof(values));
    }

    /// <summary>The name in the legend.</summary>
    public string Name { get; }

    /// <summary>One number a category.</summary>
    public IReadOnlyList<double> Values { get; }
}
