namespace TransformerByHand.Scripting;

/// <summary>How the run of a cell ended.</summary>
public enum CellStatus
{
    /// <summary>It ran to its end.</summary>
    Succeeded,

    /// <summary>It did not compile, or it threw.</summary>
    Failed,

    /// <summary>It was stopped on request.</summary>
    Interrupted,

    /// <summary>It was stopped because it ran longer than allowed.</summary>
    TimedOut,

    /// <summary>It ended the process in which it ran.</summary>
    Died,
}
