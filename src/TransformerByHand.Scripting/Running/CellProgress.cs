namespace TransformerByHand.Scripting;

/// <summary>Where a run is.</summary>
/// <param name="Cell">The code cell that starts or has just ended.</param>
/// <param name="Number">Its place among the code cells, counted from 1.</param>
/// <param name="Total">How many code cells there are.</param>
/// <param name="Ended">What became of it; null when it starts.</param>
public sealed record CellProgress(NotebookCell Cell, int Number, int Total, CellRun? Ended);
