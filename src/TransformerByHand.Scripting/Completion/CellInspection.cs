namespace TransformerByHand.Scripting;

/// <summary>What is known about a name in a cell: how it is declared, and its documentation.</summary>
/// <param name="Text">For a client that shows plain text.</param>
/// <param name="Markdown">For one that shows Markdown.</param>
public sealed record CellInspection(string Text, string Markdown);
