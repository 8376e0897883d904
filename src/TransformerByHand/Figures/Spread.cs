namespace TransformerByHand.Figures;

/// <summary>Moves labels apart that would stand on each other.</summary>
internal static class Spread
{
    /// <summary>Returns places near the wanted ones, in the same order along the axis, at least <paramref name="gap"/> apart.</summary>
    /// <param name="wanted">Where each label would like to stand.</param>
    /// <param name="gap">The least distance of two labels.</param>
    /// <param name="from">The first place allowed.</param>
    /// <param name="to">The last place wished for; passed only where the labels do not fit.</param>
    public static double[] Apart(IReadOnlyList<double> wanted, double gap, double from, double to)
    {
        int[] order = [.. Enumerable.Range(0, wanted.Count).OrderBy(i => wanted[i]).ThenBy(i => i)];
        var places = new double[wanted.Count];
        double next = from;
        foreach (int i in order)
        {
            places[i] = Math.Max(wanted[i], next);
            next = places[i] + gap;
        }
        double limit = Math.Max(to, from + gap * (wanted.Count - 1));
        foreach (int i in order.Reverse())
        {
            places[i] = Math.Min(places[i], limit);
            limit = places[i] - gap;
        }
        return places;
    }
}
