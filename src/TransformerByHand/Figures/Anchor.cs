namespace TransformerByHand.Figures;

/// <summary>Which part of a text stands at its coordinate.</summary>
internal enum Anchor
{
    Start,
    Middle,
    End,
}
