namespace TransformerByHand.Figures;

/// <summary>An arrow of a <see cref="FlowChart"/>. It runs in right angles and goes around the boxes in its way.</summary>
/// <param name="From">The id of the node where it begins.</param>
/// <param name="To">The id of the node where it ends.</param>
/// <param name="Label">What flows along it; may be empty.</param>
public sealed record Arrow(string From, string To, string Label = "")
{
    /// <summary>The side on which it leaves its first node; chosen where it is <see langword="null"/>.</summary>
    public Side? Leaves { get; init; }

    /// <summary>The side on which it enters its last node; chosen where it is <see langword="null"/>.</summary>
    public Side? Enters { get; init; }

    /// <summary>Whether it is drawn thick, as the residual stream is.</summary>
    public bool Thick { get; init; }

    /// <summary>Whether it is dashed.</summary>
    public bool Dashed { get; init; }
}
