using System.IO.Compression;

namespace TransformerByHand.Scripting.Tests.Support;

/// <summary>Makes small NuGet packages in a folder that can then be named as a source.</summary>
internal static class TestPackage
{
    /// <summary>Packs files (path in the package → file) as <c>ID.VERSION.nupkg</c>.</summary>
    public static void Build(string folder, string id, string version, IReadOnlyDictionary<string, string> files)
    {
        Directory.CreateDirectory(folder);
        using ZipArchive package = ZipFile.Open(Path.Combine(folder, $"{id}.{version}.nupkg"), ZipArchiveMode.Create);
        using (var specification = new StreamWriter(package.CreateEntry($"{id}.nuspec").Open()))
        {
            specification.Write(
                $"""
                <?xml version="1.0"?>
                <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
                  <metadata>
                    <id>{id}</id><version>{version}</version><authors>tests</authors><description>For a test.</description>
                    <dependencies><group targetFramework="net8.0" /></dependencies>
                  </metadata>
                </package>
                """);
        }

        foreach ((string path, string file) in files) package.CreateEntryFromFile(file, path);
    }
}
