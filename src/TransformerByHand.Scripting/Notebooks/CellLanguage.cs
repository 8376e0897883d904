namespace TransformerByHand.Scripting;

/// <summary>The language of a cell, where its metadata and not its text says so.</summary>
internal static class CellLanguage
{
    /// <summary>The cell's text, with the line that switches language where only the metadata asks for it.</summary>
    public static string WithMagic(NotebookCell cell)
    {
        string source = cell.Source;
        bool isCSharp = cell.Language is null or "csharp" or "C#" or "c#" or ".NET";
        return isCSharp || source.TrimStart().StartsWith("#!", StringComparison.Ordinal) ? source : $"#!{cell.Language}\n{source}";
    }
}
