using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Xml;
using Microsoft.CodeAnalysis;

namespace TransformerByHand.Scripting;

/// <summary>The XML documentation of an assembly: beside it, or, for the framework's own, in the SDK's reference pack.</summary>
internal sealed class AssemblyDocumentation : DocumentationProvider
{
    private static readonly string RuntimeFolder = Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory());

    // Read when the first member is asked about: the framework's files are large.
    private readonly Lazy<Dictionary<string, string>> members;

    private AssemblyDocumentation(IReadOnlyList<string> files) => members = new(() => Read(files));

    /// <summary>Finds the documentation of an assembly; null if there is none.</summary>
    public static AssemblyDocumentation? Of(string assemblyPath)
    {
        string[] files = [.. Candidates(assemblyPath).Where(File.Exists)];
        return files.Length == 0 ? null : new AssemblyDocumentation(files);
    }

    protected override string GetDocumentationForSymbol(string documentationMemberID, CultureInfo preferredCulture, CancellationToken cancellationToken = default) =>
        members.Value.GetValueOrDefault(documentationMemberID, "");

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    private static IEnumerable<string> Candidates(string assemblyPath)
    {
        if (Path.GetDirectoryName(assemblyPath) != RuntimeFolder) return [Path.ChangeExtension(assemblyPath, ".xml")];
        if (ReferencePack() is not { } pack) return [];
        string name = Path.GetFileNameWithoutExtension(assemblyPath);
        // The types that live in the core library are documented where programs are told that they live.
        string[] documents = name == "System.Private.CoreLib" ? ["System.Runtime", "System.Collections", "System.Threading", "System.Console"] : [name];
        return documents.Select(document => Path.Combine(pack, $"{document}.xml"));
    }

    /// <summary><c>packs/Microsoft.NETCore.App.Ref/10.0.x/ref/net10.0</c> of the SDK that this runtime belongs to.</summary>
    private static string? ReferencePack()
    {
        // <root>/shared/Microsoft.NETCore.App/<version>/
        string packs = Path.GetFullPath(Path.Combine(RuntimeFolder, "..", "..", "..", "packs", "Microsoft.NETCore.App.Ref"));
        int major = Environment.Version.Major;
        return !Directory.Exists(packs) ? null : Directory.EnumerateDirectories(packs, $"{major}.*")
            .Select(version => Path.Combine(version, "ref", $"net{major}.0"))
            .FirstOrDefault(Directory.Exists);
    }

    private static Dictionary<string, string> Read(IReadOnlyList<string> files)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string file in files)
        {
            try
            {
                using XmlReader reader = XmlReader.Create(file);
                while (!reader.EOF)
                {
                    if (reader is { NodeType: XmlNodeType.Element, Name: "member" } && reader.GetAttribute("name") is { } id) found.TryAdd(id, reader.ReadOuterXml());
                    else reader.Read();
                }
            }
            catch (Exception e) when (e is XmlException or IOException or UnauthorizedAccessException)
            {
                // Help that cannot be read is help that is not there.
            }
        }

        return found;
    }
}
