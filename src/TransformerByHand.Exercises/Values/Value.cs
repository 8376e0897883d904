using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Exercises;

/// <summary>An unchanging picture of a value as it was at one moment: what is compared and printed.</summary>
/// <remarks>
/// Taken right after a call, so that an answer which hands out the same array every time cannot rewrite its earlier results.
/// </remarks>
internal abstract record Value
{
    /// <summary>A number, a truth value, a string or null.</summary>
    internal sealed record Single(object? Content) : Value;

    /// <summary>A vector (one row) or a matrix of numbers, row by row.</summary>
    internal sealed record Numbers(double[] Entries, int Rows, int Columns, bool IsMatrix) : Value
    {
        public double At(int row, int column) => Entries[row * Columns + column];
    }

    /// <summary>A function. It cannot be looked into: any two count as equal.</summary>
    internal sealed record Function : Value;

    /// <summary>The parts of a tuple, a record or a list.</summary>
    internal sealed record Group(bool IsList, IReadOnlyList<(string Name, Value Value)> Parts) : Value;

    /// <summary>Takes a picture of an object.</summary>
    /// <param name="value">The object.</param>
    /// <param name="names">Names of a tuple's parts, where the signature gives them.</param>
    /// <exception cref="NotSupportedException">The object is of a type that exercises cannot compare.</exception>
    public static Value Of(object? value, IReadOnlyList<string?>? names = null) => value switch
    {
        null or bool or string or double => new Single(value),
        float number => new Single((double)number),
        int or long => new Single(Convert.ToInt64(value)),
        double[] vector => Vector((double[])vector.Clone()),
        int[] vector => Vector(Array.ConvertAll(vector, entry => (double)entry)),
        double[,] matrix => new Numbers([.. matrix.Cast<double>()], matrix.GetLength(0), matrix.GetLength(1), IsMatrix: true),
        Vector<double> vector => Vector(vector.ToArray()),
        Matrix<double> matrix => new Numbers(matrix.ToRowMajorArray(), matrix.RowCount, matrix.ColumnCount, IsMatrix: true),
        ITuple tuple => new Group(false, [.. Enumerable.Range(0, tuple.Length).Select(i => (names?.ElementAtOrDefault(i) ?? $"Item{i + 1}", Of(tuple[i])))]),
        Delegate => new Function(),
        IList list => new Group(true, [.. list.Cast<object?>().Select((part, i) => ($"[{i}]", Of(part)))]),
        _ when RecordProperties(value.GetType()) is { Count: > 0 } properties =>
            new Group(false, [.. properties.Select(property => (property.Name, Of(property.GetValue(value))))]),
        _ => throw new NotSupportedException($"A value of type {value.GetType()} cannot be compared by an exercise. Use numbers, vectors, matrices, strings, truth values, or tuples and records of these."),
    };

    /// <summary>How many there are of what: "a number", "3 numbers", "a 2 × 3 matrix". Equal for values that can be compared entry by entry.</summary>
    public string Shape => this switch
    {
        Single { Content: null } => "null",
        Single { Content: double or long } => "a number",
        Single { Content: bool } => "true or false",
        Single => "a string",
        Function => "a function",
        Numbers { IsMatrix: true } matrix => $"a {matrix.Rows} × {matrix.Columns} matrix",
        Numbers { Columns: 1 } => "1 number in an array",
        Numbers vector => $"{vector.Columns} numbers",
        Group { IsList: true } list when list.Parts.Select(part => part.Value.Shape).Distinct().ToList() is [string shape] => $"a list of {list.Parts.Count}, each {shape}",
        Group group => "(" + string.Join(", ", group.Parts.Select(part => group.IsList ? part.Value.Shape : $"{part.Name}: {part.Value.Shape}")) + ")",
        _ => throw new InvalidOperationException(),
    };

    /// <summary>Every entry with the way to it, such as <c>[2]</c>, <c>[0, 1]</c> or <c>dGamma[3]</c>. Numbers are doubles.</summary>
    public IEnumerable<(string Path, object? Entry)> Places(string path = "")
    {
        switch (this)
        {
            case Single single:
                yield return (path, single.Content is long integer ? (double)integer : single.Content);
                break;
            case Numbers numbers:
                for (int i = 0; i < numbers.Rows; i++)
                    for (int j = 0; j < numbers.Columns; j++)
                        yield return (numbers.IsMatrix ? $"{path}[{i}, {j}]" : $"{path}[{j}]", numbers.At(i, j));
                break;
            case Group group:
                foreach ((string name, Value part) in group.Parts)
                    foreach (var place in part.Places(group.IsList || path.Length == 0 ? path + name : $"{path}.{name}"))
                        yield return place;
                break;
        }
    }

    /// <summary>Whether both have the same shape and every number lies within the tolerance; NaN agrees with NaN.</summary>
    public bool Agrees(Value actual, Tolerance tolerance) =>
        Shape == actual.Shape &&
        Places().Zip(actual.Places()).All(pair => Agree(pair.First.Entry, pair.Second.Entry, tolerance));

    /// <summary>Whether two entries agree; NaN agrees with NaN.</summary>
    public static bool Agree(object? expected, object? actual, Tolerance tolerance) =>
        expected is double e && actual is double a ? tolerance.Allows(e, a) : Equals(expected, actual);

    private static Numbers Vector(double[] entries) => new(entries, 1, entries.Length, IsMatrix: false);

    // A record class has a method that only the compiler can write; a record struct is known by its PrintMembers.
    private static List<PropertyInfo> RecordProperties(Type type)
    {
        bool isRecord = type.GetMethod("<Clone>$") is not null
            || (type.IsValueType && type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic) is not null);
        return isRecord
            ? [.. type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.GetIndexParameters().Length == 0)]
            : [];
    }
}
