using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Display;
using TransformerByHand.Figures;
using TransformerByHand.Layers;
using TransformerByHand.Models;

namespace TransformerByHand.Exercises;

public static partial class Lesson06
{
    private const string Tale =
        "Anna was a baker and lived by the river. One morning she wanted a silver key, so she went to the castle. It rained all day, and the way took three hours. "
        + "There she met a grey wolf. The grey wolf looked at her with a smile. \"A silver key is all I need,\" she answered slowly. The grey wolf gave her the silver key for three coins. So Anna the";

    /// <summary>A backward pass of the learner's, run on a trained head of the glimpse and held against the library's, gradient by gradient.</summary>
    /// <param name="backward">The learner's function; a stub is named as one.</param>
    /// <returns>For dX, dW_Q, dW_K and dW_V how near it comes.</returns>
    public static Table InTheGlimpse(AttentionBackwardFunction backward)
    {
        ArgumentNullException.ThrowIfNull(backward);
        var (X, head, dO) = TrainedHead();
        var library = head.Backward(head.Forward(X, Mask.Causal(X.RowCount)).Trace, dO);
        (string Name, Matrix<double> Right)[] right = [("dX", library.dX), ("dW_Q", library.dW_Q), ("dW_K", library.dW_K), ("dW_V", library.dW_V)];
        var table = new Table($"{X.RowCount} words through a trained head", "shape", "yours and the library's");
        Matrix<double>?[] yours;
        string? failed = null;
        try
        {
            var (dX, dW_Q, dW_K, dW_V) = backward(X.Clone(), head.W_Q.Clone(), head.W_K.Clone(), head.W_V.Clone(), true, dO.Clone());
            yours = [dX, dW_Q, dW_K, dW_V];
        }
        catch (Exception e)
        {
            (yours, failed) = ([null, null, null, null], e is NotImplementedException ? "yours is still a stub" : $"yours threw {e.GetType().Name}");
        }
        return table.RowForEach(Enumerable.Range(0, 4), k =>
            [right[k].Name, $"{right[k].Right.RowCount} × {right[k].Right.ColumnCount}", failed ?? (yours[k] is { } mine ? Compare.Show(right[k].Name, mine, right[k].Right).Verdict : "null")]);
    }

    /// <summary>Which words hear from the loss at the last word of a tale, through that trained head: each word by its part of the lengths of dX.</summary>
    public static Figure WhoHears()
    {
        var (X, head, dO) = TrainedHead();
        double[] lengths = [.. head.Backward(head.Forward(X, Mask.Causal(X.RowCount)).Trace, dO).dX.EnumerateRows().Select(row => row.L2Norm())];
        return new ShadedWords
        {
            Title = "Who hears from the last word's output: parts of the gradient at the tokens",
            Words = Glimpse.Load().Read(Tale).Words, Values = [.. lengths.Select(length => length / lengths.Sum())], Framed = [lengths.Length - 1],
        };
    }

    /// <summary>What the loudest head of the glimpse reads in a tale, the head, and a gradient that arrives at its last output alone.</summary>
    private static (Matrix<double> X, AttentionHead Head, Matrix<double> dO) TrainedHead()
    {
        var glimpse = Glimpse.Load();
        var reading = glimpse.Read(Tale);
        var (layer, number) = reading.LoudestHead();
        var X = reading.AttentionInput(layer);
        var head = glimpse.Head(layer, number);
        var dO = new DenseMatrix(X.RowCount, head.W_V.ColumnCount);
        dO.SetRow(X.RowCount - 1, SeededRandom.Create(61).NormalVector(head.W_V.ColumnCount));
        return (X, head, dO);
    }
}
