namespace TransformerByHand.Exercises;

/// <summary>Says of an index out of range which array, which index and which length.</summary>
internal static class OutOfRange
{
    public static string? Explain(Delegate answer, Signature signature, IReadOnlyList<object?> arguments, Exception error) => null;
}
