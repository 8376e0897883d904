namespace TransformerByHand.Scripting;

/// <summary>A text that has become part of a session, so that later cells see what it declares.</summary>
/// <param name="Code">The C#, without magics and package references.</param>
/// <param name="Packages">The assemblies, by path, of the packages that came with it.</param>
public sealed record CellDeclarations(string Code, IReadOnlyList<string> Packages);
