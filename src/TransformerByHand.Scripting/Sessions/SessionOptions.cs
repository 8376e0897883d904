namespace TransformerByHand.Scripting;

/// <summary>How to start the process in which a notebook's cells run.</summary>
public sealed record SessionOptions
{
    /// <summary>The notebook's folder: the cells' current directory, and what <c>#r</c>, <c>#load</c> and <c>#!import</c> are relative to.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Environment variables to set for the cells; null removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>The most managed memory the cells may use, in bytes. Beyond it they get an <see cref="OutOfMemoryException"/>. Default: three quarters of the machine's.</summary>
    public long? HeapLimit { get; init; }

    /// <summary>The worker's assembly. Default: found beside this library's own build output.</summary>
    public string? WorkerPath { get; init; }

    /// <summary>The culture that cells start with (<c>de-DE</c>; empty for the invariant culture). Default: the user's.</summary>
    public string? Culture { get; init; }

    /// <summary>The longest a cell may run. Default: no limit.</summary>
    public TimeSpan? CellTimeout { get; init; }

    /// <summary>How long a cell may take to stop before its process is ended.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(2);
}
