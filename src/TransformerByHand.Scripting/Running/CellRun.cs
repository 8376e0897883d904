namespace TransformerByHand.Scripting;

/// <summary>One cell in a run of its notebook.</summary>
/// <param name="Cell">The cell, its outputs already replaced if it ran.</param>
/// <param name="Number">Its place among the notebook's code cells, counted from 1; 0 for other cells.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Reason">Why, where it was not run or went wrong.</param>
/// <param name="Elapsed">How long it ran.</param>
/// <param name="Result">The run itself; null if there was none.</param>
public sealed record CellRun(NotebookCell Cell, int Number, CellRunStatus Status, string? Reason, TimeSpan Elapsed, CellResult? Result)
{
    /// <summary>True unless the cell went wrong or could not be run.</summary>
    public bool IsAccepted => Status is CellRunStatus.Ran or CellRunStatus.FailedAsExpected or CellRunStatus.Skipped;
}
