namespace TransformerByHand.Figures;

/// <summary>A side of a box in a <see cref="FlowChart"/>.</summary>
public enum Side
{
    /// <summary>The upper side.</summary>
    Top,

    /// <summary>The right side.</summary>
    Right,

    /// <summary>The lower side.</summary>
    Bottom,

    /// <summary>The left side.</summary>
    Left,
}
