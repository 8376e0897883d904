namespace TransformerByHand.Exercises;

/// <summary>Inputs that an exercise gets besides those that are declared and drawn.</summary>
[Flags]
public enum DerivedCases
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Vectors and matrices of whole numbers, in which neighbours are equal.</summary>
    Ties = 1,

    /// <summary>Vectors and matrices whose numbers are in the thousands.</summary>
    Large = 2,

    /// <summary>For each size of the input, such as the number of tokens, one in which it is 1.</summary>
    Single = 4,

    /// <summary>All of them.</summary>
    All = Ties | Large | Single,
}
