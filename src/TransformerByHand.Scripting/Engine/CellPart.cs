namespace TransformerByHand.Scripting.Engine;

/// <summary>A stretch of a cell that is handled as one: a text in one language, or one directive.</summary>
/// <param name="Line">The line of the cell on which it starts, counted from 1.</param>
internal abstract record CellPart(int Line);

/// <summary>Text in one language. C# comes with blank lines before it, so that the compiler counts lines as the cell does.</summary>
internal sealed record TextPart(string Language, string Text, int Line) : CellPart(Line);

/// <summary>A line that starts with <c>#!</c> and does not choose a language.</summary>
internal sealed record MagicPart(string Name, string Argument, int Line) : CellPart(Line);

/// <summary><c>#r "nuget: Name, 1.2.3"</c>; the version may be missing.</summary>
internal sealed record PackagePart(string Name, string? Version, int Line) : CellPart(Line);

/// <summary><c>#i "nuget: …"</c>: one more place to restore packages from.</summary>
internal sealed record PackageSourcePart(string Source, int Line) : CellPart(Line);
