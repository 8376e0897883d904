using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TransformerByHand.Scripting;

namespace TransformerByHand.Course.Checking.Rules;

/// <summary>A cell uses only what works in every host that the course is read in.</summary>
internal sealed partial class ForbiddenConstructsRule : LessonRule
{
    protected override IEnumerable<Violation> Check(CheckedLesson lesson, CheckedCourse course)
    {
        HashSet<string> displays = [.. lesson.CodeCells.SelectMany(cell => VariablesHoldingDisplays(CellSyntax.Parse(cell.Source)))];
        return from cell in lesson.CodeCells
               from problem in InText(cell.Source)
                   .Concat(InSyntax(CellSyntax.Parse(cell.Source), displays))
                   .Concat(CellSyntax.TopLevelStatements(cell.Source).Select(AtTopLevel).OfType<string>())
               select lesson.Violation(cell, problem);
    }

    private static IEnumerable<string> InText(string source)
    {
        if (JavaScript().IsMatch(source))
            yield return "it runs JavaScript, which stays blank offline and where a notebook is only shown. Draw a figure of the course's own.";
        if (ContentNetwork().Match(source) is { Success: true } host)
            yield return $"it refers to {host.Value}, which is blank offline. What a lesson needs lies in the repository.";
    }

    private static IEnumerable<string> InSyntax(CompilationUnitSyntax cell, HashSet<string> displays)
    {
        foreach (SyntaxNode node in cell.DescendantNodes())
        {
            string? problem = node switch
            {
                BaseNamespaceDeclarationSyntax => "it declares a namespace, which scripts do not allow.",
                ExtensionBlockDeclarationSyntax => "it declares an extension block, which scripts do not allow. Put it into the library.",
                MethodDeclarationSyntax { ParameterList.Parameters: [{ } first, ..] } method when first.Modifiers.Any(SyntaxKind.ThisKeyword) =>
                    $"it declares the extension method {method.Identifier.Text}, which scripts do not allow in a class. Put it into the library.",
                BaseTypeDeclarationSyntax type when type.Modifiers.Any(SyntaxKind.FileKeyword) => $"the type {type.Identifier.Text} is declared 'file', which scripts do not allow.",
                MemberDeclarationSyntax member when member.Modifiers.Any(SyntaxKind.PartialKeyword) => "it declares something 'partial'; the parts of a type cannot lie in several cells.",
                MethodDeclarationSyntax { Identifier.Text: "Main" } or LocalFunctionStatementSyntax { Identifier.Text: "Main" } =>
                    "it declares a function Main, which a script takes for its entry point. Give it another name.",
                InvocationExpressionSyntax call => Forbidden(call, displays),
                _ => null,
            };
            if (problem is not null) yield return problem;
        }
    }

    /// <summary>What is allowed inside a method or braces, but not at the top level of a cell, where variables become fields.</summary>
    private static string? AtTopLevel(StatementSyntax statement)
    {
        if (statement is not LocalDeclarationStatementSyntax { Declaration: var declaration } local) return null;
        string name = declaration.Variables.FirstOrDefault()?.Identifier.Text ?? "";
        if (local.UsingKeyword.IsKind(SyntaxKind.UsingKeyword))
            return $"'using var {name}' stands at the top level, where a script does not allow it. Put braces around it, or use a using statement with a block.";
        if (declaration.Type is RefTypeSyntax)
            return $"the ref variable {name} stands at the top level, where it cannot be kept for the next cell. Put braces around it.";
        if (declaration.Type is GenericNameSyntax { Identifier.Text: "Span" or "ReadOnlySpan" } || declaration.Variables.Any(variable => IsSpan(variable.Initializer?.Value)))
            return $"the Span {name} stands at the top level, where it cannot be kept for the next cell. Put braces around it, or use an array.";
        return null;
    }

    private static bool IsSpan(ExpressionSyntax? value) => value switch
    {
        StackAllocArrayCreationExpressionSyntax or ImplicitStackAllocArrayCreationExpressionSyntax => true,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "AsSpan" } } => true,
        _ => false,
    };

    private static string? Forbidden(InvocationExpressionSyntax call, HashSet<string> displays)
    {
        if (call.Expression is not MemberAccessExpressionSyntax { Name.Identifier.Text: var method } member) return null;
        if (member.Expression.ToString() is "Console" or "System.Console" && method is "ReadLine" or "ReadKey" or "Read")
            return $"it calls Console.{method}, which hangs the cells after it in VS Code. Let the learner edit a value in the cell.";
        if (method == "Update" && (IsDisplay(member.Expression) || (member.Expression is IdentifierNameSyntax variable && displays.Contains(variable.Identifier.Text))))
            return "it calls Update on what display returned, which prints a second output instead. Append lines to standard output.";
        return null;
    }

    private static IEnumerable<string> VariablesHoldingDisplays(CompilationUnitSyntax cell) =>
        cell.DescendantNodes().OfType<VariableDeclaratorSyntax>()
            .Where(variable => variable.Initializer is { Value: var value } && IsDisplay(value))
            .Select(variable => variable.Identifier.Text);

    private static bool IsDisplay(ExpressionSyntax expression) => expression is InvocationExpressionSyntax call
        && call.Expression is IdentifierNameSyntax { Identifier.Text: "display" } or MemberAccessExpressionSyntax { Name.Identifier.Text: "Display" };

    [GeneratedRegex(@"^\s*#!(javascript|js)\b|<script\b", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex JavaScript();

    [GeneratedRegex(@"https?://[^/\s""']*(cdn|unpkg|jsdelivr|googleapis|gstatic)[^/\s""']*", RegexOptions.IgnoreCase)]
    private static partial Regex ContentNetwork();
}
