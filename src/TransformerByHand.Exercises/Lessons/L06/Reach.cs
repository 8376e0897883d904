using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Figures;
using TransformerByHand.Layers;

namespace TransformerByHand.Exercises;

public static partial class Lesson06
{
    /// <summary>Five random tokens (5 × 10).</summary>
    public static Matrix<double> FiveTokens => SeededRandom.Create(50).NormalMatrix(5, 10);

    /// <summary>The random head that reads them (d_k = d_v = 4).</summary>
    public static AttentionHead FiveTokensHead => AttentionHead.Random(SeededRandom.Create(51), dModel: 10, dK: 4);

    /// <summary>A random projection of their outputs (5 × 4).</summary>
    public static Matrix<double> FiveTokensProjection => SeededRandom.Create(52).NormalMatrix(5, 4);

    /// <summary>The gradients of five tokens' attention when the loss looks at one output alone.</summary>
    /// <param name="i">Which output, from 0 to 4.</param>
    /// <param name="mask">The mask, or null for none.</param>
    /// <param name="head">The head; <see cref="FiveTokensHead"/> if not given.</param>
    public static AttentionHeadGradients FromOutput(int i, Mask? mask = null, AttentionHead? head = null)
    {
        head ??= FiveTokensHead;
        var one = new DenseMatrix(5, 4);
        one.SetRow(i, FiveTokensProjection.Row(i));
        return head.Backward(head.Forward(FiveTokens, mask).Trace, one);
    }

    /// <summary>How many rows are not zero.</summary>
    public static int RowsReached(Matrix<double> M) => M.EnumerateRows().Count(row => row.Any(v => v != 0));

    /// <summary>dQ and dK when all keys are the same, with the loss at output 2 alone.</summary>
    public static AttentionGradients WithTheSameKeys()
    {
        var head = FiveTokensHead;
        var same = DenseMatrix.OfRows(Enumerable.Repeat(FiveTokens.Row(0), 5));
        var one = new DenseMatrix(5, 4);
        one.SetRow(2, FiveTokensProjection.Row(2));
        return ScaledDotProductAttention.Backward(ScaledDotProductAttention.Forward(FiveTokens * head.W_Q, same * head.W_K, FiveTokens * head.W_V).Trace, one);
    }

    /// <summary>How long the gradient is that a loss at one output (row) sends to each token (column), through queries, keys and values. A plain 0 is exactly 0.</summary>
    /// <param name="mask">The mask, or null for none.</param>
    public static Figure ReachFigure(Mask? mask = null)
    {
        var head = FiveTokensHead;
        Heatmap Path(string name, Func<AttentionHeadGradients, Matrix<double>> path) => new(DenseMatrix.OfRows(
            Enumerable.Range(0, 5).Select(i => path(FromOutput(i, mask)).EnumerateRows().Select(row => row.L2Norm()))))
        {
            Title = $"through the {name}", RowTitle = "loss at output", ColumnTitle = "token", Digits = 2, Min = 0, Max = 4.5,
        };
        return new SmallMultiples
        {
            Title = "How long the gradient is that one output sends to each token" + (mask is null ? "" : ", under a mask"),
            Columns = 3,
            Figures = [Path("query", d => d.dQ * head.W_Q.Transpose()), Path("keys", d => d.dK * head.W_K.Transpose()), Path("values", d => d.dV * head.W_V.Transpose())],
        };
    }

    /// <summary>The figures of claim B5.</summary>
    public static (string Name, double Value)[] MeasureB5()
    {
        var head = FiveTokensHead;
        var third = FromOutput(2);
        var noQuery = FromOutput(2, head: new AttentionHead(head.W_Q * 0, head.W_K, head.W_V));
        return
        [
            ("tokens reached through q, of 5", RowsReached(third.dQ)),
            ("tokens reached through k, of 5", RowsReached(third.dK)),
            ("tokens reached through v, of 5", RowsReached(third.dV)),
            ("tokens reached by output 2, causal", RowsReached(FromOutput(2, Mask.Causal(5)).dX)),
            ("dK with queries of zeros", noQuery.dK.FrobeniusNorm()),
            ("dQ with queries of zeros", noQuery.dQ.FrobeniusNorm()),
            ("dQ with all keys the same", WithTheSameKeys().dQ.FrobeniusNorm()),
            ("dQ of the first token, causal", head.Backward(head.Forward(FiveTokens, Mask.Causal(5)).Trace, FiveTokensProjection).dQ.Row(0).L2Norm()),
        ];
    }
}
