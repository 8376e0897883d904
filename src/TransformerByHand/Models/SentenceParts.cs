using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Models;

/// <summary>Functions that compute parts of a <see cref="SentenceEncoder"/> in place of the library's. Each is null where the library's is wanted.</summary>
/// <remarks>The model has biases in its attention. A function that knows none gets X with a last column of ones, and the biases as the last rows of W_Q, W_K and W_V.</remarks>
public sealed record SentenceParts : LayerParts
{
    /// <summary>The pieces of a word, from the word and the vocabulary: lesson 15.</summary>
    public Func<string, string[], string[]>? WordPiece { get; init; }

    /// <summary>The sum X (n × d_model) that the model's first norm reads, from the ids (n), E (V × d_model), P (longest × d_model) and T (2 × d_model): lesson 15.</summary>
    public Func<int[], double[,], double[,], double[,], double[,]>? InputSums { get; init; }

    /// <summary>The vector of a sentence (d_model, of length 1) from its tokens X (n × d_model) and a mask (n), 1 for a token and 0 for padding: lesson 15.</summary>
    public Func<double[,], int[], double[]>? SentenceVector { get; init; }

    /// <summary>
    /// What leaves a layer (n × d_model) from X (n × d_model), the layer's attention, its feed-forward block and its two norms, each a function of such a
    /// matrix, and whether it is pre-LN, which it is not: lesson 10.
    /// </summary>
    public Func<Matrix<double>, Func<Matrix<double>, Matrix<double>>, Func<Matrix<double>, Matrix<double>>, Func<Matrix<double>, Matrix<double>>, Func<Matrix<double>, Matrix<double>>, bool, Matrix<double>>? Layer { get; init; }
}
