using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis;

namespace TransformerByHand.Course.Checking;

/// <summary>A cell's C# as the compiler reads it.</summary>
internal static class CellSyntax
{
    private static readonly string[] OtherLanguages = ["#!mermaid", "#!markdown", "#!html"];

    /// <summary>Parses a cell. Lines that speak to the kernel (<c>#!…</c>) count as empty.</summary>
    public static CompilationUnitSyntax Parse(string source) => Parse(source, SourceCodeKind.Script);

    /// <summary>The statements at a cell's top level, as a program would read them: a script has no syntax for <c>using var</c> or <c>ref</c> there.</summary>
    public static IEnumerable<StatementSyntax> TopLevelStatements(string source) =>
        Parse(source, SourceCodeKind.Regular).Members.OfType<GlobalStatementSyntax>().Select(global => global.Statement);

    private static CompilationUnitSyntax Parse(string source, SourceCodeKind kind) =>
        CSharpSyntaxTree.ParseText(CSharp(source), new CSharpParseOptions(LanguageVersion.Preview, kind: kind)).GetCompilationUnitRoot();

    private static string CSharp(string source) => OtherLanguages.Any(magic => source.TrimStart().StartsWith(magic, StringComparison.Ordinal))
        ? ""
        : string.Join('\n', source.Split('\n').Select(line => line.TrimStart().StartsWith("#!", StringComparison.Ordinal) ? "" : line));

    /// <summary>Every call in the cell of a function of that name, <c>Name(…)</c> or <c>something.Name(…)</c>.</summary>
    public static IEnumerable<InvocationExpressionSyntax> Calls(string source, string name) =>
        Parse(source).DescendantNodes().OfType<InvocationExpressionSyntax>().Where(call => call.Expression switch
        {
            IdentifierNameSyntax function => function.Identifier.Text == name,
            MemberAccessExpressionSyntax member => member.Name.Identifier.Text == name,
            _ => false,
        });
}
