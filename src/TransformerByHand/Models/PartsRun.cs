using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;

namespace TransformerByHand.Models;

/// <summary>The parts of a forward pass that all models share, each computed by a reader's function where there is one.</summary>
/// <param name="parts">The reader's functions.</param>
/// <param name="causal">Whether a token sees only itself and those before it.</param>
internal abstract class PartsRun(LayerParts parts, bool causal)
{
    /// <summary>The parts that a reader's function computed.</summary>
    public SortedSet<string> Used { get; } = new(StringComparer.Ordinal);

    /// <summary>The parts whose function is not written yet.</summary>
    public SortedSet<string> Missing { get; } = new(StringComparer.Ordinal);

    protected Matrix<double> Norm(Matrix<double> X, LayerNorm norm)
    {
        Func<double[,]>? own = parts switch
        {
            { LayerNorm: { } rows } => () => rows(X.ToArray(), norm.γ.ToArray(), norm.β.ToArray(), norm.ε),
            { LayerNormOfToken: { } token } => () =>
            {
                var Y = new double[X.RowCount, X.ColumnCount];
                for (int i = 0; i < X.RowCount; i++)
                {
                    double[] y = token(X.Row(i).ToArray(), norm.γ.ToArray(), norm.β.ToArray(), norm.ε);
                    RequireLength(y, X.ColumnCount, "LayerNorm");
                    for (int j = 0; j < y.Length; j++) Y[i, j] = y[j];
                }
                return Y;
            },
            _ => null,
        };
        return Own("LayerNorm", own, X.RowCount, X.ColumnCount) ?? norm.Forward(X).Y;
    }

    /// <summary>Multi-head self-attention; biases become one more row of each matrix.</summary>
    protected Matrix<double> MultiHead(Matrix<double> X, MultiHeadAttention attention)
    {
        // The lessons' functions know no biases. X·W + b is [X 1]·[W; b]: a bias is the row of a feature that is always 1.
        var (W_Q, W_K, W_V, W_O) = (attention.W_Q, attention.W_K, attention.W_V, attention.W_O);
        if (attention.b_Q is not null || attention.b_K is not null || attention.b_V is not null)
        {
            X = X.Append(Matrix<double>.Build.Dense(X.RowCount, 1, 1));                                 // (n × d_model + 1)
            (W_Q, W_K, W_V) = (WithBias(W_Q, attention.b_Q), WithBias(W_K, attention.b_K), WithBias(W_V, attention.b_V));
        }
        Func<double[,]?>? own = parts.MultiHead is { } multiHead
            ? () => multiHead(X.Clone(), X.Clone(), W_Q.Clone(), W_K.Clone(), W_V.Clone(), W_O.Clone(), attention.h, causal)?.ToArray()
            : null;
        var Y = Own("multi-head attention", own, X.RowCount, W_O.ColumnCount)                           // (n × d_model)
            ?? Enumerable.Range(0, attention.h)
                .Select(i => Head(X, new AttentionHead(W_Q.ColumnBlock(i, attention.h), W_K.ColumnBlock(i, attention.h), W_V.ColumnBlock(i, attention.h))))
                .SideBySide() * W_O;
        return attention.b_O is { } b_O ? Y.MapIndexed((_, j, y) => y + b_O[j], Zeros.Include) : Y;

        static Matrix<double> WithBias(Matrix<double> W, Vector<double>? b) =>
            W.Stack((b ?? Vector<double>.Build.Dense(W.ColumnCount)).ToRowMatrix());                    // (d_model + 1 × h·d_k)
    }

    private Matrix<double> Head(Matrix<double> X, AttentionHead head)
    {
        int n = X.RowCount, d_k = head.W_Q.ColumnCount;
        Func<double[,]?>? own = parts.Attention is { } attention
            ? () => attention(X.Clone(), head.W_Q.Clone(), head.W_K.Clone(), head.W_V.Clone(), causal)?.ToArray()
            : null;
        if (Own("attention", own, n, d_k) is { } O) return O;

        var (Q, K, V) = Project(X, head);                                                               // (n × d_k)
        var Z = Q * K.Transpose() / Math.Sqrt(d_k);                                                     // (n × n)
        return Weights(causal ? Mask.Causal(n).Apply(Z) : Z) * V;                                       // (n × d_k)
    }

    private (Matrix<double> Q, Matrix<double> K, Matrix<double> V) Project(Matrix<double> X, AttentionHead head)
    {
        if (parts.Project is { } project)
        {
            try
            {
                var (q, k, v) = project(X.ToArray(), head.W_Q.ToArray(), head.W_K.ToArray(), head.W_V.ToArray());
                Used.Add("projection");
                int n = X.RowCount, d_k = head.W_Q.ColumnCount;
                return (Checked(q, n, d_k, "projection"), Checked(k, n, d_k, "projection"), Checked(v, n, d_k, "projection"));
            }
            catch (NotImplementedException)
            {
                Missing.Add("projection");
            }
        }
        return (X * head.W_Q, X * head.W_K, X * head.W_V);
    }

    private Matrix<double> Weights(Matrix<double> Z)
    {
        Func<double[,]>? own = parts.Softmax is not { } softmax ? null : () =>
        {
            var A = new double[Z.RowCount, Z.ColumnCount];
            for (int i = 0; i < Z.RowCount; i++)
            {
                double[] a = softmax(Z.Row(i).ToArray());
                RequireLength(a, Z.ColumnCount, "softmax");
                for (int j = 0; j < a.Length; j++) A[i, j] = a[j];
            }
            return A;
        };
        return Own("softmax", own, Z.RowCount, Z.ColumnCount) ?? Softmax.Forward(Z);
    }

    protected Matrix<double> Add(Matrix<double> X, Matrix<double> write) =>
        Own("addition to the stream", parts.Add is { } add ? () => add(X.ToArray(), write.ToArray()) : null, X.RowCount, X.ColumnCount) ?? X + write;

    /// <summary>What a reader's function returns, or null where there is none or it is not written yet.</summary>
    protected Matrix<double>? Own(string part, Func<double[,]?>? function, int rows, int columns)
    {
        if (function is null || Missing.Contains(part)) return null;
        try
        {
            double[,]? result = function();
            Used.Add(part);
            return Checked(result, rows, columns, part);
        }
        catch (NotImplementedException)
        {
            Missing.Add(part);
            return null;
        }
    }

    private static Matrix<double> Checked(double[,]? result, int rows, int columns, string part) =>
        result is not null && result.GetLength(0) == rows && result.GetLength(1) == columns
            ? result.Cast<double>().All(double.IsFinite) ? Matrix<double>.Build.DenseOfArray(result)
                : throw new ArgumentException($"Your {part} returned a number that is not finite, {result.Cast<double>().First(value => !double.IsFinite(value))}; every number should be.")
            : throw new ArgumentException($"Your {part} returned {(result is null ? "null" : $"a matrix of {result.GetLength(0)} × {result.GetLength(1)}")}; it should be {rows} × {columns}.");

    protected static void RequireLength(double[]? result, int length, string part)
    {
        if (result?.Length != length)
            throw new ArgumentException($"Your {part} returned {(result is null ? "null" : $"{result.Length} numbers")} for one token; it should be {length} numbers.");
    }
}
