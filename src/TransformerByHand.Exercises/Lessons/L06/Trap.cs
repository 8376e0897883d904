using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using MathNet.Numerics.Statistics;
using TransformerByHand.Display;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

/// <summary>A wrong backward pass, seen by two losses.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Mistake">What it does wrong.</param>
/// <param name="BySum">How far it is off when the loss is the plain sum of the outputs.</param>
/// <param name="ByProjection">How far when the loss is a random projection, in parts of the right gradient's length.</param>
public sealed record Trapped(string Layer, string Mistake, double BySum, double ByProjection);

public static partial class Lesson06
{
    private static Matrix<double> TrapInput => SeededRandom.Create(12).NormalMatrix(32, 8);

    private static Matrix<double> TrapProjection => SeededRandom.Create(56).NormalMatrix(32, 8);

    /// <summary>The softmax of scores divided by 2, backward, with a mistake on request: "plain mean", "factor p forgotten", "scale forgotten"; "" is right.</summary>
    /// <param name="S">Scores (n × m).</param>
    /// <param name="dP">∂L/∂P (n × m).</param>
    /// <param name="mistake">The mistake.</param>
    /// <returns>∂L/∂S (n × m).</returns>
    public static Matrix<double> ScaledSoftmaxBackward(Matrix<double> S, Matrix<double> dP, string mistake = "")
    {
        var P = Softmax.Forward(S / 2);                                              // √d_k = 2
        var inner = mistake == "plain mean" ? dP.RowMeans() : dP.PointwiseMultiply(P).RowSums();
        var dZ = dP.SubtractColumn(inner);
        if (mistake != "factor p forgotten") dZ = dZ.PointwiseMultiply(P);
        return mistake == "scale forgotten" ? dZ : dZ / 2;
    }

    /// <summary>LayerNorm with γ = 1, backward, with a mistake on request: "last term forgotten", "N − 1", "ε outside"; "" is right.</summary>
    /// <param name="X">Tokens (n × d).</param>
    /// <param name="dY">∂L/∂Y (n × d).</param>
    /// <param name="mistake">The mistake.</param>
    /// <returns>∂L/∂X (n × d).</returns>
    public static Matrix<double> NormBackward(Matrix<double> X, Matrix<double> dY, string mistake = "")
    {
        const double ε = 1e-5;
        var C = X.SubtractColumn(X.RowMeans());
        int N = mistake == "N − 1" ? X.ColumnCount - 1 : X.ColumnCount;
        var variance = C.PointwiseMultiply(C).RowSums() / N;
        var rstd = mistake == "ε outside" ? 1 / (variance.PointwiseSqrt() + ε) : 1 / (variance + ε).PointwiseSqrt();
        var XHat = C.ScaleRows(rstd);
        var along = dY.PointwiseMultiply(XHat).RowMeans() * (mistake == "last term forgotten" ? 0 : 1);
        return (dY.SubtractColumn(dY.RowMeans()) - XHat.ScaleRows(along)).ScaleRows(rstd);
    }

    /// <summary>Three wrong backward passes of a scaled softmax and three of LayerNorm, each judged by a plain sum and by a random projection.</summary>
    public static IReadOnlyList<Trapped> Trap()
    {
        var (input, R, ones) = (TrapInput, TrapProjection, DenseMatrix.Create(32, 8, 1));
        Trapped Judge(string layer, string mistake, Func<Matrix<double>, Matrix<double>, string, Matrix<double>> back)
        {
            var right = back(input, R, "");
            return new Trapped(layer, mistake, (back(input, ones, mistake) - back(input, ones, "")).FrobeniusNorm(), (back(input, R, mistake) - right).FrobeniusNorm() / right.FrobeniusNorm());
        }
        return
        [
            .. new[] { "plain mean", "factor p forgotten", "scale forgotten" }.Select(mistake => Judge("softmax", mistake, ScaledSoftmaxBackward)),
            .. new[] { "last term forgotten", "N − 1", "ε outside" }.Select(mistake => Judge("LayerNorm", mistake, NormBackward)),
        ];
    }

    /// <summary>How long dW_Q is that reaches a head of three tokens, with a post-LN norm behind it or without.</summary>
    /// <param name="dY">∂L/∂Y (3 × 10).</param>
    /// <param name="norm">The norm behind skip and attention, or null for attention alone.</param>
    public static double LengthAtQueries(Matrix<double> dY, LayerNorm? norm)
    {
        var (X, head) = (Lesson05.Wide().X, TrapHead);
        if (norm is null) return head.Backward(head.Forward(X).Trace, dY).dW_Q.FrobeniusNorm();
        var post = new AddAndNorm(NormPlacement.Post, norm);
        return post.Backward(post.Forward(X, M => head.Forward(M)).Trace, dY, (its, d) => head.Backward(its, d)).Block.dW_Q.FrobeniusNorm();
    }

    /// <summary>The median of <see cref="LengthAtQueries"/> over 20 norms whose γ is 1 and a tenth of noise.</summary>
    /// <param name="dY">∂L/∂Y (3 × 10).</param>
    public static double UnevenLength(Matrix<double> dY) => Enumerable.Range(700, 20)
        .Select(seed => LengthAtQueries(dY, new LayerNorm(1 + 0.1 * SeededRandom.Create(seed).NormalVector(10), DenseVector.Create(10, 0)))).Median();

    /// <summary>A wrong softmax inside attention alone: how far dW_Q is off, in parts of its length.</summary>
    /// <param name="mistake">"plain mean", "factor p" or "scale".</param>
    /// <param name="dY">∂L/∂O (3 × 10).</param>
    public static double SoftmaxMiss(string mistake, Matrix<double> dY)
    {
        var X = Lesson05.Wide().X;
        var kept = TrapHead.Forward(X).Trace;
        var dA = dY * kept.V.Transpose();
        var inner = mistake == "plain mean" ? dA.RowMeans() : dA.PointwiseMultiply(kept.A).RowSums();
        var dZ = dA.SubtractColumn(inner);
        if (mistake != "factor p") dZ = dZ.PointwiseMultiply(kept.A);
        var dS = mistake == "scale" ? dZ : dZ / Math.Sqrt(10);
        var right = TrapHead.Backward(kept, dY).dW_Q;
        return (X.Transpose() * (dS * kept.K) - right).FrobeniusNorm() / right.FrobeniusNorm();
    }

    /// <summary>A pass that hands the features of dO on in reverse order: how far dX is off.</summary>
    /// <param name="dY">∂L/∂O (3 × 10).</param>
    public static double ReversedMiss(Matrix<double> dY)
    {
        var trace = TrapHead.Forward(Lesson05.Wide().X).Trace;
        return (TrapHead.Backward(trace, DenseMatrix.OfColumns(dY.EnumerateColumns().Reverse())).dX - TrapHead.Backward(trace, dY).dX).FrobeniusNorm();
    }

    private static AttentionHead TrapHead => AttentionHead.Random(SeededRandom.Create(57), dModel: 10, dK: 10);

    /// <summary>A number, or "0, to rounding" where it is nothing else.</summary>
    public static string OrRounding(double v, int digits = 2) => Lesson05.OrRounding(v, digits);

    /// <summary>The figures of claim B4.</summary>
    public static (string Name, double Value)[] MeasureB4()
    {
        var trap = Trap();
        double Projected(string mistake) => trap.First(one => one.Mistake == mistake).ByProjection;
        var (input, ones, sum) = (TrapInput, DenseMatrix.Create(32, 8, 1), DenseMatrix.Create(3, 10, 1));
        return
        [
            ("wrong passes of six that the sum catches", trap.Count(one => one.BySum > 1e-9)),
            ("true gradient of the sum, softmax", ScaledSoftmaxBackward(input, ones).FrobeniusNorm()),
            ("true gradient of the sum, LayerNorm", NormBackward(input, ones).FrobeniusNorm()),
            ("projection: plain mean, off by", Projected("plain mean")),
            ("projection: factor p forgotten, off by", Projected("factor p forgotten")),
            ("projection: scale forgotten, off by", Projected("scale forgotten")),
            ("projection: last term forgotten, off by", Projected("last term forgotten")),
            ("projection: N − 1, off by", Projected("N − 1")),
            ("projection: ε outside, off by", Projected("ε outside")),
            ("dW_Q under the sum, attention alone", LengthAtQueries(sum, null)),
            ("dW_Q under the sum, post-LN", LengthAtQueries(sum, new LayerNorm(10))),
            ("dW_Q under the sum, post-LN, γ = 1 + 0.1 · noise, median of 20", UnevenLength(sum)),
            ("attention alone, plain mean: off by under the sum", SoftmaxMiss("plain mean", sum)),
            ("features reversed, under the sum, off by", ReversedMiss(sum)),
        ];
    }
}
