namespace TransformerByHand.Training.Model;

/// <summary>A named matrix or vector of a model, its gradient, and where both lie in the <see cref="WeightStore"/>.</summary>
public sealed class Weight
{
    private readonly WeightStore store;
    private readonly int offset;

    internal Weight(WeightStore store, string name, int offset, int rows, int columns, WeightRole role)
    {
        (this.store, Name, this.offset, Rows, Columns, Role) = (store, name, offset, rows, columns, role);
    }

    /// <summary>The name, such as <c>layers.0.attention.W_O</c>.</summary>
    public string Name { get; }

    /// <summary>The rows of a matrix; 1 for a vector.</summary>
    public int Rows { get; }

    /// <summary>The columns of a matrix, or the length of a vector.</summary>
    public int Columns { get; }

    /// <summary>How many numbers there are.</summary>
    public int Count => Rows * Columns;

    /// <summary>What the weight is for; initialisation and weight decay look at it.</summary>
    public WeightRole Role { get; }

    /// <summary>The numbers, row by row. Writing here changes the model.</summary>
    public Span<float> Values => store.Values.AsSpan(offset, Count);

    /// <summary>The gradient, row by row.</summary>
    public Span<float> Gradient => store.Gradients.AsSpan(offset, Count);

    internal int Offset => offset;

    /// <summary>The name and the size.</summary>
    public override string ToString() => $"{Name} ({Rows} × {Columns})";
}

/// <summary>What a weight is for.</summary>
public enum WeightRole
{
    /// <summary>A matrix between two layers.</summary>
    Matrix,

    /// <summary>A matrix whose product is added to the residual stream: the last of each sublayer.</summary>
    ResidualMatrix,

    /// <summary>A table of vectors that are looked up.</summary>
    Embedding,

    /// <summary>A vector that is added.</summary>
    Bias,

    /// <summary>The γ of a layer norm.</summary>
    Gain,
}
