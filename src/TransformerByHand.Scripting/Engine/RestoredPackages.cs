using System.Text.Json.Nodes;
using NuGet.Versioning;

namespace TransformerByHand.Scripting.Engine;

/// <summary>The files of restored packages and of all they depend on.</summary>
/// <param name="CompileAssemblies">What cells compile against.</param>
/// <param name="RuntimeAssemblies">What is loaded when they run.</param>
/// <param name="NativeFolders">Where native libraries lie.</param>
/// <param name="Folders">Each package's own folder.</param>
/// <param name="Versions">Each package's version, by name.</param>
internal sealed record RestoredPackages(
    IReadOnlyList<string> CompileAssemblies, IReadOnlyList<string> RuntimeAssemblies, IReadOnlyList<string> NativeFolders, IReadOnlyList<string> Folders,
    IReadOnlyDictionary<string, NuGetVersion> Versions)
{
    /// <summary>Reads the list that a restore leaves behind.</summary>
    public static RestoredPackages Read(string assetsFile, string runtimeIdentifier)
    {
        JsonObject root = JsonNode.Parse(File.ReadAllText(assetsFile))!.AsObject();
        string[] packageFolders = [.. root["packageFolders"]!.AsObject().Select(folder => folder.Key)];
        JsonObject libraries = root["libraries"]!.AsObject();
        JsonObject target = root["targets"]!.AsObject()
            .First(candidate => candidate.Key.EndsWith($"/{runtimeIdentifier}", StringComparison.Ordinal)).Value!.AsObject();

        var compile = new List<string>();
        var runtime = new List<string>();
        var native = new List<string>();
        var folders = new List<string>();
        var versions = new Dictionary<string, NuGetVersion>(StringComparer.OrdinalIgnoreCase);
        foreach ((string library, JsonNode? assets) in target)
        {
            if (libraries[library]?["path"]?.GetValue<string>() is not { } path) continue;
            // Name/1.2.3
            versions[library[..library.IndexOf('/', StringComparison.Ordinal)]] = NuGetVersion.Parse(library[(library.IndexOf('/', StringComparison.Ordinal) + 1)..]);
            compile.AddRange(Files(assets!["compile"], path).Where(IsAssembly));
            runtime.AddRange(Files(assets["runtime"], path).Where(IsAssembly));
            folders.AddRange(packageFolders.Select(folder => Path.GetFullPath(Path.Combine(folder, path))).Where(Directory.Exists).Take(1));
            native.AddRange(Files(assets["native"], path).Select(file => Path.GetDirectoryName(file)!));
        }

        // A reference assembly describes an implementation that must be loadable too: where the runtime folder has one of
        // the same name, cells compile against that, as they do for the framework.
        Dictionary<string, string> byName = runtime.DistinctBy(Path.GetFileName).ToDictionary(file => Path.GetFileName(file));
        return new RestoredPackages(
            [.. compile.Select(file => byName.GetValueOrDefault(Path.GetFileName(file), file)).Distinct()],
            [.. runtime.Distinct()],
            [.. native.Distinct()],
            folders,
            versions);

        IEnumerable<string> Files(JsonNode? group, string libraryPath)
        {
            foreach ((string file, _) in group as JsonObject ?? [])
            {
                // '_._' says that a package has nothing for this framework.
                if (Path.GetFileName(file) == "_._") continue;
                string? found = packageFolders.Select(folder => Path.GetFullPath(Path.Combine(folder, libraryPath, file))).FirstOrDefault(File.Exists);
                if (found is not null) yield return found;
            }
        }
    }

    private static bool IsAssembly(string file) => file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase);
}
