using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>The embedding: a table with one row for each word of the vocabulary; a token becomes its word's row.</summary>
/// <remarks>
/// <para>
/// Forward, for token ids t_1 … t_n. Looking up a row is multiplying by a one-hot vector, e_t with a 1 at position t:
/// </para>
/// <code>
/// x_i = c · E[t_i] = c · e_(t_i)·E            (d_model)       X is (n × d_model), E is (V × d_model)
/// </code>
/// <para>
/// c is 1, or √d_model in Vaswani et al. 2017, §3.4. Backward: a linear layer's dE = Σ_i e_(t_i)ᵀ·c·dx_i, which adds each
/// token's gradient to the row it came from:
/// </para>
/// <code>
/// dE[t] = c · Σ_{i : t_i = t} dx_i
/// </code>
/// <para>A word that occurs twice receives both; a word that does not occur receives nothing. An id has no gradient.</para>
/// </remarks>
public sealed class Embedding : ILayer
{
    /// <summary>Makes an embedding with a given table, which is aliased.</summary>
    /// <param name="E">The table (V × d_model), one row a word.</param>
    /// <param name="scale">What every looked-up row is multiplied by: c.</param>
    /// <exception cref="ArgumentException">E is empty, or holds a NaN or an infinity.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The scale is not finite.</exception>
    public Embedding(Matrix<double> E, double scale = 1)
    {
        Require.NotEmpty(E);
        Require.Finite(E);
        if (!double.IsFinite(scale))
            throw new ArgumentOutOfRangeException(nameof(scale), scale, FormattableString.Invariant($"scale is {scale}, but should be a finite number."));
        (this.E, Scale) = (E, scale);
    }

    /// <summary>Makes an embedding with random rows: normal, with standard deviation 1/√d_model, so that a row has a length near 1.</summary>
    /// <param name="random">The generator to draw from.</param>
    /// <param name="vocabulary">The number of words V.</param>
    /// <param name="dModel">The width of a token.</param>
    /// <param name="scale">What every looked-up row is multiplied by.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public static Embedding Random(Random random, int vocabulary, int dModel, double scale = 1)
    {
        Require.Positive(vocabulary);
        Require.Positive(dModel);
        return new(random.NormalMatrix(vocabulary, dModel, 1 / Math.Sqrt(dModel)), scale);
    }

    /// <summary>The table (V × d_model), one row a word.</summary>
    public Matrix<double> E { get; }

    /// <summary>What every looked-up row is multiplied by: c.</summary>
    public double Scale { get; }

    /// <summary>The number of words V.</summary>
    public int Vocabulary => E.RowCount;

    /// <summary>The width d_model of a token.</summary>
    public int Width => E.ColumnCount;

    /// <inheritdoc/>
    public ParameterSet Parameters => [new(nameof(E), E)];

    /// <summary>Looks up the tokens of a sequence.</summary>
    /// <param name="ids">The token ids t_1 … t_n, each from 0 to V − 1; at least one.</param>
    /// <returns>X (n × d_model), and the trace.</returns>
    /// <exception cref="ArgumentException">There are no ids.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is not in the vocabulary.</exception>
    public (Matrix<double> X, EmbeddingTrace Trace) Forward(IReadOnlyList<int> ids)
    {
        Require.Ids(ids, Vocabulary);
        var X = Matrix<double>.Build.Dense(ids.Count, Width);
        for (int i = 0; i < ids.Count; i++)
            X.SetRow(i, E.Row(ids[i]) * Scale);
        return (X, new EmbeddingTrace([.. ids], X));
    }

    /// <summary>Adds each token's gradient to the row it came from.</summary>
    /// <param name="trace">What <see cref="Forward"/> kept.</param>
    /// <param name="dX">∂L/∂X (n × d_model).</param>
    /// <returns>dE (V × d_model): zero in the rows of words that do not occur.</returns>
    /// <exception cref="ArgumentException">dX has another shape than X, or holds a NaN or an infinity.</exception>
    public EmbeddingGradients Backward(EmbeddingTrace trace, Matrix<double> dX)
    {
        ArgumentNullException.ThrowIfNull(trace);
        Require.SameShape(dX, trace.X);
        var dE = Matrix<double>.Build.Dense(Vocabulary, Width);
        for (int i = 0; i < trace.Ids.Count; i++)
            dE.SetRow(trace.Ids[i], dE.Row(trace.Ids[i]) + dX.Row(i) * Scale);
        return new EmbeddingGradients(dE);
    }
}

/// <summary>What <see cref="Embedding.Forward"/> looked up.</summary>
/// <param name="Ids">The token ids (n).</param>
/// <param name="X">Their rows (n × d_model).</param>
public sealed record EmbeddingTrace(
    IReadOnlyList<int> Ids,
    [property: Shape("tokens × d_model")] Matrix<double> X) : Trace;

/// <summary>What <see cref="Embedding.Backward"/> returns. An id is not a number that can be nudged, so there is no input gradient.</summary>
/// <param name="dE">∂L/∂E (V × d_model).</param>
public sealed record EmbeddingGradients(
    [property: Shape("V × d_model")] Matrix<double> dE) : LayerGradients
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() => [new(nameof(Embedding.E), dE)];
}
