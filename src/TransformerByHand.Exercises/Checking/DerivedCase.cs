namespace TransformerByHand.Exercises;

/// <summary>Makes inputs with ties and with large numbers of drawn ones.</summary>
internal static class DerivedCase
{
    /// <summary>The derived inputs; nothing where no argument is a vector or matrix.</summary>
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
