namespace TransformerByHand.Scripting;

/// <summary>The language of a cell, where its metadata and not its text says so.</summary>
internal static class CellLanguage
{
    /// <summary>True for every spelling of C# in use, and where nothing is said.</summary>
    public static bool IsCSharp(string? language) => language?.ToLowerInvariant() is null or "csharp" or "c#" or "polyglot-notebook" or "dotnet-interactive.csharp";

    /// <summary>The cell's text, with the line that switches language where only the metadata asks for it.</summary>
    public static string WithMagic(NotebookCell cell)
    {
        string source = cell.Source;
        return IsCSharp(cell.Language) || source.TrimStart().StartsWith("#!", StringComparison.Ordinal) ? source : $"#!{cell.Language}\n{source}";
    }
}
