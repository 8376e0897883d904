using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

/// <summary>A way through a pre-LN attention block, causal and without W_O, that remembers what its way back needs.</summary>
/// <param name="Y">X + Attention(LN(X)) (n × d).</param>
/// <param name="Back">From dY (n × d) to the gradients of X, γ, β, W_Q, W_K and W_V.</param>
public sealed record AttentionBlockPass(Matrix<double> Y, Func<Matrix<double>, ParameterSet> Back);

public static partial class Lesson06
{
    private static readonly int[] RightWords = [4, 0, 2];   // of 6 words

    /// <summary>The whole block by hand, forward and back in one function.</summary>
    /// <param name="X">The stream (n × d).</param>
    /// <param name="γ">The norm's factors (d).</param>
    /// <param name="β">Its shifts (d).</param>
    /// <param name="W_Q">Makes queries (d × d_k).</param>
    /// <param name="W_K">Makes keys (d × d_k).</param>
    /// <param name="W_V">Makes values (d × d).</param>
    public static AttentionBlockPass AttentionBlock(Matrix<double> X, Vector<double> γ, Vector<double> β, Matrix<double> W_Q, Matrix<double> W_K, Matrix<double> W_V)
    {
        var (read, XHat, rstd) = Normalised(X, γ, β);                                   // (n × d)
        var (Q, K, V) = (read * W_Q, read * W_K, read * W_V);                           // (n × d_k), (n × d_k), (n × d)
        double scale = 1 / Math.Sqrt(Q.ColumnCount);
        var Z = Mask.Causal(X.RowCount).Apply(Q * K.Transpose() * scale);               // (n × n)
        var A = Softmax.Forward(Z);                                                     // (n × n)
        return new AttentionBlockPass(X + A * V, dY =>
        {
            var dV = A.Transpose() * dY;                                                // (n × d)
            var dA = dY * V.Transpose();                                                // (n × n)
            var dZ = A.PointwiseMultiply(dA.SubtractColumn(A.PointwiseMultiply(dA).RowSums()));
            var dS = dZ * scale;                                                        // (n × n)
            var (dQ, dK) = (dS * K, dS.Transpose() * Q);                                // (n × d_k) each
            var dRead = dQ * W_Q.Transpose() + dK * W_K.Transpose() + dV * W_V.Transpose();   // (n × d)
            var (dX, dγ, dβ) = NormalisedBack(dRead, XHat, rstd, γ);
            return [new("X", dY + dX), new("γ", dγ), new("β", dβ), new("W_Q", read.Transpose() * dQ), new("W_K", read.Transpose() * dK), new("W_V", read.Transpose() * dV)];
        });
    }

    /// <summary>Three random tokens of width 10, and the 1082 parameters of an attention block, a feed-forward block of inner width 32 and an unembedding of six words.</summary>
    /// <param name="seed">Which draw.</param>
    public static (Matrix<double> Tokens, ParameterSet Parameters) DrawnModel(int seed)
    {
        var draw = SeededRandom.Create(seed);
        Vector<double> Ones(int d) => DenseVector.Create(d, 1);
        Vector<double> Zero(int d) => DenseVector.Create(d, 0);
        return (draw.NormalMatrix(3, 10),
        [
            new("γ_1", Ones(10)), new("β_1", Zero(10)), new("W_Q", draw.Glorot(10, 10)), new("W_K", draw.Glorot(10, 10)), new("W_V", draw.Glorot(10, 10)),
            new("γ_2", Ones(10)), new("β_2", Zero(10)), new("W_1", draw.Glorot(10, 32)), new("b_1", Zero(32)), new("W_2", draw.Glorot(32, 10)), new("b_2", Zero(10)),
            new("W_U", draw.Glorot(10, 6)),
        ]);
    }

    /// <summary>The mean cross-entropy of the three tokens' right words, its gradient for every parameter, and what arrives at the ReLU (3 × 32).</summary>
    /// <param name="tokens">The tokens (3 × 10).</param>
    /// <param name="θ">The parameters, as <see cref="DrawnModel"/> has them.</param>
    public static (double L, ParameterSet Gradient, Matrix<double> AtReLU) LossAndGradient(Matrix<double> tokens, ParameterSet θ)
    {
        ArgumentNullException.ThrowIfNull(θ);
        Matrix<double> M(string name) => θ[name].ToMatrix();
        Vector<double> v(string name) => θ[name].ToMatrix().Row(0);

        var attention = AttentionBlock(tokens, v("γ_1"), v("β_1"), M("W_Q"), M("W_K"), M("W_V"));
        var (read, XHat, rstd) = Normalised(attention.Y, v("γ_2"), v("β_2"));           // (3 × 10)
        var atReLU = (read * M("W_1")).AddRow(v("b_1"));                                // (3 × 32)
        var Φ = atReLU.Map(h => Math.Max(0, h));                                        // (3 × 32)
        var Y = attention.Y + (Φ * M("W_2")).AddRow(v("b_2"));                          // (3 × 10)
        var P = Softmax.Forward(Y * M("W_U"));                                          // (3 × 6)
        double L = -RightWords.Select((w, i) => Math.Log(P[i, w])).Average();

        var dLogits = P.MapIndexed((i, k, p) => (p - (k == RightWords[i] ? 1 : 0)) / 3, Zeros.Include);   // (3 × 6)
        var dY = dLogits * M("W_U").Transpose();                                        // (3 × 10)
        var dAtReLU = (dY * M("W_2").Transpose()).PointwiseMultiply(atReLU.Map(h => h > 0 ? 1.0 : 0.0));   // (3 × 32)
        var (through, dγ_2, dβ_2) = NormalisedBack(dAtReLU * M("W_1").Transpose(), XHat, rstd, v("γ_2"));   // (3 × 10)
        var d = attention.Back(dY + through);                                           // past the block, and through it
        return (L,
        [
            new("γ_1", d["γ"].ToMatrix().Row(0)), new("β_1", d["β"].ToMatrix().Row(0)), d["W_Q"], d["W_K"], d["W_V"], new("γ_2", dγ_2), new("β_2", dβ_2),
            new("W_1", read.Transpose() * dAtReLU), new("b_1", dAtReLU.ColumnSums()), new("W_2", Φ.Transpose() * dY), new("b_2", dY.ColumnSums()), new("W_U", Y.Transpose() * dLogits),
        ], atReLU);
    }

    /// <summary>Parameters after a step along others of the same names: θ + by · along.</summary>
    public static ParameterSet Stepped(ParameterSet θ, ParameterSet along, double by)
    {
        var moved = new ParameterSet(θ.Select(p => p.Clone()));
        foreach (Parameter p in moved) p.Set([.. p.ToArray().Zip(along[p.Name].ToArray(), (value, slope) => value + by * slope)]);
        return moved;
    }

    /// <summary>Σ a ⊙ b over all numbers of two sets of the same names.</summary>
    public static double Dot(ParameterSet a, ParameterSet b) => a.Sum(p => p.ToArray().Zip(b[p.Name].ToArray(), (x, y) => x * y).Sum());

    private static (Matrix<double> Y, Matrix<double> XHat, Vector<double> rstd) Normalised(Matrix<double> X, Vector<double> γ, Vector<double> β)
    {
        var C = X.SubtractColumn(X.RowMeans());                                         // (n × d), centred
        var rstd = 1 / (C.PointwiseMultiply(C).RowMeans() + 1e-5).PointwiseSqrt();      // (n)
        var XHat = C.ScaleRows(rstd);                                                   // (n × d)
        return (XHat.ScaleColumns(γ).AddRow(β), XHat, rstd);
    }

    private static (Matrix<double> dX, Vector<double> dγ, Vector<double> dβ) NormalisedBack(Matrix<double> dY, Matrix<double> XHat, Vector<double> rstd, Vector<double> γ) =>
        (Norm(dY, XHat, rstd, γ), dY.PointwiseMultiply(XHat).ColumnSums(), dY.ColumnSums());
}
