namespace TransformerByHand.Course.ClientTests;

/// <summary>The course as it was built: where it lies, and how to run it as a learner does.</summary>
internal static class CourseBuild
{
    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    public static string Notebooks => Path.Combine(Root, "notebooks");

    /// <summary>The program that <c>dotnet run --project src/Course</c> starts.</summary>
    public static string Program => Path.Combine(Root, "artifacts", "bin", "Course", "course", "Course.dll");

    /// <summary>Where pictures of what the tests saw are kept.</summary>
    public static string Screenshots => Directory.CreateDirectory(Path.Combine(Root, "artifacts", "screenshots")).FullName;

    /// <summary>The lessons' names: <c>00-start-here</c> and so on.</summary>
    public static IEnumerable<string> Lessons => Directory.EnumerateFiles(Notebooks, "*.ipynb").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "TransformerByHand.slnx"))) return folder.FullName;
        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds the course.");
    }
}
