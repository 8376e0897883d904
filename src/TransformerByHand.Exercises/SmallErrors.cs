namespace TransformerByHand.Exercises;

/// <summary>Small errors that make a wrong implementation of a right one, for an exercise that asks for a test.</summary>
[Flags]
public enum SmallErrors
{
    /// <summary>None: what is tested is a property, and other numbers may have it too.</summary>
    None = 0,

    /// <summary>In all numbers, all too large or all too small; in one number, the first, one inside or the last; in two that make up for each other; of one per cent.</summary>
    Numbers = 1,

    /// <summary>Only where the sizes of the input differ.</summary>
    Sizes = 2,

    /// <summary>All of them.</summary>
    All = Numbers | Sizes,
}
