using System.Runtime.CompilerServices;
using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Layers;

/// <summary>Checks on arguments. Each names the argument, says what it was and what it should have been.</summary>
internal static class Require
{
    /// <summary>A matrix of tokens of the right width, at least one, all numbers finite.</summary>
    public static void Tokens(Matrix<double> X, int width, [CallerArgumentExpression(nameof(X))] string name = "")
    {
        NotEmpty(X, name);
        if (X.ColumnCount != width)
            throw new ArgumentException($"{name} is {X.RowCount} × {X.ColumnCount}, but this layer takes tokens of width {width} (a token is a row).", name);
        Finite(X, name);
    }

    /// <summary>A matrix of exactly this shape, all numbers finite.</summary>
    public static void Shape(Matrix<double> M, int rows, int columns, [CallerArgumentExpression(nameof(M))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(M, name);
        if (M.RowCount != rows || M.ColumnCount != columns)
            throw new ArgumentException($"{name} is {M.RowCount} × {M.ColumnCount}, but should be {rows} × {columns}.", name);
        Finite(M, name);
    }

    /// <summary>A gradient with the shape of what it belongs to.</summary>
    public static void SameShape(Matrix<double> dY, Matrix<double> Y, [CallerArgumentExpression(nameof(dY))] string name = "") =>
        Shape(dY, Y.RowCount, Y.ColumnCount, name);

    /// <summary>A vector of exactly this length, all numbers finite.</summary>
    public static void Length(Vector<double> v, int length, [CallerArgumentExpression(nameof(v))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(v, name);
        if (v.Count != length)
            throw new ArgumentException($"{name} has {v.Count} numbers, but should have {length}.", name);
        Finite(v, name);
    }

    /// <summary>At least one row and one column.</summary>
    public static void NotEmpty(Matrix<double> X, [CallerArgumentExpression(nameof(X))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(X, name);
        if (X.RowCount == 0 || X.ColumnCount == 0)
            throw new ArgumentException($"{name} is {X.RowCount} × {X.ColumnCount}: empty, but should have at least one row and one column.", name);
    }

    /// <summary>No NaN and no infinity.</summary>
    public static void Finite(Matrix<double> M, [CallerArgumentExpression(nameof(M))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(M, name);
        for (int i = 0; i < M.RowCount; i++)
            for (int j = 0; j < M.ColumnCount; j++)
                if (!double.IsFinite(M[i, j]))
                    throw new ArgumentException(FormattableString.Invariant($"{name}[{i}, {j}] is {M[i, j]}, but should be a finite number."), name);
    }

    /// <summary>No NaN and no infinity.</summary>
    public static void Finite(Vector<double> v, [CallerArgumentExpression(nameof(v))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(v, name);
        for (int i = 0; i < v.Count; i++)
            if (!double.IsFinite(v[i]))
                throw new ArgumentException(FormattableString.Invariant($"{name}[{i}] is {v[i]}, but should be a finite number."), name);
    }

    /// <summary>A size or a count of at least 1.</summary>
    public static void Positive(int count, [CallerArgumentExpression(nameof(count))] string name = "")
    {
        if (count < 1)
            throw new ArgumentOutOfRangeException(name, count, $"{name} is {count}, but should be at least 1.");
    }

    /// <summary>Columns that h heads can share evenly.</summary>
    public static void MultipleOf(int h, int columns, string name)
    {
        if (columns % h != 0)
            throw new ArgumentException($"{name} has {columns} columns, which {h} heads cannot share evenly: h should divide {columns}.", nameof(h));
    }

    /// <summary>Token ids, at least one, all of them in the vocabulary.</summary>
    public static void Ids(IReadOnlyList<int> ids, int vocabulary, [CallerArgumentExpression(nameof(ids))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(ids, name);
        if (ids.Count == 0)
            throw new ArgumentException($"{name} is empty, but should have at least one token.", name);
        for (int i = 0; i < ids.Count; i++)
            if (ids[i] < 0 || ids[i] >= vocabulary)
                throw new ArgumentOutOfRangeException(name, ids[i], $"{name}[{i}] is {ids[i]}, but should be from 0 to {vocabulary - 1}.");
    }

    /// <summary>The ε under a square root: finite and above 0.</summary>
    public static void PositiveEpsilon(double ε, string howToDoWithout, [CallerArgumentExpression(nameof(ε))] string name = "")
    {
        if (!(ε > 0) || double.IsInfinity(ε))
            throw new ArgumentOutOfRangeException(name, ε, FormattableString.Invariant($"{name} is {ε}, but should be a finite number above 0. {howToDoWithout}"));
    }
}
