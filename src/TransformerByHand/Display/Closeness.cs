namespace TransformerByHand.Display;

/// <summary>How near a result is to its reference.</summary>
public enum Closeness
{
    /// <summary>Every number is the same.</summary>
    Exact,

    /// <summary>The numbers differ by no more than rounding explains.</summary>
    Close,

    /// <summary>The numbers, or the shapes, are different.</summary>
    Off,
}
