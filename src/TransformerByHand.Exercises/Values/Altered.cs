using System.Runtime.CompilerServices;
using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Exercises;

/// <summary>Copies of a result in which some numbers are others: what an implementation with a small error returns.</summary>
internal static class Altered
{
    /// <summary>Whether results of a type hold numbers that can be altered.</summary>
    public static bool HoldsNumbers(Type type) =>
        type == typeof(double) || type == typeof(Vector<double>) || type == typeof(Matrix<double>)
        || (type.IsArray && HoldsNumbers(type.GetElementType()!))
        || (type.IsAssignableTo(typeof(ITuple)) && type.GetGenericArguments().Any(HoldsNumbers));

    /// <summary>How many numbers a result holds.</summary>
    public static int Count(object? result)
    {
        int count = 0;
        Of(result, (_, number) => { count++; return number; });
        return count;
    }

    /// <summary>The position of each part's first number in a tuple or list, and after the last the count of all; of anything else 0 and the count.</summary>
    public static IReadOnlyList<int> Starts(object? result)
    {
        if (result is not ITuple tuple) return [0, Count(result)];
        var starts = new List<int> { 0 };
        for (int i = 0; i < tuple.Length; i++) starts.Add(starts[^1] + Count(tuple[i]));
        return starts;
    }

    /// <summary>The position of one number inside each part: in the second row and column of a matrix, the second of a vector.</summary>
    public static IEnumerable<int> Insides(object? result)
    {
        int start = 0;
        foreach (object? part in result is ITuple tuple ? Enumerable.Range(0, tuple.Length).Select(i => tuple[i]) : [result])
        {
            if (Grid.Of(part) is { } grid && grid.Rows * grid.Columns > 1) yield return start + (grid is { Rows: > 1, Columns: > 1 } ? grid.Columns + 1 : 1);
            start += Count(part);
        }
    }

    /// <summary>Returns a copy whose number at each position, counted row by row through all parts, is what <paramref name="change"/> makes of it.</summary>
    public static object? Of(object? result, Func<int, double, double> change)
    {
        int position = 0;
        return Of(result, ref position, change);
    }

    private static object? Of(object? value, ref int position, Func<int, double, double> change)
    {
        switch (value)
        {
            case double number:
                return change(position++, number);
            case double[] or double[,] or Vector<double> or Matrix<double>:
                Grid grid = Grid.Of(value)!.Value;
                int start = position;
                position += grid.Rows * grid.Columns;
                return new Grid(grid.Rows, grid.Columns, (i, j) => change(start + i * grid.Columns + j, grid.At(i, j))).As(value);
            case ITuple tuple:
                object?[] parts = new object?[tuple.Length];
                for (int i = 0; i < parts.Length; i++) parts[i] = Of(tuple[i], ref position, change);
                return Activator.CreateInstance(tuple.GetType(), parts);
            case Array { Rank: 1 } list when !list.GetType().GetElementType()!.IsPrimitive:
                var copy = (Array)list.Clone();
                for (int i = 0; i < copy.Length; i++) copy.SetValue(Of(copy.GetValue(i), ref position, change), i);
                return copy;
            default:
                return value;
        }
    }
}
