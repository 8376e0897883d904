namespace TransformerByHand.Scripting.Engine;

/// <summary>Makes the packages that a text refers to available to its code.</summary>
internal sealed class PackageLoader(SubmissionChain chain, CellLoadContext assemblies, Action<CellOutput> emit)
{
    private readonly Dictionary<string, string?> wanted = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> sources = [];
    private readonly Dictionary<string, string> failures = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> extensions = new(StringComparer.Ordinal);

    /// <summary>Restores the packages of a text, with all earlier ones, and adds their assemblies.</summary>
    /// <exception cref="CellError">A package cannot be restored; the error names it.</exception>
    public void Load(IReadOnlyList<CellPart> parts, TextName text, Stopper stopper)
    {
        foreach (PackageSourcePart source in parts.OfType<PackageSourcePart>())
        {
            if (!sources.Contains(source.Source)) sources.Add(source.Source);
        }

        PackagePart[] missing = [.. parts.OfType<PackagePart>().Where(package => !wanted.ContainsKey(package.Name) || wanted[package.Name] != package.Version)];
        if (missing.Length == 0) return;

        // A missing package, or no network, costs seconds; within a session it is asked for once.
        string request = string.Join(";", missing.Select(package => $"{package.Name},{package.Version}").Concat(sources));
        if (failures.TryGetValue(request, out string? known)) throw Unavailable(missing[0], text, known);

        foreach (PackagePart package in missing)
        {
            if (wanted.TryGetValue(package.Name, out string? loaded))
            {
                throw new CellError("PackageConflict",
                    $"{text.Place(package.Line)}: Package {package.Name} is already loaded in version {loaded ?? "newest"}. Restart the kernel to use {package.Version ?? "the newest"}.", package.Line);
            }
        }

        Dictionary<string, string?> all = new(wanted, StringComparer.OrdinalIgnoreCase);
        foreach (PackagePart package in missing) all[package.Name] = package.Version;
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

        foreach (PackagePart package in missing) wanted[package.Name] = package.Version;
        foreach (string folder in restored.NativeFolders) assemblies.AddNativeFolder(folder);
        foreach (string path in restored.RuntimeAssemblies) assemblies.Add(path);
        foreach (string path in restored.CompileAssemblies) chain.AddReference(path);
        foreach (string path in PackageExtensions.Find(restored.Folders).Where(extensions.Add))
        {
            string? problem = null;
            stopper.Guard(() => problem = PackageExtensions.Run(assemblies, path));
            if (problem is not null) emit(new StreamOutput(StreamOutput.Error, problem + "\n"));
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
