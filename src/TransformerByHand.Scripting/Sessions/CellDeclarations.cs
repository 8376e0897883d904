namespace TransformerByHand.Scripting;

/// <summary>A text that has become part of a session, so that later cells see what it declares.</summary>
/// <param name="Code">The C#, without magics and package references.</param>
/// <param name="Packages">The assemblies, by path, of the packages that came with it.</param>
public sealed record CellDeclarations(string Code, IReadOnlyList<string> Packages)
{
    /// <summary>What the compiler remarks on, such as <c>line 3: CS8632: …</c>. This host shows none of it; .NET Interactive prints it.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
