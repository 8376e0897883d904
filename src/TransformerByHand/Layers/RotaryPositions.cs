using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Layers;

/// <summary>Rotary positions (RoPE): a query and a key are turned by angles that grow with their places, so that their score knows how far apart they stand.</summary>
/// <remarks>
/// <para>Forward, for one head's query or key x at place i. Its d_k numbers make d_k/2 pairs, number k with number k + d_k/2; each turns at its own speed:</para>
/// <code>
/// θ_k = 10000^(−2k / d_k)                         k from 0 to d_k/2 − 1
/// y_k            = x_k·cos(i θ_k) − x_(k + d_k/2)·sin(i θ_k)
/// y_(k + d_k/2)  = x_k·sin(i θ_k) + x_(k + d_k/2)·cos(i θ_k)
/// </code>
/// <para>
/// As a row times a matrix that is y = x·R_i. A rotation keeps lengths, R_i·R_iᵀ = 1, and two of them in a row add their angles,
/// R_i·R_jᵀ = R_(i − j). So the score of the query q at place i and the key k at place j is
/// </para>
/// <code>
/// ⟨q·R_i, k·R_j⟩ = q·R_i·R_jᵀ·kᵀ = q·R_(i − j)·kᵀ          it depends on i − j alone
/// </code>
/// <para>The values are not turned: what is fetched does not depend on where it was found.</para>
/// <para>Backward, with the same i: dx = dy·R_iᵀ = dy·R_(−i), a turn by the negative angle.</para>
/// <para>
/// Source: Su et al. 2021, 'RoFormer', §3.2, which pairs neighbours, 2k with 2k + 1. Pairs of two halves are those of GPT-NeoX (Black
/// et al. 2022) and Llama. The one is the other with the columns of W_Q and W_K in another order, so weights trained with one are of no use with the other.
/// </para>
/// </remarks>
public static class RotaryPositions
{
    /// <summary>Turns each row by the angles of its place.</summary>
    /// <param name="X">One head's queries or keys (n × d_k), d_k even.</param>
    /// <param name="first">The place of the first row; the others follow.</param>
    /// <returns>A new matrix (n × d_k).</returns>
    /// <exception cref="ArgumentException">X is empty or not finite, or its width is odd.</exception>
    public static Matrix<double> Turn(Matrix<double> X, int first = 0) => Turned(X, first, sign: 1, nameof(X));

    /// <summary>Turns each row back: the backward pass of <see cref="Turn"/>.</summary>
    /// <param name="dY">∂L/∂Y (n × d_k).</param>
    /// <param name="first">The place of the first row, as it was forward.</param>
    /// <returns>∂L/∂X, a new matrix (n × d_k).</returns>
    /// <exception cref="ArgumentException">dY is empty or not finite, or its width is odd.</exception>
    public static Matrix<double> TurnBack(Matrix<double> dY, int first = 0) => Turned(dY, first, sign: -1, nameof(dY));

    private static Matrix<double> Turned(Matrix<double> X, int first, int sign, string name)
    {
        Require.NotEmpty(X, name);
        Require.Finite(X, name);
        if (X.ColumnCount % 2 != 0)
            throw new ArgumentException($"{name} has {X.ColumnCount} columns, but should have an even number: rotary positions turn numbers in pairs.", name);
        int half = X.ColumnCount / 2;
        var Y = Matrix<double>.Build.Dense(X.RowCount, X.ColumnCount);      // (n × d_k)
        for (int i = 0; i < X.RowCount; i++)
            for (int k = 0; k < half; k++)
            {
                var (sin, cos) = Math.SinCos(sign * Angle(first + i, k, X.ColumnCount));
                Y[i, k] = X[i, k] * cos - X[i, k + half] * sin;
                Y[i, k + half] = X[i, k] * sin + X[i, k + half] * cos;
            }
        return Y;
    }

    /// <summary>i·θ_k: by how much pair k is turned at a place, in radians.</summary>
    internal static double Angle(int place, int k, int dK) => place * Math.Pow(10000, -2.0 * k / dK);
}
