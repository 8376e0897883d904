using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace TransformerByHand.Scripting.Engine;

/// <summary>C# submissions, each of which sees what the ones before it declared.</summary>
/// <remarks>
/// The compiler's scripting mode: a submission becomes a class whose fields are the cell's variables. Nothing is optimised
/// away, as in .NET Interactive. A submission that does not compile leaves no trace.
/// </remarks>
internal sealed class SubmissionChain
{
    // .NET Interactive's, and the one that brings display and HTML. Later submissions inherit them from the first.
    internal static readonly string[] DefaultUsings =
    [
        "System",
        "System.Text",
        "System.Collections",
        "System.Collections.Generic",
        "System.Threading.Tasks",
        "System.Linq",
        "TransformerByHand.Scripting.InCells.CellFunctions",
    ];

    internal static readonly CSharpParseOptions ParseOptions =
        new(LanguageVersion.CSharp14, DocumentationMode.None, SourceCodeKind.Script);

    private readonly CellReferences references;
    private readonly CellLoadContext assemblies;
    private readonly CSharpCompilationOptions compilationOptions;
    private readonly List<MetadataReference> added = [];
    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private readonly List<string> addedReferences = [];
    private readonly string session = Guid.NewGuid().ToString("N");
    private CSharpCompilation? last;
    private object?[] states = new object?[16];
    private int count;

    public SubmissionChain(string baseDirectory, CellReferences references, CellLoadContext assemblies)
    {
        this.references = references;
        this.assemblies = assemblies;
        compilationOptions = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            optimizationLevel: OptimizationLevel.Debug,
            // As in .NET Interactive.
            allowUnsafe: true,
            concurrentBuild: false,
            metadataReferenceResolver: references,
            sourceReferenceResolver: new CellSources(baseDirectory),
            assemblyIdentityComparer: DesktopAssemblyIdentityComparer.Default);
        added.AddRange(references.Initial());
        foreach (PortableExecutableReference reference in added.OfType<PortableExecutableReference>()) known.Add(reference.FilePath!);
    }

    /// <summary>The instances of the submissions that have run, oldest first: their fields are the cells' variables.</summary>
    public IEnumerable<object> Instances => states.OfType<object>();

    /// <summary>Adds an assembly for the next submission and those after it.</summary>
    public void AddReference(string path)
    {
        if (!known.Add(path)) return;
        assemblies.Add(path);
        added.Add(references.FromFile(path));
        addedReferences.Add(path);
    }

    /// <summary>The assemblies added since this was last asked.</summary>
    public IReadOnlyList<string> TakeAddedReferences()
    {
        string[] taken = [.. addedReferences];
        addedReferences.Clear();
        return taken;
    }

    /// <summary>Compiles the next submission.</summary>
    /// <param name="code">C# in scripting mode.</param>
    /// <param name="path">The name of the text in messages.</param>
    /// <param name="ct">Ends the compilation.</param>
    /// <exception cref="CompilationFailedException">The text does not compile.</exception>
    public Submission Compile(string code, string path, CancellationToken ct)
    {
        // A text is named by a line directive. Of a file that has a path the compiler computes a checksum, on the thread pool,
        // which the cells may have filled.
        string named = $"#line 1 \"{path.Replace('"', '\'')}\"\n{code}";
        SyntaxTree written = CSharpSyntaxTree.ParseText(SourceText.From(named, Encoding.UTF8), ParseOptions, path: "", ct);
        SyntaxTree tree = LoopChecks.AddTo(written);
        try
        {
            return Compile(tree, ct);
        }
        catch (CompilationFailedException) when (tree != written)
        {
            // Once more as it was written: columns in messages are those of the cell.
            return Compile(written, ct);
        }
    }

    private Submission Compile(SyntaxTree tree, CancellationToken ct)
    {
        int number = count + 1;
        CSharpCompilation compilation = CSharpCompilation.CreateScriptCompilation(
            string.Create(CultureInfo.InvariantCulture, $"ℛ*{session}#{number}"),
            tree,
            added,
            compilationOptions
                .WithScriptClassName(string.Create(CultureInfo.InvariantCulture, $"Submission#{number}"))
                .WithUsings(last is null ? DefaultUsings : []),
            last,
            typeof(object));

        var image = new MemoryStream();
        var symbols = new MemoryStream();
        EmitResult result = compilation.Emit(
            image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb), cancellationToken: ct);
        ImmutableArray<Diagnostic> errors = [.. result.Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error)];
        if (errors.Length > 0) throw new CompilationFailedException(errors);

        foreach (PortableExecutableReference reference in compilation.References.OfType<PortableExecutableReference>().Concat(compilation.DirectiveReferences.OfType<PortableExecutableReference>()))
        {
            if (reference.FilePath is { } file && known.Add(file)) assemblies.Add(file);
        }

        // Without errors and yet without success: there is nothing to run, only using lines or comments.
        return new Submission(this, compilation, tree, result.Success ? image : null, symbols)
        {
            Warnings =
            [
                .. from found in result.Diagnostics
                   where found.Severity is DiagnosticSeverity.Warning or DiagnosticSeverity.Info && !found.IsSuppressed
                   orderby found.Location.SourceSpan.Start
                   let line = found.Location.GetMappedLineSpan().StartLinePosition.Line + 1
                   select string.Create(CultureInfo.InvariantCulture, $"line {line}: {found.Id}: {found.GetMessage(CultureInfo.InvariantCulture)}"),
            ],
        };
    }

    /// <summary>A compiled submission that has not run.</summary>
    public sealed class Submission(SubmissionChain chain, CSharpCompilation compilation, SyntaxTree tree, MemoryStream? image, MemoryStream symbols)
    {
        /// <summary>True when the text ends in an expression without semicolon (or returns) and so has a value to show.</summary>
        public bool HasValue { get; } = HasTrailingValue(compilation, tree);

        /// <summary>What the compiler remarks on, in the order of the text.</summary>
        public IReadOnlyList<string> Warnings { get; init; } = [];

        /// <summary>Makes the submission the last of the chain and returns what runs it.</summary>
        public Func<Task<object?>> Load()
        {
            if (image is null)
            {
                Append();
                return () => Task.FromResult<object?>(null);
            }

            image.Position = 0;
            symbols.Position = 0;
            Assembly assembly = chain.assemblies.LoadFromStream(image, symbols);
            IMethodSymbol entry = compilation.GetEntryPoint(CancellationToken.None)!;
            var factory = assembly.GetType(entry.ContainingType.MetadataName, throwOnError: true)!
                .GetMethod(entry.MetadataName, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!
                .CreateDelegate<Func<object?[], Task<object?>>>();

            Append();
            object?[] states = chain.states;
            return () =>
            {
                using AssemblyLoadContext.ContextualReflectionScope scope = chain.assemblies.EnterContextualReflection();
                return factory(states);
            };
        }

        /// <summary>Makes its declarations available to later cells, also when it throws half-way.</summary>
        private void Append()
        {
            chain.last = compilation;
            chain.added.Clear();
            chain.count++;
            if (chain.count + 1 >= chain.states.Length) Array.Resize(ref chain.states, chain.states.Length * 2);
        }

        private static bool HasTrailingValue(CSharpCompilation compilation, SyntaxTree tree)
        {
            var root = (CompilationUnitSyntax)tree.GetRoot();
            GlobalStatementSyntax? lastStatement = root.Members.OfType<GlobalStatementSyntax>().LastOrDefault();
            if (root.Members.LastOrDefault() == lastStatement
                && lastStatement?.Statement is ExpressionStatementSyntax { SemicolonToken.IsMissing: true } trailing)
            {
                ITypeSymbol? type = compilation.GetSemanticModel(tree).GetTypeInfo(trailing.Expression).Type;
                return type is null || type.SpecialType != SpecialType.System_Void;
            }

            return root.Members.OfType<GlobalStatementSyntax>()
                .SelectMany(member => member.DescendantNodes(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)))
                .OfType<ReturnStatementSyntax>()
                .Any(returned => returned.Expression is not null);
        }
    }
}
