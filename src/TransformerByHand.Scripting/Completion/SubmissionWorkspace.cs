using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using TransformerByHand.Scripting.Engine;

namespace TransformerByHand.Scripting;

/// <summary>The cells that have run, as the compiler's editing services see them: a chain of submissions.</summary>
/// <remarks>The same chain as the one in the process that runs the cells, rebuilt from the texts it reports; nothing here is ever run.</remarks>
internal sealed class SubmissionWorkspace : IDisposable
{
    private readonly AdhocWorkspace workspace = new();
    private readonly CellReferences references;
    private readonly CSharpCompilationOptions options;
    private readonly Lock gate = new();
    private Solution solution;
    private ProjectId? last;
    private int count;

    public SubmissionWorkspace(string baseDirectory)
    {
        references = new CellReferences(baseDirectory, AssemblyDocumentation.Of);
        options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            allowUnsafe: true,
            metadataReferenceResolver: references,
            sourceReferenceResolver: new SourceFileResolver([], baseDirectory),
            assemblyIdentityComparer: DesktopAssemblyIdentityComparer.Default);
        solution = workspace.CurrentSolution;
    }

    /// <summary>Adds a text at the end of the chain.</summary>
    public void Append(CellDeclarations declarations)
    {
        lock (gate) (solution, last) = With(declarations);
    }

    /// <summary>Starts a new chain.</summary>
    public void Clear()
    {
        lock (gate) (solution, last) = (workspace.CurrentSolution, null);
    }

    /// <summary>A text as it would stand at the end of the chain, which stays as it is.</summary>
    public Document Document(string code)
    {
        lock (gate)
        {
            (Solution with, ProjectId project) = With(new CellDeclarations(code, []));
            return with.GetProject(project)!.Documents.Single();
        }
    }

    public void Dispose() => workspace.Dispose();

    private (Solution Solution, ProjectId Project) With(CellDeclarations declarations)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"Submission#{++count}");
        ProjectId project = ProjectId.CreateNewId(name);
        IEnumerable<MetadataReference> added = declarations.Packages.Select(references.FromFile);
        if (last is null) added = references.Initial().Concat(added);
        var info = ProjectInfo.Create(
            project, VersionStamp.Default, name, name, LanguageNames.CSharp,
            compilationOptions: options.WithScriptClassName(name).WithUsings(last is null ? SubmissionChain.DefaultUsings : []),
            parseOptions: SubmissionChain.ParseOptions.WithDocumentationMode(DocumentationMode.Parse),
            documents: [DocumentInfo.Create(
                DocumentId.CreateNewId(project), name, sourceCodeKind: SourceCodeKind.Script,
                loader: TextLoader.From(TextAndVersion.Create(SourceText.From(declarations.Code), VersionStamp.Default)))],
            projectReferences: last is null ? [] : [new ProjectReference(last)],
            metadataReferences: added,
            isSubmission: true,
            hostObjectType: null);
        return (solution.AddProject(info), project);
    }
}
