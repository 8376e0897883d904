namespace TransformerByHand.Course;

/// <summary>What the command line returns to the shell.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The command ran, and what it looked at is not as it should be: a cell failed, a check did not pass.</summary>
    public const int Found = 1;

    /// <summary>The command could not run as it was written, or something it needs is missing.</summary>
    public const int CannotRun = 2;

    /// <summary>Stopped by Ctrl+C.</summary>
    public const int Interrupted = 130;
}
