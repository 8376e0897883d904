using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.DotNet.Interactive.Formatting;

namespace TransformerByHand.Scripting.Engine;

/// <summary>What cells can refer to: the framework from the start, and whatever <c>#r</c> adds.</summary>
/// <remarks>
/// Each file's metadata is opened once and held for the whole session. Opening the references again in every cell costs
/// a quarter of a second a cell.
/// </remarks>
/// <param name="baseDirectory">What paths are relative to.</param>
/// <param name="documentation">Gives the documentation of an assembly; nothing to compile needs it.</param>
internal sealed class CellReferences(string baseDirectory, Func<string, DocumentationProvider?>? documentation = null) : MetadataReferenceResolver
{
    private static readonly string OwnFolder = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);

    private readonly ConcurrentDictionary<string, PortableExecutableReference> byPath = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> framework = FrameworkAssemblies();

    /// <summary>The references of the first submission; later ones inherit them.</summary>
    public IEnumerable<MetadataReference> Initial()
    {
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        IEnumerable<string> runtimeAssemblies = framework.Values.Where(path => Path.GetDirectoryName(path) == runtime);
        Assembly[] own = [typeof(Formatter).Assembly, typeof(Microsoft.AspNetCore.Html.IHtmlContent).Assembly, typeof(CellReferences).Assembly];
        return runtimeAssemblies.Concat(own.Select(assembly => assembly.Location)).Distinct().Select(FromFile);
    }

    /// <summary>Opens an assembly, or returns the one already open.</summary>
    public PortableExecutableReference FromFile(string path) =>
        byPath.GetOrAdd(path, path => MetadataReference.CreateFromFile(path, documentation: documentation?.Invoke(path)));

    /// <summary>Resolves <c>#r "…"</c>: a path relative to the notebook's folder (never to the script it stands in), or the name of a framework assembly.</summary>
    public override ImmutableArray<PortableExecutableReference> ResolveReference(string reference, string? baseFilePath, MetadataReferenceProperties properties)
    {
        string path = Path.GetFullPath(Path.Combine(baseDirectory, reference.Replace('\\', '/')));
        if (File.Exists(path)) return [FromFile(path)];
        return framework.TryGetValue(SimpleName(reference), out string? known) ? [FromFile(known)] : [];
    }

    public override bool ResolveMissingAssemblies => true;

    /// <summary>Finds what a referenced assembly itself refers to: beside it, or in the framework.</summary>
    public override PortableExecutableReference? ResolveMissingAssembly(MetadataReference definition, AssemblyIdentity referenceIdentity)
    {
        // What this process needs for itself is hidden from the cells, which may refer to another build of it.
        if (definition is PortableExecutableReference { FilePath: { } path } && Path.GetDirectoryName(path) != OwnFolder)
        {
            string beside = Path.Combine(Path.GetDirectoryName(path)!, $"{referenceIdentity.Name}.dll");
            if (File.Exists(beside)) return FromFile(beside);
        }

        return framework.TryGetValue(referenceIdentity.Name, out string? known) ? FromFile(known) : null;
    }

    public override bool Equals(object? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    private static string SimpleName(string reference) =>
        reference.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? reference[..^4] : reference.Split(',')[0];

    /// <summary>The shared frameworks' assemblies by name: without this process's own, which are no business of the cells.</summary>
    private static Dictionary<string, string> FrameworkAssemblies()
    {
        string trusted = (string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "";
        var byName = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string path in trusted.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            if (Path.GetDirectoryName(path) != OwnFolder) byName.TryAdd(Path.GetFileNameWithoutExtension(path), path);
        }

        return byName;
    }
}
