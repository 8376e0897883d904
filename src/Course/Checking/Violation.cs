namespace TransformerByHand.Course.Checking;

/// <summary>One thing that an author has to mend.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Cell">The id of the cell, or null where it is about the whole file.</param>
/// <param name="Message">What is wrong, and what it should be.</param>
internal sealed record Violation(string File, string? Cell, string Message)
{
    public override string ToString() => Cell is null ? $"{File}: {Message}" : $"{File}, cell {Cell}: {Message}";
}
