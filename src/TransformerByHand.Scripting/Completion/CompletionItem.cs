namespace TransformerByHand.Scripting;

/// <summary>One way to go on with what is typed.</summary>
/// <param name="Text">What to write.</param>
/// <param name="Kind">What it is: <c>method</c>, <c>property</c>, <c>class</c>, <c>keyword</c>, …</param>
/// <param name="Signature">How it is declared; empty where the text says all.</param>
public sealed record CompletionItem(string Text, string Kind, string Signature);
