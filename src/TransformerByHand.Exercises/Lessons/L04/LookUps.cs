using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using TransformerByHand.Layers;
using TransformerByHand.Text;
using TransformerByHand.Training;

namespace TransformerByHand.Exercises;

/// <summary>Looking up beside multiplying by one-hot rows, and which rows of the table a gradient reaches.</summary>
public static class LookUps
{
    /// <summary>Looks up 5000 random ids, once in the table and once as one-hot rows times the table (words × 4).</summary>
    /// <param name="words">The number of words.</param>
    /// <returns>In how many of the 20,000 numbers the two differ.</returns>
    public static int BitsApart(int words)
    {
        var random = SeededRandom.Create(30);
        var embedding = Embedding.Random(random, words, dModel: 4);
        int[] ids = [.. Enumerable.Range(0, 5000).Select(_ => random.Next(words))];
        var product = DenseMatrix.Create(ids.Length, words, (i, word) => word == ids[i] ? 1 : 0) * embedding.E;   // (tokens × d_model)
        return embedding.Forward(ids).X.Enumerate().Zip(product.Enumerate()).Count(pair => pair.First != pair.Second);
    }

    /// <summary>Counts the rows that are not all zeros.</summary>
    /// <param name="gradient">A gradient (words × d_model).</param>
    public static int RowsReached(Matrix<double> gradient)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        return gradient.EnumerateRows().Count(row => row.Any(v => v != 0));
    }

    /// <summary>One backward pass of a small language model with random weights, which is to say each next word of a sentence.</summary>
    /// <param name="ids">The sentence.</param>
    /// <param name="words">The number of words.</param>
    /// <param name="tied">Whether the table of embeddings also scores the words at the end.</param>
    /// <returns>How many rows of the table receive a gradient.</returns>
    public static int RowsReachedInAModel(int[] ids, int words, bool tied)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var model = CausalLanguageModel.Random(SeededRandom.Create(32), words, longest: 8, layers: 1, new() { DModel = 8, Heads = 2 }, tied);
        var (logits, trace) = model.Forward(ids);
        var loss = CrossEntropy.Forward(logits, [.. ids.Skip(1), WordTokeniser.End]).Trace;
        return RowsReached(model.Backward(trace, CrossEntropy.Backward(loss)).Input.dE);
    }
}
