using MathNet.Numerics.LinearAlgebra;
using TransformerByHand.Display;

namespace TransformerByHand.Layers;

/// <summary>The unembedding: turns a token of the stream into one score for each word of the vocabulary.</summary>
/// <remarks>
/// <para>Forward. Untied, W_U is a matrix of its own; tied, it is the embedding's table once more, read the other way:</para>
/// <code>
/// untied:  logits = X·W_U      (n × V) = (n × d_model)(d_model × V)
/// tied:    logits = X·Eᵀ       each word's score is the inner product with its own embedding
/// </code>
/// <para>Backward:</para>
/// <code>
/// untied:  dX = dlogits·W_Uᵀ        dW_U = Xᵀ·dlogits
/// tied:    dX = dlogits·E           dE   = dlogitsᵀ·X
/// </code>
/// <para>Tied, E is used at both ends of the model: its gradient is the sum of this and of what the look-up sends back.</para>
/// <para>Source: Press and Wolf 2017, 'Using the Output Embedding to Improve Language Models'.</para>
/// </remarks>
public sealed class Unembedding : ILayer<UnembeddingTrace, UnembeddingGradients>
{
    private readonly Matrix<double> table;

    private Unembedding(Matrix<double> table, bool isTied)
    {
        Require.NotEmpty(table);
        Require.Finite(table);
        (this.table, IsTied) = (table, isTied);
    }

    /// <summary>Makes an unembedding with a matrix of its own, which is aliased.</summary>
    /// <param name="W_U">The matrix (d_model × V).</param>
    /// <exception cref="ArgumentException">W_U is empty, or holds a NaN or an infinity.</exception>
    public static Unembedding Untied(Matrix<double> W_U) => new(W_U, isTied: false);

    /// <summary>Makes an unembedding that shares the embedding's table.</summary>
    /// <param name="embedding">The embedding.</param>
    public static Unembedding TiedTo(Embedding embedding)
    {
        ArgumentNullException.ThrowIfNull(embedding);
        return new(embedding.E, isTied: true);
    }

    /// <summary>Whether the table is the embedding's.</summary>
    public bool IsTied { get; }

    /// <summary>W_U (d_model × V): in a tied unembedding a transposed copy of E.</summary>
    public Matrix<double> W_U => IsTied ? table.Transpose() : table;

    /// <summary>The width of a token.</summary>
    public int Width => IsTied ? table.ColumnCount : table.RowCount;

    /// <summary>The number of words.</summary>
    public int Vocabulary => IsTied ? table.RowCount : table.ColumnCount;

    /// <summary>The parameter by its own name: <c>W_U</c>, or <c>E</c>, which is then the embedding's own.</summary>
    public ParameterSet Parameters => [new(IsTied ? "E" : "W_U", table)];

    /// <inheritdoc/>
    /// <param name="X">The stream (n × d_model), n at least 1.</param>
    /// <returns>The logits (n × V), and the trace.</returns>
    /// <exception cref="ArgumentException">X is empty, of another width, or holds a NaN or an infinity.</exception>
    public (Matrix<double> Y, UnembeddingTrace Trace) Forward(Matrix<double> X)
    {
        Require.Tokens(X, Width);
        var logits = X * W_U;                                   // (n × V)
        return (logits, new UnembeddingTrace(X, logits));
    }

    /// <inheritdoc/>
    /// <param name="trace">What <see cref="Forward"/> kept.</param>
    /// <param name="dLogits">∂L/∂logits (n × V).</param>
    /// <exception cref="ArgumentException">dLogits has another shape than the logits, or holds a NaN or an infinity.</exception>
    public UnembeddingGradients Backward(UnembeddingTrace trace, Matrix<double> dLogits)
    {
        ArgumentNullException.ThrowIfNull(trace);
        Require.SameShape(dLogits, trace.Logits);
        var X = trace.X;

        var dX = dLogits * W_U.Transpose();                     // (n × d_model)
        return IsTied
            ? new UnembeddingGradients(dX, dW_U: null, dE: dLogits.Transpose() * X)      // (V × d_model)
            : new UnembeddingGradients(dX, dW_U: X.Transpose() * dLogits, dE: null);     // (d_model × V)
    }

    /// <summary>A tied output belongs to one embedding: a model with another would have a table that it does not know of.</summary>
    internal void RequireTiedTo(Embedding embedding)
    {
        if (IsTied && !ReferenceEquals(table, embedding.E))
            throw new ArgumentException("unembedding is tied to another embedding than the model's; tie it to the model's own.", nameof(embedding));
    }
}

/// <summary>What <see cref="Unembedding.Forward"/> computed.</summary>
/// <param name="X">The stream (n × d_model).</param>
/// <param name="Logits">The score of each word (n × V).</param>
public sealed record UnembeddingTrace(
    [property: Shape("tokens × d_model")] Matrix<double> X,
    [property: Shape("tokens × V")] Matrix<double> Logits) : Trace;

/// <summary>What <see cref="Unembedding.Backward"/> returns.</summary>
/// <param name="dX">∂L/∂X (n × d_model).</param>
/// <param name="dW_U">∂L/∂W_U (d_model × V); null where the table is tied.</param>
/// <param name="dE">This end's part of ∂L/∂E (V × d_model); null where the table is not tied.</param>
public sealed record UnembeddingGradients(
    [property: Shape("tokens × d_model")] Matrix<double> dX,
    [property: Shape("d_model × V")] Matrix<double>? dW_U,
    [property: Shape("V × d_model")] Matrix<double>? dE) : LayerGradients, IInputGradient
{
    /// <inheritdoc/>
    public override ParameterSet OfInputs() => [new("X", dX)];

    /// <inheritdoc/>
    public override ParameterSet OfParameters() => [.. Parameter.Optional(nameof(Unembedding.W_U), dW_U), .. Parameter.Optional(nameof(Embedding.E), dE)];
}
