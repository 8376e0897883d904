namespace TransformerByHand.Course.ClientTests;

/// <summary>The course with notebooks that may be written to: a copy of the notebooks, and links to everything beside them.</summary>
internal sealed class CheckoutCopy : IDisposable
{
    public CheckoutCopy(string name = "course")
    {
        Parent = Directory.CreateTempSubdirectory("checkout-").FullName;
        Root = Path.Combine(Parent, name);
        Directory.CreateDirectory(Notebooks);
        foreach (string file in Directory.EnumerateFiles(CourseBuild.Notebooks, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(Notebooks, Path.GetRelativePath(CourseBuild.Notebooks, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        foreach (string entry in Directory.EnumerateFileSystemEntries(CourseBuild.Root).Where(entry => Path.GetFileName(entry) is not ("notebooks" or ".git")))
            File.CreateSymbolicLink(Path.Combine(Root, Path.GetFileName(entry)), entry);
    }

    public string Parent { get; }

    public string Root { get; }

    public string Notebooks => Path.Combine(Root, "notebooks");

    public string Lesson(string name) => Path.Combine(Notebooks, name + ".ipynb");

    // The links go, not what they point to.
    public void Dispose() => Directory.Delete(Parent, recursive: true);
}
