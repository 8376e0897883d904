namespace TransformerByHand.Display;

/// <summary>Says in words what the rows and columns of a matrix in a <see cref="Trace"/> are, such as <c>tokens × d_k</c>.</summary>
/// <remarks>
/// On a positional record: <c>record AttentionTrace([property: Shape("tokens × d_k")] Matrix&lt;double&gt; Q)</c>. A side that
/// is called <c>tokens</c> is labelled with the trace's tokens where they are known. A vector has one side.
/// </remarks>
/// <param name="shape">The sides, separated by <c>×</c>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ShapeAttribute(string shape) : Attribute
{
    /// <summary>The sides, separated by <c>×</c>.</summary>
    public string Shape { get; } = shape;

    /// <summary>The sides one by one: one for a vector, two for a matrix.</summary>
    public IReadOnlyList<string> Sides => Shape.Split('×', StringSplitOptions.TrimEntries);
}
