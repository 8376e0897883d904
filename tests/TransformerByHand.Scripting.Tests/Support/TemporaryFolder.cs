namespace TransformerByHand.Scripting.Tests.Support;

/// <summary>A folder that is gone after the test. Its name has a space and letters beyond ASCII, as learners' folders do.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("Übungs ordner ").FullName;

    public string Write(string name, string text)
    {
        string path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A worker that is still ending may hold a file; the system clears its temporary folder.
        }
    }
}
