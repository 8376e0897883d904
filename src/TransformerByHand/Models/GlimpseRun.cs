using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Layers;

namespace TransformerByHand.Models;

/// <summary>The whole forward pass of the glimpse, written out, with a reader's functions where there are any.</summary>
internal sealed class GlimpseRun(Glimpse glimpse, GlimpseParts parts) : PartsRun(parts, causal: true)
{
    private readonly Func<Matrix<double>, Matrix<double>, Vector<double>, Matrix<double>, Vector<double>, Matrix<double>>? feedForward = parts.FeedForward;

    /// <summary>The logits (n × V).</summary>
    public Matrix<double> Logits(IReadOnlyList<int> ids)
    {
        var X = glimpse.Model.Input.Forward(ids).X;                                                     // (n × d_model)
        for (int l = 0; l < glimpse.Layers; l++)
        {
            X = Add(X, MultiHead(Norm(X, glimpse.AttentionNorm(l)), glimpse.Attention(l)));             // (n × d_model)
            X = Add(X, FeedForward(Norm(X, glimpse.FeedForwardNorm(l)), glimpse.FeedForward(l)));       // (n × d_model)
        }
        return glimpse.Model.Unembedding.Forward(Norm(X, glimpse.FinalNorm)).Y;                         // (n × V)
    }

    private Matrix<double> FeedForward(Matrix<double> X, FeedForward block)
    {
        Func<double[,]>? own = feedForward is { } function
            ? () => function(X.Clone(), block.W_1.Clone(), block.b_1!.Clone(), block.W_2.Clone(), block.b_2!.Clone()).ToArray()
            : null;
        return Own("feed-forward", own, X.RowCount, X.ColumnCount) ?? block.Forward(X).Y;
    }
}
