namespace TransformerByHand.Display;

/// <summary>Gives each number of a figure or table its colour.</summary>
/// <param name="Palette">The colours.</param>
/// <param name="Min">The number that gets the first colour.</param>
/// <param name="Max">The number that gets the last colour.</param>
public sealed record ColorScale(Palette Palette, double Min, double Max)
{
    /// <summary>Chooses a scale on which white is 0: sequential for numbers that are all at least 0, otherwise diverging and symmetric.</summary>
    /// <param name="values">The numbers to colour; NaN and infinities do not count.</param>
    /// <param name="palette">The colours, or <see langword="null"/> to choose by the signs of the numbers.</param>
    /// <param name="min">The number that gets the first colour, or <see langword="null"/> to choose.</param>
    /// <param name="max">The number that gets the last colour, or <see langword="null"/> to choose.</param>
    /// <exception cref="ArgumentException">The range is empty or not finite.</exception>
    public static ColorScale For(IEnumerable<double> values, Palette? palette = null, double? min = null, double? max = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        double low = 0, high = 0;
        foreach (double value in values.Where(double.IsFinite))
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        palette ??= (min ?? low) < 0 ? Palette.Diverging : Palette.Sequential;

        double reach = Math.Max(high, -low);
        if (reach == 0) reach = 1;
        double from = min ?? (palette == Palette.Diverging ? -(max is > 0 ? max.Value : reach) : low);
        double to = max ?? (palette == Palette.Diverging ? (min is < 0 ? -min.Value : reach) : high > low ? high : low + 1);
        if (!(to > from) || !double.IsFinite(to - from))
            throw new ArgumentException($"The colours run from {Numbers.Format(from)} to {Numbers.Format(to)}; the second must be greater than the first, and both finite.", nameof(max));
        return new(palette, from, to);
    }

    /// <summary>Returns the colour of a number; numbers outside the range get the colour of the nearer end.</summary>
    public Rgb At(double value) => Palette.At((value - Min) / (Max - Min));
}
