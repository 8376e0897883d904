namespace TransformerByHand.Course.Running;

/// <summary>How lessons are run.</summary>
internal sealed record LessonRunOptions
{
    /// <summary>Put the reference solution in place of every stub, and require every check to pass.</summary>
    public bool Solve { get; init; }

    /// <summary>Packages whose tagged cells (<c>requires:PACKAGE</c>) are run too.</summary>
    public IReadOnlySet<string> With { get; init; } = new HashSet<string>();
}
