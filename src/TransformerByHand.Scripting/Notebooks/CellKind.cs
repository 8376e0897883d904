namespace TransformerByHand.Scripting;

/// <summary>What a notebook cell holds.</summary>
public enum CellKind
{
    /// <summary>Source that a kernel runs.</summary>
    Code,

    /// <summary>Prose.</summary>
    Markdown,

    /// <summary>Text that is neither run nor rendered.</summary>
    Raw,
}
