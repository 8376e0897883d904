using System.Text;
using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>Which token may attend to which: a table of yes and no, a query a row and a key a column.</summary>
/// <remarks>
/// A mask acts on the scores before the softmax: what is not allowed gets −∞, and so the weight 0, exactly. Masks are combined
/// with <c>&amp;</c>. A row that allows nothing is permitted: its token receives zeros from the attention, and sends no gradient.
/// </remarks>
[TypeFormatterSource(typeof(ShownFormatterSource))]
public sealed class Mask : IShown
{
    private readonly bool[,] allowed;

    /// <summary>Makes a mask from a table, which is copied.</summary>
    /// <param name="allowed">True at (i, j) where query i may attend to key j.</param>
    /// <exception cref="ArgumentException">The table is empty.</exception>
    public Mask(bool[,] allowed)
    {
        ArgumentNullException.ThrowIfNull(allowed);
        if (allowed.Length == 0)
            throw new ArgumentException($"allowed is {allowed.GetLength(0)} × {allowed.GetLength(1)}: empty, but should have at least one query and one key.", nameof(allowed));
        this.allowed = (bool[,])allowed.Clone();
    }

    /// <summary>Every query may attend to every key.</summary>
    /// <param name="queries">Number of queries.</param>
    /// <param name="keys">Number of keys.</param>
    public static Mask All(int queries, int keys) => Where(queries, keys, (_, _) => true);

    /// <summary>A token may attend to itself and to those before it.</summary>
    /// <param name="n">Number of tokens.</param>
    public static Mask Causal(int n) => Where(n, n, (i, j) => j <= i);

    /// <summary>A token may attend to w tokens: itself and the w − 1 before it, or itself and (w − 1)/2 on each side.</summary>
    /// <remarks>Source of the two-sided form: Beltagy, Peters and Cohan 2020, 'Longformer', which counts w/2 on each side.</remarks>
    /// <param name="n">Number of tokens.</param>
    /// <param name="w">Tokens in the window, at least 1; odd where the window is two-sided.</param>
    /// <param name="causal">Whether the window looks back only.</param>
    /// <exception cref="ArgumentOutOfRangeException">w is below 1, or even in a two-sided window.</exception>
    public static Mask SlidingWindow(int n, int w, bool causal = true)
    {
        RequireWindow(w, causal, nameof(w));
        if (causal) return Where(n, n, (i, j) => j <= i && i - j < w);
        return Where(n, n, (i, j) => Math.Abs(i - j) <= (w - 1) / 2);
    }

    /// <summary>No query may attend to padding.</summary>
    /// <param name="queries">Number of queries.</param>
    /// <param name="isPadding">For each key, whether it is padding.</param>
    public static Mask Padding(int queries, IReadOnlyList<bool> isPadding)
    {
        ArgumentNullException.ThrowIfNull(isPadding);
        return Where(queries, isPadding.Count, (_, j) => !isPadding[j]);
    }

    /// <summary>Query i may attend to key j where a condition holds.</summary>
    /// <param name="queries">Number of queries, at least 1.</param>
    /// <param name="keys">Number of keys, at least 1.</param>
    /// <param name="allowed">The condition, given i and j.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public static Mask Where(int queries, int keys, Func<int, int, bool> allowed)
    {
        Require.Positive(queries);
        Require.Positive(keys);
        ArgumentNullException.ThrowIfNull(allowed);
        var table = new bool[queries, keys];
        for (int i = 0; i < queries; i++)
            for (int j = 0; j < keys; j++)
                table[i, j] = allowed(i, j);
        return new Mask(table);
    }

    /// <summary>Number of queries.</summary>
    public int Queries => allowed.GetLength(0);

    /// <summary>Number of keys.</summary>
    public int Keys => allowed.GetLength(1);

    /// <summary>Whether query i may attend to key j.</summary>
    /// <param name="i">The query, from 0.</param>
    /// <param name="j">The key, from 0.</param>
    public bool this[int i, int j] => allowed[i, j];

    /// <summary>Allows what both masks allow.</summary>
    /// <param name="a">A mask.</param>
    /// <param name="b">A mask of the same size.</param>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public static Mask operator &(Mask a, Mask b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        b.RequireSize(a.Queries, a.Keys, nameof(b));
        return Where(a.Queries, a.Keys, (i, j) => a[i, j] && b[i, j]);
    }

    /// <summary>Returns the scores with −∞ in every place that is not allowed.</summary>
    /// <param name="S">Scores (queries × keys).</param>
    /// <exception cref="ArgumentException">S has another size than the mask.</exception>
    public Matrix<double> Apply(Matrix<double> S)
    {
        ArgumentNullException.ThrowIfNull(S);
        RequireSize(S.RowCount, S.ColumnCount, "mask");
        return S.MapIndexed((i, j, s) => allowed[i, j] ? s : double.NegativeInfinity, Zeros.Include);
    }

    /// <summary>Returns 1 where attending is allowed and 0 where it is not (queries × keys).</summary>
    public Matrix<double> ToMatrix() => Matrix<double>.Build.Dense(Queries, Keys, (i, j) => allowed[i, j] ? 1 : 0);

    /// <inheritdoc/>
    public string ToText()
    {
        var text = new StringBuilder();
        for (int i = 0; i < Queries; i++)
        {
            for (int j = 0; j < Keys; j++)
                text.Append(j == 0 ? "" : " ").Append(allowed[i, j] ? '1' : '.');
            text.Append('\n');
        }
        return text.ToString();
    }

    /// <inheritdoc/>
    public string ToHtml() => $"<pre>{ToText()}</pre>";

    /// <inheritdoc cref="ToText"/>
    public override string ToString() => ToText();

    internal static void RequireWindow(int w, bool causal, string name)
    {
        Require.Positive(w, name);
        if (!causal && w % 2 == 0)
            throw new ArgumentOutOfRangeException(name, w, $"{name} is {w}, but a window with as much on the left as on the right has an odd number of tokens.");
    }

    internal void RequireSize(int queries, int keys, string name)
    {
        if (Queries != queries || Keys != keys)
            throw new ArgumentException($"{name} is {Queries} × {Keys}, but should be {queries} × {keys}: a query a row, a key a column.", name);
    }
}
