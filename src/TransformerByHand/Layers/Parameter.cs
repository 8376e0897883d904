using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Layers;

/// <summary>A matrix or a vector with a name: a layer's parameter, or the gradient that belongs to it.</summary>
/// <remarks>
/// A parameter is a view, not a copy: writing through it changes the layer it came from. That is how an optimiser updates a
/// layer, and how a gradient check nudges one number at a time.
/// </remarks>
public sealed class Parameter
{
    private readonly Matrix<double>? matrix;
    private readonly Vector<double>? vector;

    /// <summary>Names a matrix, which is aliased.</summary>
    /// <param name="name">The name, such as <c>W_Q</c>.</param>
    /// <param name="matrix">The matrix (rows × columns).</param>
    public Parameter(string name, Matrix<double> matrix)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(matrix);
        (Name, this.matrix, Shape) = (name, matrix, [matrix.RowCount, matrix.ColumnCount]);
    }

    /// <summary>Names a vector, which is aliased.</summary>
    /// <param name="name">The name, such as <c>γ</c>.</param>
    /// <param name="vector">The vector.</param>
    public Parameter(string name, Vector<double> vector)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(vector);
        (Name, this.vector, Shape) = (name, vector, [vector.Count]);
    }

    /// <summary>Returns a parameter, or nothing where there is none: a layer without a bias.</summary>
    /// <param name="name">The name, such as <c>b_Q</c>.</param>
    /// <param name="vector">The vector, which is aliased, or null.</param>
    public static IEnumerable<Parameter> Optional(string name, Vector<double>? vector) => vector is null ? [] : [new Parameter(name, vector)];

    /// <inheritdoc cref="Optional(string, Vector{double}?)"/>
    /// <param name="name">The name, such as <c>W_U</c>.</param>
    /// <param name="matrix">The matrix, which is aliased, or null.</param>
    public static IEnumerable<Parameter> Optional(string name, Matrix<double>? matrix) => matrix is null ? [] : [new Parameter(name, matrix)];

    /// <summary>The name: that of the formula (<c>γ</c>, <c>W_Q</c>), after the parts that lead to it (<c>layers.0.attention.W_Q</c>).</summary>
    public string Name { get; }

    /// <summary>Rows and columns of a matrix, or the length of a vector.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>How many numbers it holds.</summary>
    public int Count => matrix is null ? vector!.Count : matrix.RowCount * matrix.ColumnCount;

    /// <summary>Reads or writes one number, counted row by row from 0.</summary>
    /// <param name="i">Position, from 0 to <see cref="Count"/> − 1.</param>
    public double this[int i]
    {
        get => matrix is null ? vector![i] : matrix[i / matrix.ColumnCount, i % matrix.ColumnCount];
        set
        {
            if (matrix is null) vector![i] = value;
            else matrix[i / matrix.ColumnCount, i % matrix.ColumnCount] = value;
        }
    }

    /// <summary>Returns the same numbers under the name <c>part.Name</c>; nothing is copied.</summary>
    /// <param name="part">The part of a larger layer that this parameter belongs to.</param>
    public Parameter Under(string part) =>
        matrix is null ? new Parameter($"{part}.{Name}", vector!) : new Parameter($"{part}.{Name}", matrix);

    /// <summary>Returns a copy under the same name.</summary>
    public Parameter Clone() => matrix is null ? new Parameter(Name, vector!.Clone()) : new Parameter(Name, matrix.Clone());

    /// <summary>Returns a copy as a matrix; a vector becomes one row.</summary>
    public Matrix<double> ToMatrix() => matrix?.Clone() ?? vector!.ToRowMatrix();

    /// <summary>Returns a copy of the numbers, row by row.</summary>
    public double[] ToArray() => [.. Enumerable.Range(0, Count).Select(i => this[i])];

    /// <summary>Overwrites every number.</summary>
    /// <param name="values">The new numbers, row by row.</param>
    /// <exception cref="ArgumentException">There are not exactly <see cref="Count"/> of them.</exception>
    public void Set(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count != Count)
            throw new ArgumentException($"{Name} holds {Count} numbers ({string.Join(" × ", Shape)}), but {values.Count} were given.", nameof(values));
        for (int i = 0; i < Count; i++)
            this[i] = values[i];
    }

    /// <summary>Returns the name and the shape, such as <c>W_Q (4 × 2)</c>.</summary>
    public override string ToString() => $"{Name} ({string.Join(" × ", Shape)})";
}
