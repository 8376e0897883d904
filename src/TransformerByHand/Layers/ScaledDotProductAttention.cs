using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>Scaled dot-product attention: each query takes the average of the values, weighted by how well it matches their keys.</summary>
/// <remarks>
/// <para>Forward, for n queries and m keys of width d_k, and m values of width d_v:</para>
/// <code>
/// S = Q·Kᵀ                    (n × m)     scores: s_ij = ⟨q_i, k_j⟩
/// Z = S / √d_k + B            (n × m)     scaled, and moved by a bias where one is given; −∞ where the mask does not allow
/// A = softmax(Z)              (n × m)     weights: each row is a distribution over the keys
/// Ã = A ⊙ D                   (n × m)     while training with dropout p: each d_ij is 0, or, with probability 1 − p, 1/(1 − p)
/// O = Ã·V                     (n × d_v)   o_i = Σ_j ã_ij v_j
/// </code>
/// <para>
/// Why √d_k: a sum of d_k products of independent numbers with variance 1 has variance d_k. Divided by √d_k it has variance 1
/// again, whatever the width, and the softmax does not saturate.
/// </para>
/// <para>Backward, the same steps from the last to the first:</para>
/// <code>
/// dV = Ãᵀ·dO                  (m × d_v)   O = Ã·V: a product, met with its other factor
/// dÃ = dO·Vᵀ                  (n × m)
/// dA = dÃ ⊙ D                 (n × m)     the same D as forward; without dropout it is 1 everywhere
/// dZ = A ⊙ (dA − rowsum(dA ⊙ A))          softmax; zero where A is zero, so nothing flows through the mask
/// dS = dZ / √d_k              (n × m)
/// dQ = dS·K                   (n × d_k)   S = Q·Kᵀ: the score is a product of two inputs,
/// dK = dSᵀ·Q                  (m × d_k)   and each of them receives the other
/// </code>
/// <para>
/// A query to which the mask allows no key has the weights 0 for all of them, so the output 0, and its gradient is 0.
/// (PyTorch's result there is NaN.)
/// </para>
/// <para>Source: Vaswani et al. 2017, 'Attention Is All You Need', §3.2.1.</para>
/// </remarks>
public static class ScaledDotProductAttention
{
    /// <summary>Computes the attention of every query to every key.</summary>
    /// <param name="Q">Queries (n × d_k).</param>
    /// <param name="K">Keys (m × d_k).</param>
    /// <param name="V">Values (m × d_v).</param>
    /// <param name="mask">Which query may attend to which key (n × m), or null where every one may.</param>
    /// <param name="scale">What the scores are multiplied by, or null for 1/√d_k.</param>
    /// <param name="dropout">Drops weights while training, or null.</param>
    /// <param name="random">The generator for dropout, or null in evaluation.</param>
    /// <param name="bias">B, what is added to the scaled scores (n × m), or null for nothing. It is a constant and has no gradient.</param>
    /// <returns>O (n × d_v), and the trace.</returns>
    /// <exception cref="ArgumentException">A matrix is empty or not finite, or the shapes do not fit each other.</exception>
    public static (Matrix<double> O, AttentionTrace Trace) Forward(
        Matrix<double> Q,
        Matrix<double> K,
        Matrix<double> V,
        Mask? mask = null,
        double? scale = null,
        Dropout? dropout = null,
        Random? random = null,
        Matrix<double>? bias = null)
    {
        Require.NotEmpty(Q);
        Require.NotEmpty(V);
        Require.Finite(Q);
        Require.Tokens(K, Q.ColumnCount);
        Require.Shape(V, K.RowCount, V.ColumnCount);
        mask?.RequireSize(Q.RowCount, K.RowCount, nameof(mask));
        if (bias is not null) Require.Shape(bias, Q.RowCount, K.RowCount);
        double c = scale ?? 1 / Math.Sqrt(Q.ColumnCount);

        var S = Q * K.Transpose();                              // (n × m)
        var Z = bias is null ? S * c : S * c + bias;            // (n × m)
        if (mask is not null) Z = mask.Apply(Z);
        var A = Softmax.Forward(Z);                             // (n × m)
        var (Kept, dropped) = (dropout ?? Dropout.None).Forward(A, random);   // (n × m), A itself in evaluation
        var O = Kept * V;                                       // (n × d_v)

        return (O, new AttentionTrace(Q, K, V, S, Z, A, dropped, O, c));
    }

    /// <summary>Carries a gradient back to the queries, the keys and the values.</summary>
    /// <param name="trace">What <see cref="Forward"/> kept.</param>
    /// <param name="dO">∂L/∂O (n × d_v).</param>
    /// <returns>dQ, dK and dV, with the steps on the way.</returns>
    /// <exception cref="ArgumentException">dO has another shape than O, or holds a NaN or an infinity.</exception>
    public static AttentionGradients Backward(AttentionTrace trace, Matrix<double> dO)
    {
        ArgumentNullException.ThrowIfNull(trace);
        Require.SameShape(dO, trace.O);
        var (Q, K, V, A) = (trace.Q, trace.K, trace.V, trace.A);
        var Kept = trace.Dropped?.Y ?? A;                       // (n × m)

        var dV = Kept.Transpose() * dO;                         // (m × d_v)
        var dA = dO * V.Transpose();                            // (n × m)
        if (trace.Dropped is { M: var M }) dA = dA.PointwiseMultiply(M);
        var dZ = Softmax.Backward(A, dA);                       // (n × m)
        var dS = dZ * trace.Scale;                              // (n × m)
        var dQ = dS * K;                                        // (n × d_k)
        var dK = dS.Transpose() * Q;                            // (m × d_k)

        return new AttentionGradients(dV, dA, dZ, dS, dQ, dK);
    }
}

/// <summary>What <see cref="ScaledDotProductAttention.Forward"/> computed on its way.</summary>
/// <remarks>
/// <c>trace with { Tokens = tokens }</c> labels queries and keys alike, which is right in self-attention. In cross-attention the keys are
/// other tokens: leave them without labels there, or label <c>A</c> by itself.
/// </remarks>
/// <param name="Q">Queries (n × d_k).</param>
/// <param name="K">Keys (m × d_k).</param>
/// <param name="V">Values (m × d_v).</param>
/// <param name="S">Scores Q·Kᵀ (n × m).</param>
/// <param name="Z">Scaled scores, with their bias where there is one (n × m), −∞ where the mask does not allow.</param>
/// <param name="A">Weights softmax(Z) (n × m).</param>
/// <param name="Dropped">What dropout made of the weights; null in evaluation, where they pass unchanged.</param>
/// <param name="O">The output A·V (n × d_v).</param>
/// <param name="Scale">What the scores were multiplied by, usually 1/√d_k.</param>
public record AttentionTrace(
    [property: Shape("tokens × d_k")] Matrix<double> Q,
    [property: Shape("tokens × d_k")] Matrix<double> K,
    [property: Shape("tokens × d_v")] Matrix<double> V,
    [property: Shape("tokens × tokens")] Matrix<double> S,
    [property: Shape("tokens × tokens")] Matrix<double> Z,
    [property: Shape("tokens × tokens")] Matrix<double> A,
    DropoutTrace? Dropped,
    [property: Shape("tokens × d_v")] Matrix<double> O,
    double Scale) : Trace;

/// <summary>What <see cref="ScaledDotProductAttention.Backward"/> returns, in the order in which it is computed.</summary>
/// <param name="dV">∂L/∂V (m × d_v).</param>
/// <param name="dA">∂L/∂A (n × m).</param>
/// <param name="dZ">∂L/∂Z (n × m).</param>
/// <param name="dS">∂L/∂S (n × m).</param>
/// <param name="dQ">∂L/∂Q (n × d_k).</param>
/// <param name="dK">∂L/∂K (m × d_k).</param>
public record AttentionGradients(
    [property: Shape("tokens × d_v")] Matrix<double> dV,
    [property: Shape("tokens × tokens")] Matrix<double> dA,
    [property: Shape("tokens × tokens")] Matrix<double> dZ,
    [property: Shape("tokens × tokens")] Matrix<double> dS,
    [property: Shape("tokens × d_k")] Matrix<double> dQ,
    [property: Shape("tokens × d_k")] Matrix<double> dK) : LayerGradients
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("Q", dQ), new("K", dK), new("V", dV)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() => [];
}
