namespace TransformerByHand.Scripting;

/// <summary>How to run a notebook.</summary>
public sealed record RunOptions
{
    /// <summary>How to start the engine. Its folder is the notebook's own if this is null.</summary>
    public SessionOptions? Session { get; init; }

    /// <summary>The packages asked for: cells tagged <c>requires:X</c> run if X is among them, and are skipped otherwise.</summary>
    public IReadOnlySet<string> With { get; init; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gives the text to run for a cell instead of its own; the notebook keeps its own.</summary>
    public Func<NotebookCell, string>? TransformSource { get; init; }

    /// <summary>The longest one cell may run. Default: what <see cref="Session"/> says.</summary>
    public TimeSpan? CellTimeout { get; init; }

    /// <summary>Receives each output as it is made, with the cell that makes it.</summary>
    public Action<NotebookCell, CellOutput>? OnOutput { get; init; }
}
