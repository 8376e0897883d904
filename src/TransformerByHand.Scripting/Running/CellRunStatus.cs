namespace TransformerByHand.Scripting;

/// <summary>What became of a cell in a run of its notebook.</summary>
public enum CellRunStatus
{
    /// <summary>It ran without error.</summary>
    Ran,

    /// <summary>It failed, was stopped, or died.</summary>
    Failed,

    /// <summary>It failed, as its tag <c>raises-exception</c> says it should.</summary>
    FailedAsExpected,

    /// <summary>It ran without error, though its tag <c>raises-exception</c> says that it should fail.</summary>
    DidNotFailThoughExpected,

    /// <summary>It was left alone on purpose; the reason says why.</summary>
    Skipped,

    /// <summary>It could not be run, because an earlier cell took the state with it or the run was stopped; the reason says which.</summary>
    NotRun,
}
