using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Layers;

/// <summary>Softmax: turns each row of scores into a probability distribution.</summary>
/// <remarks>
/// <para>Forward, for one row s:</para>
/// <code>
/// p_i = e^(s_i − m) / Σ_k e^(s_k − m)            m = max s
/// </code>
/// <para>
/// Subtracting the maximum changes nothing in the quotient, and keeps the largest exponent at e⁰ = 1: without it e^s overflows
/// in double precision from s = 710 on. A score of −∞ means 'not allowed' and gets exactly 0. A row in which nothing is
/// allowed has no distribution; it gets zeros, and its gradient is zero. (PyTorch's softmax gives NaN there.)
/// </para>
/// <para>Backward. By the quotient rule, with δ_ij = 1 where i = j and 0 elsewhere, the Jacobian of one row is</para>
/// <code>
/// ∂p_i/∂s_j = p_i (δ_ij − p_j)                   every row and every column sums to zero
/// </code>
/// <para>and multiplying dp by it needs no n × n matrix:</para>
/// <code>
/// ds_j = Σ_i dp_i p_i (δ_ij − p_j) = p_j dp_j − p_j Σ_i dp_i p_i
///
/// ds = p ⊙ (dp − ⟨dp, p⟩)                        so Σ ds = 0: adding one number to all scores changes nothing
/// </code>
/// <para>There are no parameters, and the output is all that the backward pass needs, so the output is its own trace.</para>
/// </remarks>
public static class Softmax
{
    /// <summary>Applies softmax to each row.</summary>
    /// <param name="S">Scores (rows × columns): finite numbers, or −∞ for 'not allowed'.</param>
    /// <returns>P (rows × columns): each row sums to 1, or is zero where all its scores are −∞.</returns>
    /// <exception cref="ArgumentException">S is empty, or holds a NaN or +∞.</exception>
    public static Matrix<double> Forward(Matrix<double> S)
    {
        Require.NotEmpty(S);
        var P = Matrix<double>.Build.Dense(S.RowCount, S.ColumnCount);
        for (int i = 0; i < S.RowCount; i++)
            P.SetRow(i, OfRow(S.Row(i), $"S[{i}, "));
        return P;
    }

    /// <summary>Applies softmax to one vector.</summary>
    /// <param name="s">Scores: finite numbers, or −∞ for 'not allowed'.</param>
    /// <returns>p, of the same length: sums to 1, or is zero where all scores are −∞.</returns>
    /// <exception cref="ArgumentException">s is empty, or holds a NaN or +∞.</exception>
    public static Vector<double> Of(Vector<double> s)
    {
        ArgumentNullException.ThrowIfNull(s);
        if (s.Count == 0) throw new ArgumentException("s is empty, but should have at least one score.", nameof(s));
        return OfRow(s, "s[");
    }

    /// <summary>Carries a gradient back through softmax, row by row: the Jacobian-vector product.</summary>
    /// <param name="P">What <see cref="Forward"/> returned (rows × columns).</param>
    /// <param name="dP">∂L/∂P (rows × columns).</param>
    /// <returns>dS = ∂L/∂S (rows × columns): every row sums to zero.</returns>
    /// <exception cref="ArgumentException">dP has another shape than P, or holds a NaN or an infinity.</exception>
    public static Matrix<double> Backward(Matrix<double> P, Matrix<double> dP)
    {
        Require.NotEmpty(P);
        Require.SameShape(dP, P);
        var inner = dP.PointwiseMultiply(P).RowSums();                      // (rows), ⟨dp, p⟩ of each row
        return P.PointwiseMultiply(dP.SubtractColumn(inner));               // (rows × columns)
    }

    /// <summary>Returns the whole Jacobian of one row: diag(p) − p·pᵀ.</summary>
    /// <param name="p">What <see cref="Of"/> returned (n).</param>
    /// <returns>∂p_i/∂s_j at row i and column j (n × n), symmetric.</returns>
    public static Matrix<double> Jacobian(Vector<double> p)
    {
        ArgumentNullException.ThrowIfNull(p);
        return Matrix<double>.Build.DenseOfDiagonalVector(p) - p.OuterProduct(p);
    }

    private static Vector<double> OfRow(Vector<double> s, string position)
    {
        for (int j = 0; j < s.Count; j++)
            if (double.IsNaN(s[j]) || double.IsPositiveInfinity(s[j]))
                throw new ArgumentException(FormattableString.Invariant($"{position}{j}] is {s[j]}, but should be a finite number, or −∞ for 'not allowed'."), nameof(s));

        double max = s.Maximum();
        if (double.IsNegativeInfinity(max)) return Vector<double>.Build.Dense(s.Count);
        var e = s.Map(v => Math.Exp(v - max), Zeros.Include);
        return e / e.Sum();
    }
}
