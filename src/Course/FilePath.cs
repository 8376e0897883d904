namespace TransformerByHand.Course;

/// <summary>Whether two paths are the same file.</summary>
internal static class FilePath
{
    /// <summary>How this system compares names.</summary>
    public static StringComparison Comparison { get; } =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>The path without links, in its folders too. What is not there yet counts as itself.</summary>
    public static string Real(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        string? folder = Path.GetDirectoryName(full);
        if (folder is null) return full;
        string here = Path.Combine(Real(folder), Path.GetFileName(full));
        FileSystemInfo entry = Directory.Exists(here) ? new DirectoryInfo(here) : new FileInfo(here);
        return entry.LinkTarget is null ? here : Real(entry.ResolveLinkTarget(returnFinalTarget: true)!.FullName);
    }

    public static bool IsSame(string one, string other) => string.Equals(Real(one), Real(other), Comparison);
}
