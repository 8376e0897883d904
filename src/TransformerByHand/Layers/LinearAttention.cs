using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>Causal attention in which all earlier keys and values are two running sums: what a token costs does not grow with how many came before.</summary>
/// <remarks>
/// <para>A weight is the product of positive features, φ(x) = elu(x) + 1 number by number: x + 1 above 0 and e^x below. In the quadratic form,</para>
/// <code>
/// a_ij = ⟨φ(q_i), φ(k_j)⟩ / Σ_(j′ ≤ i) ⟨φ(q_i), φ(k_j′)⟩          o_i = Σ_(j ≤ i) a_ij v_j
/// </code>
/// <para>and since φ(q_i) does not depend on j, both sums can be made before the query is known. Forward, from the first token to the last, with S and z 0 at first:</para>
/// <code>
/// S ← S + φ(k_i)ᵀ·v_i         (d_k × d_v)
/// z ← z + φ(k_i)              (d_k)
/// d_i = ⟨φ(q_i), z⟩
/// o_i = φ(q_i)·S / d_i        (d_v)
/// </code>
/// <para>Backward. The quotient first, then the query's side with the same sums, S_i and z_i, made once more:</para>
/// <code>
/// u_i  = do_i / d_i                               what arrives at φ(q_i)·S_i
/// e_i  = −⟨do_i, o_i⟩ / d_i                       what arrives at d_i
/// dφ(q_i) = u_i·S_iᵀ + e_i·z_i
/// </code>
/// <para>A key and a value are in the sums of every later query, so their side runs from the last token to the first, with G and g 0 at first:</para>
/// <code>
/// G ← G + φ(q_i)ᵀ·u_i         (d_k × d_v)         ∂L/∂S, from query i and all later ones
/// g ← g + e_i·φ(q_i)          (d_k)               ∂L/∂z
/// dφ(k_i) = v_i·Gᵀ + g        dv_i = φ(k_i)·G
/// dq_i = dφ(q_i) ⊙ φ′(q_i),   dk_i = dφ(k_i) ⊙ φ′(k_i),   φ′(x) = 1 above 0 and e^x below
/// </code>
/// <para>
/// Nothing of n × n numbers is made in either direction. There is no scale: where φ is not an exponential, 1/√d_k would not keep anything from saturating.
/// A token that sees no key at all receives the output 0.
/// </para>
/// <para>Source: Katharopoulos et al. 2020, 'Transformers are RNNs: Fast Autoregressive Transformers with Linear Attention', §3.</para>
/// </remarks>
public static class LinearAttention
{
    /// <summary>φ(x) = elu(x) + 1: positive, and as steep as x where x is positive.</summary>
    /// <param name="x">A number.</param>
    public static double φ(double x) => x > 0 ? x + 1 : Math.Exp(x);

    /// <summary>Computes the attention of every token to itself and those before it.</summary>
    /// <param name="Q">Queries (n × d_k).</param>
    /// <param name="K">Keys (n × d_k).</param>
    /// <param name="V">Values (n × d_v).</param>
    /// <param name="isPadding">For each token, whether it is padding, which is in no sum; null where none is.</param>
    /// <returns>O (n × d_v), and the trace.</returns>
    /// <exception cref="ArgumentException">A matrix is empty or not finite, or the shapes do not fit each other.</exception>
    public static (Matrix<double> O, LinearAttentionTrace Trace) Forward(Matrix<double> Q, Matrix<double> K, Matrix<double> V, IReadOnlyList<bool>? isPadding = null)
    {
        Require.NotEmpty(Q);
        Require.NotEmpty(V);
        Require.Finite(Q);
        Require.Shape(K, Q.RowCount, Q.ColumnCount);
        Require.Shape(V, Q.RowCount, V.ColumnCount);
        int n = Q.RowCount;
        bool[] isKey = [.. Enumerable.Range(0, n).Select(i => isPadding is null || !isPadding[i])];

        var (ΦQ, ΦK) = (Q.Map(φ, Zeros.Include), K.Map(φ, Zeros.Include));      // (n × d_k)
        var S = Matrix<double>.Build.Dense(Q.ColumnCount, V.ColumnCount);       // (d_k × d_v)
        var z = Vector<double>.Build.Dense(Q.ColumnCount);                      // (d_k)
        var d = Vector<double>.Build.Dense(n);                                  // (n)
        var O = Matrix<double>.Build.Dense(n, V.ColumnCount);                   // (n × d_v)
        for (int i = 0; i < n; i++)
        {
            if (isKey[i])
            {
                S += ΦK.Row(i).OuterProduct(V.Row(i));
                z += ΦK.Row(i);
            }
            d[i] = ΦQ.Row(i) * z;
            if (d[i] > 0) O.SetRow(i, ΦQ.Row(i) * S / d[i]);
        }
        return (O, new LinearAttentionTrace(Q, K, V, isKey, ΦQ, ΦK, S, z, d, O));
    }

    /// <summary>Carries a gradient back to the queries, the keys and the values.</summary>
    /// <param name="trace">What <see cref="Forward"/> kept.</param>
    /// <param name="dO">∂L/∂O (n × d_v).</param>
    /// <returns>dQ, dK and dV.</returns>
    /// <exception cref="ArgumentException">dO has another shape than O, or holds a NaN or an infinity.</exception>
    public static LinearAttentionGradients Backward(LinearAttentionTrace trace, Matrix<double> dO)
    {
        ArgumentNullException.ThrowIfNull(trace);
        Require.SameShape(dO, trace.O);
        var (Q, K, V, ΦQ, ΦK, d) = (trace.Q, trace.K, trace.V, trace.ΦQ, trace.ΦK, trace.d);
        int n = Q.RowCount;
        var (dΦQ, dΦK, dV) = (Q * 0, K * 0, V * 0);
        var U = dO * 0;                                         // (n × d_v)
        var e = Vector<double>.Build.Dense(n);                  // (n)

        var (S, z) = (trace.S * 0, trace.z * 0);
        for (int i = 0; i < n; i++)
        {
            if (trace.IsKey[i])
            {
                S += ΦK.Row(i).OuterProduct(V.Row(i));
                z += ΦK.Row(i);
            }
            if (!(d[i] > 0)) continue;
            U.SetRow(i, dO.Row(i) / d[i]);
            e[i] = -(dO.Row(i) * trace.O.Row(i)) / d[i];
            dΦQ.SetRow(i, S * U.Row(i) + e[i] * z);
        }

        var (G, g) = (trace.S * 0, trace.z * 0);                // (d_k × d_v), (d_k)
        for (int i = n - 1; i >= 0; i--)
        {
            G += ΦQ.Row(i).OuterProduct(U.Row(i));
            g += e[i] * ΦQ.Row(i);
            if (!trace.IsKey[i]) continue;
            dΦK.SetRow(i, G * V.Row(i) + g);
            dV.SetRow(i, ΦK.Row(i) * G);
        }

        return new LinearAttentionGradients(
            dQ: dΦQ.PointwiseMultiply(Q.Map(Slope, Zeros.Include)),         // (n × d_k)
            dK: dΦK.PointwiseMultiply(K.Map(Slope, Zeros.Include)),         // (n × d_k)
            dV);
    }

    private static double Slope(double x) => x > 0 ? 1 : Math.Exp(x);
}

/// <summary>What <see cref="LinearAttention.Forward"/> computed on its way.</summary>
/// <param name="Q">Queries (n × d_k).</param>
/// <param name="K">Keys (n × d_k).</param>
/// <param name="V">Values (n × d_v).</param>
/// <param name="IsKey">For each token, whether it is in the sums: padding is not.</param>
/// <param name="ΦQ">φ(Q) (n × d_k).</param>
/// <param name="ΦK">φ(K) (n × d_k).</param>
/// <param name="S">Σ φ(k_i)ᵀ·v_i after the last token (d_k × d_v): with z, all that a next token needs to know.</param>
/// <param name="z">Σ φ(k_i) after the last token (d_k).</param>
/// <param name="d">What each output was divided by (n).</param>
/// <param name="O">The output (n × d_v).</param>
public sealed record LinearAttentionTrace(
    [property: Shape("tokens × d_k")] Matrix<double> Q,
    [property: Shape("tokens × d_k")] Matrix<double> K,
    [property: Shape("tokens × d_v")] Matrix<double> V,
    IReadOnlyList<bool> IsKey,
    [property: Shape("tokens × d_k")] Matrix<double> ΦQ,
    [property: Shape("tokens × d_k")] Matrix<double> ΦK,
    [property: Shape("d_k × d_v")] Matrix<double> S,
    [property: Shape("d_k")] Vector<double> z,
    [property: Shape("tokens")] Vector<double> d,
    [property: Shape("tokens × d_v")] Matrix<double> O) : Trace;

/// <summary>What <see cref="LinearAttention.Backward"/> returns.</summary>
/// <param name="dQ">∂L/∂Q (n × d_k).</param>
/// <param name="dK">∂L/∂K (n × d_k).</param>
/// <param name="dV">∂L/∂V (n × d_v).</param>
public sealed record LinearAttentionGradients(
    [property: Shape("tokens × d_k")] Matrix<double> dQ,
    [property: Shape("tokens × d_k")] Matrix<double> dK,
    [property: Shape("tokens × d_v")] Matrix<double> dV) : LayerGradients
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("Q", dQ), new("K", dK), new("V", dV)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() => [];
}
