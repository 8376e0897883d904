namespace TransformerByHand.Figures;

/// <summary>A dashed frame of a <see cref="FlowChart"/> around some of its nodes, with a label at its top.</summary>
/// <param name="Label">What the nodes are together, such as <c>attention sublayer</c>.</param>
/// <param name="Nodes">The ids of the nodes inside.</param>
public sealed record Frame(string Label, params IReadOnlyList<string> Nodes);
