namespace TransformerByHand.Scripting;

/// <summary>What became of a notebook's cells.</summary>
/// <param name="Notebook">The notebook that was run, with its new outputs.</param>
/// <param name="Cells">Every cell in order, Markdown and raw ones as skipped.</param>
/// <param name="Elapsed">The time of the whole run, the start of the engine included.</param>
public sealed record NotebookRun(Notebook Notebook, IReadOnlyList<CellRun> Cells, TimeSpan Elapsed)
{
    /// <summary>The code cells.</summary>
    public IEnumerable<CellRun> CodeCells => Cells.Where(run => run.Cell.Kind == CellKind.Code);

    /// <summary>How many code cells ran, whatever came of it.</summary>
    public int RanCount => CodeCells.Count(run => run.Result is not null && run.Status != CellRunStatus.Skipped);

    /// <summary>How many code cells were skipped.</summary>
    public int SkippedCount => Count(CellRunStatus.Skipped);

    /// <summary>How many code cells failed, or did not fail though they should have.</summary>
    public int FailedCount => Count(CellRunStatus.Failed) + Count(CellRunStatus.DidNotFailThoughExpected);

    /// <summary>How many code cells could not be run because of an earlier one.</summary>
    public int NotRunCount => Count(CellRunStatus.NotRun);

    /// <summary>True if no cell failed that was not meant to, and none was left out because of another.</summary>
    public bool Succeeded => Cells.All(run => run.IsAccepted);

    private int Count(CellRunStatus status) => CodeCells.Count(run => run.Status == status);
}
