namespace TransformerByHand.Scripting;

/// <summary>The ways to go on at a place in a cell.</summary>
/// <param name="Start">Where the text that they replace starts: an index into the cell's text.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Items">The ways, in alphabetical order.</param>
public sealed record CompletionList(int Start, int End, IReadOnlyList<CompletionItem> Items);
