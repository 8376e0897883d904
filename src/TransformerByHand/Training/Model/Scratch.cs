namespace TransformerByHand.Training.Model;

/// <summary>Room for what one worker needs for a moment.</summary>
internal sealed class Scratch
{
    /// <summary>The gradient at the residual stream (rows × d_model), on its way from the last layer to the first.</summary>
    public required float[] Stream { get; init; }

    /// <summary>The gradient at a sublayer's input (rows × d_model).</summary>
    public required float[] Inner { get; init; }

    /// <summary>The gradient at the attention's output before W_O (rows × d_model).</summary>
    public required float[] Heads { get; init; }

    /// <summary>The gradient at the hidden layer of a feed-forward (rows × inner width).</summary>
    public required float[] Hidden { get; init; }

    /// <summary>The gradient at the encoder's output (source rows × d_model), collected over the decoder's layers.</summary>
    public required float[] Memory { get; init; }

    /// <summary>Packed copies of a sequence's keys and values, or of a gradient.</summary>
    public required float[] PackedA { get; init; }

    /// <summary>Another one.</summary>
    public required float[] PackedB { get; init; }

    /// <summary>Packed copies of a block of queries or of their gradient.</summary>
    public required float[] PackedBlock { get; init; }

    /// <summary>A block of attention scores or of their gradient.</summary>
    public required float[] Scores { get; init; }

    /// <summary>A block of attention weights after dropout.</summary>
    public required float[] Dropped { get; init; }

    /// <summary>The running sums of a head of linear attention.</summary>
    public required float[] State { get; init; }
}
