using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis;

namespace TransformerByHand.Course.Checking;

/// <summary>A cell's C# as the compiler reads it.</summary>
internal static class CellSyntax
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.Preview, kind: SourceCodeKind.Script);

    /// <summary>Parses a cell. Lines that speak to the kernel (<c>#!…</c>) count as empty.</summary>
    public static CompilationUnitSyntax Parse(string source) =>
        CSharpSyntaxTree.ParseText(
            string.Join('\n', source.Split('\n').Select(line => line.TrimStart().StartsWith("#!", StringComparison.Ordinal) ? "" : line)),
            Options).GetCompilationUnitRoot();

    /// <summary>Every call in the cell of a function of that name, <c>Name(…)</c> or <c>something.Name(…)</c>.</summary>
    public static IEnumerable<InvocationExpressionSyntax> Calls(string source, string name) =>
        Parse(source).DescendantNodes().OfType<InvocationExpressionSyntax>().Where(call => call.Expression switch
        {
            IdentifierNameSyntax function => function.Identifier.Text == name,
            MemberAccessExpressionSyntax member => member.Name.Identifier.Text == name,
            _ => false,
        });
}
