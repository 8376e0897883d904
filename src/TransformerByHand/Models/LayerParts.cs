using MathNet.Numerics.LinearAlgebra;

namespace TransformerByHand.Models;

/// <summary>Functions that compute parts of a model's layers in place of the library's. Each is null where the library's is wanted.</summary>
/// <remarks>They take and return what the lessons' exercises do; a function of the right shape fits as it is: <c>new() { LayerNorm = LayerNormRows }</c>.</remarks>
public abstract record LayerParts
{
    /// <summary>Y (n × d_model) from X (n × d_model), γ, β (d_model) and ε: lesson 01.</summary>
    public Func<double[,], double[], double[], double, double[,]>? LayerNorm { get; init; }

    /// <summary>The same for one token: y (d_model) from x, γ, β and ε. Called for each row where <see cref="LayerNorm"/> is null.</summary>
    public Func<double[], double[], double[], double, double[]>? LayerNormOfToken { get; init; }

    /// <summary>Q, K and V (each n × d_k) of one head from X (n × d_model) and its W_Q, W_K, W_V (d_model × d_k): lesson 04.</summary>
    public Func<double[,], double[,], double[,], double[,], (double[,] Q, double[,] K, double[,] V)>? Project { get; init; }

    /// <summary>The weights of a row (m, summing to 1) from its scaled scores (m, −∞ where the mask forbids): lesson 05.</summary>
    public Func<double[], double[]>? Softmax { get; init; }

    /// <summary>O (n × d_k) of one head from X, W_Q, W_K, W_V and whether it is causal: lesson 05. Takes the place of <see cref="Project"/> and <see cref="Softmax"/>.</summary>
    public Func<Matrix<double>, Matrix<double>, Matrix<double>, Matrix<double>, bool, Matrix<double>>? Attention { get; init; }

    /// <summary>
    /// Y (n × d_model) from X, M (here X itself), W_Q, W_K, W_V, W_O (d_model × d_model), the number of heads and whether it is
    /// causal: lesson 08. Takes the place of <see cref="Attention"/>.
    /// </summary>
    public Func<Matrix<double>, Matrix<double>, Matrix<double>, Matrix<double>, Matrix<double>, Matrix<double>, int, bool, Matrix<double>>? MultiHead { get; init; }

    /// <summary>The stream after a block: X + write (n × d_model), from X and what the block wrote: lesson 03.</summary>
    public Func<double[,], double[,], double[,]>? Add { get; init; }
}
