namespace TransformerByHand.Course.Running;

/// <summary>How lessons are run.</summary>
internal sealed record LessonRunOptions
{
    /// <summary>Put the reference solution in place of every stub, and require every check to pass.</summary>
    public bool Solve { get; init; }

    /// <summary>
    /// Packages whose tagged cells (<c>requires:PACKAGE</c>) are run without being asked for, because they are small. Where one cannot
    /// be restored, its cells are skipped and named.
    /// </summary>
    public static IReadOnlyList<string> Small { get; } = ["Plotly.NET"];

    /// <summary>The small packages, and those asked for.</summary>
    public static IReadOnlySet<string> SmallAnd(IEnumerable<string>? asked) => Small.Concat(asked ?? []).ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Packages whose tagged cells are run: the small ones, if nothing else is said.</summary>
    public IReadOnlySet<string> With { get; init; } = SmallAnd([]);
}
