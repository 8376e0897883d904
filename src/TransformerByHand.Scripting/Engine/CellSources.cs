using Microsoft.CodeAnalysis;

namespace TransformerByHand.Scripting.Engine;

/// <summary>Where <c>#load</c> finds its scripts, and what texts are called in stack traces: nothing there tells of this machine's folders.</summary>
/// <param name="baseDirectory">The notebook's folder.</param>
internal sealed class CellSources(string baseDirectory) : SourceFileResolver([], baseDirectory)
{
    /// <summary>The name of a text: a cell's own name as it is, a file's path relative to the notebook's folder.</summary>
    public override string NormalizePath(string path, string? baseFilePath) =>
        Path.IsPathFullyQualified(path) ? Path.GetRelativePath(BaseDirectory!, path).Replace('\\', '/') : path;
}
