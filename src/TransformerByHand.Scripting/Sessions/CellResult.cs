namespace TransformerByHand.Scripting;

/// <summary>What came of running one cell.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Outputs">Everything it showed, in order, as a notebook stores it; an error is the last of them.</param>
/// <param name="Elapsed">How long it ran.</param>
/// <param name="ExecutionCount">The number of this run in its session.</param>
public sealed record CellResult(CellStatus Status, IReadOnlyList<CellOutput> Outputs, TimeSpan Elapsed, int ExecutionCount)
{
    /// <summary>True when the engine is gone and every variable with it: the cell ended it, or had to be ended with it.</summary>
    public bool StateLost { get; init; }

    /// <summary>What ended the engine, as a sentence that names the cell; null while it lives.</summary>
    public string? DeathMessage { get; init; }

    /// <summary>The package of a <c>#r "nuget: …"</c> that could not be restored; null if none was in the way.</summary>
    public string? UnavailablePackage { get; init; }

    /// <summary>What the compiler remarked on, such as <c>line 3: CS8632: …</c>; the cell ran all the same.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The error among the outputs, if there is one.</summary>
    public ErrorOutput? Error => Outputs.OfType<ErrorOutput>().LastOrDefault();
}
