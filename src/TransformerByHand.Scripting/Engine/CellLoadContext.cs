using System.Reflection;
using System.Runtime.Loader;
using Microsoft.DotNet.Interactive.Formatting;

namespace TransformerByHand.Scripting.Engine;

/// <summary>Where the cells' assemblies live: what they refer to never mixes with what this process needs for itself.</summary>
internal sealed class CellLoadContext() : AssemblyLoadContext("Cells")
{
    private readonly Dictionary<string, string> paths = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> folders = [];
    private readonly List<string> nativeFolders = [];
    private readonly Lock gate = new();

    /// <summary>Makes an assembly that a cell refers to loadable, and those beside it.</summary>
    public void Add(string path)
    {
        lock (gate)
        {
            paths.TryAdd(Path.GetFileNameWithoutExtension(path), path);
            string folder = Path.GetDirectoryName(path)!;
            if (!folders.Contains(folder)) folders.Add(folder);
        }
    }

    /// <summary>Adds a folder with native libraries.</summary>
    public void AddNativeFolder(string folder)
    {
        lock (gate)
        {
            if (!nativeFolders.Contains(folder)) nativeFolders.Add(folder);
        }
    }

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string name = assemblyName.Name ?? "";
        if (IsOfHost(name)) return null;
        string? path = Find(name);
        if (path is null || IsOlderThanFramework(name, path)) return null;
        return LoadFromAssemblyPath(path);
    }

    /// <summary>True for an assembly in whose place the cells get the host's or the framework's: cells are not compiled against it either.</summary>
    public static bool IsReplaced(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        return IsOfHost(name) || IsOlderThanFramework(name, path);
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        string[] names = OperatingSystem.IsWindows()
            ? [unmanagedDllName, $"{unmanagedDllName}.dll"]
            : OperatingSystem.IsMacOS()
                ? [unmanagedDllName, $"lib{unmanagedDllName}.dylib", $"{unmanagedDllName}.dylib"]
                : [unmanagedDllName, $"lib{unmanagedDllName}.so", $"{unmanagedDllName}.so"];
        string[] places;
        lock (gate) places = [.. nativeFolders, .. folders];
        foreach (string place in places)
        {
            foreach (string name in names)
            {
                string path = Path.Combine(place, name);
                if (File.Exists(path)) return LoadUnmanagedDllFromPath(path);
            }
        }

        return 0;
    }

    /// <summary>One formatter registry and one set of cell functions for cells and host, whatever build of them a package brings along.</summary>
    private static bool IsOfHost(string name) =>
        name == typeof(Formatter).Assembly.GetName().Name || name == typeof(CellLoadContext).Assembly.GetName().Name;

    private string? Find(string name)
    {
        lock (gate)
        {
            return paths.TryGetValue(name, out string? path)
                ? path
                : folders.Select(folder => Path.Combine(folder, $"{name}.dll")).FirstOrDefault(File.Exists);
        }
    }

    /// <summary>Packages carry framework assemblies for older frameworks; the one that is part of this framework wins unless it is older.</summary>
    private static bool IsOlderThanFramework(string name, string path)
    {
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string inFramework = Path.Combine(runtime, $"{name}.dll");
        return File.Exists(inFramework)
            && AssemblyName.GetAssemblyName(path).Version <= AssemblyName.GetAssemblyName(inFramework).Version;
    }
}
