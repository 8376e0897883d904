using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Exercises;

/// <summary>A size of the inputs: the rows of one matrix, say, and the columns of another that always has as many.</summary>
/// <param name="Names">Its names: <c>x</c> for a vector's length, <c>rows of X</c>, <c>columns of X</c>.</param>
/// <param name="Places">The parameters and dimensions that have it: 0 for rows, 1 for columns and lengths.</param>
/// <param name="Values">What it is in each input.</param>
internal sealed record InputSize(IReadOnlyList<string> Names, IReadOnlyList<(int Parameter, int Dimension)> Places, IReadOnlyList<int> Values)
{
    /// <summary>All sizes. Two that are the same in every input are one: the definition says so.</summary>
    public static IReadOnlyList<InputSize> Of(IReadOnlyList<string> parameters, IReadOnlyList<object[]> cases)
    {
        var found = new List<(string Name, (int, int) Place, int[] Values)>();
        for (int p = 0; p < parameters.Count; p++)
        {
            int at = p;
            void Add(string name, int dimension, Func<object, int> of) => found.Add((name, (at, dimension), [.. cases.Select(arguments => of(arguments[at]))]));
            switch (cases[0][p])
            {
                case int[]: Add(parameters[p], 1, argument => ((int[])argument).Length); break;
                case double[] or Vector<double>: Add(parameters[p], 1, argument => Grid.Of(argument)!.Value.Columns); break;
                case double[,] or Matrix<double>:
                    Add($"rows of {parameters[p]}", 0, argument => Grid.Of(argument)!.Value.Rows);
                    Add($"columns of {parameters[p]}", 1, argument => Grid.Of(argument)!.Value.Columns);
                    break;
            }
        }
        return [.. found.GroupBy(size => string.Join(',', size.Values)).Select(group => new InputSize([.. group.Select(size => size.Name)], [.. group.Select(size => size.Place)], group.First().Values))];
    }

    /// <summary>Cuts an input so that this size is 1.</summary>
    public object[] CutToOne(object[] arguments)
    {
        object[] cut = [.. arguments];
        foreach ((int parameter, int dimension) in Places)
        {
            if (cut[parameter] is int[] ids) cut[parameter] = ids[..1];
            else if (Grid.Of(cut[parameter]) is { } grid) cut[parameter] = new Grid(dimension == 0 ? 1 : grid.Rows, dimension == 1 ? 1 : grid.Columns, grid.At).As(cut[parameter]);
        }
        return cut;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{string.Join(" = ", Names)}: {string.Join(", ", Values)}";
}
