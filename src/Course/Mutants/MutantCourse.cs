using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TransformerByHand.Exercises;

namespace TransformerByHand.Course.Mutants;

/// <summary>The exercises compiled anew from their sources, with the mutants among the members of their lessons' classes.</summary>
/// <remarks>
/// A mutant stands where its original stands, so it sees the same private helpers. The course that results is loaded beside
/// the one that this program runs with, and is spoken to by reflection alone.
/// </remarks>
internal sealed class MutantCourse
{
    private const string GlobalUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Preview);

    private readonly CSharpCompilation _compilation;

    private MutantCourse(CSharpCompilation compilation) => _compilation = compilation;

    /// <summary>Reads the sources.</summary>
    /// <param name="folder">The folder of the exercises' project.</param>
    public static MutantCourse Read(string folder)
    {
        IEnumerable<SyntaxTree> trees = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => WithoutGenerators(CSharpSyntaxTree.ParseText(File.ReadAllText(file), ParseOptions, file)));
        string own = typeof(Exercise).Assembly.GetName().Name!;
        IEnumerable<MetadataReference> references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => Path.GetFileNameWithoutExtension(file) != own).Select(file => MetadataReference.CreateFromFile(file));
        return new MutantCourse(CSharpCompilation.Create(own,
            [CSharpSyntaxTree.ParseText(GlobalUsings, ParseOptions), CSharpSyntaxTree.ParseText(LoopGuards.Source, ParseOptions), .. trees], references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Disable)));
    }

    /// <summary>Makes every mutant of the exercises of some lessons; not all of them compile.</summary>
    /// <param name="lessons">The two digits of each lesson; all lessons if there is none.</param>
    public IReadOnlyList<Mutant> Mutate(IReadOnlyCollection<string> lessons)
    {
        var mutants = new List<Mutant>();
        foreach (SyntaxTree tree in _compilation.SyntaxTrees)
        {
            foreach (PropertyDeclarationSyntax property in tree.GetRoot().DescendantNodes().OfType<PropertyDeclarationSyntax>())
            {
                if (property is not { Type: GenericNameSyntax { Identifier.Text: "FunctionExercise" or "TestExercise" } type, Initializer.Value: ImplicitObjectCreationExpressionSyntax creation }) continue;
                string id = ((LiteralExpressionSyntax)Argument(creation, "id")!).Token.ValueText;
                if (lessons.Count > 0 && !lessons.Contains(id[..2])) continue;

                SemanticModel model = _compilation.GetSemanticModel(tree);
                bool isTest = type.Identifier.Text == "TestExercise";
                Add(mutants, new MutatedPiece(id, null), Argument(creation, "solution")!, property, type.TypeArgumentList.Arguments[0].ToString(), model, isTest);
                // Other numbers have a property as well: there a changed implementation is no wrong one.
                if (!isTest || Argument(creation, "errors")?.ToString() == "SmallErrors.None" || Argument(creation, "correct") is not CollectionExpressionSyntax correct) continue;
                foreach (ExpressionElementSyntax element in correct.Elements.OfType<ExpressionElementSyntax>())
                {
                    if (element.Expression is not ImplicitObjectCreationExpressionSyntax { ArgumentList.Arguments: [{ Expression: LiteralExpressionSyntax name }, _, var code] }) continue;
                    Add(mutants, new MutatedPiece(id, name.Token.ValueText), code.Expression, property, type.TypeArgumentList.Arguments[1].ToString(), model, isTest: false);
                }
            }
        }
        return mutants;
    }

    /// <summary>Compiles the course with those mutants that compile.</summary>
    /// <returns>The assembly, and the mutants that are in it.</returns>
    /// <exception cref="CourseException">The sources do not compile as they are.</exception>
    public (Assembly Assembly, IReadOnlyList<Mutant> Mutants) Compile(IReadOnlyList<Mutant> mutants, CancellationToken cancellation)
    {
        var trees = mutants.ToDictionary(mutant => CSharpSyntaxTree.ParseText(mutant.Source, ParseOptions), mutant => mutant);
        CSharpCompilation whole = _compilation.AddSyntaxTrees(trees.Keys);
        HashSet<SyntaxTree> broken = [.. whole.GetDiagnostics(cancellation).Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(diagnostic => diagnostic.Location.SourceTree).OfType<SyntaxTree>()];
        using var image = new MemoryStream();
        var emitted = whole.RemoveSyntaxTrees(broken.Where(trees.ContainsKey)).Emit(image, cancellationToken: cancellation);
        if (!emitted.Success)
            throw new CourseException($"The exercises do not compile: {emitted.Diagnostics.First(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)}");
        image.Position = 0;
        return (new AssemblyLoadContext("mutants").LoadFromStream(image), [.. trees.Where(tree => !broken.Contains(tree.Key)).Select(tree => tree.Value).OrderBy(mutant => mutant.Number)]);
    }

    private void Add(List<Mutant> mutants, MutatedPiece piece, ExpressionSyntax code, PropertyDeclarationSyntax property, string delegateType, SemanticModel model, bool isTest)
    {
        SyntaxNode root = code;
        // A function of the class, named or called with its very parameters, is mutated itself.
        if (Function(code, model) is { } method)
        {
            root = method;
            model = _compilation.GetSemanticModel(method.SyntaxTree);
        }

        string original = root.ToString();
        HashSet<string> seen = [original];
        foreach (SyntaxNode changed in Mutations.Of(root, model, isTest, isAnswer: !isTest && piece.Implementation is null))
        {
            if (!seen.Add(changed.ToString())) continue;
            (string was, string now) = Difference(original, changed.ToString());
            int number = mutants.Count;
            mutants.Add(new Mutant(number, piece, was, now, Source(root, LoopGuards.AddTo(changed), property, delegateType, number)));
        }
    }

    // No source generator runs here: an expression that one would write out is made when it is asked for.
    private static SyntaxTree WithoutGenerators(SyntaxTree tree)
    {
        SyntaxNode root = tree.GetRoot();
        MethodDeclarationSyntax[] generated = [.. root.DescendantNodes().OfType<MethodDeclarationSyntax>().Where(method => method.AttributeLists.ToString().StartsWith("[GeneratedRegex", StringComparison.Ordinal))];
        return generated.Length == 0 ? tree : tree.WithRootAndOptions(root.ReplaceNodes(generated, (method, _) => SyntaxFactory.ParseMemberDeclaration(
            $"private static Regex {method.Identifier}() => new Regex{method.AttributeLists[0].Attributes[0].ArgumentList};")!), tree.Options);
    }

    private static string Source(SyntaxNode original, SyntaxNode changed, PropertyDeclarationSyntax property, string delegateType, int number)
    {
        string usings = string.Join('\n', original.SyntaxTree.GetCompilationUnitRoot().Usings.Concat(property.SyntaxTree.GetCompilationUnitRoot().Usings).Select(directive => directive.ToString()).Distinct());
        string lesson = property.FirstAncestorOrSelf<ClassDeclarationSyntax>()!.Identifier.Text;
        string body = changed is MethodDeclarationSyntax method
            ? $"{method.WithIdentifier(SyntaxFactory.Identifier($"MutantCode_{number}")).ToFullString()}\n    public static Delegate Mutant_{number}() => ({delegateType})MutantCode_{number};"
            : $"public static Delegate Mutant_{number}() => ({delegateType})({changed.ToFullString()});";
        return $"#nullable enable annotations\n{usings}\nnamespace TransformerByHand.Exercises;\npublic static partial class {lesson}\n{{\n    {body}\n}}\n";
    }

    private static ExpressionSyntax? Argument(ImplicitObjectCreationExpressionSyntax creation, string name) =>
        creation.ArgumentList.Arguments.FirstOrDefault(argument => argument.NameColon?.Name.Identifier.Text == name)?.Expression;

    private static MethodDeclarationSyntax? Function(ExpressionSyntax code, SemanticModel model)
    {
        ExpressionSyntax? named = code switch
        {
            IdentifierNameSyntax => code,
            ParenthesizedLambdaExpressionSyntax { ExpressionBody: InvocationExpressionSyntax { Expression: IdentifierNameSyntax called } call } lambda
                when call.ArgumentList.Arguments.Select(argument => argument.ToString()).SequenceEqual(lambda.ParameterList.Parameters.Select(parameter => parameter.Identifier.Text)) => called,
            _ => null,
        };
        if (named is null) return null;
        SymbolInfo symbol = model.GetSymbolInfo(named);
        return (symbol.Symbol ?? symbol.CandidateSymbols.FirstOrDefault())?.DeclaringSyntaxReferences is [var declared] ? declared.GetSyntax() as MethodDeclarationSyntax : null;
    }

    // The lines in which the two differ.
    private static (string Was, string Now) Difference(string original, string changed)
    {
        string[] was = Lines(original), now = Lines(changed);
        int start = was.Zip(now).TakeWhile(pair => pair.First == pair.Second).Count();
        int end = was.Skip(start).Reverse().Zip(now.Skip(start).Reverse()).TakeWhile(pair => pair.First == pair.Second).Count();
        return (string.Join(" ", was[start..^end]), string.Join(" ", now[start..^end]));
    }

    private static string[] Lines(string code) => [.. code.Split('\n').Select(line => line.Contains("//", StringComparison.Ordinal) ? line[..line.IndexOf("//", StringComparison.Ordinal)].Trim() : line.Trim()).Where(line => line.Length > 0)];
}
