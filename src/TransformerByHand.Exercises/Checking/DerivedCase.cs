namespace TransformerByHand.Exercises;

/// <summary>Makes inputs with ties, with large numbers and with single rows or columns of drawn ones.</summary>
internal static class DerivedCase
{
    /// <summary>An input for each size that is 1 in none.</summary>
    /// <param name="sizes">The sizes of the inputs that there are.</param>
    /// <param name="neverOne">Names of sizes that cannot be 1.</param>
    /// <param name="draw">Draws the arguments of one more input.</param>
    public static IEnumerable<object[]> Singles(IReadOnlyList<InputSize> sizes, IReadOnlyList<string> neverOne, Func<object[]> draw) =>
        sizes.Where(size => !size.Values.Contains(1) && !size.Names.Intersect(neverOne).Any()).Select(size => size.CutToOne(draw()));

    /// <summary>The inputs with ties and with large numbers; nothing where no argument is a vector or matrix.</summary>
    public static IEnumerable<object[]> Of(DerivedCases which, Func<object[]> draw)
    {
        foreach ((DerivedCases one, Func<Grid, int, int, double> entry) in new (DerivedCases, Func<Grid, int, int, double>)[] { (DerivedCases.Ties, Tied), (DerivedCases.Large, (grid, i, j) => 2000 * grid.At(i, j)) })
        {
            if (!which.HasFlag(one)) continue;
            object[] drawn = draw();
            if (drawn.All(argument => Grid.Of(argument) is null)) yield break;
            yield return [.. drawn.Select(argument => Grid.Of(argument) is { } grid ? new Grid(grid.Rows, grid.Columns, (i, j) => entry(grid, i, j)).As(argument) : argument)];
        }
    }

    // The second number of each row is its first once more; the others keep apart from one another more often than not.
    private static double Tied(Grid grid, int i, int j) => Math.Round(4 * grid.At(i, j == 1 ? 0 : j));
}
