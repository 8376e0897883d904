using NuGet.Versioning;

namespace TransformerByHand.Scripting.Engine;

/// <summary>Makes the packages that a text refers to available to its code.</summary>
internal sealed class PackageLoader(SubmissionChain chain, CellLoadContext assemblies, Action<CellOutput> emit)
{
    private const string Newest = "*";

    // The packages that were asked for, and all those that were loaded, in the versions that NuGet chose.
    private readonly Dictionary<string, string> wanted = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, NuGetVersion> loaded = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> sources = [];
    private readonly Dictionary<string, string> failures = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> extensions = new(StringComparer.Ordinal);

    /// <summary>Restores the packages of a text, with all earlier ones, and adds their assemblies.</summary>
    /// <exception cref="CellError">A package cannot be restored, or is there in another version; the error names it.</exception>
    public void Load(IReadOnlyList<CellPart> parts, TextName text, Stopper stopper)
    {
        foreach (PackageSourcePart source in parts.OfType<PackageSourcePart>())
        {
            if (!sources.Contains(source.Source)) sources.Add(source.Source);
        }

        PackagePart[] missing = [.. parts.OfType<PackagePart>().Where(package => !IsLoaded(package, text, stopper))];
        if (missing.Length == 0) return;

        // A missing package, or no network, costs seconds; within a session it is asked for once.
        string request = string.Join(";", missing.Select(package => $"{package.Name},{package.Version}").Concat(sources));
        if (failures.TryGetValue(request, out string? known)) throw Unavailable(missing[0], text, known);

        Dictionary<string, string> all = new(wanted, StringComparer.OrdinalIgnoreCase);
        foreach (PackagePart package in missing) all[package.Name] = package.Version ?? Newest;
        RestoredPackages restored;
        try
        {
            restored = PackageRestore.Run(all, sources, stopper);
        }
        catch (PackageRestoreException e)
        {
            failures[request] = e.Message;
            PackagePart culprit = missing.FirstOrDefault(package => e.Message.Contains(package.Name, StringComparison.OrdinalIgnoreCase)) ?? missing[0];
            throw Unavailable(culprit, text, e.Message);
        }

        if (CppRuntime.Problem(restored.NativeFolders) is { } unusable)
        {
            failures[request] = unusable;
            PackagePart culprit = missing[0];
            throw new CellError(
                ErrorReport.OfMessage("PackageUnavailable", $"{text.Place(culprit.Line)}: Package {culprit.Name} cannot be used here: {unusable}", culprit.Line), culprit.Name);
        }

        foreach ((string name, NuGetVersion version) in restored.Versions) loaded.TryAdd(name, version);
        foreach (PackagePart package in missing) wanted[package.Name] = loaded[package.Name].ToNormalizedString();
        foreach (string folder in restored.NativeFolders) assemblies.AddNativeFolder(folder);
        foreach (string path in restored.RuntimeAssemblies) assemblies.Add(path);
        foreach (string path in restored.CompileAssemblies.Where(path => !CellLoadContext.IsReplaced(path))) chain.AddReference(path);
        foreach (string path in PackageExtensions.Find(restored.Folders).Where(extensions.Add))
        {
            string? problem = null;
            stopper.Guard(() => problem = PackageExtensions.Run(assemblies, path));
            if (problem is not null) emit(new StreamOutput(StreamOutput.Error, problem + "\n"));
        }
    }

    /// <summary>True if the loaded packages hold what is asked for.</summary>
    /// <exception cref="CellError">They hold the package in a version that is not it.</exception>
    private bool IsLoaded(PackagePart package, TextName text, Stopper stopper)
    {
        if (!loaded.TryGetValue(package.Name, out NuGetVersion? version)) return false;
        if (package.Version is not { } asked || Accepts(asked, version) || Resolve(package.Name, asked, stopper) == version) return true;
        throw new CellError("PackageConflict",
            $"{text.Place(package.Line)}: Package {package.Name} is already loaded in version {version.ToNormalizedString()}. Restart the kernel to use {asked}.", package.Line);
    }

    /// <summary>Whether a version is the one that is asked for, or one of those: <c>1.2.3</c>, <c>2.*</c>, <c>[1.0, 2.0)</c>.</summary>
    private static bool Accepts(string asked, NuGetVersion version)
    {
        if (NuGetVersion.TryParse(asked, out NuGetVersion? exact)) return exact == version;
        return VersionRange.TryParse(asked, out VersionRange? range) && (range.IsFloating ? range.Float!.Satisfies(version) : range.Satisfies(version));
    }

    /// <summary>The version that NuGet takes where another is asked for: a feed need not have every one. Null if it has none.</summary>
    private NuGetVersion? Resolve(string name, string asked, Stopper stopper)
    {
        try
        {
            return PackageRestore.Run(new Dictionary<string, string> { [name] = asked }, sources, stopper).Versions.GetValueOrDefault(name);
        }
        catch (PackageRestoreException)
        {
            return null;
        }
    }

    private static CellError Unavailable(PackagePart package, TextName text, string reason)
    {
        string version = package.Version is null ? "" : $" {package.Version}";
        return new CellError(
            ErrorReport.OfMessage("PackageUnavailable", $"{text.Place(package.Line)}: Package {package.Name}{version} could not be restored: {reason}", package.Line),
            package.Name);
    }
}
